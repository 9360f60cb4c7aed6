// Pieces of HTML. Everything that is given as text is escaped here; what is named `html` is not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace springtide::reports {

std::string html_escaped(std::string_view text);

// <code>text</code>
std::string html_code(std::string_view text);

// A string of JSON with its quotes; '<' is escaped, so it may stand in a <script>.
std::string script_text(const std::string& text);

// "Latency over time" -> "latency-over-time"
std::string slug(std::string_view text);

struct HtmlTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // cells are HTML
  std::size_t text_columns = 1;  // the first ones, set to the left; numbers go to the right
  std::string caption;           // may be empty
  bool sorts = false;            // by the column whose head is pressed

  std::string html() const;
};

// <details> with a summary line.
std::string html_details(std::string_view summary, const std::string& html, bool open = false);

// A whole page: head, style, `body`, and, if `interactive`, the script that brings charts to life.
std::string html_page(std::string_view title, const std::string& body, bool interactive = true);

}  // namespace springtide::reports
