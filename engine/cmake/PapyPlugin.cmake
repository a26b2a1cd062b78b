# papy_add_plugin(words words.cc more.cc [LINK ZLIB::ZLIB ...])
#
# Builds the plugin library libwords.so: C++20, everything hidden but what papy/plugin.h asks for, nothing undefined.
# Within papy's own tree it lands in <build>/plugins and is installed to lib/papy/plugins; elsewhere in the current
# binary directory.
function(papy_add_plugin name)
  cmake_parse_arguments(ARG "NO_INSTALL" "OUTPUT_DIRECTORY" "LINK" ${ARGN})
  add_library(${name}_plugin MODULE ${ARG_UNPARSED_ARGUMENTS})
  set_target_properties(${name}_plugin PROPERTIES
    OUTPUT_NAME ${name} PREFIX lib SUFFIX .so
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(CXX IN_LIST languages)
    target_compile_features(${name}_plugin PRIVATE cxx_std_20)
  endif()
  target_link_libraries(${name}_plugin PRIVATE papy::plugin ${ARG_LINK})
  if(NOT PAPY_SANITIZE)  # a sanitizer's runtime comes from the executable
    target_link_options(${name}_plugin PRIVATE -Wl,--no-undefined)
  endif()
  # papy loads no library that others may write, whatever the umask of who builds it.
  add_custom_command(TARGET ${name}_plugin POST_BUILD COMMAND chmod go-w $<TARGET_FILE:${name}_plugin>)
  if(ARG_OUTPUT_DIRECTORY)
    set_target_properties(${name}_plugin PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${ARG_OUTPUT_DIRECTORY})
  elseif(TARGET papy_plugin_headers)
    set_target_properties(${name}_plugin PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
    if(NOT ARG_NO_INSTALL)
      install(TARGETS ${name}_plugin LIBRARY DESTINATION lib/papy/plugins)
    endif()
  endif()
  if(TARGET papy_warnings)
    target_link_libraries(${name}_plugin PRIVATE papy_warnings)
  endif()
endfunction()
