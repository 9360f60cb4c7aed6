// A token bucket: `rate` tokens a second flow in, at most `burst` are kept, each call takes one.
//
//   over any span of t seconds at most  burst + rate t  calls pass
//
// Full at the start. (Turner, "New directions in communications", IEEE Communications Magazine
// 24(10), 1986: the leaky bucket as a meter, which is the same thing seen from below.)
// Pure: state and instants, which must not go back.
#pragma once

#include <algorithm>

#include "base/time.h"

namespace springtide::policy {

class TokenBucket {
 public:
  TokenBucket(double per_second, double burst)  // rate >= 0; burst >= 1, less is taken as 1
      : per_second_(per_second), burst_(std::max(burst, 1.0)), tokens_(burst_) {}

  bool take(Instant now) {
    fill(now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

  double tokens(Instant now) {
    fill(now);
    return tokens_;
  }

  // The rate changes from now on; what is in the bucket stays.
  void set_rate(Instant now, double per_second) {
    fill(now);
    per_second_ = per_second;
  }

 private:
  void fill(Instant now) {
    tokens_ = std::min(burst_, tokens_ + per_second_ * (now - since_).seconds());
    since_ = now;
  }

  double per_second_, burst_, tokens_;
  Instant since_{};
};

}  // namespace springtide::policy
