# How this project builds a folder. A folder is a library (or a program) of all its .cc files, so
# adding a file needs no change here.

# Floating point must give the same bits with every compiler and at every level of optimisation:
# no contraction into fused multiply-add, never -ffast-math, no flags of this machine's processor.
add_compile_options(-Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # GCC 12 sees overlapping copies in `"text" + std::string` where there are none (its bug 105651).
  add_compile_options(-Wno-restrict)
endif()
include_directories(${CMAKE_SOURCE_DIR})

# Headers that most files include, compiled once: a fifth less time for a build. On where the
# sanitizers look (CMakePresets.json). Off elsewhere: there a file without an include of its own
# fails, and GCC 12 knows better which warnings come from a system's header.
option(SPRINGTIDE_PRECOMPILE "Precompile the headers that most files include" OFF)
set(common_headers <algorithm> <array> <cstdint> <functional> <map> <memory> <optional> <span>
    <string> <variant> <vector> <fmt/format.h>)

# springtide_precompile(sim base HEADERS...): `base` compiles them, with HEADERS, for itself and for
# `sim`, which is compiled with the same flags.
function(springtide_precompile name owner)
  if(NOT SPRINGTIDE_PRECOMPILE)
    return()
  elseif(name STREQUAL owner)
    target_precompile_headers(${name} PRIVATE ${common_headers} ${ARGN})
  else()
    target_precompile_headers(${name} REUSE_FROM ${owner})
  endif()
endfunction()

function(springtide_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${name}/*.cc)
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC ${ARG_DEPENDS})
    springtide_precompile(${name} base)
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

# The one file that knows MPI: where there is none it is compiled without, and the program says so.
function(springtide_use_mpi library file)
  if(NOT SPRINGTIDE_MPI)
    return()
  endif()
  set(MPI_CXX_SKIP_MPICXX ON)  # its C functions are enough
  find_package(MPI QUIET COMPONENTS CXX)
  if(MPI_CXX_FOUND)
    set_source_files_properties(${file} PROPERTIES COMPILE_DEFINITIONS SPRINGTIDE_MPI)
    target_link_libraries(${library} PRIVATE MPI::MPI_CXX)
    set(SPRINGTIDE_MPIRUN ${MPIEXEC_EXECUTABLE} PARENT_SCOPE)
  else()
    message(STATUS "no MPI: runs over several processes are not built")
  endif()
endfunction()

# springtide_test(sim DEPENDS sim [SLOW] [LABELS threads ...]): all of tests/sim/*_test.cc, and
# of its subfolders, in one doctest program, run with the project's root as its directory. Labels
# that ./dev knows:
#   threads         also run under the thread sanitizer
#   uninstrumented  makes no sense under a sanitizer (it runs other programs, or counts memory)
#   slow            left out by the default run
#   long            left out by the gate too: tens of minutes, by hand
# SLOW: the cases of TEST_SUITE("slow") become a test of their own, name_slow, which the default run
# leaves out.
function(springtide_test name)
  cmake_parse_arguments(ARG "SLOW" "" "DEPENDS;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${name}/*_test.cc
       ${CMAKE_SOURCE_DIR}/tests/${name}/*/*_test.cc
       ${CMAKE_SOURCE_DIR}/tests/${name}/*/*/*_test.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  target_link_libraries(test_${name} PRIVATE ${ARG_DEPENDS} test_main)
  springtide_precompile(test_${name} test_base <doctest/doctest.h>)
  add_dependencies(tests test_${name})
  springtide_add_test(${name} "${ARG_LABELS}" test_${name} --test-suite-exclude=slow)
  if(ARG_SLOW)
    springtide_add_test(${name}_slow "${ARG_LABELS};slow" test_${name} --test-suite=slow)
  endif()
  if(threads IN_LIST ARG_LABELS)
    add_dependencies(threaded_tests test_${name})
  endif()
endfunction()

# springtide_script_test(tidy tests/tidy/tidy.py ARGUMENTS... [LABELS ...]): a program in Python,
# always Debian's own, because that one has the packages.
function(springtide_script_test name)
  cmake_parse_arguments(ARG "" "" "LABELS" ${ARGN})
  springtide_add_test(${name} "${ARG_LABELS}" /usr/bin/python3 ${ARG_UNPARSED_ARGUMENTS})
endfunction()

function(springtide_add_test name labels)
  add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT 900)
endfunction()

# springtide_fuzzer(scenario DEPENDS spec) or springtide_fuzzer(wire DEPENDS base SOURCES ...):
# tests/fuzz/NAME_fuzz.cc as a libFuzzer program, in builds with -DSPRINGTIDE_FUZZ=ON (preset
# "fuzz", clang only). SOURCES where a part of a folder is enough, for the whole takes long.
function(springtide_fuzzer name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;SOURCES" ${ARGN})
  if(SPRINGTIDE_FUZZ AND EXISTS ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}_fuzz.cc)
    list(TRANSFORM ARG_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/)
    add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}_fuzz.cc ${ARG_SOURCES})
    target_link_libraries(fuzz_${name} PRIVATE ${ARG_DEPENDS})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(fuzz_${name} PROPERTIES
                          RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    add_dependencies(fuzzers fuzz_${name})
  endif()
endfunction()

# springtide_benchmark(engine DEPENDS sim): all of bench/engine as the program bench/bench_engine,
# which ./dev bench runs.
function(springtide_benchmark name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  springtide_program(bench_${name} FOLDER bench/${name} DEPENDS ${ARG_DEPENDS})
  set_target_properties(bench_${name} PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
  add_dependencies(benchmarks bench_${name})
endfunction()

# Loops over arrays that the compiler is to do several elements at a time of: -O3 for these files
# where a build optimises at all. Their results are the same at every level.
function(springtide_optimise_loops)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS
                              "$<$<NOT:$<CONFIG:Debug>>:-O3>")
endfunction()
