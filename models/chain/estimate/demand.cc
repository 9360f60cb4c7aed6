#include "models/chain/estimate/demand.h"

#include <algorithm>
#include <utility>

namespace springtide::models::chain::estimate {
namespace {

// Of steps, what holds at an instant; zero before the first.
Range at(const std::map<Duration, Range>& steps, Duration instant) {
  auto next = steps.upper_bound(instant);
  return next == steps.begin() ? Range{} : std::prev(next)->second;
}

template <class T>
Range plain(const spec::Uncertain<T>& value, double T::*number) {
  return {value.low.*number, value.mid.*number, value.high.*number, value.confidence};
}

class Reading {
 public:
  Reading(const spec::Scenario& scenario, const Response& response)
      : scenario_(scenario), response_(response) {}

  Demand read(const std::function<std::vector<double>(const spec::Clients&)>& shares) {
    for (const auto& [name, clients] : scenario_.clients) {
      name_ = name;
      clients_ = &clients;
      by_site_ = shares(clients);
      std::visit([this](const auto& plan) { add(plan); }, clients.plan);
    }
    for (const auto& [name, service] : scenario_.services) add_entries(name, service);
    find_busiest();
    return std::move(demand_);
  }

 private:
  std::size_t factor(const char* name, const char* unit, const Range& value, double most = 0) {
    demand_.factors.push_back({name_, name, unit, value, {}, most});
    return demand_.factors.size() - 1;
  }
  std::size_t rate_factor(const char* name, std::map<Duration, Range> steps) {
    const std::size_t made = factor(name, "1/s", {});
    demand_.factors[made].over_time = std::move(steps);
    return made;
  }
  std::size_t source(const char* name, const char* unit, std::vector<std::size_t> factors) {
    demand_.sources.push_back({name_, name, unit, std::move(factors)});
    return demand_.sources.size() - 1;
  }

  void ask(std::size_t of) {
    if (clients_->asks_shares.empty())
      demand_.askers.push_back({name_, clients_->asks, of, 1, by_site_});
    for (const auto& [operation, share] : clients_->asks_shares)
      demand_.askers.push_back({name_, operation, of, share.value, by_site_});
  }

  void add_rate(const spec::RateSteps& rate) {
    std::map<Duration, Range> steps;
    for (const auto& [from, step] : rate) steps[from] = Range::exactly(step.per_second);
    ask(source("requests", "requests/s", {rate_factor("rate", std::move(steps))}));
  }
  void add(const spec::PoissonPlan& plan) { add_rate(plan.rate); }
  void add(const spec::ConstantPlan& plan) { add_rate(plan.rate); }
  void add(const spec::SlotsPlan& plan) { add_rate(plan.rate); }
  void add(const spec::RenewalPlan& plan) {
    const double interval = plan.interval.mean_seconds();
    add_rate({{Duration{}, Rate{interval > 0 ? 1 / interval : 0}}});
  }
  void add(const spec::CuesPlan&) {}

  void add(const spec::ClosedPlan& plan) {
    double response = 0;
    if (clients_->asks_shares.empty()) response = response_(name_, clients_->asks);
    for (const auto& [operation, share] : clients_->asks_shares)
      response += share.value * response_(name_, operation);
    const double turn = plan.think.mean_seconds() + response;
    const double most = turn > 0 ? static_cast<double>(plan.users) / turn : 0;
    add_rate({{Duration{}, Rate{most}}});
    demand_.notes.push_back(name_ + ": closed clients ask as if nobody waited: an upper bound");
  }

  void add(const spec::FunnelPlan& plan) {
    std::map<Duration, Range> steps;
    for (const auto& [from, rate] : plan.exposures) steps[from] = plain(rate, &Rate::per_second);
    const std::size_t exposures = rate_factor("exposures", std::move(steps));
    const std::size_t clicks =
        factor("clicks", "of exposures", plain(plan.clicks, &Probability::value), 1);
    const std::size_t dynamic = factor("dynamic", "requests/click", plan.dynamic);
    ask(source("dynamic requests", "requests/s", {exposures, clicks, dynamic}));
    if (plan.static_requests.high <= 0) return;
    const std::size_t fixed = factor("static", "requests/click", plan.static_requests);
    const std::size_t files = source("static requests", "requests/s", {exposures, clicks, fixed});
    if (!plan.static_asks.empty())
      demand_.askers.push_back({name_, plan.static_asks, files, 1, by_site_});
    if (plan.static_bytes.high.count <= 0) return;
    const auto& bytes = plan.static_bytes;
    const auto count = [](Bytes b) { return static_cast<double>(b.count); };
    const std::size_t size =
        factor("static-bytes", "bytes/request",
               {count(bytes.low), count(bytes.mid), count(bytes.high), bytes.confidence});
    source("static bytes", "bytes/s", {exposures, clicks, fixed, size});
  }

  // What a service holds does not come in by the second, but is a number that may be off like any.
  void add_entries(const std::string& name, const spec::Service& service) {
    const auto& station = std::get<spec::Station>(service.kind);
    const auto& entries = station.entries;
    if (entries.high <= 0) return;
    name_ = name;
    const auto count = [](std::int64_t n) { return static_cast<double>(n); };
    const std::size_t held =
        factor("entries", "entries",
               {count(entries.low), count(entries.mid), count(entries.high), entries.confidence});
    demand_.entries[name] = source("entries", "entries", {held});
  }

  double requests_at(Duration instant) const {
    double sum = 0;
    for (const Source& one : demand_.sources)
      if (one.unit == "requests/s") sum += demand_.value_at(one, instant);
    return sum;
  }

  void find_busiest() {
    std::map<Duration, double> rates{{Duration{}, 0}};
    for (const Factor& one : demand_.factors)
      for (const auto& [from, _] : one.over_time)
        if (from < scenario_.duration) rates[from] = 0;
    for (auto& [from, rate] : rates) rate = requests_at(from);
    const auto most =
        std::max_element(rates.begin(), rates.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    const auto next = std::next(most);
    demand_.busiest = Instant{} + most->first;
    demand_.until = Instant{} + (next == rates.end() ? scenario_.duration : next->first);
    for (Factor& one : demand_.factors)
      if (!one.over_time.empty()) one.value = at(one.over_time, most->first);
  }

  const spec::Scenario& scenario_;
  const Response& response_;
  Demand demand_;
  std::string name_;
  const spec::Clients* clients_ = nullptr;
  std::vector<double> by_site_;
};

}  // namespace

double Demand::value(const Source& source, double Range::*which) const {
  double product = 1;
  for (const std::size_t factor : source.factors) product *= factors[factor].value.*which;
  return product;
}

double Demand::value_at(const Source& source, Duration instant) const {
  double product = 1;
  for (const std::size_t factor : source.factors) {
    const Factor& one = factors[factor];
    product *= one.over_time.empty() ? one.value.mid : at(one.over_time, instant).mid;
  }
  return product;
}

double Demand::mean(const Source& source, Duration from, Duration to) const {
  if (to <= from) return value_at(source, from);
  std::map<Duration, bool> edges{{from, true}, {to, true}};
  for (const std::size_t factor : source.factors)
    for (const auto& [edge, _] : factors[factor].over_time)
      if (edge > from && edge < to) edges[edge] = true;
  double sum = 0;
  for (auto here = edges.begin(), next = std::next(here); next != edges.end(); ++here, ++next)
    sum += value_at(source, here->first) * (next->first - here->first).seconds();
  return sum / (to - from).seconds();
}

Demand demand_of(const spec::Scenario& scenario,
                 const std::function<std::vector<double>(const spec::Clients&)>& shares,
                 const Response& response) {
  return Reading(scenario, response).read(shares);
}

}  // namespace springtide::models::chain::estimate
