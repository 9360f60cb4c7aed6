// Hit ratios against an exact cache: every key followed, drawn by Zipf's law by searching a table.
#include "theory/caches.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"

namespace springtide::theory {
namespace {

// Share of hits of the requests from `begin` to `end` seconds.
double exact(const CacheLoad& load, double begin, double end) {
  std::vector<double> below;
  double sum = 0;
  for (std::uint64_t k = 1; k <= load.keys; ++k)
    below.push_back(sum += std::pow(static_cast<double>(k), -load.popularity));
  std::list<std::uint64_t> recent;  // the newest first
  std::vector<std::list<std::uint64_t>::iterator> place(load.keys, recent.end());
  std::vector<double> stored(load.keys, -1);
  const auto keep = [&](std::uint64_t key, double at) {
    if (place[key] == recent.end() && recent.size() == load.size) {
      place[recent.back()] = recent.end();
      recent.pop_back();
    } else if (place[key] != recent.end()) {
      recent.erase(place[key]);
    }
    recent.push_front(key);
    place[key] = recent.begin();
    stored[key] = at;
  };
  if (load.preloaded)
    for (std::uint64_t key = load.size; key-- > 0;) keep(key, 0);
  Stream stream(1, "exact cache");
  double hits = 0, asked = 0;
  for (double now = 0; now < end; now += -std::log(stream.uniform()) / load.per_second) {
    const auto key = static_cast<std::uint64_t>(
        std::lower_bound(below.begin(), below.end(), stream.uniform() * sum) - below.begin());
    const bool hit = place[key] != recent.end() && !(load.ttl && now - stored[key] >= *load.ttl);
    if (now >= begin) ++asked, hits += hit ? 1 : 0;
    keep(key, hit ? stored[key] : now);
  }
  return hits / asked;
}

double estimated(const CacheLoad& load) { return cache_means(load)->hit_ratio; }

TEST_CASE("a full cache, a cache by age and one by both hit as often as an exact one") {
  const CacheLoad full{.keys = 5000, .popularity = 0.9, .size = 500, .per_second = 1000};
  CHECK(estimated(full) == doctest::Approx(exact(full, 60, 260)).epsilon(0.01));
  CacheLoad aging = full;
  aging.size = 5000;
  aging.ttl = 2.0;
  CHECK(estimated(aging) == doctest::Approx(exact(aging, 60, 260)).epsilon(0.01));
  CacheLoad both = full;
  both.ttl = 1.0;
  const double simulated = exact(both, 60, 260);
  CHECK(estimated(both) >= simulated - 0.005);  // an upper bound
  CHECK(estimated(both) == doctest::Approx(simulated).epsilon(0.05));
}

TEST_CASE("a cache that is still cold, or was loaded before, hits as an exact one does") {
  CacheLoad cold{.keys = 20'000, .popularity = 0.8, .size = 10'000, .per_second = 2000};
  cold.age = 2.0;
  CHECK(estimated(cold) == doctest::Approx(exact(cold, 1.9, 2.1)).epsilon(0.1));
  CacheLoad loaded = cold;
  loaded.preloaded = true;
  CHECK(estimated(loaded) == doctest::Approx(exact(loaded, 1.5, 2.5)).epsilon(0.03));
  CHECK(estimated(loaded) > estimated(cold) + 0.2);
}

TEST_CASE("all keys asked alike: the share of the keys that is kept; and all that fit always hit") {
  CHECK(estimated({.keys = 1000, .popularity = 0, .size = 250, .per_second = 50}) ==
        doctest::Approx(0.25).epsilon(1e-6));
  CHECK(estimated({.keys = 1000, .popularity = 1, .size = 1000, .per_second = 50}) ==
        doctest::Approx(1));
}

TEST_CASE("many keys are summed in steps: as one by one") {
  const CacheLoad load{.keys = 100'000, .popularity = 0.8, .size = 20'000, .per_second = 1000};
  // The characteristic time puts just so many keys into the cache; here by a plain sum.
  const double stay = cache_means(load)->characteristic_time;
  double sum = 0, present = 0, hits = 0;
  for (std::uint64_t k = 1; k <= load.keys; ++k) sum += std::pow(static_cast<double>(k), -0.8);
  for (std::uint64_t k = 1; k <= load.keys; ++k) {
    const double share = std::pow(static_cast<double>(k), -0.8) / sum;
    const double found = 1 - std::exp(-1000 * share * stay);
    present += found;
    hits += share * found;
  }
  CHECK(present == doctest::Approx(20'000).epsilon(1e-4));
  CHECK(estimated(load) == doctest::Approx(hits).epsilon(1e-4));
}

TEST_CASE("numbers without meaning give nothing") {
  CHECK_FALSE(cache_means({.keys = 0, .per_second = 1}));
  CHECK_FALSE(cache_means({.keys = 1, .per_second = 0}));
  CHECK_FALSE(cache_means({.keys = 1, .popularity = -1, .per_second = 1}));
  CHECK_FALSE(cache_means({.keys = 1, .per_second = 1, .ttl = 0.0}));
}

}  // namespace
}  // namespace springtide::theory
