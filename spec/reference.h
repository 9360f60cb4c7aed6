// The reference of the scenario language as Markdown, generated from the key table and the
// presets. docs/scenario.md holds it between two marks; a test keeps it current.
#pragma once

#include <string>

namespace springtide::spec {

std::string reference_markdown();

inline constexpr const char* reference_begin = "<!-- generated: begin -->\n";
inline constexpr const char* reference_end = "<!-- generated: end -->\n";

}  // namespace springtide::spec
