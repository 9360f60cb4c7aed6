// A comparison as text and as JSON.
#include "reports/chart/text.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/compare/pieces.h"
#include "reports/compare/plan.h"

namespace springtide::reports {
namespace {

Rows rows_of(const Comparison& comparison, const std::vector<ComparedStatistic>& statistics) {
  Rows rows{headings(comparison)};
  for (const ComparedStatistic& statistic : statistics) rows.push_back(cells_of(statistic));
  return rows;
}

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Texts to the left, numbers (what lies between the second column and the last) to the right.
std::string row_text(const std::vector<std::string>& cells,
                     const std::vector<std::size_t>& widths) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string space(widths[i] - width_of(cells[i]), ' ');
    const bool to_the_left = i < 2 || i + 1 == cells.size();
    text += (i > 0 ? "  " : "") + (to_the_left ? cells[i] + space : space + cells[i]);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// `bad` says which rows are red where `colour` is given.
std::string table_text(const Rows& rows, const std::vector<bool>& bad, bool colour) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string row = row_text(rows[i], widths);
    text += (colour && i > 0 && bad[i - 1] ? "\033[31m" + row + "\033[0m" : row) + "\n";
  }
  return text;
}

std::string statistics_text(const Comparison& comparison,
                            const std::vector<ComparedStatistic>& statistics, bool colour) {
  std::vector<bool> bad;
  for (const ComparedStatistic& statistic : statistics) bad.push_back(!statistic.within_tolerance);
  return table_text(rows_of(comparison, statistics), bad, colour);
}

nlohmann::ordered_json number_or_null(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json json_of(const ComparedStatistic& statistic) {
  nlohmann::ordered_json json{{"name", statistic.name},
                              {"unit", statistic.unit},
                              {"this", number_or_null(statistic.here)},
                              {"other", number_or_null(statistic.there)},
                              {"error", number_or_null(statistic.error)}};
  if (statistic.noise) {
    json["noise"] = *statistic.noise;
    json["inside_noise"] = statistic.within_noise();
  }
  if (statistic.tolerance) {
    json["tolerance"] = statistic.tolerance->text;
    json["within_tolerance"] = statistic.within_tolerance;
  }
  return json;
}

// One line a series and phase, its mean, where all statistics would fill pages.
std::string means_text(const Comparison& comparison, bool colour) {
  Rows rows{headings(comparison)};
  rows.front().front() = "mean of";
  rows.front().insert(rows.front().begin() + 1, "during");
  std::vector<bool> bad;
  for (const ComparedSeries& series : comparison.series) {
    const auto mean = std::find_if(series.statistics.begin(), series.statistics.end(),
                                   [](const auto& one) { return one.name == "mean"; });
    if (mean == series.statistics.end()) continue;
    std::vector<std::string> cells = cells_of(*mean);
    cells.front() = series.series;
    cells.insert(cells.begin() + 1, series.span);
    rows.push_back(std::move(cells));
    bad.push_back(!mean->within_tolerance);
  }
  return table_text(rows, bad, colour) +
         "\nAll statistics of a series and a chart of it: --series NAME. All of all: --html, "
         "--json.\n";
}

std::string settings_text(const Comparison& comparison) {
  Rows rows{{"what differs", "this", comparison.there_word}};
  for (const DifferentSetting& one : comparison.settings)
    rows.push_back({one.pointer, one.here, one.there});
  return table_text(rows, std::vector<bool>(rows.size()), false);
}

}  // namespace

std::string aligned_text(const Rows& rows) {
  return table_text(rows, std::vector<bool>(rows.size()), false);
}

std::string comparison_text(const Comparison& comparison, bool colour) {
  constexpr std::size_t most_in_full = 4;  // spans of series
  constexpr TextOptions small{.width = 72, .height = 5};
  std::string text = fmt::format("{:<9} {}\n{:<9} {}\n", "this:", comparison.here,
                                 comparison.there_word + ":", comparison.there);
  if (!comparison.settings.empty()) text += "\n" + settings_text(comparison);
  if (comparison.plan) text += "\n" + plan_text(*comparison.plan);
  for (const auto* table : {&comparison.verdicts, &comparison.margins, &comparison.fates})
    if (!table->empty()) text += "\n" + statistics_text(comparison, *table, colour);
  for (const ComparedDistribution& one : comparison.distributions)
    text += "\n" + heading(one) + "\n" + statistics_text(comparison, one.statistics, colour);
  if (comparison.series.size() > most_in_full) return text + "\n" + means_text(comparison, colour);
  for (std::size_t i = 0; i < comparison.series.size(); ++i) {
    const ComparedSeries& series = comparison.series[i];
    text += "\n" + heading(comparison, series) + "\n";
    if (!series.note.empty()) text += "(" + series.note + ")\n";
    text += statistics_text(comparison, series.statistics, colour);
    if (series.here.size() > 1)
      text += "\n" + chart_text(both_chart(comparison, series, i + 1), small);
  }
  return text;
}

std::string comparison_json(const Comparison& comparison) {
  using Json = nlohmann::ordered_json;
  const auto all = [](const std::vector<ComparedStatistic>& statistics) {
    Json json = Json::array();
    for (const ComparedStatistic& statistic : statistics) json.push_back(json_of(statistic));
    return json;
  };
  Json json{{"this", comparison.here},
            {"other", comparison.there},
            {"within_tolerances", comparison.within_tolerances()},
            {"settings", Json::array()},
            {"thresholds", all(comparison.verdicts)},
            {"margins", all(comparison.margins)},
            {"fates", all(comparison.fates)},
            {"plan", comparison.plan ? plan_json(*comparison.plan) : Json()},
            {"series", Json::array()},
            {"distributions", Json::array()}};
  for (const DifferentSetting& one : comparison.settings)
    json["settings"].push_back(
        {{"pointer", one.pointer}, {"this", one.here}, {"other", one.there}});
  for (const ComparedSeries& series : comparison.series)
    json["series"].push_back({{"series", series.series},
                              {"other_series", series.other_series},
                              {"unit", series.unit},
                              {"span", series.span},
                              {"from_s", series.from},
                              {"seconds", series.here.size()},
                              {"statistics", all(series.statistics)}});
  for (const ComparedDistribution& one : comparison.distributions)
    json["distributions"].push_back({{"distribution", one.name},
                                     {"other_distribution", one.other_name},
                                     {"unit", one.unit},
                                     {"statistics", all(one.statistics)}});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace springtide::reports
