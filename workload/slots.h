// The time slots of the 2017 load generator: who of N users asks in which second.
//
// User numbers are spread so that neighbours ask at different times:
//
//   H(u) = (N div b) (u mod b) + min(u mod b, N mod b) + u div b        b = 13 strips; a bijection
//
// and in second s (of the unix clock), with q requests a second wanted, those ask whose H lies in
// the cyclic window [w, w + q), w = (s q mod 2^32) mod N; where q divides N, those with
// H mod (N/q) = s mod (N/q). The wrap at 2^32 is the original's.
//
// The original asks at most once a second and user, so q <= N. Here every user asks floor(q / N)
// times, in rounds, and those of the slot of q mod N once more.
#pragma once

#include <algorithm>
#include <cstdint>

namespace springtide::workload {

// 0 <= user < population, strips >= 1.
constexpr std::uint32_t spread(std::uint32_t user, std::uint32_t population, std::uint32_t strips) {
  const std::uint32_t strip = user % strips;
  return population / strips * strip + std::min(strip, population % strips) + user / strips;
}

// The rule of one second.
class Slot {
 public:
  Slot() = default;  // nobody asks
  // rate >= 0, population >= 1
  Slot(std::int64_t unix_second, std::int64_t rate, std::uint32_t population)
      : population_(population),
        rate_(static_cast<std::uint32_t>(std::max<std::int64_t>(rate, 0) % population)),
        rounds_(static_cast<std::uint32_t>(std::max<std::int64_t>(rate, 0) / population)) {
    if (rate_ == 0) return;
    if (population % rate_ == 0) {
      period_ = population / rate_;
      begin_ = static_cast<std::uint32_t>(unix_second % period_);
    } else {
      begin_ = static_cast<std::uint32_t>(unix_second * rate_) % population;
    }
  }

  // How often the user with h = spread(user) asks.
  std::uint32_t times(std::uint32_t h) const { return rounds_ + (once_more(h) ? 1 : 0); }
  bool asks(std::uint32_t h) const { return rounds_ != 0 || once_more(h); }
  bool anybody() const { return rate_ != 0 || rounds_ != 0; }

  // Everybody asks so many times, and these once more.
  std::uint32_t rounds() const { return rounds_; }
  bool once_more(std::uint32_t h) const {
    if (period_ != 0) return h % period_ == begin_;
    const std::uint32_t from_begin = h >= begin_ ? h - begin_ : h + population_ - begin_;
    return from_begin < rate_;
  }

 private:
  std::uint32_t population_ = 1, rate_ = 0, begin_ = 0;
  std::uint32_t period_ = 0;  // 0: a sliding window
  std::uint32_t rounds_ = 0;
};

}  // namespace springtide::workload
