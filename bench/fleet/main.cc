// What a request costs on the fleet road.
//
//   bench_fleet                       638 servers for 1 s at 22 000 requests/s: the kernel alone
//   bench_fleet SCENARIO [THREADS]    a whole run of a scenario, crowd and record included
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "models/fleet/server/server.h"
#include "models/run.h"
#include "spec/presets.h"
#include "spec/scenario_reader.h"

namespace springtide {
namespace {

using models::fleet::Server;
using models::fleet::ServerSpec;
using models::fleet::Way;

double seconds_of(const auto& body) {
  const auto begin = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

class Nowhere final : public models::fleet::Resender {
 public:
  bool again(workload::Shake, Instant) override { return true; }
};

ServerSpec server_spec(std::uint32_t number, const std::shared_ptr<const Way>& way) {
  ServerSpec made;
  made.number = number;
  made.way = way;
  made.service.overload_per_second = 62'696;
  made.service.reader_segment = microsecond * 82;
  made.service.worker_segment = microsecond * 107;
  made.runtime.go = spec::preset("go1.8")->go;
  made.runtime.cores = 12;
  made.runtime.server = number;
  made.runtime.goroutines = 550'000;
  made.runtime.live_heap = 1'100'000'000;
  made.runtime.scanned_heap = 400'000'000;
  made.network_card.packet_rate = Rate{1e6};
  made.network_card.receive_ring = 4096;
  made.link.loss.value = 0.005;
  return made;
}

std::vector<workload::Shake> arrivals(int count) {
  Stream stream(1, "bench/arrivals");
  std::vector<workload::Shake> shakes;
  for (int i = 0; i < count; ++i)
    shakes.push_back({stream.below(1u << 20) << 44 | stream.below(550'000) << 20 | 1u << 16});
  std::sort(shakes.begin(), shakes.end());
  return shakes;
}

void kernel() {
  constexpr int servers = 638, rate = 22'000;
  const auto way =
      std::make_shared<Way>(Way{models::fleet::DelayTable::of_sum(
                                    Distribution(Lognormal{millisecond * 60, millisecond * 400})),
                                models::fleet::DelayTable(spec::preset("go1.8")->go.thread_wake),
                                {},
                                millisecond * 120});
  std::vector<std::unique_ptr<Server>> fleet;
  for (std::uint32_t s = 0; s < servers; ++s)
    fleet.push_back(std::make_unique<Server>(server_spec(s, way)));
  const auto shakes = arrivals(rate);
  models::fleet::Workspace workspace;
  Nowhere nowhere;
  for (int second_number = 0; second_number < 3; ++second_number) {
    const double took = seconds_of([&] {
      for (auto& server : fleet) server->serve(second_number, shakes, nowhere, workspace);
    });
    fmt::print("kernel, {} servers, second {}: {:.2f} ns a request\n", servers, second_number,
               took * 1e9 / servers / rate);
  }
}

int scenario(const char* path, unsigned threads) {
  const auto loaded = spec::load_scenario({path, {}, {}});
  if (!loaded.ok()) {
    std::fputs(to_string(loaded.problems()).c_str(), stderr);
    return 2;
  }
  models::RunOptions options;
  options.threads = threads;
  options.seed = loaded.value().scenario.seed;
  double requests = 0;
  std::string fingerprint;
  const double took = seconds_of([&] {
    const auto record = models::run_scenario(loaded.value().scenario, options);
    if (!record.ok()) {
      std::fputs(to_string(record.problems()).c_str(), stderr);
      std::exit(2);
    }
    for (const auto& [_, ledger] : record.value().ledgers)
      requests += static_cast<double>(ledger.offered);
    for (const auto& check : record.value().checks)
      if (!check.holds) fmt::print("check failed: {} ({})\n", check.name, check.detail);
    fingerprint = record.value().fingerprint;
  });
  fmt::print("{}: {:.0f} requests, {} threads: {:.2f} s, {:.2f} ns a request and thread, {}\n",
             path, requests, threads, took, took * 1e9 * threads / requests, fingerprint);
  return 0;
}

}  // namespace
}  // namespace springtide

int main(int count, char** arguments) {
  if (count > 1)
    return springtide::scenario(arguments[1],
                                count > 2 ? static_cast<unsigned>(std::atoi(arguments[2])) : 1);
  springtide::kernel();
}
