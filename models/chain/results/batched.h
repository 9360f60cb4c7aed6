// What is recorded in a histogram, a batch at a time: the buckets of many histograms do not fit
// into the cache, and a processor fetches those of a batch side by side, but those of single values
// one after the other. The histogram is the same either way.
#pragma once

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

#include "base/check.h"

namespace springtide::models::chain {

// Histogram: anything with record(Values...).
template <typename Histogram, typename... Values>
class Batched {
 public:
  explicit Batched(Histogram histogram = {}) : histogram_(std::move(histogram)) {}

  void record(Values... values) {
    batch_[count_] = {values...};
    if (++count_ == batch_.size()) [[unlikely]]
      put_away();
  }

  void put_away() {
    for (std::size_t i = 0; i < count_; ++i)
      std::apply([this](auto... values) { histogram_.record(values...); }, batch_[i]);
    count_ = 0;
  }

  // All that was recorded and put away, which must be all.
  const Histogram& histogram() const {
    SPRINGTIDE_CHECK(count_ == 0, "a batch has not been put away");
    return histogram_;
  }
  Histogram& histogram() {
    put_away();
    return histogram_;
  }

 private:
  Histogram histogram_;
  std::size_t count_ = 0;
  std::array<std::tuple<Values...>, 128> batch_{};
};

}  // namespace springtide::models::chain
