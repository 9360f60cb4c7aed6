#include "models/station/results/theory.h"

#include <map>
#include <optional>

#include "models/station/results/service_theory.h"
#include "theory/networks/closed.h"

namespace springtide::models::station {
namespace {

constexpr double ms = 1e3;  // per second

// The rate of a plan that never changes it from the start on.
std::optional<double> poisson_rate(const spec::Plan& plan) {
  const auto* poisson = std::get_if<spec::PoissonPlan>(&plan);
  if (poisson == nullptr || poisson->rate.size() != 1) return std::nullopt;
  const auto& [from, rate] = *poisson->rate.begin();
  if (from.ns > 0 || !(rate.per_second > 0)) return std::nullopt;
  return rate.per_second;
}

bool loses(const std::vector<const spec::Link*>& links) {
  for (const spec::Link* link : links)
    if (link != nullptr && (link->loss.value > 0 || link->loss_burst_start.value > 0)) return true;
  return false;
}

double delay_seconds(const ClientLayout& client) {
  double sum = 0;
  for (const spec::Link* link : client.onward)
    if (link != nullptr) sum += link->delay.mean_seconds();
  return sum;
}

class Predictor {
 public:
  explicit Predictor(const Layout& layout) : layout_(layout) {
    for (const ServiceLayout& service : layout_.services)
      product_form_ = product_form_ && has_product_form(service);
  }

  std::vector<measure::Figure> figures() {
    for (const ClientLayout& client : layout_.clients)
      if (loses(client.onward) || loses(client.back)) return {};
    if (layout_.clients.size() == 1 && layout_.clients.front().closed)
      closed(layout_.clients.front());
    else
      open();
    return std::move(figures_);
  }

 private:
  struct Totals {
    double rate = 0, offered = 0, latency = 0, wait = 0;
  };

  void add(const std::string& name, double value, const char* unit) {
    figures_.push_back({name + ".theory", value, unit, "By the exact formula for this case.", {}});
  }

  void add_service(const ServiceLayout& service, const theory::StationMeans& means) {
    add(service.name + ".utilisation", means.utilisation, "");
    add(service.name + ".queue.mean", means.mean_waiting, "requests");
    add(service.name + ".system.mean", means.mean_in_system, "requests");
  }

  void add_operation(const std::string& name, const Totals& totals, bool limited) {
    add(name + ".latency.mean", totals.latency / totals.rate * ms, "ms");
    add(name + ".waiting.mean", totals.wait / totals.rate * ms, "ms");
    add(name + ".throughput", totals.rate, "requests/s");
    if (limited) add(name + ".refused.share", 1 - totals.rate / totals.offered, "");
  }

  // --- Open --------------------------------------------------------------------------------------

  struct Visit {
    std::size_t client, call;
  };

  void open() {
    for (const ClientLayout& client : layout_.clients) {
      const auto rate = poisson_rate(client.clients->plan);
      if (!rate) return;
      rates_.push_back(*rate);
    }
    for (std::size_t i = 0; i < layout_.services.size(); ++i) expect(i);
    std::map<std::string, std::vector<std::size_t>> askers;
    for (std::size_t k = 0; k < layout_.clients.size(); ++k)
      askers[layout_.clients[k].clients->asks].push_back(k);
    for (const auto& [operation, clients] : askers) {
      together(operation, clients);
      if (clients.size() == 1) continue;
      for (const std::size_t k : clients) together(operation + "." + layout_.clients[k].name, {k});
    }
  }

  void expect(std::size_t number) {
    std::vector<ServiceFlow> flows;
    std::vector<Visit> visits;
    for (std::size_t k = 0; k < layout_.clients.size(); ++k) {
      const ClientLayout& client = layout_.clients[k];
      for (std::size_t call = 0; call < client.services.size(); ++call) {
        if (client.services[call] != number) continue;
        if (call > 0 && !product_form_) return;
        flows.push_back({rates_[k], client.clients->priority});
        visits.push_back({k, call});
      }
    }
    const auto expectation = expect_service(layout_.services[number], flows);
    if (!expectation) return;
    add_service(layout_.services[number], expectation->means);
    for (std::size_t i = 0; i < visits.size(); ++i)
      visits_[{visits[i].client, visits[i].call}] = {expectation->wait[i], expectation->response[i],
                                                     expectation->means.loss};
  }

  void together(const std::string& name, const std::vector<std::size_t>& clients) {
    Totals totals;
    bool limited = false;
    for (const std::size_t k : clients) {
      const ClientLayout& client = layout_.clients[k];
      double carried = rates_[k], latency = delay_seconds(client), wait = 0;
      for (std::size_t call = 0; call < client.services.size(); ++call) {
        const auto visit = visits_.find({k, call});
        if (visit == visits_.end()) return;
        carried *= 1 - visit->second.loss;
        latency += visit->second.response;
        wait += visit->second.wait;
        limited = limited || layout_.services[client.services[call]].station->queue;
      }
      totals.rate += carried;
      totals.offered += rates_[k];
      totals.latency += carried * latency;
      totals.wait += carried * wait;
    }
    add_operation(name, totals, limited);
  }

  // --- Closed ------------------------------------------------------------------------------------

  void closed(const ClientLayout& client) {
    const auto& plan = std::get<spec::ClosedPlan>(client.clients->plan);
    constexpr std::int64_t most = 100'000;  // of users: the convolution is quadratic in them
    if (!product_form_ || plan.users < 1 || plan.users > most) return;
    std::map<std::size_t, double> demands;
    double service = 0;
    for (const std::size_t number : client.services) {
      const double mean =
          time_of(*layout_.services[number].station, client.clients->priority).mean_seconds();
      demands[number] += mean;
      service += mean;
    }
    std::vector<theory::ClosedStation> stations;
    for (const auto& [number, demand] : demands)
      stations.push_back({demand, static_cast<int>(layout_.services[number].workers)});
    const double outside = plan.think.mean_seconds() + delay_seconds(client);
    if (outside > 0) stations.push_back({outside, 0});
    const auto found = theory::convolution(stations, static_cast<int>(plan.users));
    if (!found) return;
    std::size_t next = 0;
    for (const auto& [number, demand] : demands) {
      const ServiceLayout& at = layout_.services[number];
      theory::StationMeans means;
      means.utilisation = found->utilisation[next];
      means.mean_in_system = found->mean_in_station[next++];
      means.mean_waiting = means.mean_in_system - found->throughput * demand;
      add_service(at, means);
    }
    const double rate = found->throughput;
    add_operation(client.clients->asks,
                  {rate, rate, rate * (found->mean_response + delay_seconds(client)),
                   rate * (found->mean_response - service)},
                  false);
  }

  struct VisitMeans {
    double wait = 0, response = 0, loss = 0;
  };

  const Layout& layout_;
  bool product_form_ = true;
  std::vector<double> rates_;  // by client
  std::map<std::pair<std::size_t, std::size_t>, VisitMeans> visits_;
  std::vector<measure::Figure> figures_;
};

}  // namespace

std::vector<measure::Figure> theory_figures(const Layout& layout) {
  return Predictor(layout).figures();
}

}  // namespace springtide::models::station
