#include "models/station/results/operation.h"

#include <algorithm>
#include <limits>

#include "measure/checks.h"

namespace springtide::models::station {
namespace {

constexpr double ms_per_ns = 1e-6;

class OperationResults {
 public:
  OperationResults(const std::string& name, const std::vector<std::size_t>& clients, World& world,
                   const MeasuredSpan& span, std::size_t seconds, measure::Record& record)
      : name_(name),
        clients_(clients),
        world_(world),
        span_(span),
        seconds_(seconds),
        record_(record),
        offers_(world.window),
        outcomes_(world.window) {
    for (const std::size_t client : clients_) {
      offers_.merge(world_.clients[client].offers());
      Outcomes& outcomes = world.clients[client].outcomes();
      if (clients_.size() == 1)
        outcomes_.merge(std::move(outcomes));
      else
        outcomes_.merge(outcomes);
    }
  }

  void add() {
    add_series();
    add_distributions();
    add_figures();
    add_checks();
  }

 private:
  void series(const measure::SecondCounter& counter, const char* suffix, const char* about) {
    record_.series.push_back(counter.to_series(name_ + suffix, "requests/s", about, seconds_));
  }

  void add_series() {
    series(offers_.by_second, ".requests", "Requests that the plan meant for this second.");
    series(outcomes_.answered_by_second, ".answered", "Answers that reached their client.");
    if (may_refuse())
      series(outcomes_.refused_by_second, ".refused", "Refusals that reached their client.");
    if (may_lose()) series(losses(), ".lost", "Requests and answers lost on a link.");
    measure::Series mean{name_ + ".latency.mean", "ms",
                         "Mean latency, from the intended instant, of the answers of this second.",
                         std::vector<double>(seconds_, measure::missing)};
    for (std::size_t i = 0; i < seconds_; ++i)
      if (const std::int64_t count = outcomes_.answered_by_second.in(i); count > 0)
        mean.values[i] = static_cast<double>(outcomes_.latency_by_second.in(i)) * ms_per_ns /
                         static_cast<double>(count);
    record_.series.push_back(std::move(mean));
  }

  void add_distributions() {
    record_.distributions[name_ + ".latency"] = outcomes_.latency.total();
    record_.distributions[name_ + ".waiting"] = outcomes_.waiting;
    record_.distributions_over_time[name_ + ".latency"] = outcomes_.latency.take_slices();
  }

  void figure(const char* suffix, double value, const char* unit, const char* about,
              std::optional<double> half_width) {
    if (value == value || span_.names_only)
      record_.figures.push_back({name_ + suffix, value, unit, about, half_width});
  }

  void mean_figure(const BatchSums& sums, const char* suffix, const char* about) {
    figure(suffix, sums.mean() * ms_per_ns, "ms", about, span_.half_width([&](std::size_t i) {
      return sums.sum(i) * ms_per_ns / static_cast<double>(sums.count(i));
    }));
  }

  void add_figures() {
    mean_figure(outcomes_.latency_batches, ".latency.mean",
                "Mean time from the intended instant to the answer.");
    mean_figure(outcomes_.waiting_batches, ".waiting.mean",
                "Mean time spent at services beyond the service times.");
    const auto per_second = [&](std::size_t i) {
      return static_cast<double>(outcomes_.answered_batches.count(i)) / span_.batch_seconds;
    };
    figure(".throughput", static_cast<double>(outcomes_.answered_batches.count()) / span_.seconds(),
           "requests/s", "Answers that reached their client, per second.",
           span_.half_width(per_second));
    if (may_refuse()) {
      const auto share = [](double refused, std::int64_t offered) {
        return refused / static_cast<double>(offered);
      };
      figure(".refused.share",
             share(static_cast<double>(outcomes_.refused_batches.count()), offers_.batches.count()),
             "", "Share of the requests that was refused.", span_.half_width([&](std::size_t i) {
               return share(static_cast<double>(outcomes_.refused_batches.count(i)),
                            offers_.batches.count(i));
             }));
    }
    if (may_lose() && (offers_.total > 0 || span_.names_only))
      figure(".lost.share",
             static_cast<double>(losses().total()) / static_cast<double>(offers_.total), "",
             "Share of the requests that was lost on a link, or whose answer was.", {});
  }

  void add_checks() {
    Duration least{std::numeric_limits<std::int64_t>::max()};
    for (const std::size_t client : clients_) least = std::min(least, constant_parts(client));
    record_.checks.push_back(measure::check_least_latency(
        name_ + ".latency", record_.distributions[name_ + ".latency"], least));
    record_.checks.push_back(measure::check_count(name_ + ".latency", outcomes_.waiting.count(),
                                                  outcomes_.latency_batches.count()));
  }

  Duration constant_parts(std::size_t number) const {
    const ClientLayout& client = world_.layout.clients[number];
    Duration least{};
    for (const spec::Link* link : client.onward)
      if (link != nullptr) least += link->delay.minimum();
    for (const std::size_t service : client.services) {
      const spec::Station& station = *world_.layout.services[service].station;
      const auto own = station.time_by_priority.find(client.clients->priority);
      least +=
          own == station.time_by_priority.end() ? station.time.minimum() : own->second.minimum();
    }
    return least;
  }

  bool may_refuse() const {
    for (const std::size_t client : clients_)
      for (const std::size_t service : world_.layout.clients[client].services)
        if (world_.layout.services[service].station->queue) return true;
    return false;
  }

  template <typename Visitor>
  void for_each_lossy_leg(Visitor&& visit) const {
    for (const std::size_t number : clients_) {
      const ClientLayout& client = world_.layout.clients[number];
      const BuiltClient& built = world_.clients[number];
      for (std::size_t call = 0; call < client.services.size(); ++call)
        for (const Leg* leg : {built.onward[call], built.back[call]})
          if (const auto* lost = leg->lost_by_second(client.route(call))) visit(*lost);
    }
  }
  bool may_lose() const {
    bool any = false;
    for_each_lossy_leg([&](const measure::SecondCounter&) { any = true; });
    return any;
  }
  measure::SecondCounter losses() const {
    measure::SecondCounter sum;
    for_each_lossy_leg([&](const measure::SecondCounter& lost) { sum.merge(lost); });
    return sum;
  }

  const std::string& name_;
  const std::vector<std::size_t>& clients_;
  const World& world_;
  const MeasuredSpan& span_;
  std::size_t seconds_;
  measure::Record& record_;
  Offers offers_;
  Outcomes outcomes_;
};

}  // namespace

void add_operation(const std::string& name, const std::vector<std::size_t>& clients, World& world,
                   const MeasuredSpan& span, std::size_t seconds, measure::Record& record) {
  OperationResults(name, clients, world, span, seconds, record).add();
}

measure::Ledger ledger_of(const World& world, std::size_t number) {
  const ClientLayout& client = world.layout.clients[number];
  const BuiltClient& built = world.clients[number];
  measure::Ledger ledger;
  ledger.offered = built.offers().total;
  ledger.answered = built.outcomes().answered;
  ledger.refused = built.outcomes().refused;
  std::int64_t sent = ledger.offered;  // into the leg that leads to the next call
  std::int64_t sent_back = 0, lost_back = 0;
  for (std::size_t call = 0; call < client.services.size(); ++call) {
    const Route route = client.route(call);
    const Station& station = *world.stations[client.services[call]];
    const RouteCounts& counts = station.counts(route);
    const std::int64_t lost = built.onward[call]->lost(route);
    ledger.lost += lost;
    ledger.in_flight += sent - lost - counts.arrived;
    ledger.in_flight += station.inside()[route];
    sent = counts.left;
    sent_back += counts.refused;
    lost_back += built.back[call]->lost(route);
  }
  sent_back += sent;
  ledger.lost += lost_back;
  ledger.in_flight += sent_back - lost_back - ledger.answered - ledger.refused;
  return ledger;
}

}  // namespace springtide::models::station
