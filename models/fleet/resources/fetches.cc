#include "models/fleet/resources/fetches.h"

#include <algorithm>
#include <optional>

#include "base/check.h"

namespace springtide::models::fleet {

Fetches::Fetches(ResourcesPlan plan, std::vector<ShownCue> cues, const std::vector<Way>& ways,
                 const std::vector<std::int64_t>& stands_for)
    : plan_(std::move(plan)), cues_(std::move(cues)), ways_(ways) {
  std::sort(ways_.begin(), ways_.end());
  ways_.erase(std::unique(ways_.begin(), ways_.end()), ways_.end());
  for (std::size_t i = 0; i < ways.size(); ++i)
    servers_.emplace_back(
        plan_,
        static_cast<std::size_t>(std::lower_bound(ways_.begin(), ways_.end(), ways[i]) -
                                 ways_.begin()),
        i < stands_for.size() ? stands_for[i] : 1);
  for (const Way& way : ways_)
    for (const ResourceKind& kind : plan_.kinds()) {
      const auto found = kind.bandwidth.find(way.carrier);
      std::optional<BitRate> bandwidth;
      if (found != kind.bandwidth.end()) bandwidth = found->second;
      links_.push_back({FetchLink(bandwidth), {}, {}});
    }
}

std::size_t Fetches::cue_at(Instant at) const {
  const auto after = std::upper_bound(cues_.begin(), cues_.end(), at,
                                      [](Instant i, const ShownCue& cue) { return i < cue.at; });
  return static_cast<std::size_t>(after - cues_.begin());
}

void Fetches::tell(std::uint32_t server, std::int64_t second, std::span<const Reaction> reactions,
                   std::span<const workload::Shake> requests) {
  SPRINGTIDE_CHECK(second >= reached_, "this second is over for the links");
  Server& here = servers_[server];
  const Instant begin{second * springtide::second.ns};
  const std::size_t shown = cue_at(begin);
  const bool changes = cue_at(begin + springtide::second) != shown;
  for (const Reaction& reaction : reactions)
    if (const std::size_t cue = changes ? cue_at(reaction.at) : shown; cue > 0)
      here.viewers.react(cue - 1, reaction.local, reaction.user);
  Told told{second, {}, 0};
  if (!reactions.empty()) told.asked = here.viewers.end_second(second);
  told.without_pictures = here.viewers.without_pictures(requests);
  if (!told.asked.empty() || told.without_pictures > 0) here.told.push_back(std::move(told));
}

void Fetches::advance(std::int64_t until, sim::Ranks& ranks) {
  if (until <= reached_) return;
  const auto seconds = static_cast<std::size_t>(until);
  for (Link& link : links_) link.asked.resize(seconds), link.without_preload.resize(seconds);
  for (Server& server : servers_) {
    for (const Told& told : server.told) pass_on(told, server, until);
    server.told.clear();
  }
  if (ranks.size() > 1) hear_of_others(until, ranks);
  for (std::int64_t s = reached_; s < until; ++s) {
    std::int64_t waiting = 0;
    for (std::size_t i = 0; i < links_.size(); ++i) {
      const std::int64_t asked = links_[i].asked[static_cast<std::size_t>(s)];
      links_[i].link.pass(asked, asked * plan_.kinds()[i % kinds()].size);
      waiting += links_[i].link.fetches_waiting();
    }
    waiting_.push_back(waiting);
  }
  for (Server& server : servers_)
    for (std::size_t k = 0; k < kinds(); ++k)
      server.viewers.served(k, link(server.way, k).link.served_before());
  reached_ = until;
}

void Fetches::pass_on(const Told& told, const Server& server, std::int64_t until) {
  SPRINGTIDE_CHECK(told.second < until, "a second that is not over");
  for (std::size_t k = 0; k < told.asked.size(); ++k) {
    Link& to = link(server.way, k);
    const auto at = static_cast<std::size_t>(told.second);
    to.asked[at] += told.asked[k].fetches * server.stands_for;
    to.without_preload[at] += told.asked[k].without_preload * server.stands_for;
  }
  if (told.without_pictures > 0)
    without_pictures_.add(Instant{told.second * second.ns},
                          told.without_pictures * server.stands_for);
}

void Fetches::hear_of_others(std::int64_t until, sim::Ranks& ranks) {
  const auto from = static_cast<std::size_t>(reached_), to = static_cast<std::size_t>(until);
  ByteWriter out;
  for (const Link& link : links_)
    for (std::size_t s = from; s < to; ++s) out(link.asked[s], link.without_preload[s]);
  const std::vector<sim::Block> blocks = ranks.all_gather(out.take());
  for (int other = 0; other < ranks.size(); ++other) {
    if (other == ranks.rank()) continue;
    ByteReader in(blocks[static_cast<std::size_t>(other)]);
    for (Link& link : links_)
      for (std::size_t s = from; s < to; ++s) {
        std::int64_t asked = 0, without_preload = 0;
        in(asked, without_preload);
        link.asked[s] += asked;
        link.without_preload[s] += without_preload;
      }
    SPRINGTIDE_CHECK(in.done(), "ranks of one program understand each other");
  }
}

void Fetches::merge(ByteReader& bytes) {
  measure::SecondCounter other;
  bytes(other);
  without_pictures_.merge(other);
}

std::int64_t Fetches::waiting() const {
  std::int64_t sum = 0;
  for (const Server& server : servers_) sum += server.viewers.waiting();
  return sum;
}

}  // namespace springtide::models::fleet
