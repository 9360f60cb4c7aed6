#include "models/fleet/resources/viewers.h"

#include <algorithm>

namespace springtide::models::fleet {

void Viewers::react(std::size_t cue, std::uint32_t local, std::uint64_t user) {
  asked_.resize(kinds_.size());
  for (std::size_t k = 0; k < kinds_.size(); ++k) {
    const std::int64_t shown = plan_->kinds()[k].per_cue;
    asked_[k].without_preload += shown;
    std::int64_t fetches = 0;
    for (std::int64_t i = 0; i < shown; ++i) fetches += fetch(k, cue, i, local, user) ? 1 : 0;
    asked_[k].fetches += fetches;
    if (fetches > 0) kinds_[k].asking.push_back(local);
  }
}

// Whether the user must fetch it: neither pushed before the night nor fetched at an earlier cue.
bool Viewers::fetch(std::size_t kind, std::size_t cue, std::int64_t index, std::uint32_t local,
                    std::uint64_t user) {
  const std::int64_t resource = plan_->shown(kind, cue, index);
  if (!plan_->lacks(kind, resource, user)) return false;
  if (!plan_->shown_again(kind, resource)) return true;
  auto& fetched = kinds_[kind].fetched;
  auto place = std::lower_bound(fetched.begin(), fetched.end(), resource,
                                [](const auto& entry, std::int64_t r) { return entry.first < r; });
  if (place == fetched.end() || place->first != resource)
    place = fetched.insert(place, {resource, {}});
  if (place->second.has(local)) return false;
  place->second.put(local);
  return true;
}

const std::vector<Asked>& Viewers::end_second(std::int64_t second) {
  ended_.assign(kinds_.size(), {});
  ended_.swap(asked_);
  ended_.resize(kinds_.size());
  for (Kind& kind : kinds_) {
    if (kind.asking.empty()) continue;
    for (const std::uint32_t user : kind.asking) {
      if (kind.waiting.has(user)) {
        kind.again.raise(user, second);
        continue;
      }
      kind.waiting.put(user);
      ++kind.count;
    }
    kind.lots.push({second, std::move(kind.asking)});
    kind.asking = {};
  }
  return ended_;
}

void Viewers::served(std::size_t kind, std::int64_t before) {
  Kind& k = kinds_[kind];
  while (!k.lots.empty() && k.lots.front().second < before) {
    const Lot lot = k.lots.pop();
    for (const std::uint32_t user : lot.users) {
      const std::int64_t asked_again = k.again.take(user);
      if (asked_again > lot.second) {
        k.again.raise(user, asked_again);
      } else if (k.waiting.has(user)) {
        k.waiting.remove(user);
        --k.count;
      }
    }
  }
}

std::int64_t Viewers::waiting() const {
  std::int64_t sum = 0;
  for (const Kind& kind : kinds_) sum += kind.count;
  return sum;
}

bool Viewers::waits(std::uint32_t local) const {
  return std::any_of(kinds_.begin(), kinds_.end(),
                     [&](const Kind& kind) { return kind.waiting.has(local); });
}

// Who waits for one kind alone is asked without a branch: who does is as good as random.
std::int64_t Viewers::without_pictures(std::span<const workload::Shake> requests) const {
  const auto waited_for = [](const Kind& kind) { return kind.count > 0; };
  const auto only = std::find_if(kinds_.begin(), kinds_.end(), waited_for);
  if (only == kinds_.end()) return 0;
  std::int64_t sum = 0;
  if (std::find_if(only + 1, kinds_.end(), waited_for) == kinds_.end()) {
    for (const workload::Shake shake : requests) sum += only->waiting.has(shake.user());
    return sum;
  }
  for (const workload::Shake shake : requests) sum += waits(shake.user());
  return sum;
}

}  // namespace springtide::models::fleet
