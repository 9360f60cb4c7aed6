#include "reports/compare/match.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "measure/threshold.h"

namespace springtide::reports {
namespace {

using measure::Series;
using Words = std::set<std::string>;

// "client_30k.csv" -> client, 30k, csv.
Words words_of(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("._- ");
    if (end != 0) words.emplace(text.substr(0, end));
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
  }
  return words;
}

std::string last_word(const std::string& name) { return name.substr(name.find_last_of('.') + 1); }

bool all_stand_in(const Words& words, const Words& text) {
  return std::includes(text.begin(), text.end(), words.begin(), words.end());
}

// What the names of the file and of the column say.
Words said_by(const ComparisonSide& side, const std::string& column) {
  Words words = words_of(column);
  words.merge(words_of(side.name.substr(side.name.find_last_of('/') + 1)));
  return words;
}

bool same_unit(const Series& a, const Series& b) {
  return a.unit == b.unit || a.unit.empty() || b.unit.empty();
}

const Series* named(const std::vector<Series>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Series& series) { return series.name == name; });
  return found == all.end() ? nullptr : &*found;
}

// Those of `here` that `wanted` may mean: by all its words, else by the last one.
std::vector<const Series*> meant_by(const ComparisonSide& here, const ComparisonSide& there,
                                    const Series& wanted) {
  if (const Series* same = named(here.series, wanted.name)) return {same};
  if (!there.recorded) return {};
  const std::string column = measure::column_name(wanted.name, wanted.unit);
  for (const Series& series : here.series)
    if (measure::column_name(series.name, series.unit) == column) return {&series};
  const Words said = said_by(there, wanted.name);
  std::vector<const Series*> by_words, by_last;
  for (const Series& series : here.series) {
    if (!same_unit(series, wanted)) continue;
    if (all_stand_in(words_of(series.name), said)) by_words.push_back(&series);
    if (last_word(series.name) == last_word(wanted.name)) by_last.push_back(&series);
  }
  return by_words.empty() ? by_last : by_words;
}

// Others of the same source and unit: "client.shakes" beside "client.requests".
std::string alternatives_to(const ComparisonSide& here, const Series& chosen) {
  const std::string source = chosen.name.substr(0, chosen.name.find('.') + 1);
  std::vector<std::string> names;
  for (const Series& series : here.series)
    if (&series != &chosen && series.unit == chosen.unit && series.name.starts_with(source))
      names.push_back(series.name);
  if (source.empty() || names.empty()) return "";
  return fmt::format("{} was found by its name; --series chooses another, such as {}", chosen.name,
                     fmt::join(names, " or "));
}

Diagnostic different_units(const ComparisonSide& there, const Series& own, const Series& other) {
  return problem_of(
      there.name, fmt::format("\"{}\" is in {}, \"{}\" in {}: they cannot be compared", other.name,
                              other.unit, own.name, own.unit));
}

const Series* partner_of(const Series& own, const ComparisonSide& there) {
  if (const Series* same = named(there.series, own.name)) return same;
  if (there.series.size() == 1) return &there.series.front();
  const Words words = words_of(own.name);
  for (const Series& series : there.series)
    if (all_stand_in(words, said_by(there, series.name))) return &series;
  for (const Series& series : there.series)
    if (last_word(series.name) == last_word(own.name)) return &series;
  return nullptr;
}

// Where a recording has one distribution only, its column is the one that is asked for.
bool add_distribution(const ComparisonSide& here, const ComparisonSide& there,
                      const std::string& name, Pairs& pairs) {
  const auto own = here.distributions.find(name);
  if (own == here.distributions.end()) return false;
  auto other = there.distributions.find(name);
  if (other == there.distributions.end() && there.recorded && there.distributions.size() == 1)
    other = there.distributions.begin();
  if (other == there.distributions.end()) return false;
  pairs.distributions.push_back({name, other->first, &own->second, &other->second});
  return true;
}

Diagnostic no_such_series(const ComparisonSide& here, const std::string& name) {
  std::vector<std::string> known;
  for (const Series& series : here.series) known.push_back(series.name);
  for (const auto& [distribution, values] : here.distributions) known.push_back(distribution);
  const auto near = measure::nearest_names(name, known);
  return problem_of(here.name, "there is no series \"" + name + "\"",
                    near.empty() ? "" : "did you mean \"" + near.front() + "\"?");
}

Result<Pairs> asked_pairs(const ComparisonSide& here, const ComparisonSide& there,
                          const std::vector<std::string>& names) {
  Pairs pairs;
  for (const std::string& name : names) {
    if (add_distribution(here, there, name, pairs)) continue;
    const Series* own = named(here.series, name);
    if (!own && !here.distributions.contains(name)) return no_such_series(here, name);
    const Series* other = own ? partner_of(*own, there) : nullptr;
    if (!other) return problem_of(there.name, "has nothing to compare with \"" + name + "\"");
    if (!same_unit(*own, *other)) return different_units(there, *own, *other);
    pairs.series.push_back({own, other, ""});
  }
  return pairs;
}

void add_shared_distributions(const ComparisonSide& here, const ComparisonSide& there,
                              Pairs& pairs) {
  for (const auto& [name, values] : there.distributions) {
    if (values.empty()) continue;
    for (const auto& [own, own_values] : here.distributions) {
      if (own_values.empty()) continue;
      const bool meant =
          own == name || (there.recorded && all_stand_in(words_of(own), said_by(there, name)));
      if (meant) pairs.distributions.push_back({own, name, &own_values, &values});
    }
  }
}

// What could be asked for by --series: of the same kind and unit.
std::vector<std::string> possible_names(const ComparisonSide& here, const ComparisonSide& there) {
  std::vector<std::string> names;
  for (const Series& own : here.series)
    for (const Series& other : there.series)
      if (own.unit == other.unit) names.push_back(own.name);
  if (!there.distributions.empty())
    for (const auto& [name, values] : here.distributions) names.push_back(name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Diagnostic nothing_shared(const ComparisonSide& here, const ComparisonSide& there) {
  const std::vector<std::string> possible = possible_names(here, there);
  return problem_of(there.name, "has no series in common with " + here.name,
                    possible.empty() ? "neither a name nor a unit is the same"
                                     : fmt::format("choose one: {}", fmt::join(possible, " ")));
}

}  // namespace

Diagnostic problem_of(std::string file, std::string what, std::string hint) {
  Diagnostic result;
  result.file = std::move(file);
  result.what = std::move(what);
  result.hint = std::move(hint);
  return result;
}

Result<Pairs> pairs_of(const ComparisonSide& here, const ComparisonSide& there,
                       const std::vector<std::string>& names) {
  if (!names.empty()) return asked_pairs(here, there, names);
  Pairs pairs;
  add_shared_distributions(here, there, pairs);
  for (const Series& other : there.series) {
    const auto meant = meant_by(here, there, other);
    if (meant.size() > 1) {
      std::string all;
      for (const Series* series : meant) all += " " + series->name;
      return problem_of(there.name, "\"" + other.name + "\" may be any of" + all,
                        "choose one, such as " + meant.front()->name);
    }
    if (meant.empty()) continue;
    if (!same_unit(*meant.front(), other)) return different_units(there, *meant.front(), other);
    const bool guessed = meant.front()->name != other.name;
    pairs.series.push_back(
        {meant.front(), &other, guessed ? alternatives_to(here, *meant.front()) : ""});
  }
  if (pairs.series.empty() && pairs.distributions.empty()) return nothing_shared(here, there);
  return pairs;
}

}  // namespace springtide::reports
