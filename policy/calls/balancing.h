// Which of several equal instances gets the next call.
//
//   random        each with the same probability
//   round robin   one after the other
//   least loaded  the one with the fewest calls inside; of several the next after the last chosen
//   two choices   the less loaded of two drawn at random: nearly as good as looking at all of them
//                 (M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE
//                 Transactions on Parallel and Distributed Systems 12(10), 2001)
//
// Instances are 0 .. count-1, all of them able to serve: who is lost is not offered. `load(i)`
// tells how many calls are inside instance i. Pure: state, loads and stream.
#pragma once

#include <cstdint>

#include "base/random.h"

namespace springtide::policy {

enum class Balancing : std::uint8_t { random, round_robin, least_loaded, two_choices };

class Balancer {
 public:
  explicit Balancer(Balancing kind) : kind_(kind) {}

  template <typename Load>
  std::uint32_t choose(std::uint32_t count, const Load& load, Stream& stream) {  // count >= 1
    if (count == 1) return 0;
    switch (kind_) {
      case Balancing::random: return static_cast<std::uint32_t>(stream.below(count));
      case Balancing::round_robin: return next(count);
      case Balancing::least_loaded: return least(count, load);
      case Balancing::two_choices: break;
    }
    const auto x = static_cast<std::uint32_t>(stream.below(count));
    auto y = static_cast<std::uint32_t>(stream.below(count - 1));
    if (y >= x) ++y;  // two different ones
    return load(y) < load(x) ? y : x;
  }

 private:
  std::uint32_t next(std::uint32_t count) { return last_ = last_ + 1 < count ? last_ + 1 : 0; }

  template <typename Load>
  std::uint32_t least(std::uint32_t count, const Load& load) {
    std::uint32_t at = next(count), best = at;
    for (std::uint32_t i = 1; i < count; ++i) {
      at = at + 1 < count ? at + 1 : 0;
      if (load(at) < load(best)) best = at;
    }
    return last_ = best;
  }

  Balancing kind_;
  std::uint32_t last_ = ~std::uint32_t{0};  // so that the first is number 0
};

}  // namespace springtide::policy
