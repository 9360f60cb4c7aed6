// Popularity against the probabilities of Zipf's law; the cache against a list that is searched.
#include <cmath>
#include <list>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"
#include "policy/caches/entries.h"
#include "policy/caches/zipf.h"

namespace springtide::policy {
namespace {

TEST_CASE("keys are drawn by Zipf's law: chi-square over all keys within its 99.9 % bound") {
  for (const double exponent : {0.0, 0.7, 1.0, 1.3, 2.5}) {
    constexpr std::size_t keys = 40;
    constexpr int draws = 40'000;
    const Zipf zipf(keys, exponent);
    Stream stream(8, "zipf", static_cast<std::uint64_t>(exponent * 10));
    std::vector<double> seen(keys), weight(keys);
    for (int i = 0; i < draws; ++i) seen[zipf.draw(stream)] += 1;
    double total = 0;
    for (std::size_t k = 0; k < keys; ++k)
      total += weight[k] = std::pow(static_cast<double>(k + 1), -exponent);
    double chi = 0;
    for (std::size_t k = 0; k < keys; ++k) {
      const double expected = draws * weight[k] / total;
      chi += (seen[k] - expected) * (seen[k] - expected) / expected;
    }
    CHECK_MESSAGE(chi < 72.05, exponent);  // chi-square, 39 degrees of freedom, 0.999
  }
}

TEST_CASE("one key, and very many keys, are drawn within their range") {
  Stream stream(9, "range");
  const Zipf one(1, 1), many(1'000'000'000, 0.9);
  std::uint64_t largest = 0;
  for (int i = 0; i < 1000; ++i) {
    CHECK(one.draw(stream) == 0);
    largest = std::max(largest, many.draw(stream));
  }
  CHECK(largest < 1'000'000'000);
  CHECK(largest > 100'000'000);
}

// A list, the most recently used first; everything by search.
class PlainCache {
 public:
  PlainCache(std::size_t size, Duration ttl) : size_(size), ttl_(ttl) {}
  bool look(Instant now, std::uint64_t key) {
    for (auto it = entries_.begin(); it != entries_.end(); ++it)
      if (it->key == key) {
        if (now - it->stored >= ttl_) return false;
        entries_.splice(entries_.begin(), entries_, it);
        return true;
      }
    return false;
  }
  void store(Instant now, std::uint64_t key) {
    entries_.remove_if([&](const Entry& e) { return e.key == key; });
    if (entries_.size() == size_) entries_.pop_back();
    entries_.push_front({key, now});
  }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint64_t key;
    Instant stored;
  };
  std::size_t size_;
  Duration ttl_;
  std::list<Entry> entries_;
};

TEST_CASE("a cache hits exactly when a searched list does") {
  for (const std::uint64_t size : {1u, 7u, 60u, 100u}) {
    CacheEntries cache(60, size, millisecond * 300);
    PlainCache twin(size, millisecond * 300);
    const Zipf zipf(60, 0.8);
    Stream stream(10, "cache", size);
    Instant now{};
    int hits = 0;
    for (int i = 0; i < 5000; ++i) {
      now += millisecond;
      const std::uint64_t key = zipf.draw(stream);
      const bool hit = cache.look(now, key);
      REQUIRE(hit == twin.look(now, key));
      hits += hit ? 1 : 0;
      if (!hit) cache.store(now, key), twin.store(now, key);
      REQUIRE(cache.size() == twin.size());
    }
    CHECK(hits > (size == 1 ? 50 : 500));
    CHECK((cache.evicted() > 0) == (size < 60));
  }
}

TEST_CASE("a cache that forgot everything hits nothing") {
  CacheEntries cache(10, 4, minute);
  for (std::uint64_t key = 0; key < 4; ++key) cache.store(Instant{}, key);
  CHECK(cache.look(Instant{}, 3));
  cache.forget_all();
  for (std::uint64_t key = 0; key < 10; ++key) CHECK_FALSE(cache.look(Instant{}, key));
  CHECK(cache.size() == 0);
}

}  // namespace
}  // namespace springtide::policy
