#include "measure/json/json.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "measure/checks.h"
#include "measure/json/json_view.h"
#include "measure/series.h"
#include "measure/text/names.h"
#include "measure/threshold.h"

namespace springtide::measure {
namespace {

using Json = nlohmann::ordered_json;

// JSON has no NaN or infinity: missing is null, the others are strings.
Json number(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0 ? "infinity" : "-infinity";
  return value;
}

// A result that says nothing has the shortest slices.
Duration slice_of(JsonView json) {
  if (!json.has("slice_ns")) return shortest_slice;
  const Duration slice{json["slice_ns"].integer()};
  if (slice.ns > 0 && slice % second == Duration{}) return slice;
  json["slice_ns"].problem("whole seconds, in nanoseconds");
  return shortest_slice;
}

// Text that is not UTF-8 (a file name in a title) becomes replacement characters.
std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json figure_to_json(const Figure& figure) {
  Json json = {{"name", figure.name},
               {"value", number(figure.value)},
               {"unit", figure.unit},
               {"about", figure.about}};
  if (figure.half_width) json["half_width"] = number(*figure.half_width);
  return json;
}

Json ledger_to_json(const Ledger& ledger) {
  return {{"offered", ledger.offered},     {"answered", ledger.answered},
          {"refused", ledger.refused},     {"dropped", ledger.dropped},
          {"lost", ledger.lost},           {"timed_out", ledger.timed_out},
          {"in_flight", ledger.in_flight}, {"not_sent", ledger.not_sent}};
}

Json checks_to_json(const std::vector<Check>& checks, bool only_broken) {
  Json list = Json::array();
  for (const Check& check : checks)
    if (!only_broken || !check.holds)
      list.push_back({{"name", check.name}, {"holds", check.holds}, {"detail", check.detail}});
  return list;
}

Json marks_to_json(const std::vector<Mark>& marks) {
  Json list = Json::array();
  for (const Mark& mark : marks)
    list.push_back({{"kind", mark.kind},
                    {"label", mark.label},
                    {"from_ns", mark.from.ns},
                    {"to_ns", mark.to.ns}});
  return list;
}

Json series_to_json(const std::vector<Series>& all) {
  const std::vector<std::string> columns = column_names(all);
  Json list = Json::array();
  for (std::size_t i = 0; i < all.size(); ++i)
    list.push_back({{"name", all[i].name},
                    {"unit", all[i].unit},
                    {"about", all[i].about},
                    {"column", columns[i]},
                    {"seconds", all[i].values.size()}});
  return list;
}

Json distribution_to_json(const Histogram& histogram) {
  const auto milliseconds = [&](double p) {
    const auto value = histogram.quantile(p);
    return value ? Json(static_cast<double>(*value) / 1e6) : Json(nullptr);
  };
  return {{"count", histogram.count()},     {"mean_ms", number(histogram.mean() / 1e6)},
          {"min_ms", milliseconds(0)},      {"p50_ms", milliseconds(0.5)},
          {"p90_ms", milliseconds(0.9)},    {"p99_ms", milliseconds(0.99)},
          {"p999_ms", milliseconds(0.999)}, {"max_ms", milliseconds(1)}};
}

Json grids_to_json(const std::vector<Grid>& grids) {
  Json list = Json::array();
  for (const Grid& grid : grids)
    list.push_back({{"name", grid.name},
                    {"unit", grid.unit},
                    {"about", grid.about},
                    {"slice_ns", grid.slice.ns},
                    {"rows", grid.rows.size()},
                    {"columns", grid.columns}});
  return list;
}

template <typename Map>
Json names_of(const Map& map) {
  Json list = Json::array();
  for (const auto& entry : map) list.push_back(entry.first);
  return list;
}

Figure figure_of(JsonView json) {
  Figure figure{
      json["name"].text(), json["value"].number(), json["unit"].text(), json["about"].text(), {}};
  if (json.has("half_width")) figure.half_width = json["half_width"].number();
  return figure;
}

Ledger ledger_of(JsonView json) {
  return {json["offered"].integer(),   json["answered"].integer(), json["refused"].integer(),
          json["dropped"].integer(),   json["lost"].integer(),     json["timed_out"].integer(),
          json["in_flight"].integer(), json["not_sent"].integer()};
}

Mark mark_of(JsonView json) {
  return {json["kind"].text(), json["label"].text(), Instant{json["from_ns"].integer()},
          Instant{json["to_ns"].integer()}};
}

Verdict verdict_of(JsonView json) {
  return {json["metric"].text(),  json["expression"].text(), json["observed"].number(),
          json["bound"].number(), json["unit"].text(),       json["passed"].boolean(),
          json["margin"].number()};
}

void read_series(JsonView json, Summary& summary) {
  constexpr std::int64_t most_seconds = 1'000'000'000;
  json.for_each_element([&](JsonView one) {
    summary.record.series.push_back(
        {one["name"].text(), one["unit"].text(), one["about"].text(), {}});
    const std::int64_t seconds = one["seconds"].integer();
    if (seconds < 0 || seconds > most_seconds) one["seconds"].problem("a number of seconds");
    summary.series_lengths.push_back(static_cast<std::size_t>(seconds));
  });
}

void read_grids(JsonView json, Summary& summary) {
  constexpr std::int64_t most_rows = 10'000'000;
  const auto size = [](JsonView view, std::int64_t most) {
    const std::int64_t number = view.integer();
    if (number < 0 || number > most) view.problem(fmt::format("0 to {}", most));
    return static_cast<std::size_t>(number);
  };
  json.for_each_element([&](JsonView one) {
    Grid grid;
    grid.name = one["name"].text();
    grid.unit = one["unit"].text();
    grid.about = one["about"].text();
    grid.slice = slice_of(one);
    grid.columns = size(one["columns"], most_slices);
    summary.grids.push_back({size(one["rows"], most_rows), grid.columns});
    summary.record.grids.push_back(std::move(grid));
  });
}

}  // namespace

std::string summary_to_json(const Record& record) {
  Json json = {{"title", record.title},
               {"complete", record.complete},
               {"fingerprint", record.fingerprint},
               {"clock_at_start", record.clock_at_start},
               {"duration_ns", record.duration.ns}};
  if (record.slice != shortest_slice) json["slice_ns"] = record.slice.ns;
  json["figures"] = Json::array();
  for (const Figure& figure : record.figures) json["figures"].push_back(figure_to_json(figure));
  json["ledgers"] = Json::object();
  for (const auto& [operation, ledger] : record.ledgers)
    json["ledgers"][operation] = ledger_to_json(ledger);
  json["distributions"] = Json::object();
  for (const auto& [name, histogram] : record.distributions)
    json["distributions"][name] = distribution_to_json(histogram);
  json["distributions_over_time"] = names_of(record.distributions_over_time);
  json["series"] = series_to_json(record.series);
  if (!record.grids.empty()) json["grids"] = grids_to_json(record.grids);
  json["tables"] = names_of(record.tables);
  json["marks"] = marks_to_json(record.marks);
  json["checks"] = checks_to_json(record.checks, false);
  return dump(json);
}

std::string verdict_to_json(const Record& record) {
  const bool passed = record.complete && all_passed(record.verdicts) && all_hold(record.checks);
  Json json = {{"passed", passed}, {"complete", record.complete}};
  json["broken_checks"] = checks_to_json(record.checks, true);
  json["thresholds"] = Json::array();
  for (const Verdict& verdict : record.verdicts)
    json["thresholds"].push_back({{"metric", verdict.metric},
                                  {"expression", verdict.expression},
                                  {"passed", verdict.passed},
                                  {"observed", number(verdict.observed)},
                                  {"bound", number(verdict.bound)},
                                  {"margin", number(verdict.margin)},
                                  {"unit", verdict.unit}});
  return dump(json);
}

std::string manifest_to_json(const Manifest& manifest) {
  Json json = {{"springtide", manifest.version},
               {"world", manifest.world},
               {"command", manifest.command},
               {"seed", manifest.seed},
               {"scenario_sha256", manifest.scenario_sha256},
               {"fingerprint", manifest.fingerprint},
               {"complete", manifest.complete},
               {"threads", manifest.threads},
               {"machine", manifest.machine},
               {"started", manifest.started},
               {"finished", manifest.finished},
               {"wall_seconds", number(manifest.wall_seconds)}};
  json["more"] = Json::object();
  for (const auto& [key, value] : manifest.more) json["more"][key] = value;
  return dump(json);
}

Result<Summary> parse_summary(std::string_view text, const std::string& file) {
  return parse_json<Summary>(text, file, [](JsonView json) {
    Summary summary;
    Record& record = summary.record;
    record.title = json["title"].text();
    record.complete = json["complete"].boolean();
    record.fingerprint = json["fingerprint"].text();
    record.clock_at_start = json["clock_at_start"].text();
    record.duration = {json["duration_ns"].integer()};
    record.slice = slice_of(json);
    json["figures"].for_each_element([&](JsonView v) { record.figures.push_back(figure_of(v)); });
    json["ledgers"].for_each_member(
        [&](const std::string& name, JsonView v) { record.ledgers[name] = ledger_of(v); });
    json["distributions"].for_each_member(
        [&](const std::string& name, JsonView) { summary.distributions.push_back(name); });
    json["distributions_over_time"].for_each_element(
        [&](JsonView v) { summary.sliced_distributions.push_back(v.text()); });
    read_series(json["series"], summary);
    if (json.has("grids")) read_grids(json["grids"], summary);
    json["tables"].for_each_element([&](JsonView v) { summary.tables.push_back(v.text()); });
    json["marks"].for_each_element([&](JsonView v) { record.marks.push_back(mark_of(v)); });
    json["checks"].for_each_element([&](JsonView v) {
      record.checks.push_back({v["name"].text(), v["holds"].boolean(), v["detail"].text()});
    });
    return summary;
  });
}

Result<std::vector<Verdict>> parse_verdict(std::string_view text, const std::string& file) {
  return parse_json<std::vector<Verdict>>(text, file, [](JsonView json) {
    std::vector<Verdict> verdicts;
    json["thresholds"].for_each_element([&](JsonView v) { verdicts.push_back(verdict_of(v)); });
    return verdicts;
  });
}

Result<Manifest> parse_manifest(std::string_view text, const std::string& file) {
  return parse_json<Manifest>(text, file, [](JsonView json) {
    Manifest manifest;
    manifest.version = json["springtide"].text();
    manifest.world = json["world"].text();
    manifest.command = json["command"].text();
    manifest.seed = json["seed"].unsigned_integer();
    manifest.scenario_sha256 = json["scenario_sha256"].text();
    manifest.fingerprint = json["fingerprint"].text();
    manifest.complete = json["complete"].boolean();
    manifest.threads = static_cast<int>(json["threads"].integer());
    manifest.machine = json["machine"].text();
    manifest.started = json["started"].text();
    manifest.finished = json["finished"].text();
    manifest.wall_seconds = json["wall_seconds"].number();
    json["more"].for_each_member(
        [&](const std::string& key, JsonView v) { manifest.more[key] = v.text(); });
    return manifest;
  });
}

}  // namespace springtide::measure
