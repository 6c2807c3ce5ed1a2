# SPDX-License-Identifier: Apache-2.0
# What libmoodleml is built from. Debian 12 packages: libdnnl-dev libeigen3-dev zlib1g-dev nlohmann-json3-dev.
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Eigen3 3.3 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.9 REQUIRED)
if(MOODLEML_ONEDNN)
    find_package(oneDNN 2.6 REQUIRED)  # FindoneDNN.cmake beside this file
endif()
