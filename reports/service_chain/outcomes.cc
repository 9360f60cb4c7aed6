#include "reports/service_chain/outcomes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "reports/chart/axis.h"
#include "reports/page/html.h"
#include "reports/rows.h"

namespace springtide::reports {
namespace {

using measure::Record;

struct Part {
  const char* name;
  const char* colour;
  double count;
};

// Of one operation, in the order of the bar.
std::array<Part, 6> parts_of(const Rows& rows, std::size_t row) {
  const auto count = [&](const char* column) {
    return static_cast<double>(rows.count(row, column));
  };
  const double in_time = count("within the deadline");
  return {{{"in time", "good", in_time},
           {"late", "line-7", count("answered") - in_time},
           {"refused", "bad", count("refused")},
           {"timed out", "line-2", count("timed out")},
           {"failed", "line-4", count("failed")},
           {"in flight at the end", "line-8", count("in flight")}}};
}

std::string percent(double share) { return number_text(100 * share, 3) + " %"; }

std::string bar(const std::array<Part, 6>& parts, double whole) {
  std::string html = "<div class=\"shares\">", words;
  for (const Part& part : parts) {
    if (part.count <= 0) continue;
    const double share = part.count / whole;
    html += fmt::format("<i style=\"width:{:.2f}%;--swatch:var(--{})\" title=\"{}: {}\"></i>",
                        100 * share, part.colour, part.name, percent(share));
  }
  return html + "</div>";
}

std::string legend(const Rows& rows) {
  std::string html = "<ul class=\"legend\">\n";
  for (std::size_t i = 0; i < parts_of(rows, 0).size(); ++i) {
    double sum = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) sum += parts_of(rows, row)[i].count;
    const Part part = parts_of(rows, 0)[i];
    if (sum > 0)
      html +=
          fmt::format("<li style=\"--swatch:var(--{})\"><i></i>{}</li>\n", part.colour, part.name);
  }
  return html + "</ul>\n";
}

std::string counted(long long part, double whole) {
  if (part == 0 || !(whole > 0)) return count_text(part);
  return fmt::format("<span title=\"{}\">{}</span>", count_text(part),
                     percent(static_cast<double>(part) / whole));
}

void add_latency(const Record& record, const std::string& operation,
                 std::vector<std::string>& row) {
  const auto found = record.distributions.find(operation + ".latency");
  for (const double share : {0.5, 0.99, 0.999}) {
    const bool known = found != record.distributions.end() && !found->second.empty();
    row.push_back(known ? duration_text(static_cast<double>(*found->second.quantile(share))) : "–");
  }
}

double sum_of(const Record& record, const std::string& name) {
  for (const measure::Series& series : record.series) {
    if (series.name != name) continue;
    double sum = 0;
    for (const double value : series.values) sum += std::isnan(value) ? 0 : value;
    return sum;
  }
  return std::nan("");
}

struct Step {
  std::string name, about;
  double count;
};

// What the operations that these clients ask came to.
std::vector<Step> steps_of(const Record& record, const std::string& clients) {
  std::vector<Step> steps{
      {"exposures", "people who see it", sum_of(record, clients + ".exposures")},
      {"clicks", "of those who see it", sum_of(record, clients + ".clicks")}};
  const Rows asked(record, "clients"), operations(record, "operations");
  std::set<std::string> names;
  for (std::size_t row = 0; row < asked.size(); ++row)
    if (asked.text(row, "clients") == clients) names.insert(asked.text(row, "operation"));
  double offered = 0, answered = 0, in_time = 0;
  for (std::size_t row = 0; row < operations.size(); ++row) {
    if (!names.contains(operations.text(row, "operation"))) continue;
    offered += static_cast<double>(operations.count(row, "offered"));
    answered += static_cast<double>(operations.count(row, "answered"));
    in_time += static_cast<double>(operations.count(row, "within the deadline"));
  }
  steps.push_back({"requests", "for each click", offered});
  steps.push_back({"answered", "of the requests", answered});
  steps.push_back({"within the deadline", "of what was answered", in_time});
  return steps;
}

std::string ratio_text(const std::vector<Step>& steps, std::size_t i) {
  if (i == 0 || !(steps[i - 1].count > 0)) return "";
  const double ratio = steps[i].count / steps[i - 1].count;
  return steps[i].name == "requests" ? number_text(ratio, 3) + " " + steps[i].about
                                     : percent(ratio) + " " + steps[i].about;
}

std::string funnel_of(const Record& record, const std::string& clients) {
  const std::vector<Step> steps = steps_of(record, clients);
  double most = 0;
  for (const Step& step : steps) most = std::max(most, step.count);
  std::string html = "<h4>" + html_escaped(clients) + "</h4>\n<div class=\"bars\">\n";
  for (std::size_t i = 0; i < steps.size(); ++i)
    html += fmt::format(
        "<span>{}</span><div><i style=\"width:{:.2f}%\"></i></div><span class=\"n\">{}</span>"
        "<span class=\"faint\">{}</span>\n",
        steps[i].name, most > 0 ? 100 * steps[i].count / most : 0,
        count_text(std::llround(steps[i].count)), ratio_text(steps, i));
  return html + "</div>\n";
}

}  // namespace

std::string operations_html(const Record& record) {
  const Rows rows(record, "operations");
  if (rows.empty()) return "";
  const auto happened = [&](const char* column) {
    for (std::size_t row = 0; row < rows.size(); ++row)
      if (rows.count(row, column) > 0) return true;
    return false;
  };
  std::vector<const char*> ends;
  for (const char* column : {"degraded", "refused", "timed out", "failed"})
    if (happened(column)) ends.push_back(column);
  HtmlTable table;
  table.header = {"operation", "how its requests ended", "offered", "in time", "late"};
  table.header.insert(table.header.end(), ends.begin(), ends.end());
  table.header.insert(table.header.end(), {"median", "p99", "p99.9"});
  table.text_columns = 2;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto offered = static_cast<double>(rows.count(row, "offered"));
    const long long in_time = rows.count(row, "within the deadline");
    const std::string name = rows.text(row, "operation");
    std::vector<std::string> cells{html_code(name), bar(parts_of(rows, row), offered),
                                   count_text(rows.count(row, "offered")),
                                   counted(in_time, offered)};
    cells.push_back(counted(rows.count(row, "answered") - in_time, offered));
    for (const char* column : ends) cells.push_back(counted(rows.count(row, column), offered));
    add_latency(record, name, cells);
    table.rows.push_back(std::move(cells));
  }
  return legend(rows) + table.html();
}

std::string funnel_html(const Record& record) {
  const Rows asked(record, "clients");
  std::string html, last;
  for (std::size_t row = 0; row < asked.size(); ++row) {
    const std::string clients = asked.text(row, "clients");
    if (clients == last || std::isnan(sum_of(record, clients + ".exposures"))) continue;
    last = clients;
    html += funnel_of(record, clients);
  }
  return html;
}

}  // namespace springtide::reports
