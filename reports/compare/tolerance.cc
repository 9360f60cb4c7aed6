#include "reports/compare/tolerance.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "reports/compare/match.h"

namespace springtide::reports {
namespace {

bool within(const Tolerance& tolerance, double here, double there) {
  switch (tolerance.kind) {
    case Tolerance::Kind::absolute: return std::abs(here - there) <= tolerance.bound;
    case Tolerance::Kind::relative:
      return std::abs(here - there) <= tolerance.bound * std::abs(there);
    case Tolerance::Kind::factor: {
      const double ratio = here / there;
      return ratio <= tolerance.bound && ratio >= 1 / tolerance.bound;
    }
  }
  return false;
}

}  // namespace

void judge(ComparedStatistic& statistic, const CompareOptions& options) {
  const auto found = options.tolerances.find(statistic.name);
  if (found == options.tolerances.end()) return;
  statistic.tolerance = found->second;
  // Two equal values agree, also where there is nothing (no dips: 0 and 0).
  statistic.within_tolerance =
      statistic.here == statistic.there || within(found->second, statistic.here, statistic.there);
}

Result<std::map<std::string, Tolerance>> parse_tolerances(std::string_view text) {
  std::map<std::string, Tolerance> result;
  const std::vector<std::string> known = statistic_names();
  while (!text.empty()) {
    const std::string item(text.substr(0, text.find(',')));
    text = item.size() < text.size() ? text.substr(item.size() + 1) : "";
    const std::size_t equal = item.find('=');
    const std::string name = item.substr(0, equal);
    const std::string value = equal == std::string::npos ? "" : item.substr(equal + 1);
    if (std::find(known.begin(), known.end(), name) == known.end())
      return problem_of("--tolerance", "there is no statistic \"" + name + "\"",
                        fmt::format("known: {}", fmt::join(known, " ")));
    char* end = nullptr;
    Tolerance tolerance{Tolerance::Kind::absolute, std::strtod(value.c_str(), &end), value};
    const std::string unit = end;
    if (unit == "%")
      tolerance.kind = Tolerance::Kind::relative, tolerance.bound /= 100;
    else if (unit == "x")
      tolerance.kind = Tolerance::Kind::factor;
    const bool least_one = unit == "x" && !(tolerance.bound >= 1);
    if (end == value.c_str() || !(unit.empty() || unit == "%" || unit == "x") || least_one ||
        !(tolerance.bound >= 0) || std::isinf(tolerance.bound))
      return problem_of("--tolerance", "\"" + item + "\" is no tolerance",
                        "for example mean=0.3% or sd=1.5x or dips=10");
    result[name] = tolerance;
  }
  return result;
}

}  // namespace springtide::reports
