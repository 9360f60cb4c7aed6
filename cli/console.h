// What the program says: results on standard output, problems and progress on standard error.
// Colour only on a terminal, and never where NO_COLOR is set (no-color.org).
#pragma once

#include <string>
#include <string_view>

#include "base/diagnostic.h"

namespace springtide::cli {

enum class Colour { plain, good, bad, dim };

// Whether standard output is a terminal that shows colours, and nobody forbade them.
bool shows_colours();

// `text` in a colour if standard output shows colours, else as it is.
std::string coloured(std::string_view text, Colour colour);

bool is_terminal(int file_descriptor);

void print(std::string_view text);        // standard output
void print_error(std::string_view text);  // standard error

// All problems, sorted, in their one shape, on standard error.
void print_problems(const Diagnostics& problems);

// Whether all that was printed arrived: false where standard output is a full disk.
bool output_arrived();

}  // namespace springtide::cli
