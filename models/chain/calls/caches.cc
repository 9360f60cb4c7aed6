#include "models/chain/calls/caches.h"

namespace springtide::models::chain {

Caches::Caches(const Site& site) {
  for (const CachePlan& plan : site.plan.caches) {
    const std::string name = "caches/" + plan.name;
    Cache& cache = caches_.emplace_back(
        Cache{&plan, site.stream(name), site.stream(name + "/time"), {}, {}, {}, {}});
    if (plan.hit_ratio) continue;
    cache.keys.emplace(plan.keys, plan.popularity);
    cache.entries.emplace(plan.keys, plan.size, plan.ttl);
    if (plan.coalesce) cache.waiting.assign(plan.keys, none);
    for (std::uint64_t key = plan.preloaded ? plan.size : 0; key-- > 0;)
      cache.entries->store(Instant{}, key);
  }
}

void Caches::forget_all() {
  for (Cache& cache : caches_)
    if (cache.entries) cache.entries->forget_all();
}

bool Caches::hits(Cache& cache, Call& call, Instant now) {
  if (cache.plan->hit_ratio) return cache.choices.chance(*cache.plan->hit_ratio);
  call.key = static_cast<std::uint32_t>(cache.keys->draw(cache.choices));
  return cache.entries->look(now, call.key);
}

Caches::Look Caches::look(std::uint32_t slot, Site& site) {
  Call& call = site.calls[slot];
  const Instant now = site.mail.now();
  Cache& cache = caches_[site.step(call.step).cache];
  if (hits(cache, call, now)) {
    ++cache.counts.hits;
    cache.counts.hits_by_second.add(now);
    return Look::hit;
  }
  ++cache.counts.misses;
  cache.counts.misses_by_second.add(now);
  if (cache.waiting.empty()) return Look::fetch;
  std::uint32_t& first = cache.waiting[call.key];
  if (first == none) {
    first = nobody;
    return Look::fetch;
  }
  ++cache.counts.coalesced;
  call.next = first == nobody ? none : first;
  first = slot;
  return Look::wait;
}

std::uint32_t Caches::fetched(const Call& call, const Site& site, Outcome outcome) {
  Cache& cache = caches_[site.step(call.step).cache];
  if (cache.entries && outcome == Outcome::answered)
    cache.entries->store(site.mail.now(), call.key);
  if (cache.waiting.empty()) return none;
  const std::uint32_t first = cache.waiting[call.key];
  cache.waiting[call.key] = none;
  return first == nobody ? none : first;
}

}  // namespace springtide::models::chain
