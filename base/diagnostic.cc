#include "base/diagnostic.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace springtide {

std::string Diagnostic::to_string() const {
  std::string text = file;
  if (line > 0) text += fmt::format(":{}:{}", line, column);
  text += ": error: ";
  if (!pointer.empty()) text += pointer + ": ";
  text += what;
  if (!expected.empty()) text += "; expected " + expected;
  if (!received.empty()) text += (expected.empty() ? "; received " : ", received ") + received;
  if (!hint.empty()) text += "\n  hint: " + hint;
  return text;
}

std::string to_string(Diagnostics diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const auto& a, const auto& b) {
    return std::tie(a.file, a.line, a.column, a.pointer) <
           std::tie(b.file, b.line, b.column, b.pointer);
  });
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += diagnostic.to_string() + "\n";
  return text;
}

}  // namespace springtide
