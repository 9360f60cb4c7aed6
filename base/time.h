// Simulated time: a signed 64-bit count of nanoseconds.
//
// Every order of events is decided on these integers; no floating-point number ever takes part.
// The range is +-292 years, so overflow is not a practical concern for a run that ends.
//
//   Instant  - Instant  = Duration      Instant + Duration = Instant
//   Duration / Duration = how many      Duration * count   = Duration
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace springtide {

struct Duration {
  std::int64_t ns = 0;

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration other) const { return {ns + other.ns}; }
  constexpr Duration operator-(Duration other) const { return {ns - other.ns}; }
  constexpr Duration operator-() const { return {-ns}; }
  constexpr Duration operator*(std::int64_t factor) const { return {ns * factor}; }
  constexpr std::int64_t operator/(Duration other) const { return ns / other.ns; }
  constexpr Duration operator%(Duration other) const { return {ns % other.ns}; }
  constexpr Duration& operator+=(Duration other) {
    ns += other.ns;
    return *this;
  }
  constexpr Duration& operator-=(Duration other) {
    ns -= other.ns;
    return *this;
  }

  constexpr double seconds() const { return static_cast<double>(ns) * 1e-9; }
  constexpr double milliseconds() const { return static_cast<double>(ns) * 1e-6; }
  constexpr double microseconds() const { return static_cast<double>(ns) * 1e-3; }

  // Rounds half away from zero; the argument must be finite and below 292 years.
  static constexpr Duration from_seconds(double seconds) {
    const double ns = seconds * 1e9;
    return {static_cast<std::int64_t>(ns < 0 ? ns - 0.5 : ns + 0.5)};
  }
};

struct Instant {
  std::int64_t ns = 0;  // since the start of the run

  constexpr auto operator<=>(const Instant&) const = default;
  constexpr Instant operator+(Duration d) const { return {ns + d.ns}; }
  constexpr Instant operator-(Duration d) const { return {ns - d.ns}; }
  constexpr Duration operator-(Instant other) const { return {ns - other.ns}; }
  constexpr Instant& operator+=(Duration d) {
    ns += d.ns;
    return *this;
  }

  constexpr Duration since_start() const { return {ns}; }

  static constexpr Instant never() { return {std::numeric_limits<std::int64_t>::max()}; }
};

inline constexpr Duration nanosecond{1};
inline constexpr Duration microsecond{1'000};
inline constexpr Duration millisecond{1'000'000};
inline constexpr Duration second{1'000'000'000};
inline constexpr Duration minute{60'000'000'000};

}  // namespace springtide
