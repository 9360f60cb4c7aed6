// "Did you mean ...?": the known word nearest to an unknown one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace springtide::spec {

// Edits (insert, delete, replace, swap of neighbours) between two words; case counts as an edit.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The nearest of `known`, the first among equals; empty where none is near enough to be meant.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// A hint: the nearest word where there is one, else all of them where they are few.
std::string nearest_hint(std::string_view word, const std::vector<std::string>& known);

}  // namespace springtide::spec
