#include "models/fleet/surroundings/surroundings.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/check.h"

namespace springtide::models::fleet {
namespace {

// Numbers all users of all servers.
std::uint64_t user_number(workload::Crowd::Home home) {
  return std::uint64_t{home.server} << 24 | home.user;
}

const spec::Clients* crowd_of(const spec::Scenario& scenario) {
  for (const auto& [_, clients] : scenario.clients)
    if (std::holds_alternative<spec::CuesPlan>(clients.plan)) return &clients;
  return nullptr;
}

// In order of time, then name.
std::vector<ShownCue> cues_of(const spec::Scenario& scenario) {
  std::vector<ShownCue> cues;
  if (const spec::Clients* clients = crowd_of(scenario))
    for (const auto& [name, cue] : std::get<spec::CuesPlan>(clients->plan).cues)
      cues.push_back({name, Instant{cue.at.ns}});
  std::stable_sort(cues.begin(), cues.end(),
                   [](const ShownCue& x, const ShownCue& y) { return x.at < y.at; });
  return cues;
}

}  // namespace

Surroundings::Surroundings(const Layout& layout, Outages outages,
                           std::vector<std::int64_t> stands_for, sim::Ranks& ranks)
    : layout_(layout),
      ranks_(ranks),
      outages_(std::move(outages)),
      moves_(outages_),
      stands_for_(std::move(stands_for)),
      servers_(layout.servers.size()) {}

std::vector<Place> Surroundings::places_of(const spec::Scenario& scenario, const Layout& layout) {
  std::string of_service;  // the kind of machine where a cluster names none
  for (const auto& [_, service] : scenario.services)
    if (std::holds_alternative<spec::RedPacketAccess>(service.kind)) of_service = service.on;
  std::map<std::string, std::int64_t> machines;
  std::vector<Place> places;
  for (const ServerLayout& server : layout.servers) {
    const ClusterLayout& cluster = layout.clusters[server.cluster];
    const auto named = scenario.clusters.find(cluster.name);
    Place place{cluster.site, cluster.carrier, cluster.name, of_service, 0};
    if (named != scenario.clusters.end() && !named->second.node.empty())
      place.node = named->second.node;
    place.index = machines[place.node]++;
    places.push_back(std::move(place));
  }
  return places;
}

Result<std::unique_ptr<Surroundings>> Surroundings::make(const spec::Scenario& scenario,
                                                         const Layout& layout, const Sample& sample,
                                                         std::uint64_t seed, sim::Ranks& ranks) {
  auto outages = plan_outages(scenario, places_of(scenario, layout));
  auto back_ends = plan_back_ends(scenario);
  Diagnostics problems;
  for (const Diagnostics* more :
       {outages ? nullptr : &outages.problems(), back_ends ? nullptr : &back_ends.problems()})
    if (more != nullptr) problems.insert(problems.end(), more->begin(), more->end());
  if (!problems.empty()) return problems;
  std::unique_ptr<Surroundings> made(
      new Surroundings(layout, std::move(outages.value()), sample.stands_for, ranks));
  made->hands_on_ = !back_ends.value().pools.empty();
  if (made->hands_on_ && ranks.is_first())
    made->back_ends_.emplace(std::move(back_ends.value()), seed, sample.stands_for);
  made->add_control(scenario, seed);
  made->add_resources(scenario, seed);
  return made;
}

void Surroundings::add_control(const spec::Scenario& scenario, std::uint64_t seed) {
  if (!scenario.control) return;
  std::vector<ControlledCue> cues;
  for (const ShownCue& cue : cues_of(scenario)) cues.push_back({cue.name, cue.at});
  control_.emplace(*scenario.control, std::move(cues),
                   static_cast<std::uint32_t>(layout_.servers.size()),
                   Instant{scenario.duration.ns}, seed, [this](std::uint32_t server, Instant at) {
                     return outages_.down(server, at.since_start() / second);
                   });
  for (std::uint32_t i = 0; i < servers_.size(); ++i) servers_[i].stale = control_->stale(i);
}

void Surroundings::add_resources(const spec::Scenario& scenario, std::uint64_t seed) {
  if (scenario.resources.empty()) return;
  std::vector<ShownCue> cues = cues_of(scenario);
  std::vector<Fetches::Way> ways;
  for (const ServerLayout& server : layout_.servers) {
    const ClusterLayout& cluster = layout_.clusters[server.cluster];
    ways.push_back({cluster.site, cluster.carrier});
  }
  ResourcesPlan plan(scenario, layout_.online, cues.size(), seed);
  fetches_.emplace(std::move(plan), std::move(cues), ways, stands_for_);
}

std::int64_t Surroundings::slab_end(std::int64_t from, std::int64_t to) const {
  const auto& changes = outages_.changes();
  const auto next = std::upper_bound(changes.begin(), changes.end(), from);
  return next == changes.end() ? to : std::min(to, *next);
}

void Surroundings::begin_slab(std::int64_t second, std::span<workload::Crowd* const> crowds,
                              const Moves::Belongings& belongings) {
  const auto& changes = outages_.changes();
  if (!std::binary_search(changes.begin(), changes.end(), second)) return;
  changes_.push_back({second, moves_.change(second, crowds, belongings, ranks_)});
}

std::vector<std::uint32_t> Surroundings::lost_at(std::int64_t second) const {
  const auto& changes = outages_.changes();
  if (!std::binary_search(changes.begin(), changes.end(), second)) return {};
  return outages_.lost_at(second);
}

std::vector<std::uint32_t> Surroundings::back_at(std::int64_t second) const {
  const auto& changes = outages_.changes();
  if (!std::binary_search(changes.begin(), changes.end(), second)) return {};
  return outages_.back_at(second);
}

bool Surroundings::down(std::uint32_t server, std::int64_t second) const {
  return outages_.down(server, second);
}

Instant Surroundings::issues_from(std::uint32_t server, Instant begin) const {
  return control_ ? control_->issues_from(server, begin) : begin;
}

void Surroundings::tell(std::uint32_t server, std::int64_t second, const workload::Crowd& crowd,
                        workload::Workspace& workspace, std::span<const workload::Shake> requests) {
  OfServer& here = servers_[server];
  if (fetches_) {
    here.reactions.clear();
    for (const workload::Shake shake : workspace.reactions())
      here.reactions.push_back(
          {shake.instant(second), shake.user(), user_number(crowd.home_of(shake.user()))});
    fetches_->tell(server, second, here.reactions, requests);
  }
  const workload::CrowdCounts& counts = crowd.counts();
  const Note note{second,          stale_requests(here, second, requests),
                  counts.attempts, counts.connected,
                  counts.refused,  counts.given_up,
                  counts.waited};
  if (note.stale > 0 || note.attempts > 0 || note.waited > 0) here.notes.push_back(note);
}

// Requests that arrive before the server has the newest configuration; they are sorted.
std::int64_t Surroundings::stale_requests(OfServer& server, std::int64_t second,
                                          std::span<const workload::Shake> requests) const {
  const Instant begin{second * springtide::second.ns}, end = begin + springtide::second;
  const auto before = [&](Instant at) {
    return std::partition_point(requests.begin(), requests.end(),
                                [&](workload::Shake shake) { return shake.instant(second) < at; });
  };
  std::int64_t count = 0;
  while (server.next_stale < server.stale.size()) {
    const auto& [from, to] = server.stale[server.next_stale];
    if (from >= end) break;
    count += before(to) - before(from);
    if (to > end) break;
    ++server.next_stale;
  }
  return count;
}

void Surroundings::hand_on(std::uint32_t server, std::span<const Winner> winners) {
  if (winners.empty() || !hands_on_) return;
  if (back_ends_) return back_ends_->take(server, winners);
  handed_on_(server, std::vector<Winner>(winners.begin(), winners.end()));
}

void Surroundings::take_winners(const sim::Block& block) {
  ByteReader in(block);
  std::uint32_t server = 0;
  std::vector<Winner> winners;
  while (in.left() > 0) {
    in(server, winners);
    SPRINGTIDE_CHECK(in.good(), "ranks of one program understand each other");
    back_ends_->take(server, winners);
  }
}

void Surroundings::work_back_ends() {
  if (back_ends_) back_ends_->advance(Instant{ended_ * second.ns});
}

void Surroundings::end_slab(std::int64_t second) {
  if (hands_on_ && ranks_.size() > 1)
    ranks_.gather(handed_on_.take(), [this](int, const sim::Block& block) { take_winners(block); });
  if (fetches_) fetches_->advance(second, ranks_);
  ended_ = second;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    OfServer& server = servers_[i];
    for (Note note : server.notes) {
      note.stale *= stands_for_[i];
      counters_.add(note);
    }
    server.notes.clear();
  }
}

void Surroundings::Counters::add(const Note& note) {
  const Instant at{note.second * second.ns};
  stale.add(at, note.stale);
  attempts.add(at, note.attempts);
  connected.add(at, note.connected);
  refused.add(at, note.refused);
  given_up.add(at, note.given_up);
  waited.add(at, note.waited);
}

void Surroundings::Counters::merge(const Counters& other) {
  stale.merge(other.stale);
  attempts.merge(other.attempts);
  connected.merge(other.connected);
  refused.merge(other.refused);
  given_up.merge(other.given_up);
  waited.merge(other.waited);
}

void Surroundings::give(ByteWriter& bytes) const {
  bytes(counters_, queued_lost_);
  for (const Change& change : changes_) bytes(change.moved);
  if (fetches_) fetches_->give(bytes);
}

void Surroundings::merge(ByteReader& bytes) {
  Counters counters;
  std::int64_t queued_lost = 0;
  bytes(counters, queued_lost);
  counters_.merge(counters);
  queued_lost_ += queued_lost;
  for (Change& change : changes_) {
    Moved moved;
    bytes(moved);
    change.moved.users += moved.users;
    change.moved.requests_lost += moved.requests_lost;
    change.moved.nowhere += moved.nowhere;
  }
  if (fetches_) fetches_->merge(bytes);
}

}  // namespace springtide::models::fleet
