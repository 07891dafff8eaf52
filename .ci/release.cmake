# Makes the files of a release from the commit that is checked out, each with its SHA-256 in SHA256SUMS:
# tokusage-VERSION.tar.gz (the sources) and single/ (the single file).
# The same commit always gives the same bytes.
#
#     cmake -DTO=FOLDER -P .ci/release.cmake
cmake_minimum_required(VERSION 3.18)

if(NOT TO)
    message(FATAL_ERROR "say where to write: cmake -DTO=FOLDER -P .ci/release.cmake")
endif()
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)
get_filename_component(to "${TO}" ABSOLUTE)

# run(OUT COMMAND...): in the project; stops when it fails.
function(run out)
    execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${root}" OUTPUT_VARIABLE output RESULT_VARIABLE result
        OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(result)
        message(FATAL_ERROR "this failed: ${ARGN}")
    endif()
    set(${out} "${output}" PARENT_SCOPE)
endfunction()

file(STRINGS "${root}/include/tokusage.h" numbers REGEX "^#define TOKUSAGE_VERSION_(MAJOR|MINOR|PATCH) [0-9]+$")
string(REGEX REPLACE "[^0-9;]" "" numbers "${numbers}")
string(REPLACE ";" "." version "${numbers}")

# A release has a date in the changelog, and nothing that is not committed.
file(STRINGS "${root}/CHANGELOG.md" entry REGEX "^## \\[${version}\\] - [0-9]+-[0-9]+-[0-9]+$")
if(NOT entry)
    message(FATAL_ERROR "CHANGELOG.md has no entry with a date for ${version}")
endif()
run(changed git status --porcelain)
if(changed)
    message(FATAL_ERROR "not committed:\n${changed}")
endif()

file(REMOVE_RECURSE "${to}")
file(MAKE_DIRECTORY "${to}/single")
run(ignored git archive --format=tar.gz "--prefix=tokusage-${version}/" -o "${to}/tokusage-${version}.tar.gz" HEAD)
run(ignored "${CMAKE_COMMAND}" "-DTO=${to}/single" -P "${root}/src/single.cmake")

set(sums "")
file(GLOB files RELATIVE "${to}" "${to}/*.tar.gz" "${to}/single/*")
list(SORT files)
foreach(file IN LISTS files)
    file(SHA256 "${to}/${file}" sum)
    string(APPEND sums "${sum}  ${file}\n")
endforeach()
file(WRITE "${to}/SHA256SUMS" "${sums}")
message("${sums}")
