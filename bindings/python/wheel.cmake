# SPDX-License-Identifier: Apache-2.0
# Puts the library and what it needs beyond a bare system into the wheel, in moodleml/lib, where both extension modules look.
#
# oneDNN goes inside: who installs a wheel has no Debian package of it, and its version stays the one that was tested. Debian's
# needs libgomp and OpenCL's loader in turn and has no search path of its own; those are found by the library's DT_RPATH, which,
# unlike the newer DT_RUNPATH, also serves what it loads.
set(library_folder moodleml/lib)

# Reading pybind11 takes longest; where nothing is compiled a second time it is read once a module.
set_target_properties(moodleml_native moodlemlbackend_native PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)

# One file without links, which wheels cannot hold.
set_target_properties(moodleml PROPERTIES VERSION 1 INSTALL_RPATH "$ORIGIN")
target_link_options(moodleml PRIVATE -Wl,--disable-new-dtags)
install(TARGETS moodleml LIBRARY DESTINATION ${library_folder} NAMELINK_SKIP)
# For service files written for the original, which name these.
install(FILES ${CMAKE_CURRENT_LIST_DIR}/webapp.py ${CMAKE_CURRENT_LIST_DIR}/webapp.wsgi DESTINATION .)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/bundled-libraries.txt DESTINATION ${library_folder})

# All else that the library is linked with (libc, libstdc++, zlib) is on every Linux that runs Python: what manylinux allows.
get_filename_component(onednn_folder ${oneDNN_LIBRARY} DIRECTORY)
install(CODE "
    file(GET_RUNTIME_DEPENDENCIES
        LIBRARIES \"$<TARGET_FILE:moodleml>\"
        RESOLVED_DEPENDENCIES_VAR found
        PRE_INCLUDE_REGEXES libdnnl libgomp libOpenCL
        PRE_EXCLUDE_REGEXES .
        DIRECTORIES \"${onednn_folder}\")
    foreach(file \${found})
        get_filename_component(name \${file} NAME)
        file(REAL_PATH \${file} content)
        file(MAKE_DIRECTORY \"\${CMAKE_INSTALL_PREFIX}/${library_folder}\")
        file(COPY_FILE \${content} \"\${CMAKE_INSTALL_PREFIX}/${library_folder}/\${name}\")
    endforeach()")
