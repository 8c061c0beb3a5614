# Targets for what is not here, so that building and running need none of the packages that only tests need.

# add_refusing_target(NAME PACKAGE): a target that fails and says which Debian package it waits for. Whoever asks for
# tests without it gets an error, never a green run of nothing.
function(add_refusing_target name package)
  add_custom_target(${name}
    COMMAND ${CMAKE_COMMAND} -E echo
      "error: ${name}: ${package} was missing when this build was configured; install it, then: cmake ${CMAKE_BINARY_DIR}"
    COMMAND ${CMAKE_COMMAND} -E false
    VERBATIM)
endfunction()
