# SPDX-License-Identifier: Apache-2.0
# moodleml_compile(<target>): the warnings, sanitizers and visibility that everything of ours is compiled with.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(moodleml_compile_settings INTERFACE)
target_compile_options(moodleml_compile_settings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    $<$<BOOL:${MOODLEML_WARNINGS_AS_ERRORS}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # Wrong about "a" + std::string (GCC bug 105651).
    target_compile_options(moodleml_compile_settings INTERFACE -Wno-restrict)
endif()
if(MOODLEML_SANITIZE)
    target_compile_options(moodleml_compile_settings INTERFACE
        -fsanitize=${MOODLEML_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
    target_link_options(moodleml_compile_settings INTERFACE -fsanitize=${MOODLEML_SANITIZE})
    if(CMAKE_C_COMPILER_ID MATCHES "Clang")
        # A C program would else lack the part of the sanitizer's runtime that the library's C++ calls.
        target_link_options(moodleml_compile_settings INTERFACE $<$<LINK_LANGUAGE:C>:-fsanitize-link-c++-runtime>)
        target_link_libraries(moodleml_compile_settings INTERFACE $<$<LINK_LANGUAGE:C>:stdc++>)
    endif()
endif()

function(moodleml_compile target)
    set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:moodleml_compile_settings>)
endfunction()
