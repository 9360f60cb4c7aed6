#include "reports/page/scenario_html.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/page/html.h"
#include "spec/presets.h"

namespace springtide::reports {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_value = 160;

// The scenario has been read before; a text that is none gives nothing to show.
Json parsed(const std::string& scenario) { return Json::parse(scenario, nullptr, false, true); }

std::string value_at(const Json& scenario, const std::string& pointer) {
  // ordered_json::json_pointer throws on a malformed pointer: follow it by hand.
  const Json* at = &scenario;
  std::size_t begin = pointer.empty() ? std::string::npos : 1;
  while (begin != std::string::npos) {
    const std::size_t end = pointer.find('/', begin);
    std::string name = pointer.substr(begin, end == std::string::npos ? end : end - begin);
    for (const auto& [from, to] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}})
      for (std::size_t i = 0; (i = name.find(from, i)) != std::string::npos; ++i)
        name.replace(i, 2, to);
    if (at->is_object() && at->contains(name)) {
      at = &at->at(name);
    } else if (at->is_array() && !name.empty() && name.size() < 6 &&
               name.find_first_not_of("0123456789") == std::string::npos &&
               std::stoul(name) < at->size()) {
      at = &at->at(std::stoul(name));
    } else {
      return "";
    }
    begin = end == std::string::npos ? end : end + 1;
  }
  std::string text = at->is_string() ? at->get<std::string>()
                                     : at->dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > longest_value) text = text.substr(0, longest_value) + " ...";
  return text;
}

void add_sources(const Json& scenario, HtmlTable& table) {
  if (!scenario.is_object() || !scenario.contains("sources")) return;
  const Json& sources = scenario.at("sources");
  if (!sources.is_object()) return;
  for (const auto& [pointer, source] : sources.items()) {
    const std::string from = source.is_string() ? source.get<std::string>() : source.dump();
    table.rows.push_back(
        {html_code(pointer),
         "<div class=\"value\">" + html_escaped(value_at(scenario, pointer)) + "</div>",
         html_escaped(from)});
  }
}

void add_assumptions(const measure::Record& record, HtmlTable& table) {
  const auto found = record.tables.find("assumptions");
  if (found == record.tables.end()) return;
  for (std::size_t i = 1; i < found->second.size(); ++i) {
    std::vector<std::string> row;
    for (const std::string& text : found->second[i])
      row.push_back(row.empty() ? html_code(text) : html_escaped(text));
    row.resize(3);
    table.rows.push_back(std::move(row));
  }
}

// Whether a runtime is made from this preset, or a node names it.
bool uses_preset(const Json& scenario, const char* section, const char* key,
                 const std::string& preset) {
  if (!scenario.is_object() || !scenario.contains(section)) return false;
  for (const auto& entry : scenario.at(section))
    if (entry.is_object() && entry.contains(key) && entry.at(key) == preset) return true;
  return false;
}

// What a preset assumes; a runtime of the scenario may set some of it anew.
std::string presets_html(const Json& scenario) {
  std::string html;
  for (const std::string preset : {"go1.8", "go1.19"}) {
    if (!uses_preset(scenario, "runtimes", "preset", preset) &&
        !uses_preset(scenario, "nodes", "runtime", preset))
      continue;
    HtmlTable table;
    table.header = {"constant", "value", "where it comes from"};
    table.text_columns = 3;
    for (const spec::PresetConstant& constant : spec::preset_constants())
      table.rows.push_back(
          {html_code(constant.key),
           "<div class=\"value\">" +
               html_escaped(preset == "go1.8" ? constant.go_1_8 : constant.go_1_19) + "</div>",
           html_escaped(constant.source)});
    html += html_details(
        "Constants of the preset " + preset + ", where the scenario does not set them anew",
        table.html());
  }
  return html;
}

}  // namespace

std::string scenario_description(const std::string& scenario) {
  const Json json = parsed(scenario);
  if (!json.is_object() || !json.contains("description")) return "";
  const Json& description = json.at("description");
  return description.is_string() ? description.get<std::string>() : "";
}

std::string assumptions_html(const measure::Record& record, const std::string& scenario) {
  HtmlTable table;
  table.header = {"what", "value", "where it comes from"};
  table.text_columns = 3;
  const Json json = parsed(scenario);
  add_sources(json, table);
  add_assumptions(record, table);
  return (table.rows.empty() ? "" : table.html()) + presets_html(json);
}

std::string reproduce_html(const measure::Record& record, const ReportOptions& options) {
  std::string html;
  if (!options.command.empty()) {
    html += "<p>The same bytes come out again, with any number of threads, of</p>\n";
    html += "<pre><code>" + html_escaped(options.command) + "</code></pre>\n";
  }
  HtmlTable table;
  table.header = {"", ""};
  table.text_columns = 2;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) table.rows.push_back({name, html_code(value)});
  };
  add("fingerprint", record.fingerprint);
  add("version", options.version);
  add("world", options.world);
  if (!table.rows.empty()) html += table.html();
  if (!options.scenario.empty())
    html += html_details("The effective scenario",
                         "<pre><code>" + html_escaped(options.scenario) + "</code></pre>\n");
  return html;
}

}  // namespace springtide::reports
