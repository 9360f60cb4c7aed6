#include "models/fleet/sample/sample.h"

#include <algorithm>
#include <numeric>

#include "base/random.h"
#include "models/findings.h"

namespace springtide::models::fleet {
namespace {

Diagnostics problems_of(const spec::Scenario& scenario, std::int64_t of_each) {
  Diagnostics problems;
  if (of_each < 2)
    problems.push_back(
        problem_at("", "one server of a kind does not show how they differ", "--sample 2 or more"));
  for (const auto& [name, incident] : scenario.incidents)
    if (incident.enabled && incident.kind == spec::Incident::Kind::loss)
      problems.push_back(problem_at(
          "/incidents/" + name,
          "a sample cannot tell where the users of lost servers go: to servers that are not "
          "simulated",
          "run the whole fleet, without --sample"));
  return problems;
}

// The first `count` of them, drawn without replacement.
std::vector<std::uint32_t> drawn(std::vector<std::uint32_t> servers, std::size_t count,
                                 Stream& stream) {
  for (std::size_t i = 0; i < count; ++i)
    std::swap(servers[i], servers[i + stream.below(servers.size() - i)]);
  servers.resize(count);
  std::sort(servers.begin(), servers.end());
  return servers;
}

// The others of a kind are shared out as evenly as can be.
void share_out(const Sample::Kind& kind, Sample& sample) {
  const auto seen = static_cast<std::int64_t>(kind.servers.size());
  for (std::int64_t i = 0; i < seen; ++i)
    sample.stands_for[kind.servers[static_cast<std::size_t>(i)]] =
        kind.all * (i + 1) / seen - kind.all * i / seen;
}

void add_kind(Sample::Kind kind, std::span<const std::uint32_t> members, Sample& sample) {
  for (const std::uint32_t server : members)
    sample.kind_of[server] = static_cast<std::uint32_t>(sample.kinds.size());
  share_out(kind, sample);
  sample.servers.insert(sample.servers.end(), kind.servers.begin(), kind.servers.end());
  sample.kinds.push_back(std::move(kind));
}

Sample empty_sample(const Layout& layout) {
  Sample sample;
  sample.kind_of.resize(layout.servers.size());
  sample.stands_for.resize(layout.servers.size());
  return sample;
}

std::vector<std::uint32_t> servers_of(const ClusterLayout& cluster) {
  std::vector<std::uint32_t> servers(cluster.servers);
  std::iota(servers.begin(), servers.end(), cluster.first_server);
  return servers;
}

}  // namespace

measure::StratifiedSample Sample::strata() const {
  std::vector<measure::Stratum> strata;
  for (const Kind& kind : kinds) strata.push_back({kind.all, kind.servers.size()});
  return measure::StratifiedSample(std::move(strata));
}

Sample whole_fleet(const Layout& layout) {
  Sample sample = empty_sample(layout);
  for (std::size_t c = 0; c < layout.clusters.size(); ++c) {
    const std::vector<std::uint32_t> servers = servers_of(layout.clusters[c]);
    add_kind({c, layout.clusters[c].servers, servers}, servers, sample);
  }
  return sample;
}

Result<Sample> draw_sample(const spec::Scenario& scenario, const Layout& layout,
                           std::int64_t of_each, std::uint64_t seed) {
  const Diagnostics problems = problems_of(scenario, of_each);
  if (!problems.empty()) return problems;
  Sample sample = empty_sample(layout);
  sample.of_each = of_each;
  for (std::size_t c = 0; c < layout.clusters.size(); ++c) {
    std::vector<std::uint32_t> ordinary, named;
    for (const std::uint32_t server : servers_of(layout.clusters[c])) {
      const bool by_name = !layout.servers[server].server.runtime.stills.empty();
      (by_name ? named : ordinary).push_back(server);
    }
    const auto all = static_cast<std::int64_t>(ordinary.size());
    Stream stream(seed, "fleet/sample", c);
    const auto count = static_cast<std::size_t>(std::min(of_each, all));
    if (count > 0) add_kind({c, all, drawn(ordinary, count, stream)}, ordinary, sample);
    if (!named.empty())
      add_kind({c, static_cast<std::int64_t>(named.size()), named}, named, sample);
  }
  std::sort(sample.servers.begin(), sample.servers.end());
  return sample;
}

}  // namespace springtide::models::fleet
