# How this project builds a folder. A folder is a library (or a program) of all its .cc files, so
# adding a file needs no change here.

# Floating point must give the same bits with every compiler and at every level of optimisation:
# no contraction into fused multiply-add, never -ffast-math, no flags of this machine's processor.
add_compile_options(-Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -ffp-contract=off)
include_directories(${CMAKE_SOURCE_DIR})

function(springtide_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${name}/*.cc)
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC ${ARG_DEPENDS})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ARG_DEPENDS})
  endif()
endfunction()

function(springtide_program name)
  cmake_parse_arguments(ARG "" "FOLDER" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${ARG_FOLDER}/*.cc)
  if(sources)
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE ${ARG_DEPENDS})
  endif()
endfunction()

# springtide_test(sim DEPENDS sim [LABELS slow]): all of tests/sim/*.cc in one doctest program.
function(springtide_test name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${name}/*_test.cc)
  if(sources)
    add_executable(test_${name} ${sources} ${CMAKE_SOURCE_DIR}/tests/main.cc)
    target_link_libraries(test_${name} PRIVATE ${ARG_DEPENDS} doctest::doctest)
    add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
  endif()
endfunction()
