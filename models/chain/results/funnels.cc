#include <algorithm>

#include "models/chain/results/parts.h"

namespace springtide::models::chain {
namespace {

// The exposures of a site, as playbooks left them.
spec::RateSteps exposures_of(const ClientPlan& plan, double share,
                             const Requests::Promotions& promotions) {
  spec::RateSteps rate;
  const auto planned = [&](Duration at) {
    const auto next = plan.click->exposures.upper_bound(at);
    return next == plan.click->exposures.begin() ? 0.0 : std::prev(next)->second.per_second;
  };
  for (const auto& [from, step] : plan.click->exposures) rate[from] = {step.per_second * share};
  for (const auto& [at, factor] : promotions) {
    const Duration from = at.since_start();
    rate[from] = {planned(from) * share};
    for (auto step = rate.find(from); step != rate.end(); ++step)
      step->second.per_second = planned(step->first) * share * factor;
  }
  return rate;
}

// Adds a rate in steps to counts of whole seconds: what lies within each second.
void add_by_second(const spec::RateSteps& rate, std::vector<double>& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const Duration begin = second * static_cast<std::int64_t>(i), end = begin + second;
    for (auto step = rate.begin(); step != rate.end(); ++step) {
      const Duration from = std::max(begin, step->first);
      const Duration to =
          std::next(step) == rate.end() ? end : std::min(end, std::next(step)->first);
      if (to > from) counts[i] += step->second.per_second * (to - from).seconds();
    }
  }
}

}  // namespace

void add_funnels(const World& world, std::size_t seconds, measure::Record& record) {
  const Plan& plan = world.plan;
  for (std::uint32_t i = 0; i < plan.clients.size(); ++i) {
    const ClientPlan& client = plan.clients[i];
    if (!client.click) continue;
    measure::SecondCounter clicks, dynamic, fixed;
    std::vector<double> exposures(seconds);
    for (std::size_t site = 0; site < world.cells.size(); ++site) {
      const Clients& here = world.cells[site]->clients();
      const auto& counts = here.counts();
      add_by_second(exposures_of(client, client.share[site], here.promotions(i)), exposures);
      clicks.merge(here.clicks(i));
      for (std::uint32_t asker = client.first_asker; asker < client.last_asker; ++asker)
        dynamic.merge(counts[asker].offers.by_second);
      if (client.click->static_asker != none)
        fixed.merge(counts[client.click->static_asker].offers.by_second);
    }
    const auto add = [&](const measure::SecondCounter& counter, const char* suffix,
                         const char* unit, const char* about) {
      record.series.push_back(counter.to_series(client.name + suffix, unit, about, seconds));
    };
    record.series.push_back({client.name + ".exposures", "exposures/s",
                             "People who see it, as planned and as playbooks left it.",
                             std::move(exposures)});
    add(clicks, ".clicks", "clicks/s", "People who clicked.");
    add(dynamic, ".dynamic", "requests/s", "Requests of operations that the clicks made.");
    if (client.click->static_asker != none)
      add(fixed, ".static", "requests/s", "Requests of static resources that the clicks made.");
  }
}

}  // namespace springtide::models::chain
