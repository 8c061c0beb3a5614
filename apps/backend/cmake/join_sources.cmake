# join_sources(<target>): in a build with ASPECTAVY_JOIN, compiles up to so many sources of the target as one, which reads
# their headers once instead of once for each. join_sources.py says which may be together.
function(join_sources target)
  get_target_property(kind ${target} TYPE)
  if(NOT ASPECTAVY_JOIN OR kind STREQUAL "INTERFACE_LIBRARY")
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "^${CMAKE_SOURCE_DIR}/")
  execute_process(
    COMMAND python3 ${CMAKE_SOURCE_DIR}/cmake/join_sources.py ${ASPECTAVY_JOIN} ${sources}
    OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" lines "${lines}")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "^([0-9]+) (.+)$" line "${line}")
    set_source_files_properties(${CMAKE_MATCH_2} PROPERTIES UNITY_GROUP ${CMAKE_MATCH_1})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # An edit may bring a name that parts a group.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sources})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Joined, every source is to gcc a header, in which a member of a file-local type would be a mistake.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()
