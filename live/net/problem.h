// A problem that is of no file: of an option, an address, a process.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "base/diagnostic.h"

namespace springtide::live::net {

// "whose: error: what is wrong", and a hint on a line of its own where there is one.
inline Diagnostic problem(std::string_view whose, std::string what, std::string hint = "") {
  Diagnostic diagnostic;
  diagnostic.file = whose;
  diagnostic.what = std::move(what);
  diagnostic.hint = std::move(hint);
  return diagnostic;
}

// The same with the reason that the kernel gave.
inline Diagnostic kernel_problem(std::string_view whose, std::string what, int error = errno) {
  return problem(whose, std::move(what) + ": " + std::strerror(error));
}

}  // namespace springtide::live::net
