#include "reports/service_chain/services.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/chart/axis.h"
#include "reports/page/html.h"
#include "reports/rows.h"

namespace springtide::reports {
namespace {

using measure::Record;

constexpr std::size_t most_open = 20;

std::string percent_cell(double share) {
  return std::isnan(share) ? "–" : number_text(100 * share, 3) + " %";
}

std::string busy_cell(double share) {
  if (std::isnan(share)) return "";
  return fmt::format(
      "<div class=\"busy\"><div class=\"shares\"><i style=\"width:{:.1f}%\"></i></div>{}</div>",
      100 * std::min(share, 1.0), percent_cell(share));
}

double figure_of(const Record& record, const std::string& name) {
  for (const measure::Figure& figure : record.figures)
    if (figure.name == name) return figure.value;
  return measure::missing;
}

std::vector<std::string> row_of(const Record& record, const Rows& rows, std::size_t row) {
  const std::string name = rows.text(row, "service");
  const bool saturated = rows.text(row, "state") == "saturated";
  const auto latency = record.distributions.find(name + ".latency");
  const bool known = latency != record.distributions.end() && !latency->second.empty();
  std::vector<std::string> cells{
      html_code(name), saturated ? "<span class=\"bad\">saturated</span>" : "held",
      busy_cell(rows.number(row, "busiest")), percent_cell(rows.number(row, "utilisation"))};
  for (const char* column : {"workers", "arrived", "turned away", "expired"})
    cells.push_back(count_text(rows.count(row, column)));
  cells.push_back(number_text(figure_of(record, name + ".queue.mean"), 3));
  for (const double share : {0.5, 0.99})
    cells.push_back(known ? duration_text(static_cast<double>(*latency->second.quantile(share)))
                          : "–");
  return cells;
}

}  // namespace

std::vector<std::string> services_of(const Record& record) {
  const Rows rows(record, "services");
  std::vector<std::string> names;
  for (std::size_t row = 0; row < rows.size(); ++row) names.push_back(rows.text(row, "service"));
  return names;
}

std::string services_html(const Record& record) {
  const Rows rows(record, "services");
  if (rows.empty()) return "";
  std::vector<std::size_t> order(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return rows.number(a, "busiest") > rows.number(b, "busiest");
  });
  HtmlTable first, all;
  first.header = {"service", "state",   "busiest slice", "utilisation", "workers", "calls",
                  "refused", "expired", "mean queue",    "median",      "p99"};
  first.text_columns = 3;
  first.sorts = true;
  for (const std::size_t row : order) first.rows.push_back(row_of(record, rows, row));
  if (first.rows.size() <= most_open) return first.html();
  all = first;
  first.rows.resize(most_open);
  return first.html() + html_details(fmt::format("All {} services", all.rows.size()), all.html());
}

}  // namespace springtide::reports
