# Writes the library as files that a program takes into its own sources: tokusage.h, tokusage.c (all of src/ except cjson.c)
# and tokusage_cjson.c (cjson.c, for programs that hold cJSON trees). Nothing in them is written by hand, and the same
# sources always give the same bytes. The target `single` runs this file; without a build folder:
#
#     cmake -DTO=FOLDER -P src/single.cmake
cmake_minimum_required(VERSION 3.16)

if(NOT TO)
    message(FATAL_ERROR "say where to write: cmake -DTO=FOLDER -P src/single.cmake")
endif()
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)
get_filename_component(to "${TO}" ABSOLUTE)

# --------------------------------------------------------------------------------------- what the files begin with

file(STRINGS "${root}/include/tokusage.h" numbers REGEX "^#define TOKUSAGE_VERSION_(MAJOR|MINOR|PATCH) [0-9]+$")
string(REGEX REPLACE "[^0-9;]" "" numbers "${numbers}")
string(REPLACE ";" "." version "${numbers}")

file(READ "${root}/LICENSE" licence)
string(STRIP "${licence}" licence)
string(REPLACE "\n" "\n * " licence "${licence}")
string(REPLACE "\n * \n" "\n *\n" licence "${licence}")

# Each file uses only some of the private functions in the headers.
set(unused [[
#if defined(__GNUC__)
#define TOKUSAGE_MAYBE_UNUSED __attribute__((unused))
#else
#define TOKUSAGE_MAYBE_UNUSED
#endif
]])

# tokusage_opening(WORDS OUT): the comment at the top of a file, and the lines right behind it.
function(tokusage_opening words out)
    set(${out}
"/*
 * tokusage ${version}: what a language-model call used, in tokens.
 * ${words}
 *
 * src/single.cmake of tokusage made this file from the sources. Change those and run it again.
 *
 * ${licence}
 */
#include \"tokusage.h\"

${unused}" PARENT_SCOPE)
endfunction()

# ------------------------------------------------------------------------------------------------------ the sources

# tokusage_headers(FILE OUT): the private headers that a file includes, in an order in which they can be read.
function(tokusage_headers file out)
    set(list ${${out}})
    file(READ "${file}" text)
    string(REGEX MATCHALL "#include \"[^\"\n]*\"" includes "${text}")
    foreach(include IN LISTS includes)
        string(REGEX REPLACE "^#include \"(.*)\"$" "${root}/src/\\1" header "${include}")
        if(EXISTS "${header}" AND NOT header IN_LIST list)
            tokusage_headers("${header}" list)
            list(APPEND list "${header}")
        endif()
    endforeach()
    set(${out} ${list} PARENT_SCOPE)
endfunction()

# tokusage_join(OUT FILE...): the files one after another, without the includes of each other.
function(tokusage_join out)
    set(joined "")
    foreach(file IN LISTS ARGN)
        file(READ "${file}" text)
        string(REGEX REPLACE "#include \"[^\"\n]*\"\n" "" text "${text}")
        if(file MATCHES "[.]h$")
            string(REPLACE "\nstatic inline " "\nTOKUSAGE_MAYBE_UNUSED static inline " text "${text}")
        endif()
        get_filename_component(name "${file}" NAME)
        string(APPEND joined "\n/* ==== src/${name} ==== */\n\n${text}")
    endforeach()
    string(REGEX REPLACE "\n\n\n+" "\n\n" joined "${joined}")
    set(${out} "${joined}" PARENT_SCOPE)
endfunction()

# tokusage_write(NAME TEXT): writes the file only if it changes, so that nothing is compiled again without need.
function(tokusage_write name text)
    set(old "")
    if(EXISTS "${to}/${name}")
        file(READ "${to}/${name}" old)
    endif()
    if(NOT old STREQUAL text)
        file(WRITE "${to}/${name}" "${text}")
    endif()
endfunction()

# tokusage_single(NAME WORDS FILE...)
function(tokusage_single name words)
    set(headers "")
    foreach(file IN LISTS ARGN)
        tokusage_headers("${file}" headers)
    endforeach()
    tokusage_opening("${words}" opening)
    tokusage_join(sources ${headers} ${ARGN})
    tokusage_write("${name}" "${opening}${sources}")
endfunction()

# -------------------------------------------------------------------------------------------------------- the files

file(GLOB sources "${root}/src/*.c")
list(SORT sources)
list(REMOVE_ITEM sources "${root}/src/cjson.c")

file(READ "${root}/include/tokusage.h" header)
tokusage_write(tokusage.h "${header}")
tokusage_single(tokusage.c "All of it except what reads and writes cJSON trees. To compile, with any C11 compiler: cc app.c tokusage.c"
    ${sources})
tokusage_single(tokusage_cjson.c
    "What reads and writes cJSON trees. To compile, with any C11 compiler: cc app.c tokusage.c tokusage_cjson.c -lcjson"
    "${root}/src/cjson.c")
message(STATUS "tokusage ${version}: ${to}/{tokusage.h,tokusage.c,tokusage_cjson.c}")
