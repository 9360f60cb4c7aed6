#include "reports/content/capacity.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace springtide::reports {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class CapacityCharts {
 public:
  explicit CapacityCharts(const Rows& rows) : rows_(rows) {
    order_.resize(rows.size() - 1);
    std::iota(order_.begin(), order_.end(), std::size_t{1});
    const std::vector<double> offered = column("offered/s");
    const auto [low, high] = std::minmax_element(offered.begin(), offered.end());
    by_load_ = *high > 1.1 * *low;
    const std::string& value = rows.front().front();
    const std::size_t comma = value.find(", ");
    axis_.label = by_load_ ? "offered load" : "value";
    axis_.unit = by_load_ ? "requests/s" : comma == value.npos ? "" : value.substr(comma + 2);
    x_name_ = by_load_ ? "offered/s" : value;
    const std::vector<double> x = column(x_name_);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return x[a - 1] < x[b - 1]; });
  }

  Chart load() const {
    Chart chart = begin("Capacity", "requests/s", "rate",
                        "What is answered, and what is answered within the deadline, of what is "
                        "offered. At the knee goodput begins to fall behind.");
    add(chart, "offered/s", "offered", Line::Role::predicted);
    add(chart, "carried/s", "carried");
    add(chart, "goodput/s", "goodput");
    return chart;
  }
  Chart bad_ends() const {
    Chart chart = begin("What does not end well", "requests/s", "rate",
                        "Refused, timed out, failed or lost, per second.");
    for (const auto& [name, label] : {std::pair{"refused/s", "refused"},
                                      {"timed out/s", "timed out"},
                                      {"failed/s", "failed"},
                                      {"lost/s", "lost"}}) {
      const std::vector<double> values = column(name);
      if (std::any_of(values.begin(), values.end(), [](double value) { return value > 0; }))
        add(chart, name, label);
    }
    return chart;
  }
  Chart latency() const {
    Chart chart = begin("Latency against load", "ms", "latency", "Of what is answered.");
    chart.y.scale = Scale::log;
    add(chart, "p50, ms", "median");
    add(chart, "p99, ms", "p99");
    return chart;
  }

 private:
  // In the order of the rows; not a number where a cell is empty.
  std::vector<double> column(const std::string& name) const {
    const auto& header = rows_.front();
    const auto at = std::find(header.begin(), header.end(), name) - header.begin();
    std::vector<double> values;
    for (std::size_t row = 1; row < rows_.size(); ++row) {
      const auto cell = static_cast<std::size_t>(at);
      const bool known = cell < rows_[row].size() && !rows_[row][cell].empty();
      values.push_back(known ? std::strtod(rows_[row][cell].c_str(), nullptr) : measure::missing);
    }
    return values;
  }

  Chart begin(const char* title, const char* unit, const char* label, const char* about) const {
    Chart chart;
    chart.title = title;
    chart.about = about;
    chart.x = axis_;
    chart.y.label = label;
    chart.y.unit = unit;
    const std::vector<double> x = column(x_name_);
    for (std::size_t row = 1; row < rows_.size(); ++row)
      if (rows_[row].back() == "knee") chart.ticks.push_back({x[row - 1], "knee", "knee"});
    return chart;
  }

  void add(Chart& chart, const std::string& name, const std::string& label,
           Line::Role role = Line::Role::simulated) const {
    const std::vector<double> x = column(x_name_), y = column(name);
    Line line{label, {}, {}, Line::Style::line, role};
    for (const std::size_t row : order_) {
      line.x.push_back(x[row - 1]);
      line.y.push_back(y[row - 1]);
    }
    chart.lines.push_back(std::move(line));
  }

  const Rows& rows_;
  std::vector<std::size_t> order_;  // of the rows, from 1, by x
  bool by_load_ = true;
  Axis axis_;
  std::string x_name_;
};

}  // namespace

void add_capacity_charts(const measure::Record& record, SectionContent& section) {
  const auto table = record.tables.find("capacity");
  if (table == record.tables.end() || table->second.size() < 2) return;
  const CapacityCharts charts(table->second);
  section.charts.push_back({charts.load(), ""});
  if (Chart bad = charts.bad_ends(); !bad.lines.empty()) section.charts.push_back({bad, ""});
  section.charts.push_back({charts.latency(), ""});
}

}  // namespace springtide::reports
