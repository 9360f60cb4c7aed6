#include "models/fleet/resources/resources_plan.h"

#include <algorithm>
#include <limits>

#include "base/random.h"

namespace springtide::models::fleet {

Push push_of(const spec::StaticResource& resource, std::int64_t users) {
  Push push;
  push.wanted_bytes = static_cast<double>(users) * static_cast<double>(resource.count) *
                      static_cast<double>(resource.size.count);
  if (!resource.preload) return push;
  push.pushed_bytes = push.wanted_bytes * resource.reached.value;
  const double ceiling = resource.push_ceiling.bits_per_second / 8;  // bytes/s
  if (ceiling > 0) {
    const double time = std::min(resource.push, resource.push_length).seconds();
    push.pushed_bytes = std::min(push.pushed_bytes, ceiling * time);
    push.seconds = push.pushed_bytes / ceiling;
  }
  push.share = push.wanted_bytes > 0 ? push.pushed_bytes / push.wanted_bytes : 0;
  return push;
}

ResourcesPlan::ResourcesPlan(const spec::Scenario& scenario, std::int64_t users, std::size_t cues,
                             std::uint64_t seed)
    : cues_(cues) {
  for (const auto& [name, resource] : scenario.resources) {
    ResourceKind kind;
    kind.name = name;
    kind.count = resource.count;
    kind.size = resource.size.count;
    kind.per_cue = std::min(resource.per_cue, resource.count);
    kind.push = push_of(resource, users);
    kind.has_below = kind.push.share >= 1 ? std::numeric_limits<std::uint64_t>::max()
                                          : static_cast<std::uint64_t>(kind.push.share * 0x1p64);
    kind.bandwidth = resource.bandwidth;
    kinds_.push_back(std::move(kind));
    keys_.push_back(stream_key(seed, "resource/" + name));
  }
}

bool ResourcesPlan::lacks(std::size_t kind, std::int64_t resource, std::uint64_t user) const {
  const std::uint64_t limit = kinds_[kind].has_below;
  if (limit == std::numeric_limits<std::uint64_t>::max()) return false;
  return hashed(keys_[kind] + static_cast<std::uint64_t>(resource), user) >= limit;
}

}  // namespace springtide::models::fleet
