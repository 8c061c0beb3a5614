# embed_files(<target> <name> <folder> <pattern>): compiles the files into <target> as
#   std::span<const embedded::File> embedded::<name>();      declared in "embedded/<name>.hpp"
# sorted by file name. Editing a file rebuilds only the generated source.

# Everything that is generated, for tools that read the sources without building them.
add_custom_target(embedded_sources)

function(embed_files target name folder pattern)
  file(GLOB inputs CONFIGURE_DEPENDS ${folder}/${pattern})
  set(out ${CMAKE_BINARY_DIR}/embedded)
  add_custom_command(
    OUTPUT ${out}/embedded/${name}.cpp ${out}/embedded/${name}.hpp
    COMMAND python3 ${CMAKE_SOURCE_DIR}/cmake/embed_files.py ${out}/embedded ${name} ${inputs}
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/cmake/embed_files.py
    VERBATIM)
  get_target_property(kind ${target} TYPE)
  if(kind STREQUAL "INTERFACE_LIBRARY")
    return()
  endif()
  target_sources(${target} PRIVATE ${out}/embedded/${name}.cpp ${out}/embedded/${name}.hpp)
  target_include_directories(${target} PRIVATE ${out})
  add_custom_target(embedded_${name} DEPENDS ${out}/embedded/${name}.hpp)
  add_dependencies(embedded_sources embedded_${name})
endfunction()
