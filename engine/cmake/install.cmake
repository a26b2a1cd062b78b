# What a plugin author outside of the tree needs: headers, a CMake package and a pkg-config file. All
# of it may be moved to another prefix. `cmake --install build --component dev` installs this alone.
include(CMakePackageConfigHelpers)

set_target_properties(papy_plugin_headers PROPERTIES EXPORT_NAME plugin)
install(TARGETS papy_plugin_headers EXPORT papyTargets COMPONENT dev)
install(EXPORT papyTargets NAMESPACE papy:: DESTINATION lib/cmake/papy COMPONENT dev)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/papyConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/papyConfig.cmake INSTALL_DESTINATION lib/cmake/papy)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/papyConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/papyConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/papyConfigVersion.cmake ${CMAKE_CURRENT_LIST_DIR}/PapyPlugin.cmake
  DESTINATION lib/cmake/papy COMPONENT dev)
configure_file(${CMAKE_CURRENT_LIST_DIR}/papy.pc.in ${CMAKE_CURRENT_BINARY_DIR}/papy.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/papy.pc DESTINATION lib/pkgconfig COMPONENT dev)
install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/../include/papy DESTINATION include COMPONENT dev)
