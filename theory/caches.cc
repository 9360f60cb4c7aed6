#include "theory/caches.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/portable_math.h"

namespace springtide::theory {
namespace {

// Keys that are asked about equally often.
struct Keys {
  double count = 0;
  double rate = 0;   // of one of them, per second
  double first = 0;  // the most popular of them, from 1
};

double power(double base, double exponent) { return portable_exp(exponent * portable_log(base)); }

// The integral of x^-s from a to b.
double area(double a, double b, double s) {
  if (std::abs(s - 1) < 1e-9) return portable_log(b / a);
  return (power(b, 1 - s) - power(a, 1 - s)) / (1 - s);
}

std::vector<Keys> keys_of(const CacheLoad& load) {
  constexpr std::uint64_t one_by_one = 1000;
  std::vector<Keys> keys;
  const std::uint64_t single = std::min(load.keys, one_by_one);
  for (std::uint64_t k = 1; k <= single; ++k)
    keys.push_back({1, power(static_cast<double>(k), -load.popularity), static_cast<double>(k)});
  for (std::uint64_t first = single + 1; first <= load.keys;) {
    const std::uint64_t last = std::min(load.keys, first + first / 200);
    const double count = static_cast<double>(last - first + 1);
    const double sum =
        area(static_cast<double>(first) - 0.5, static_cast<double>(last) + 0.5, load.popularity);
    keys.push_back({count, sum / count, static_cast<double>(first)});
    first = last + 1;
  }
  double all = 0;
  for (const Keys& some : keys) all += some.count * some.rate;
  for (Keys& some : keys) some.rate *= load.per_second / all;
  return keys;
}

double exp_minus_one(double x) { return x > 700 ? portable_exp(700) : portable_exp(x) - 1; }

// How often a key is found, long after the start.
double warm(const Keys& keys, const CacheLoad& load, double stay) {
  double hits =
      std::isinf(stay) ? std::numeric_limits<double>::infinity() : exp_minus_one(keys.rate * stay);
  if (load.ttl) hits = std::min(hits, keys.rate * *load.ttl);
  return std::isinf(hits) ? 1 : hits / (1 + hits);
}

double present(const std::vector<Keys>& keys, const CacheLoad& load, double stay) {
  double sum = 0;
  for (const Keys& some : keys) sum += some.count * warm(some, load, stay);
  return sum;
}

// By halving, in the logarithm of the time.
double characteristic_time(const std::vector<Keys>& keys, const CacheLoad& load) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto size = static_cast<double>(load.size);
  if (load.size >= load.keys || present(keys, load, infinity) <= size) return infinity;
  double low = -40, high = 60;
  for (int i = 0; i < 70; ++i) {
    const double middle = (low + high) / 2;
    (present(keys, load, portable_exp(middle)) < size ? low : high) = middle;
  }
  return portable_exp((low + high) / 2);
}

double found(const Keys& keys, const CacheLoad& load, double stay) {
  const double late = warm(keys, load, stay);
  if (!load.age) return late;
  const double stays = std::min(stay, load.ttl.value_or(stay));
  if (*load.age >= stays) return late;
  const bool loaded = load.preloaded && keys.first <= static_cast<double>(load.size);
  return loaded ? 1 : 1 - portable_exp(-std::min(keys.rate * *load.age, 700.0));
}

}  // namespace

std::optional<CacheMeans> cache_means(const CacheLoad& load) {
  if (load.keys < 1 || load.size < 1 || !(load.popularity >= 0) || !(load.per_second > 0) ||
      !std::isfinite(load.per_second) || (load.ttl && !(*load.ttl > 0)) ||
      (load.age && !(*load.age >= 0)))
    return {};
  const std::vector<Keys> keys = keys_of(load);
  CacheMeans means;
  means.characteristic_time = characteristic_time(keys, load);
  for (const Keys& some : keys)
    means.hit_ratio +=
        some.count * some.rate / load.per_second * found(some, load, means.characteristic_time);
  means.hit_ratio = std::clamp(means.hit_ratio, 0.0, 1.0);
  return means;
}

}  // namespace springtide::theory
