# Finds cJSON and makes of it the target tokusage::cjson, with which <cJSON.h> can be included and its functions linked.
# The build uses this file, and so does the installed CMake package: a program that links the library must get a cJSON the
# same way. Nothing is downloaded here; that is fetch_cjson.cmake's, for the build only.

# The first version with cJSON_ParseWithLength, and the oldest that the library is tested with.
set(TOKUSAGE_CJSON_MINIMUM 1.7.13)

# The name under which there is a cJSON target here and now, or nothing.
function(tokusage_cjson_target out)
    set(${out} "" PARENT_SCOPE)
    foreach(name IN ITEMS cJSON::cJSON cjson cjson::cjson)
        if(TARGET ${name})
            get_target_property(aliased ${name} ALIASED_TARGET)
            if(aliased)
                set(name ${aliased})
            endif()
            set(${out} ${name} PARENT_SCOPE)
            return()
        endif()
    endforeach()
endfunction()

# The folder in which a target's cJSON.h lies, or nothing. The targets differ: Debian's names /usr/include for the header
# cjson/cJSON.h, others name the folder itself, and cJSON's own build names none for a program that adds its folder.
function(tokusage_cjson_header_dir target out)
    set(${out} "" PARENT_SCOPE)
    set(dirs "")
    get_target_property(listed ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(listed)
        string(REPLACE "$<BUILD_INTERFACE:" "" dirs "${listed}")
        string(REPLACE ">" "" dirs "${dirs}")
        list(FILTER dirs EXCLUDE REGEX "[$]<")
    endif()
    get_target_property(imported ${target} IMPORTED)
    if(NOT imported)
        get_target_property(source_dir ${target} SOURCE_DIR)
        list(APPEND dirs "${source_dir}")
    endif()
    foreach(dir IN LISTS dirs)
        foreach(candidate IN ITEMS "${dir}" "${dir}/cjson")
            if(EXISTS "${candidate}/cJSON.h")
                set(${out} "${candidate}" PARENT_SCOPE)
                return()
            endif()
        endforeach()
    endforeach()
endfunction()

# The version that a cJSON.h states, or nothing.
function(tokusage_cjson_version header out)
    file(STRINGS "${header}" lines REGEX "^#define CJSON_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
    string(REGEX REPLACE "[^0-9;]" "" numbers "${lines}")
    string(REPLACE ";" "." version "${numbers}")
    set(${out} "${version}" PARENT_SCOPE)
endfunction()

# Defines tokusage::cjson. Sets `origin` to where it came from and `problem` to nothing, or `problem` to why there is none:
# "not found", or what is wrong with the one that was found. With GLOBAL the targets can be seen outside of this folder, as
# a project needs that adds the library as a subdirectory.
function(tokusage_find_cjson origin problem)
    set(global "")
    if("GLOBAL" IN_LIST ARGN)
        set(global GLOBAL)
    endif()
    set(${problem} "" PARENT_SCOPE)

    tokusage_cjson_target(target)
    set(from "the target ${target}, which was there already")
    if(NOT target)
        find_package(cJSON ${TOKUSAGE_CJSON_MINIMUM} CONFIG QUIET)
        tokusage_cjson_target(target)
        set(from "its CMake package")
        if(target AND global)
            set_target_properties(${target} PROPERTIES IMPORTED_GLOBAL TRUE)
        endif()
    endif()
    if(NOT target)
        find_package(PkgConfig QUIET)
        if(PkgConfig_FOUND)
            pkg_check_modules(TOKUSAGE_CJSON QUIET IMPORTED_TARGET ${global} libcjson>=${TOKUSAGE_CJSON_MINIMUM})
        endif()
        if(TARGET PkgConfig::TOKUSAGE_CJSON)
            set(target PkgConfig::TOKUSAGE_CJSON)
        endif()
        set(from "pkg-config")
    endif()
    if(NOT target)
        set(${problem} "not found" PARENT_SCOPE)
        return()
    endif()

    tokusage_cjson_header_dir(${target} header_dir)
    if(header_dir)
        tokusage_cjson_version("${header_dir}/cJSON.h" version)
        if(version VERSION_LESS TOKUSAGE_CJSON_MINIMUM)
            set(${problem} "${header_dir}/cJSON.h is version ${version}, from ${from}" PARENT_SCOPE)
            return()
        endif()
    endif()

    if(NOT TARGET tokusage::cjson)
        add_library(tokusage::cjson INTERFACE IMPORTED ${global})
        set_target_properties(tokusage::cjson PROPERTIES
            INTERFACE_LINK_LIBRARIES ${target}
            INTERFACE_INCLUDE_DIRECTORIES "${header_dir}")
    endif()
    set(${origin} "${from}" PARENT_SCOPE)
endfunction()
