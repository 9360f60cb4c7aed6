#include "reports/compare/runs.h"

#include <algorithm>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "reports/chain.h"

namespace springtide::reports {
namespace {

using Json = nlohmann::json;
using measure::Ledger;

// Words about a run and where its values come from: no settings.
bool only_words(const std::string& pointer) {
  for (const char* words : {"/title", "/description", "/sources", "/$schema"})
    if (pointer.starts_with(words)) return true;
  return false;
}

// Every value of a scenario that is neither an object nor a list, by its pointer.
std::map<std::string, std::string> settings_of(const std::string& scenario) {
  std::map<std::string, std::string> settings;
  const Json json = Json::parse(scenario, nullptr, false, true);
  if (json.is_discarded() || !json.is_structured()) return settings;
  const Json flat = json.flatten();
  for (const auto& [pointer, value] : flat.items())
    if (!only_words(pointer))
      settings[pointer] = value.is_string()
                              ? value.get<std::string>()
                              : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return settings;
}

std::string found_in(const std::map<std::string, std::string>& settings, const std::string& name) {
  const auto found = settings.find(name);
  return found == settings.end() ? "" : found->second;
}

constexpr std::pair<const char*, std::int64_t Ledger::*> fates[] = {
    {"offered", &Ledger::offered},     {"answered", &Ledger::answered},
    {"refused", &Ledger::refused},     {"dropped", &Ledger::dropped},
    {"lost", &Ledger::lost},           {"timed out", &Ledger::timed_out},
    {"in flight", &Ledger::in_flight}, {"not sent", &Ledger::not_sent}};

}  // namespace

std::vector<DifferentSetting> different_settings(const ComparisonSide& here,
                                                 const ComparisonSide& there) {
  if (here.scenario.empty() || there.scenario.empty()) return {};
  const auto a = settings_of(here.scenario), b = settings_of(there.scenario);
  auto all = a;
  all.insert(b.begin(), b.end());
  std::vector<DifferentSetting> different;
  for (const auto& [name, value] : all)
    if (const std::string own = found_in(a, name), other = found_in(b, name); own != other)
      different.push_back({name, own, other});
  return different;
}

std::vector<ComparedStatistic> compared_fates(const ComparisonSide& here,
                                              const ComparisonSide& there) {
  std::vector<ComparedStatistic> compared;
  for (const auto& [operation, own] : here.ledgers) {
    const auto other = there.ledgers.find(operation);
    if (other == there.ledgers.end()) continue;
    for (const auto& [name, count] : fates) {
      const auto a = static_cast<double>(own.*count), b = static_cast<double>(other->second.*count);
      if (a != 0 || b != 0)
        compared.push_back({operation + " " + name, "requests", a, b, a - b, {}, {}, true});
    }
  }
  return compared;
}

std::vector<ComparedStatistic> compared_verdicts(const ComparisonSide& here,
                                                 const ComparisonSide& there) {
  std::vector<ComparedStatistic> compared;
  for (const measure::Verdict& own : here.verdicts)
    for (const measure::Verdict& other : there.verdicts) {
      if (own.metric != other.metric || own.expression != other.expression ||
          own.unit != other.unit)
        continue;
      ComparedStatistic one{
          own.metric + " " + own.expression, own.unit, own.observed, other.observed,
          own.observed - other.observed,     {},       {},           true};
      one.note = own.passed && other.passed ? "both hold"
                 : own.passed               ? "holds in this only"
                 : other.passed             ? "fails in this only"
                                            : "both fail";
      compared.push_back(std::move(one));
    }
  return compared;
}

std::vector<ComparedStatistic> compared_margins(const ComparisonSide& here,
                                                const ComparisonSide& there) {
  std::vector<ComparedStatistic> compared;
  const auto others = peaks_of(there.series, there.marks);
  const auto peaks = peaks_of(here.series, here.marks);
  for (std::size_t i = 0; i < std::min(peaks.size(), others.size()); ++i) {
    const double a = peaks[i].requests, b = others[i].requests;
    compared.push_back({peaks[i].name, "requests", a, b, a - b, {}, {}, true});
  }
  const auto there_links = links_of_chain(there.figures);
  for (const ChainLink& own : links_of_chain(here.figures))
    for (const ChainLink& other : there_links) {
      if (own.name != other.name || !own.left() || !other.left()) continue;
      const double a = *own.left(), b = *other.left();
      compared.push_back({"margin of " + own.name, "%", a, b, a - b, {}, {}, true});
      if (a < 0 && b >= 0) compared.back().note = "breaks in this only";
      if (a >= 0 && b < 0) compared.back().note = "holds in this only";
    }
  return compared;
}

}  // namespace springtide::reports
