#include "reports/page/html.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/chart/axis.h"
#include "reports/page/assets.h"

namespace springtide::reports {
namespace {

std::string row_html(const std::vector<std::string>& cells, const char* cell_name,
                     std::size_t text_columns) {
  std::string html = "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i)
    html += fmt::format("<{0}{1}>{2}</{0}>", cell_name, i < text_columns ? "" : " class=\"n\"",
                        cells[i]);
  return html + "</tr>\n";
}

// The library's own licence comment keeps its name and terms; its addresses would only make a
// reader of the file wonder whether it goes anywhere. Maps of its source are not shipped.
std::string library_script() {
  std::string script(dygraphs_script());
  for (std::size_t at; (at = script.find("https://")) != std::string::npos;) script.erase(at, 8);
  if (const auto at = script.find("//# sourceMappingURL"); at != std::string::npos)
    script.erase(at, script.find('\n', at) - at);
  return script;
}

}  // namespace

std::string html_escaped(std::string_view text) { return xml_escaped(text); }

std::string html_code(std::string_view text) { return "<code>" + html_escaped(text) + "</code>"; }

std::string script_text(const std::string& text) {
  std::string json =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  for (std::size_t at = 0; (at = json.find('<', at)) != std::string::npos;)
    json.replace(at, 1, "\\u003c");
  return json;
}

std::string slug(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter)
      result += c;
    else if (c >= 'A' && c <= 'Z')
      result += static_cast<char>(c - 'A' + 'a');
    else if (!result.empty() && result.back() != '-')
      result += '-';
  }
  while (!result.empty() && result.back() == '-') result.pop_back();
  return result.empty() ? "x" : result;
}

std::string HtmlTable::html() const {
  std::string html = fmt::format("<div class=\"table\"><table{}>\n", sorts ? " data-sorts" : "");
  if (!caption.empty()) html += "<caption>" + html_escaped(caption) + "</caption>\n";
  html += "<thead>" + row_html(header, "th", text_columns) + "</thead>\n<tbody>\n";
  for (const auto& row : rows) html += row_html(row, "td", text_columns);
  return html + "</tbody>\n</table></div>\n";
}

std::string html_details(std::string_view summary, const std::string& html, bool open) {
  return fmt::format("<details{}><summary>{}</summary>\n{}</details>\n", open ? " open" : "",
                     html_escaped(summary), html);
}

std::string html_page(std::string_view title, const std::string& body, bool interactive) {
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>{}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n{}</style>\n</head>\n",
      html_escaped(title), report_style());
  page += "<body>\n" + body;
  if (interactive) {
    page += "<script>\n" + library_script() + "\n</script>\n<script>\n";
    page += report_script();
    page += "</script>\n";
  }
  return page + "</body>\n</html>\n";
}

}  // namespace springtide::reports
