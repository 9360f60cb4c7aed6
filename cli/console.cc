#include "cli/console.h"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace springtide::cli {
namespace {

bool environment_allows_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return (no_colour == nullptr || *no_colour == '\0') &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

const char* escape_of(Colour colour) {
  switch (colour) {
    case Colour::good: return "\033[32m";
    case Colour::bad: return "\033[31m";
    case Colour::dim: return "\033[2m";
    case Colour::plain: break;
  }
  return "";
}

}  // namespace

bool is_terminal(int file_descriptor) { return isatty(file_descriptor) == 1; }

bool shows_colours() {
  static const bool shows = is_terminal(STDOUT_FILENO) && environment_allows_colour();
  return shows;
}

std::string coloured(std::string_view text, Colour colour) {
  if (!shows_colours() || colour == Colour::plain) return std::string(text);
  return std::string(escape_of(colour)).append(text).append("\033[0m");
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_error(std::string_view text) {
  std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void print_problems(const Diagnostics& problems) { print_error(to_string(problems)); }

bool output_arrived() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

}  // namespace springtide::cli
