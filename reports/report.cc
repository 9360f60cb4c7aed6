#include "reports/report.h"

#include <algorithm>

#include <fmt/format.h>

#include "measure/statistics/estimates.h"
#include "reports/chart/axis.h"
#include "reports/content/content.h"
#include "reports/gnuplot/gnuplot.h"
#include "reports/page/chart_html.h"
#include "reports/page/html.h"
#include "reports/page/scenario_html.h"
#include "reports/page/verdict.h"
#include "reports/phases.h"
#include "reports/service_chain/dot.h"

namespace springtide::reports {
namespace {

using measure::Record;

struct Part {
  std::string title, html;
};

// Of a long table nothing is shown until it is opened; of one in order of importance its first
// rows.
std::string table_html(const std::vector<std::vector<std::string>>& rows, bool in_order = false) {
  constexpr std::size_t most_open = 20;
  HtmlTable table;
  const auto escaped = [](const std::vector<std::string>& row) {
    std::vector<std::string> cells;
    for (const std::string& cell : row) cells.push_back(html_escaped(cell));
    return cells;
  };
  table.header = escaped(rows.front());
  table.text_columns = 1;
  for (std::size_t i = 1; i < rows.size(); ++i) table.rows.push_back(escaped(rows[i]));
  if (rows.size() <= most_open + 1) return table.html();
  std::string all = html_details(fmt::format("{} rows", rows.size() - 1), table.html());
  if (!in_order) return all;
  table.rows.resize(most_open);
  return table.html() + all;
}

constexpr std::string_view theory_suffix = ".theory";

const measure::Figure* named(const std::vector<measure::Figure>& figures, const std::string& name) {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const auto& figure) { return figure.name == name; });
  return found == figures.end() ? nullptr : &*found;
}

// What theory says of a measured figure stands in the same row.
bool stands_with_measured(const std::vector<measure::Figure>& figures,
                          const measure::Figure& figure) {
  const std::string_view name = figure.name;
  return name.ends_with(theory_suffix) &&
         named(figures, std::string(name.substr(0, name.size() - theory_suffix.size())));
}

std::string error_text(const measure::Figure& measured, const measure::Figure& exact) {
  if (exact.value == 0) return "";
  const double percent = 100 * (measured.value - exact.value) / exact.value;
  return (percent > 0 ? "+" : "") + number_text(percent, 3) + " %";
}

std::string figures_html(const std::vector<measure::Figure>& figures) {
  if (figures.empty()) return "";
  const bool intervals = std::any_of(figures.begin(), figures.end(),
                                     [](const auto& figure) { return figure.half_width; });
  const bool theory = std::any_of(figures.begin(), figures.end(), [&](const auto& figure) {
    return stands_with_measured(figures, figure);
  });
  HtmlTable table;
  table.header = {"figure", "what it is", "value"};
  if (intervals) table.header.push_back("± 99.9 %");
  if (theory) table.header.insert(table.header.end(), {"by theory", "error"});
  table.text_columns = 2;
  for (const measure::Figure& figure : figures) {
    if (stands_with_measured(figures, figure)) continue;
    std::vector<std::string> row{html_code(figure.name), html_escaped(figure.about),
                                 html_escaped(with_unit(figure.value, figure.unit))};
    const auto width = figure.half_width;
    if (intervals) row.push_back(width ? html_escaped(with_unit(*width, figure.unit)) : "");
    if (const auto* exact = named(figures, figure.name + std::string(theory_suffix)))
      row.insert(row.end(),
                 {html_escaped(with_unit(exact->value, exact->unit)), error_text(figure, *exact)});
    row.resize(table.header.size());
    table.rows.push_back(std::move(row));
  }
  return table.html();
}

// Long tables are opened by whom they interest.
std::string folded(const std::string& html, std::size_t rows) {
  constexpr std::size_t most_open = 40;
  return rows > most_open ? html_details(fmt::format("{} figures", rows), html) : html;
}

std::string zero_html(const std::vector<std::string>& names) {
  if (names.empty()) return "";
  std::string html = "<p class=\"about\">Zero in every second, not drawn: ";
  for (std::size_t i = 0; i < names.size(); ++i) html += (i > 0 ? ", " : "") + html_code(names[i]);
  return html + ".</p>\n";
}

std::string less_html(const std::vector<std::string>& names) {
  if (names.empty()) return "";
  return fmt::format(
      "<p class=\"about\">The highest are drawn; {} more are in the files of the result.</p>\n",
      names.size());
}

// Where Graphviz is not there, who calls whom is still told.
std::string graph_html(const Record& record, const Drawing& drawing) {
  const auto svg = dot_svg(drawing.dot);
  if (svg)
    return "<div class=\"graph\">" + svg.value() + "</div>\n" + drawing.html +
           html_details("Who calls whom, as a table", table_html(record.tables.at("call-graph")));
  return "<p class=\"about\">Not drawn: " + html_escaped(svg.problems().front().what) + " " +
         html_escaped(svg.problems().front().hint) + "</p>\n" +
         table_html(record.tables.at("call-graph"));
}

std::string drawing_html(const Record& record, const Drawing& drawing) {
  std::string html = "<h3>" + html_escaped(drawing.title) + "</h3>\n";
  if (!drawing.about.empty())
    html += "<p class=\"about\">" + html_escaped(drawing.about) + "</p>\n";
  return html + (drawing.dot.empty() ? drawing.html : graph_html(record, drawing));
}

// `picture` moves on through the pictures of all charts, in the order of the sections.
std::string section_html(const Record& record, const SectionContent& section,
                         std::vector<std::string>::const_iterator& picture) {
  std::string html;
  if (!section.about.empty())
    html += "<p class=\"about\">" + html_escaped(section.about) + "</p>\n";
  for (const Drawing& drawing : section.drawings) html += drawing_html(record, drawing);
  for (const ChartContent& content : section.charts)
    html += chart_figure(content.chart, *picture++, content.below);
  html += less_html(section.less) + zero_html(section.zero) +
          folded(figures_html(section.figures), section.figures.size());
  for (const std::string& name : section.tables)
    html += "<h3 class=\"name\">" + html_escaped(name) + "</h3>\n" +
            table_html(record.tables.at(name), name == "plan.links" || name == "gives-way");
  return html;
}

std::string phases_html(const Record& record) {
  HtmlTable table;
  table.header = {"", "what", "from", "to"};
  table.text_columns = 2;
  for (const measure::Mark& mark : in_order_of_time(record.marks)) {
    if (mark.kind != "phase" && mark.kind != "incident" && mark.kind != "packets" &&
        mark.kind != "cue" && mark.kind != "playbook")
      continue;
    table.rows.push_back({html_escaped(mark.kind), html_escaped(mark.label),
                          time_text(mark.from.since_start().seconds(), record.clock_at_start),
                          time_text(mark.to.since_start().seconds(), record.clock_at_start)});
  }
  return table.rows.empty() ? "" : "<h3>What happens when</h3>\n" + table.html();
}

bool is_plan(const Record& record) { return record.tables.contains("plan.links"); }

// Whether the plan holds: what gives way first, and when.
std::string plan_verdict_html(const Record& record) {
  const measure::Figure* first = named(record.figures, "estimate.first.factor");
  if (first == nullptr) return "";
  const bool holds = first->value >= 1;
  return fmt::format(
      "<div class=\"verdict tone-{}\" role=\"status\"><strong>{}</strong><p>{} {}</p></div>\n",
      holds ? "good" : "bad", holds ? "The plan holds" : "The plan does not hold",
      html_escaped(first->about),
      html_escaped("It may grow " + number_text(first->value, 3) + "-fold."));
}

std::string header_html(const Record& record, const ReportOptions& options) {
  std::string html = "<header>\n<h1>" + html_escaped(record.title) + "</h1>\n";
  std::string when = run_length_text(record.duration);
  if (!record.clock_at_start.empty())
    when = fmt::format("{} to {}, {}", record.clock_at_start,
                       time_text(record.duration.seconds(), record.clock_at_start), when);
  html += "<p class=\"about\">" + html_escaped(when);
  if (options.world == "model") html += ", simulated";
  if (options.world == "live") html += ", measured over real sockets";
  html += "</p>\n";
  if (const std::string about = scenario_description(options.scenario); !about.empty())
    html += "<p>" + html_escaped(about) + "</p>\n";
  if (const std::string from = measure::estimated_from(record); !from.empty())
    html += "<p class=\"estimated\"><strong>Estimated</strong> " + html_escaped(from) +
            ": every value is an estimate, its interval under <a href=\"#section-estimates\">"
            "Estimates</a>.</p>\n";
  return html + (is_plan(record) ? plan_verdict_html(record) : verdict_html(record)) +
         thresholds_html(record) + checks_html(record) + glance_html(record) +
         margins_html(record) + "</header>\n";
}

std::string body_html(const Record& record, const ReportOptions& options,
                      const std::vector<Part>& parts) {
  std::string html = header_html(record, options);
  html += "<nav aria-label=\"Contents\"><ul>\n";
  for (const Part& part : parts)
    html += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", "section-" + slug(part.title),
                        html_escaped(part.title));
  html += "</ul></nav>\n<main>\n";
  html +=
      "<p class=\"hint\">Drag over a chart to zoom, double-click to see all again; charts over "
      "time follow each other. Press a name in a legend to hide its line.</p>\n";
  for (const Part& part : parts)
    html += fmt::format("<section>\n<h2 id=\"section-{}\">{}</h2>\n{}</section>\n",
                        slug(part.title), html_escaped(part.title), part.html);
  html += "</main>\n<footer>Made by springtide";
  if (!options.version.empty()) html += " " + html_escaped(options.version);
  return html +
         ". Charts: gnuplot; dygraphs (© Dan Vanderkam and contributors, MIT licence)."
         "</footer>\n";
}

std::vector<Part> parts_of(const Record& record, const ReportOptions& options,
                           const std::vector<SectionContent>& sections,
                           const std::vector<std::string>& pictures) {
  std::vector<Part> parts;
  auto picture = pictures.begin();
  for (const SectionContent& section : sections)
    parts.push_back({section.title, section_html(record, section, picture)});
  if (std::string html = ledgers_html(record) + phases_html(record); !html.empty())
    parts.push_back({"Account", std::move(html)});
  if (std::string html = assumptions_html(record, options.scenario); !html.empty())
    parts.push_back({"Assumptions",
                     "<p class=\"about\">Values that were not measured by this run, "
                     "and where they come from.</p>\n" +
                         html});
  if (std::string html = reproduce_html(record, options); !html.empty())
    parts.push_back({"Run it again", std::move(html)});
  return parts;
}

std::vector<Chart> charts_of(const std::vector<SectionContent>& sections) {
  std::vector<Chart> charts;
  for (const SectionContent& section : sections)
    for (const ChartContent& content : section.charts) charts.push_back(content.chart);
  return charts;
}

Result<std::string> page_of(const Record& record, const ReportOptions& options,
                            const std::vector<SectionContent>& sections,
                            const std::vector<std::string>& pictures) {
  const auto parts = parts_of(record, options, sections, pictures);
  return html_page(record.title.empty() ? "Springtide report" : record.title,
                   body_html(record, options, parts), options.interactive);
}

}  // namespace

Outcome outcome_of(const Record& record) {
  const auto broken = [](const measure::Check& check) { return !check.holds; };
  const auto failed = [](const measure::Verdict& verdict) { return !verdict.passed; };
  if (std::any_of(record.checks.begin(), record.checks.end(), broken)) return Outcome::invalid;
  if (!record.complete) return Outcome::partial;
  if (std::any_of(record.verdicts.begin(), record.verdicts.end(), failed)) return Outcome::failed;
  return record.verdicts.empty() ? Outcome::measured : Outcome::passed;
}

std::vector<Chart> report_charts(const Record& record, const ReportOptions& options) {
  return charts_of(report_content(record, options));
}

Result<std::string> html_report(const Record& record, const ReportOptions& options) {
  const std::vector<SectionContent> sections = report_content(record, options);
  const auto pictures = charts_svg_inline(charts_of(sections));
  if (!pictures) return pictures.problems();
  return page_of(record, options, sections, pictures.value());
}

Result<std::map<std::string, std::string>> report_files(const Record& record,
                                                        const ReportOptions& options) {
  const std::vector<SectionContent> sections = report_content(record, options);
  const std::vector<Chart> charts = charts_of(sections);
  auto pictures = charts_svg_both(charts);
  if (!pictures) return pictures.problems();
  auto page = page_of(record, options, sections, pictures.value().inlined);
  if (!page) return page.problems();
  std::map<std::string, std::string> files{{"report.html", std::move(page.value())}};
  for (std::size_t i = 0; i < charts.size(); ++i)
    files["charts/" + charts[i].name + ".svg"] = std::move(pictures.value().files[i]);
  return files;
}

Result<std::map<std::string, std::string>> png_files(const Record& record,
                                                     const ReportOptions& options) {
  std::map<std::string, std::string> files;
  for (const Chart& chart : report_charts(record, options)) {
    auto picture = chart_png(chart, {1600, 480});
    if (!picture) return picture.problems();
    files["charts/" + chart.name + ".png"] = std::move(picture.value());
  }
  return files;
}

}  // namespace springtide::reports
