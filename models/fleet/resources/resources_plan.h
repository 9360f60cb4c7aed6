// The resources of a night as numbers: how far the push before it gets, which of them a cue shows,
// and who lacks one.
//
//   push length x ceiling = bytes that can be pushed, at most the share that can be reached
//   --> share of (user, resource) pairs that are there when the night begins
//
// Whether a user has a resource is decided by a hash of both: the same user lacks the same one
// whenever it is asked, and nothing is stored. Cue i shows the resources i x per_cue, i x per_cue +
// 1, ... of each kind, from the first again after the last. Units: bytes, nanoseconds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "spec/scenario.h"

namespace springtide::models::fleet {

// What the push of one kind of resources achieves.
struct Push {
  double wanted_bytes = 0;  // all pairs of users online and resources
  double pushed_bytes = 0;  // what the ceiling, the time and the phones allow
  double share = 0;         // of the pairs, that are there
  double seconds = 0;       // until the push ends; 0 without a ceiling
};
Push push_of(const spec::StaticResource& resource, std::int64_t users);

struct ResourceKind {
  std::string name;
  std::int64_t count = 1, size = 0, per_cue = 1;  // per_cue <= count
  Push push;
  std::uint64_t has_below = 0;  // hashes below: the user has it; the largest: everybody
  std::map<std::string, BitRate> bandwidth;
};

class ResourcesPlan {
 public:
  // `users`: online; `cues`: how many the night has.
  ResourcesPlan(const spec::Scenario& scenario, std::int64_t users, std::size_t cues,
                std::uint64_t seed);

  const std::vector<ResourceKind>& kinds() const { return kinds_; }

  // Resource number `index` of those that the cue shows, of a kind.
  std::int64_t shown(std::size_t kind, std::size_t cue, std::int64_t index) const {
    const ResourceKind& k = kinds_[kind];
    return (static_cast<std::int64_t>(cue) * k.per_cue + index) % k.count;
  }
  // Whether more than one cue of the night shows it.
  bool shown_again(std::size_t kind, std::int64_t resource) const {
    const ResourceKind& k = kinds_[kind];
    return resource + k.count < static_cast<std::int64_t>(cues_) * k.per_cue;
  }

  // The user did not get the resource before the night; `user` numbers all users of all servers.
  bool lacks(std::size_t kind, std::int64_t resource, std::uint64_t user) const;

 private:
  std::vector<ResourceKind> kinds_;  // by name
  std::vector<std::uint64_t> keys_;  // by kind
  std::size_t cues_;
};

}  // namespace springtide::models::fleet
