# SPDX-License-Identifier: Apache-2.0
# find_package(moodleml) gives the target moodleml::moodleml: the C and C++ headers and the shared library. What that is linked
# with is its own affair, so nothing else is looked for.
include(${CMAKE_CURRENT_LIST_DIR}/moodleml-targets.cmake)
