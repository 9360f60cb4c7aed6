// One server of the gala night on both roads: the access server of the detailed road, goroutine by
// goroutine, and the kernel of the fleet road, fed by the same crowd, request for request.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "measure/record.h"
#include "models/fleet/layout.h"
#include "models/red_packet/access_server.h"
#include "models/run.h"
#include "sim/simulation.h"
#include "spec/scenario_reader.h"
#include "workload/crowd/crowd.h"

namespace springtide::models {
namespace {

using red_packet::Message;
using red_packet::Payload;

constexpr Duration way = millisecond * 20;
constexpr std::int64_t connected_by = 10;  // s: the crowd's second 0 begins

// Connects all users in five seconds, then sends what the crowd yields; no machine of its own.
class Phones final : public sim::Process {
 public:
  Phones(const fleet::Layout& layout, std::int64_t seconds)
      : layout_(layout),
        crowd_(layout.plan, layout.servers.front().crowd),
        seconds_(seconds),
        requests(static_cast<std::size_t>(seconds)) {}
  void connect_to_server(sim::ChannelId channel) { channel_ = channel; }

  void start(sim::Context& context) override {
    const std::int64_t users = layout_.servers.front().crowd.online;
    for (std::int64_t user = 0; user < users; ++user)
      send(context, Message::connect, Instant{} + way + Duration{user * 5 * second.ns / users},
           static_cast<std::uint32_t>(user));
    context.schedule(Instant{} + second * (connected_by - 1), 1);
  }

  void handle(sim::Context& context, const sim::Event& event) override {
    if (event.kind == 1) return send_second(context);
    const auto message = static_cast<Message>(event.kind);
    if (message == Message::connect_done) return;
    refused += message == Message::overload;
    latency.record((event.at - Payload::of(event.b).sent).ns);
  }

 private:
  void send(sim::Context& context, Message message, Instant arrives, std::uint32_t user) {
    context.send(channel_, arrives, static_cast<std::uint32_t>(message), user,
                 Payload{arrives - way, 0}.packed());
  }
  // A second before it begins.
  void send_second(sim::Context& context) {
    for (const workload::Shake shake : crowd_.requests_of(second_, room_))
      send(context, Message::shake, shake.instant(second_) + second * connected_by, shake.user());
    requests[static_cast<std::size_t>(second_)] = crowd_.counts().requests;
    if (++second_ < seconds_) context.schedule(context.now() + second, 1);
  }

  const fleet::Layout& layout_;
  workload::Crowd crowd_;
  workload::Workspace room_;
  sim::ChannelId channel_ = 0;
  std::int64_t second_ = 0, seconds_;

 public:
  std::vector<std::int64_t> requests;  // by second
  measure::Histogram latency;
  std::int64_t refused = 0;
};

struct OneServer {
  std::vector<double> read, utilisation;  // by second
  measure::Histogram latency;
  std::int64_t refused = 0;
};

OneServer on_detailed_road(const spec::Scenario& scenario) {
  const auto layout = fleet::lay_out(scenario, scenario.seed);
  REQUIRE(layout.ok());
  const fleet::ServerSpec& from = layout.value().servers.front().server;
  red_packet::AccessServerSpec spec;
  spec.name = "server";
  spec.seed = scenario.seed;
  spec.service = from.service;
  spec.service.login_segment = microsecond;  // 550 000 connections before the crowd comes
  spec.go = from.runtime.go;
  spec.processors = from.runtime.cores;
  spec.clock_offset = from.clock_offset;
  spec.network_card = from.network_card;
  spec.link = from.link;
  spec.population = layout.value().servers.front().crowd.online;
  spec.shortest_round_trip = way * 2;
  const std::int64_t seconds = scenario.duration / second;
  sim::Simulation simulation;
  auto made_phones = std::make_unique<Phones>(layout.value(), seconds);
  auto made_server = std::make_unique<red_packet::AccessServer>(spec);
  Phones& phones = *made_phones;
  red_packet::AccessServer& server = *made_server;
  const auto phones_id = simulation.add("phones", std::move(made_phones));
  const auto server_id = simulation.add("server", std::move(made_server));
  phones.connect_to_server(simulation.connect(phones_id, server_id, way));
  server.add_client_machine(0, simulation.connect(server_id, phones_id, way, sim::Flow::feedback));
  sim::RunOptions options;
  options.until = Instant{} + second * (connected_by + seconds + 2);
  REQUIRE(simulation.run(options).ok());
  OneServer result;
  for (std::int64_t s = 0; s < seconds; ++s) {
    const auto at = static_cast<std::size_t>(s + connected_by);
    result.read.push_back(static_cast<double>(server.service().counts().requests.in(at)));
    result.utilisation.push_back(static_cast<double>(server.machine().busy().in(at)) / 1e7 /
                                 static_cast<double>(spec.processors));
  }
  result.latency = phones.latency;
  result.refused = phones.refused;
  return result;
}

OneServer on_fleet_road(const spec::Scenario& scenario) {
  RunOptions options;
  options.seed = scenario.seed;
  const auto record = run_scenario(scenario, options);
  if (!record.ok()) FAIL(to_string(record.problems()));
  for (const measure::Check& check : record.value().checks) {
    CAPTURE(check.name);
    CAPTURE(check.detail);
    CHECK(check.holds);
  }
  OneServer result;
  for (const measure::Series& series : record.value().series) {
    if (series.name == "server.requests") result.read = series.values;
    if (series.name == "server.utilisation") result.utilisation = series.values;
  }
  result.latency = record.value().distributions.at("shake.latency");
  result.refused = record.value().ledgers.at("shake").refused;
  return result;
}

spec::Scenario one_server(std::vector<std::string> settings) {
  for (const char* common : {"/links/internet/delay=\"20ms\"", "/links/internet/loss=\"0%\"",
                             "/warmup=\"0s\"", "/sources={}", "/road=\"fleet\""})
    settings.push_back(common);
  auto loaded = spec::load_scenario({"scenarios/gala-2015/one-server.json", {}, settings});
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  loaded.value().scenario.packets.clear();
  return std::move(loaded.value().scenario);
}

double ms(const measure::Histogram& latency, double p) {
  return static_cast<double>(*latency.quantile(p)) * 1e-6;
}

// Of the answers, those that came before the work of one request could be done: a refusal, where
// there are any, takes a write in place of the worker's part.
double share_too_early(const OneServer& one, const spec::Scenario& scenario) {
  const measure::Histogram& latency = one.latency;
  const auto layout = fleet::lay_out(scenario, scenario.seed);  // this machine's own speed
  const spec::RedPacketAccess& access = layout.value().servers.front().server.service;
  const Duration last = one.refused > 0 ? std::min(access.worker_segment, access.write_system_call)
                                        : access.worker_segment;
  const Duration least = way * 2 + access.empty_read_system_call + access.reader_segment + last;
  std::int64_t early = 0;
  latency.for_each_bucket([&](std::int64_t, std::int64_t high, std::int64_t count) {
    if (high < least.ns) early += count;
  });
  return static_cast<double>(early) / static_cast<double>(latency.count());
}

// The tolerances of docs/fleet.md. The fleet road has no scheduler: who is woken when differs, by
// tens of microseconds as a rule, and by a few milliseconds where waking a thread takes long.
void compare(const spec::Scenario& scenario) {
  const OneServer detailed = on_detailed_road(scenario), fleet = on_fleet_road(scenario);
  CHECK(detailed.latency.count() == fleet.latency.count());
  const auto apart = [&](double p) {
    const double a = ms(detailed.latency, p), b = ms(fleet.latency, p);
    MESSAGE("p ", p, ": detailed ", a, " ms, fleet ", b, " ms");
    return std::abs(a - b);
  };
  // docs/validation.md, "Stolen too early".
  MESSAGE("too early: ", share_too_early(detailed, scenario), ", the earliest ",
          static_cast<double>(*detailed.latency.min()) * 1e-6, " ms");
  CHECK(share_too_early(fleet, scenario) == 0);
  CHECK(apart(0.5) < 0.05);
  CHECK(apart(0.9) < 0.05);
  CHECK(apart(0.99) < 0.5);
  CHECK(apart(0.999) < 3);
  double busy_detailed = 0, busy_fleet = 0, most = 0;
  for (std::size_t s = 0; s < detailed.read.size(); ++s) {
    busy_detailed += detailed.utilisation[s];
    busy_fleet += fleet.utilisation[s];
    most = std::max(most, std::abs(detailed.read[s] - fleet.read[s]));
  }
  MESSAGE("refused ", detailed.refused, " and ", fleet.refused, "; busy ",
          busy_detailed / static_cast<double>(detailed.read.size()), " % and ",
          busy_fleet / static_cast<double>(detailed.read.size()),
          " %; largest difference in a second ", most);
  CHECK(most < 110);  // of 22 000
  CHECK(std::abs(busy_detailed - busy_fleet) / static_cast<double>(detailed.read.size()) < 0.05);
  CHECK(std::abs(detailed.refused - fleet.refused) <= 100);
}

}  // namespace

TEST_SUITE("slow") {
  TEST_CASE("both roads agree on one gala server without a cycle of the collector") {
    const spec::Scenario scenario = one_server({"/runtimes/access-go/forced-period=\"1h\""});
    compare(scenario);
  }
  TEST_CASE("both roads agree on one gala server with a cycle every fifteen seconds") {
    const spec::Scenario scenario = one_server({"/runtimes/access-go/forced-period=\"15s\""});
    compare(scenario);
  }
  TEST_CASE("both roads agree on what one gala server refuses") {
    const spec::Scenario scenario = one_server(
        {"/runtimes/access-go/forced-period=\"1h\"", "/services/access/overload-per-second=19000"});
    compare(scenario);
  }
}

}  // namespace springtide::models
