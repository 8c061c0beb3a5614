# Compiler settings shared by every target: warnings, reproducible arithmetic, faster builds.

add_library(aspectavy_flags INTERFACE)
target_compile_options(aspectavy_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Werror
  # Fused multiply-add would make results depend on the machine; grades must be the same bytes everywhere.
  -ffp-contract=off)
target_include_directories(aspectavy_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)

# What is released has the same bytes whatever folder it was built in. Not for daily work: the compiler cache is shared
# between folders by the paths that this would put into every command.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(aspectavy_flags INTERFACE
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)
endif()

if(ASPECTAVY_SANITIZE)
  target_compile_options(aspectavy_flags INTERFACE
    -fsanitize=${ASPECTAVY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(aspectavy_flags INTERFACE -fsanitize=${ASPECTAVY_SANITIZE})
endif()
if(ASPECTAVY_FUZZ)
  target_compile_options(aspectavy_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(EXPAT REQUIRED)
find_package(CURL REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(PROJ REQUIRED IMPORTED_TARGET proj)
pkg_check_modules(TIFF REQUIRED IMPORTED_TARGET libtiff-4)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(PNG REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(JPEG REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(ZIP REQUIRED IMPORTED_TARGET libzip)
