// The crowds of a fleet alone: nanoseconds of processor time for each request, by shape of the
// night, on one core, and what a second costs in which nothing or hardly anything happens.
//
//   bench_crowd [SERVERS [SECONDS]]     of the wave; the state of all servers is more than a cache
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <time.h>
#include <vector>

#include <fmt/format.h>

#include "workload/crowd/crowd.h"

namespace springtide::bench {
namespace {

using workload::Crowd;
using workload::CrowdPlan;
using workload::Workspace;

constexpr std::uint32_t users = 550'000;
constexpr std::int64_t slab = 5;  // seconds of one server, then the next one

double processor_ns() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// A wave of about 22 000 requests a second and 165 000 active users a server for a minute.
spec::CuesPlan wave(bool slots, Duration shaking) {
  spec::CuesPlan plan;
  plan.cues["wave"] = {.at = second * 10, .share = {0.4}, .reaction = {}, .shaking = {}};
  plan.reaction = Distribution(Lognormal{second * 8, second * 40});
  plan.shaking = Distribution(Exponential{shaking});
  plan.hand = second;
  plan.throttle = Distribution(Uniform{second * 5, second * 10});
  plan.slots = slots;
  return plan;
}

struct Cost {
  double ns_a_request = 0;
  std::int64_t requests = 0, peak = 0;
  std::size_t memory = 0;  // bytes a server, at most
};

Cost run(const spec::CuesPlan& spec, std::uint32_t servers, std::int64_t from, std::int64_t to) {
  const auto plan = std::make_shared<const CrowdPlan>(spec, spec::Phones{});
  std::vector<std::unique_ptr<Crowd>> crowds;
  Workspace workspace;
  for (std::uint32_t server = 0; server < servers; ++server) {
    crowds.push_back(std::make_unique<Crowd>(
        plan, workload::CrowdSpec{.server = server, .users = users, .online = users}));
    for (std::int64_t s = 0; s < from; ++s) crowds.back()->requests_of(s, workspace);
  }
  Cost cost;
  std::uint64_t sum = 0;
  const double begin = processor_ns();
  for (std::int64_t start = from; start < to; start += slab) {
    for (const auto& crowd : crowds) {
      for (std::int64_t s = start; s < std::min(start + slab, to); ++s) {
        const auto requests = crowd->requests_of(s, workspace);
        cost.requests += std::ssize(requests);
        cost.peak = std::max<std::int64_t>(cost.peak, std::ssize(requests));
        if (!requests.empty()) sum += requests.back().word;
      }
      cost.memory = std::max(cost.memory, crowd->memory_bytes());
    }
  }
  cost.ns_a_request = (processor_ns() - begin) / static_cast<double>(cost.requests);
  [[maybe_unused]] static volatile std::uint64_t sink;
  sink = sum;  // so that nothing is optimised away
  return cost;
}

void row(const std::string& name, const spec::CuesPlan& plan, std::uint32_t servers,
         std::int64_t from, std::int64_t to) {
  std::vector<double> ns;
  Cost cost;
  for (int i = 0; i < 5; ++i) {
    cost = run(plan, servers, from, to);
    ns.push_back(cost.ns_a_request);
  }
  std::sort(ns.begin(), ns.end());
  fmt::print("| {:<34} | {:>10} | {:>7} | {:>6.2f} | {:>6.2f} | {:>6} |\n", name,
             cost.requests / servers, cost.peak, ns[2], ns[0], cost.memory / 1024);
  std::fflush(stdout);
}

// A trickle: so few of the users that most seconds have a request or none.
void quiet() {
  spec::CuesPlan spec = wave(true, second * 90);
  spec.cues["wave"].share = {3e-5};
  const auto plan = std::make_shared<const CrowdPlan>(spec, spec::Phones{});
  Workspace workspace;
  std::int64_t worked = 0, requests = 0;
  double in_work = 0;
  for (std::uint32_t server = 0; server < 2'000; ++server) {
    Crowd crowd(plan, {.server = server, .users = users, .online = users});
    const double begin = processor_ns();
    for (std::int64_t s = crowd.quiet_until(); s < 600; s = crowd.quiet_until()) {
      requests += std::ssize(crowd.requests_of(s, workspace));
      ++worked;
    }
    in_work += processor_ns() - begin;
  }
  fmt::print("few requests: {} seconds with something due, {:.2f} requests each, {:.0f} ns each\n",
             worked, static_cast<double>(requests) / static_cast<double>(worked),
             in_work / static_cast<double>(worked));
}

}  // namespace
}  // namespace springtide::bench

int main(int argc, char** argv) {
  using namespace springtide;
  const auto servers = static_cast<std::uint32_t>(argc > 1 ? std::atoi(argv[1]) : 40);
  const std::int64_t length = argc > 2 ? std::atoll(argv[2]) : 60;
  fmt::print("| {:<34} | {:>10} | {:>7} | {:>6} | {:>6} | {:>6} |\n", "shape", "requests", "peak/s",
             "median", "least", "KiB");
  fmt::print("|---|---|---|---|---|---|\n");
  bench::row("peak, slots", bench::wave(true, second * 180), servers, 40, 40 + length);
  bench::row("with the cue, shaking 90 s", bench::wave(true, second * 90), servers, 0, length);
  bench::row("with the cue, shaking 20 s", bench::wave(true, second * 20), servers, 0, length);
  bench::row("peak, any instant", bench::wave(false, second * 180), servers, 40, 40 + length);
  spec::CuesPlan unthrottled = bench::wave(false, second * 180);
  unthrottled.throttle.reset();
  bench::row("no throttle, a movement a second", unthrottled, servers / 4, 40, 40 + length / 4);
  bench::quiet();
}
