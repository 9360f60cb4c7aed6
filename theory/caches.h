// How often a cache hits, by how its keys are asked.
//
//   asked: key k of n, in proportion to 1 / k^s          kept: the `size` keys asked last (LRU),
//   (Zipf), Poisson, `per_second` all together            each for `ttl` from its fetch
//
// Che's approximation: a key stays in the cache while it is asked again within the characteristic
// time T, at which the expected number of keys present is the size:
//
//   sum over k of h_k = size,    h_k = e / (1 + e),
//   e_k, the hits of one stay:   exp(lambda_k T) - 1   by the size alone
//                                lambda_k ttl          by the time to live alone
//
// of which the smaller is taken. Each alone is exact where the other does not bind (a time to live
// from the fetch, N. C. Fofack et al., VALUETOOLS 2012); both together it is an upper bound.
// Source: H. Che, Y. Tung, Z. Wang, IEEE J. Sel. Areas Commun. 20(7), 2002; why it is so good:
// C. Fricker, P. Robert, J. Roberts, ITC 24, 2012.
//
// Before it is warm: of what was empty at the start a key is present if it was asked at all; of
// what was loaded before, the first `size` keys are there until the first of T and ttl has passed.
//
// Left out: the time that a fetch takes, during which more may miss the same key. Keys above the
// first thousand are summed in steps of half a percent. Within 1 % of an exact cache in the tests.
#pragma once

#include <cstdint>
#include <optional>

namespace springtide::theory {

struct CacheLoad {
  std::uint64_t keys = 1;          // >= 1
  double popularity = 1;           // s >= 0
  std::uint64_t size = 1;          // >= 1
  double per_second = 0;           // > 0
  std::optional<double> ttl = {};  // seconds; absent: for ever
  std::optional<double> age = {};  // seconds since the start; absent: long warm
  bool preloaded = false;          // with the `size` most popular keys
};

struct CacheMeans {
  double hit_ratio = 0;
  double characteristic_time = 0;  // seconds; infinite where all keys fit
};

// Nothing where a number is outside its range.
std::optional<CacheMeans> cache_means(const CacheLoad& load);

}  // namespace springtide::theory
