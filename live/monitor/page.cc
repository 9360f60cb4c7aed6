#include "live/monitor/page.h"

#include <string_view>

#include <fmt/format.h>

namespace springtide::live::monitor {

// Made by the build (cmake/embed.cmake).
std::string_view shared_style();
std::string_view page_style();
std::string_view page_script();
std::string_view page_body();
std::string_view dygraphs_script();

namespace {

// Without the addresses in the library's own comments and the map of its source: the page reaches
// out to nothing, and a reader of it should see that at once.
std::string library_script() {
  std::string script(dygraphs_script());
  for (std::size_t at; (at = script.find("https://")) != std::string::npos;) script.erase(at, 8);
  for (std::size_t at; (at = script.find("http://")) != std::string::npos;) script.erase(at, 7);
  if (const auto at = script.find("//# sourceMappingURL"); at != std::string::npos)
    script.erase(at, script.find('\n', at) - at);
  return script;
}

std::string make_page() {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>Springtide live</title>\n<link rel=\"icon\" href=\"data:,\">\n"
      "<style>\n{}{}</style>\n</head>\n<body>\n{}<script>\n{}\n</script>\n<script>\n{}</script>\n"
      "</body>\n</html>\n",
      shared_style(), page_style(), page_body(), library_script(), page_script());
}

}  // namespace

const std::string& page_html() {
  static const std::string page = make_page();
  return page;
}

}  // namespace springtide::live::monitor
