# Downloads cJSON, for a build on a machine that has none, and defines the target cjson from its one source file. Its own
# CMakeLists.txt is left out: it sets options, warnings and install rules for the project that adds it.
include(FetchContent)
if(POLICY CMP0135)
    cmake_policy(SET CMP0135 NEW)
endif()

# Release 1.7.19. The hash is that of the archive behind this address, from which Debian, too, builds its cjson 1.7.19.
set(fetch_arguments
    URL https://github.com/DaveGamble/cJSON/archive/refs/tags/v1.7.19.tar.gz
    URL_HASH SHA256=7fa616e3046edfa7a28a32d5f9eacfd23f92900fe1f8ccd988c1662f30454562)

message(STATUS "tokusage: cJSON is not installed, downloading it")
if(CMAKE_VERSION VERSION_LESS 3.18)
    FetchContent_Declare(cjson ${fetch_arguments})
    FetchContent_GetProperties(cjson)
    if(NOT cjson_POPULATED)
        FetchContent_Populate(cjson)
    endif()
else()
    # A subdirectory without CMakeLists.txt is how FetchContent is told to add none.
    FetchContent_Declare(cjson ${fetch_arguments} SOURCE_SUBDIR none)
    FetchContent_MakeAvailable(cjson)
endif()

add_library(cjson "${cjson_SOURCE_DIR}/cJSON.c" "${cjson_SOURCE_DIR}/cJSON.h")
set_target_properties(cjson PROPERTIES C_STANDARD 99 POSITION_INDEPENDENT_CODE ON)
target_include_directories(cjson SYSTEM PUBLIC "${cjson_SOURCE_DIR}")
if(UNIX)
    target_link_libraries(cjson PUBLIC m)
endif()
