#include "reports/compare/plan.h"

#include <algorithm>
#include <cmath>

#include "base/quantity.h"

namespace springtide::reports {
namespace {

using measure::Figure;
using measure::Series;

const Series* series_of(const ComparisonSide& side, const std::string& name) {
  for (const Series& series : side.series)
    if (series.name == name) return &series;
  return nullptr;
}
const Figure* figure_of(const ComparisonSide& side, const std::string& name) {
  for (const Figure& figure : side.figures)
    if (figure.name == name) return &figure;
  return nullptr;
}

// Seconds that are not measured, from the side's scenario.
std::size_t warmup_of(const ComparisonSide& side) {
  const auto json = nlohmann::json::parse(side.scenario, nullptr, false, true);
  if (!json.is_object() || !json.contains("warmup") || !json["warmup"].is_string()) return 0;
  const auto warmup = parse_duration(json["warmup"].get<std::string>());
  return warmup ? static_cast<std::size_t>(warmup->ns / second.ns) : 0;
}

double mean(const Series& series, std::size_t from, std::size_t to) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = from; i < std::min(to, series.values.size()); ++i)
    if (!std::isnan(series.values[i])) sum += series.values[i], ++count;
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

// Shares of the logarithm of the whole ratio; all zero where it is one.
void share_out(std::vector<ComparedFactor>& factors) {
  double whole = 0;
  for (const ComparedFactor& factor : factors) whole += std::log(factor.ratio());
  for (ComparedFactor& factor : factors)
    factor.share = std::abs(whole) > 1e-6 ? std::log(factor.ratio()) / whole : 0;
}

bool comparable(const std::vector<ComparedFactor>& factors) {
  return std::all_of(factors.begin(), factors.end(), [](const ComparedFactor& factor) {
    return factor.planned > 0 && factor.came > 0 && std::isfinite(factor.came);
  });
}

double largest(const Series& series, std::size_t from) {
  double most = 0;
  for (std::size_t i = from; i < series.values.size(); ++i) most = std::max(most, series.values[i]);
  return most;
}

// Means over the measured seconds in which most people see it.
struct FunnelRates {
  double exposures = 0, clicks = 0, requests = 0;
};

std::optional<FunnelRates> rates_of(const ComparisonSide& side, const std::string& clients,
                                    const std::string& requests) {
  const Series* exposures = series_of(side, clients + ".exposures");
  const Series* clicks = series_of(side, clients + ".clicks");
  const Series* asked = series_of(side, clients + "." + requests);
  if (exposures == nullptr || clicks == nullptr || asked == nullptr) return {};
  const std::size_t from = warmup_of(side);
  const double most = largest(*exposures, from);
  FunnelRates sum;
  double seconds = 0;
  for (std::size_t i = from; i < exposures->values.size(); ++i) {
    if (exposures->values[i] < 0.999 * most) continue;
    seconds += 1;
    sum.exposures += exposures->values[i];
    sum.clicks += i < clicks->values.size() ? clicks->values[i] : 0;
    sum.requests += i < asked->values.size() ? asked->values[i] : 0;
  }
  if (seconds == 0) return {};
  return FunnelRates{sum.exposures / seconds, sum.clicks / seconds, sum.requests / seconds};
}

void add_funnels(const ComparisonSide& plan, const ComparisonSide& run,
                 std::vector<ComparedFunnel>& funnels) {
  constexpr std::string_view suffix = ".exposures";
  for (const Series& series : plan.series) {
    if (!series.name.ends_with(suffix)) continue;
    const std::string clients = series.name.substr(0, series.name.size() - suffix.size());
    for (const char* requests : {"dynamic", "static"}) {
      const auto planned = rates_of(plan, clients, requests);
      const auto came = rates_of(run, clients, requests);
      if (!planned || !came) continue;
      ComparedFunnel funnel{clients, requests, planned->requests, came->requests, {}};
      funnel.factors = {{"exposures", "1/s", planned->exposures, came->exposures},
                        {"clicks", "of exposures", planned->clicks / planned->exposures,
                         came->clicks / came->exposures},
                        {std::string(requests) + " requests", "of a click",
                         planned->requests / planned->clicks, came->requests / came->clicks}};
      if (!comparable(funnel.factors)) continue;
      share_out(funnel.factors);
      funnels.push_back(std::move(funnel));
    }
  }
}

// Requests of all operations, as a mean of the measured seconds; without those of static resources,
// which are asked of other machines.
double requests_of(const ComparisonSide& side, const ComparisonSide& plan) {
  double sum = 0, fixed = 0;
  for (const Series& series : plan.series) {
    const Series* own = series_of(side, series.name);
    if (own == nullptr) continue;
    const double rate = mean(*own, warmup_of(side), own->values.size());
    if (series.name.ends_with(".requests")) sum += rate;
    if (series.name.ends_with(".static")) fixed += rate;
  }
  return sum > fixed ? sum - fixed : sum;
}

// A figure, or the mean of a series; zero where there is neither.
double value_of(const ComparisonSide& side, const std::string& name) {
  if (const Figure* figure = figure_of(side, name)) return figure->value;
  const Series* series = series_of(side, name);
  return series == nullptr ? 0 : mean(*series, warmup_of(side), series->values.size());
}

std::string mostly(const ComparedLink& link) {
  constexpr double alike = 0.02;
  const bool full = link.came >= 0.99;
  const std::string end = full ? "; saturated in the run" : "";
  if (std::abs(link.came / link.planned - 1) < alike) return "as planned" + end;
  const auto most = std::max_element(
      link.parts.begin(), link.parts.end(), [](const ComparedFactor& a, const ComparedFactor& b) {
        return std::abs(std::log(a.ratio())) < std::abs(std::log(b.ratio()));
      });
  if (most == link.parts.end()) return full ? "saturated in the run" : "";
  return (most->ratio() > 1 ? "more " : "less ") + most->name + end;
}

void add_links(const ComparisonSide& plan, const ComparisonSide& run,
               std::vector<ComparedLink>& links) {
  constexpr std::string_view suffix = ".utilisation";
  const double planned = requests_of(plan, plan), came = requests_of(run, plan);
  for (const Figure& figure : plan.figures) {
    if (!figure.name.ends_with(suffix)) continue;
    const Figure* seen = figure_of(run, figure.name);
    if (seen == nullptr || !(figure.value > 0) || !(seen->value > 0)) continue;
    const std::string name = figure.name.substr(0, figure.name.size() - suffix.size());
    ComparedLink link{name, figure.value, seen->value, {}, ""};
    link.parts.push_back({"requests", "1/s", planned, came});
    const double calls = value_of(plan, name + ".arrivals");
    const double arrived = value_of(run, name + ".arrivals");
    if (calls > 0 && arrived > 0) {
      const double let_in = arrived - value_of(run, name + ".turned-away");
      link.parts.push_back({"calls of a request", "", calls / planned, arrived / came});
      link.parts.push_back({"of its calls let in", "", 1, let_in / arrived});
      link.parts.push_back({"time of a call", "", figure.value / calls, seen->value / let_in});
    } else {
      // Its load over its capacity: a card may carry less, or have been replaced.
      link.parts.push_back(
          {"use of it by a request", "", figure.value / planned, seen->value / came});
    }
    if (!comparable(link.parts)) link.parts.clear();
    share_out(link.parts);
    link.mostly = mostly(link);
    links.push_back(std::move(link));
  }
  std::stable_sort(links.begin(), links.end(), [](const ComparedLink& a, const ComparedLink& b) {
    return std::abs(a.planned - a.came) > std::abs(b.planned - b.came);
  });
}

}  // namespace

std::optional<PlanComparison> compared_plan(const ComparisonSide& here,
                                            const ComparisonSide& there) {
  if (here.estimate == there.estimate) return {};
  PlanComparison compared;
  compared.this_is_the_plan = here.estimate;
  const ComparisonSide& plan = here.estimate ? here : there;
  const ComparisonSide& run = here.estimate ? there : here;
  add_funnels(plan, run, compared.funnels);
  add_links(plan, run, compared.links);
  return compared;
}

}  // namespace springtide::reports
