# SPDX-License-Identifier: Apache-2.0
# moodleml_compile(<target>): the warnings, sanitizers and visibility that everything of ours is compiled with.
if(MOODLEML_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(MOODLEML_CCACHE ccache)
    mark_as_advanced(MOODLEML_CCACHE)
    if(MOODLEML_CCACHE)
        set(CMAKE_C_COMPILER_LAUNCHER ${MOODLEML_CCACHE})
        set(CMAKE_CXX_COMPILER_LAUNCHER ${MOODLEML_CCACHE})
    endif()
endif()

add_library(moodleml_compile_settings INTERFACE)
# Where several files are compiled as one (UNITY_BUILD), a local name may meet another file's: there shadowing is no mistake.
target_compile_options(moodleml_compile_settings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow>
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
