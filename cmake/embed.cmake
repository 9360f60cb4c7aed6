# Text files that the program carries inside itself: the style and script of its pages, and the
# chart library of the installed package (never copied into this tree).
#
# springtide_embed(reports NAMESPACE springtide::reports report_style reports/page/report.css ...)
# makes, for each pair of a name and a file, `std::string_view NAME()` in that namespace.

function(springtide_embed target)
  cmake_parse_arguments(ARG "" "NAMESPACE" "" ${ARGN})
  set(source "#include <string_view>\nnamespace ${ARG_NAMESPACE} {\n")
  set(pairs ${ARG_UNPARSED_ARGUMENTS})
  while(pairs)
    list(POP_FRONT pairs name path)
    cmake_path(ABSOLUTE_PATH path BASE_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(READ ${path} text)
    string(APPEND source "std::string_view ${name}();\n"
           "std::string_view ${name}() { return R\"embedded~(${text})embedded~\"; }\n")
  endwhile()
  set(generated ${CMAKE_BINARY_DIR}/embedded/${target}.cc)
  file(WRITE ${generated}.new "${source}}  // namespace ${ARG_NAMESPACE}\n")
  configure_file(${generated}.new ${generated} COPYONLY)  # keeps the time of an equal file
  target_sources(${target} PRIVATE ${generated})
endfunction()

# Sets `variable` to a file of an installed package, or stops and says what to install.
function(springtide_find_package_file variable path package)
  if(NOT EXISTS ${path})
    message(FATAL_ERROR "${path} is missing: install the Debian package ${package}")
  endif()
  set(${variable} ${path} PARENT_SCOPE)
endfunction()
