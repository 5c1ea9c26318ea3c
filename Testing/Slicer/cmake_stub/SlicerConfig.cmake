# Stands in for the build tree of 3D Slicer: enough for the extension's CMake files to configure and install.
set(Slicer_USE_FILE "${CMAKE_CURRENT_LIST_DIR}/UseStub.cmake")
set(Slicer_EXTENSION_GENERATE_CONFIG "${CMAKE_CURRENT_LIST_DIR}/Nothing.cmake")
set(Slicer_EXTENSION_CPACK "${CMAKE_CURRENT_LIST_DIR}/Nothing.cmake")
set(Slicer_FOUND TRUE)
