// The caches of a site: asked before a call is made.
//
//   call with a cache --> key drawn --> there? --- hit ---> answered after the time of a hit
//                                         | no
//                                         +--> somebody fetches it already, and the cache
//                                         coalesces: |       wait for that fetch, and end as it
//                                         ends
//                                         +--> fetch: the call is made; a good answer is stored
//
// Without coalescing everybody who misses fetches: when a popular key ages, that is a stampede.
// Who waits for another's fetch has no time-out of its own. A degraded answer is not stored.
// Memory: policy/caches/entries.h, and 4 bytes a key where fetches are coalesced.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "measure/series.h"
#include "models/chain/site/site.h"
#include "policy/caches/entries.h"
#include "policy/caches/zipf.h"

namespace springtide::models::chain {

struct CacheCounts {
  std::int64_t hits = 0, misses = 0, coalesced = 0;  // coalesced ones are misses too
  measure::SecondCounter hits_by_second, misses_by_second;
};

class Caches {
 public:
  explicit Caches(const Site& site);

  enum class Look : std::uint8_t { hit, fetch, wait };
  // Draws the key of this call and keeps it in the call. Who fetches tells the end to `fetched`.
  Look look(std::uint32_t slot, Site& site);

  // A fetch has ended. The first call that waited for it, or none; the others follow by Call::next.
  std::uint32_t fetched(const Call& call, const Site& site, Outcome outcome);

  void forget_all();

  Duration hit_time(std::uint32_t cache) {
    return caches_[cache].plan->time.sample(caches_[cache].times);
  }
  const CacheCounts& counts(std::uint32_t cache) const { return caches_[cache].counts; }

 private:
  static constexpr std::uint32_t nobody = none - 1;  // fetching, and nobody waits yet

  struct Cache {
    const CachePlan* plan;
    Stream choices, times;
    std::optional<policy::Zipf> keys;
    std::optional<policy::CacheEntries> entries;
    std::vector<std::uint32_t> waiting;  // by key: a call, nobody, or none: no fetch is under way
    CacheCounts counts;
  };

  bool hits(Cache& cache, Call& call, Instant now);

  std::vector<Cache> caches_;
};

}  // namespace springtide::models::chain
