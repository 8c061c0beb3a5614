# One static library per folder of src/, linked to exactly the folders that layers.txt allows it.
# Third-party libraries are private to the folder that names them.

set(THIRD_PARTY_core spdlog::spdlog fmt::fmt boost_json boost_container PkgConfig::SODIUM OpenSSL::Crypto date-tz Threads::Threads)
set(THIRD_PARTY_geo EXPAT::EXPAT GeographicLib)
set(THIRD_PARTY_terrain PkgConfig::PROJ PkgConfig::TIFF)
set(THIRD_PARTY_db PkgConfig::PQ)
set(THIRD_PARTY_net CURL::libcurl)
set(THIRD_PARTY_storage EXPAT::EXPAT)
set(THIRD_PARTY_http Threads::Threads)
set(THIRD_PARTY_user PkgConfig::PNG PkgConfig::JPEG PkgConfig::ZIP)
set(THIRD_PARTY_account PkgConfig::SODIUM OpenSSL::Crypto zxcvbn)
set(THIRD_PARTY_operators OpenSSL::Crypto)

file(STRINGS ${CMAKE_SOURCE_DIR}/layers.txt layer_lines REGEX "^[a-z]+ *:")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/layers.txt)

foreach(line IN LISTS layer_lines)
  string(REPLACE ":" ";" parts "${line}")
  list(GET parts 0 module)
  list(GET parts 1 allowed)
  string(STRIP "${module}" module)
  string(REGEX MATCHALL "[a-z]+" allowed "${allowed}")

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${module}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(NOT sources)
    add_library(${module} INTERFACE)
    set(visibility INTERFACE)
    target_link_libraries(${module} INTERFACE aspectavy_flags)
  else()
    add_library(${module} STATIC ${sources})
    join_sources(${module})
    target_link_libraries(${module} PUBLIC aspectavy_flags)
    if(THIRD_PARTY_${module})
      target_link_libraries(${module} PRIVATE ${THIRD_PARTY_${module}})
    endif()
    set(visibility PUBLIC)
  endif()
  target_link_libraries(${module} ${visibility} ${allowed})
endforeach()

if(EXISTS ${CMAKE_SOURCE_DIR}/src/db/migrations)
  embed_files(db db_migrations ${CMAKE_SOURCE_DIR}/src/db/migrations "*.sql")
endif()
embed_files(grading grading_rulesets ${CMAKE_SOURCE_DIR}/src/grading/rulesets "*.json")
embed_files(analytics analytics_data ${CMAKE_SOURCE_DIR}/src/analytics/data "*.json")
embed_files(forecast forecast_data ${CMAKE_SOURCE_DIR}/src/forecast/data "*.json")

embed_files(mail mail_templates ${CMAKE_SOURCE_DIR}/src/mail/templates "*")
embed_files(hosted hosted_style ${CMAKE_SOURCE_DIR}/src/hosted/style "*.css")
embed_files(api api_schemas ${CMAKE_SOURCE_DIR}/src/api/schemas "*.json")

# The build's own name. GIT_SHA comes from the image build, where there is no repository.
set(ASPECTAVY_VERSION "0.1.0")
set(ASPECTAVY_GIT_SHA "$ENV{GIT_SHA}")
if(NOT ASPECTAVY_GIT_SHA)
  execute_process(COMMAND git rev-parse --short=12 HEAD WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    OUTPUT_VARIABLE ASPECTAVY_GIT_SHA OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT ASPECTAVY_GIT_SHA)
  set(ASPECTAVY_GIT_SHA "unknown")
endif()
configure_file(${CMAKE_SOURCE_DIR}/cmake/version.cpp.in ${CMAKE_BINARY_DIR}/version.cpp @ONLY)
target_sources(app PRIVATE ${CMAKE_BINARY_DIR}/version.cpp)

if(EXISTS ${CMAKE_SOURCE_DIR}/src/app/main.cpp)
  add_executable(aspectavy src/app/main.cpp)
  target_link_libraries(aspectavy PRIVATE app)
  install(TARGETS aspectavy RUNTIME)
endif()

# The row loops of the terrain import vectorise only so; results keep every bit (no reassociation, no fused
# multiply-add), only errno and floating-point trap flags, which nobody reads, are given up.
set_source_files_properties(
  ${CMAKE_SOURCE_DIR}/src/terrain/derivatives.cpp ${CMAKE_SOURCE_DIR}/src/terrain/dataset_builder.cpp
  ${CMAKE_SOURCE_DIR}/src/terrain/to_elevations.cpp ${CMAKE_SOURCE_DIR}/src/terrain/store_format.cpp
  ${CMAKE_SOURCE_DIR}/src/terrain/demo_relief.cpp
  PROPERTIES COMPILE_OPTIONS "-O3;-fno-math-errno;-fno-trapping-math")
