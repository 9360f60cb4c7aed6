#include "models/chain/results/parts.h"

namespace springtide::models::chain {

void add_caches(const World& world, std::size_t seconds, measure::Record& record) {
  for (std::uint32_t i = 0; i < world.plan.caches.size(); ++i) {
    const std::string name = "cache." + world.plan.caches[i].name;
    CacheCounts sum;
    for (const Cell* cell : world.cells) {
      const CacheCounts& counts = cell->calls().caches().counts(i);
      sum.hits += counts.hits;
      sum.misses += counts.misses;
      sum.coalesced += counts.coalesced;
      sum.hits_by_second.merge(counts.hits_by_second);
      sum.misses_by_second.merge(counts.misses_by_second);
    }
    record.series.push_back(sum.hits_by_second.to_series(
        name + ".hits", "requests/s", "Calls that the cache answered.", seconds));
    record.series.push_back(sum.misses_by_second.to_series(
        name + ".misses", "requests/s", "Calls that it could not answer.", seconds));
    const auto asked = static_cast<double>(sum.hits + sum.misses);
    record.figures.push_back({name + ".hit-ratio",
                              asked > 0 ? static_cast<double>(sum.hits) / asked : measure::missing,
                              "",
                              "Share of the calls that the cache answered.",
                              {}});
    record.figures.push_back({name + ".coalesced",
                              static_cast<double>(sum.coalesced),
                              "requests",
                              "Calls that waited for the fetch of another.",
                              {}});
  }
}

}  // namespace springtide::models::chain
