// A limit on what is counted in one second of a clock: a fixed window, as the original server had.
// The counter starts anew at each second boundary, so twice the limit may pass around a boundary.
// Pure: (state, second) -> decision.
#pragma once

#include <cstdint>

namespace springtide::policy {

class SecondLimit {
 public:
  explicit SecondLimit(std::int64_t limit) : limit_(limit) {}

  // Counts one in `second` (which does not go back) and tells whether it is within the limit.
  bool count(std::int64_t second) {
    if (second != second_) {
      second_ = second;
      counted_ = 0;
    }
    return ++counted_ <= limit_;
  }
  bool within() const { return counted_ <= limit_; }

 private:
  std::int64_t limit_;
  std::int64_t second_ = -1;
  std::int64_t counted_ = 0;
};

}  // namespace springtide::policy
