// A pipe: bytes go through one after the other at a bandwidth. One direction of a network card or
// of a link, a disk.
//
//   push(letter, bytes) --> [ letter | letter | letter ] --> first in service --> its letter is
//                                                            bytes / bandwidth     delivered
//
// Only the first is known to the engine, so a change of the bandwidth concerns all that waits: what
// is left of the first is served at the new one. Unit of time is the nanosecond; the fraction that
// a piece leaves over is added to the next, so no rounding builds up while the pipe is busy.
// How much may wait is not limited.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "measure/series.h"
#include "models/chain/site/mail.h"
#include "models/station/window.h"

namespace springtide::models::chain {

// Of all pipes of one kind, of one node: what went through, and for how long they were busy.
struct PipeCounts {
  station::MeasuredWindow window{};
  std::int64_t bytes_total = 0;
  std::int64_t busy_in_window = 0;     // ns, of all pipes together
  measure::SecondCounter bytes, busy;  // busy: as above

  void add_busy(Instant from, Instant to) {
    busy.add_span(from, to);
    busy_in_window +=
        std::max<std::int64_t>((std::min(to, window.end) - std::max(from, window.begin)).ns, 0);
  }
};

class Pipe {
 public:
  // Bandwidth in bits per second: 0 stands still, infinity takes no time. `event`, with the number
  // in `a` and a generation in `b`, comes when due() is to be called.
  Pipe(What event, std::uint32_t number, double bits_per_second, PipeCounts& counts)
      : event_(event),
        number_(number),
        ns_per_byte_(time_of_a_byte(bits_per_second)),
        counts_(&counts) {}

  void push(Mail& mail, const Letter& letter, std::int64_t bytes) {
    ring_.push({letter, bytes});
    if (ring_.size() > 1) return;
    since_ = mail.now();
    begin(mail, static_cast<double>(bytes));
  }

  // What is through; nothing where the bandwidth has changed since begin() asked for the event.
  std::optional<Letter> due(Mail& mail, std::uint64_t generation) {
    if (generation != generation_) return {};
    count_busy(mail.now());
    const Entry done = ring_.pop();
    counts_->bytes.add(mail.now(), done.bytes);
    counts_->bytes_total += done.bytes;
    if (ring_.empty())
      fraction_ = 0;
    else
      begin(mail, static_cast<double>(ring_.front().bytes));
    return done.letter;
  }

  void set_bandwidth(Mail& mail, double bits_per_second) {
    const double left = ring_.empty() ? 0 : left_of_first(mail.now());
    ns_per_byte_ = time_of_a_byte(bits_per_second);
    if (ring_.empty()) return;
    count_busy(mail.now());
    ++generation_;
    fraction_ = 0;
    begin(mail, left);
  }

  std::size_t waiting() const { return ring_.size(); }  // the one in service included
  void finish(Instant end) {
    if (!ring_.empty() && since_ < end) count_busy(end);
  }

 private:
  struct Entry {
    Letter letter;
    std::int64_t bytes = 0;
  };

  static double time_of_a_byte(double bits_per_second) {
    return bits_per_second > 0 ? 8e9 / bits_per_second : std::numeric_limits<double>::infinity();
  }

  void begin(Mail& mail, double bytes) {
    begun_ = mail.now();
    bytes_of_first_ = bytes;
    if (ns_per_byte_ > longest_ns_per_byte) return;  // stands still
    const double takes = bytes * ns_per_byte_ + fraction_;
    const auto whole = static_cast<std::int64_t>(takes);
    fraction_ = takes - static_cast<double>(whole);
    mail.at(begun_ + Duration{whole}, event_, number_, generation_);
  }

  double left_of_first(Instant now) const {
    const double passed = static_cast<double>((now - begun_).ns) / ns_per_byte_;
    return passed < bytes_of_first_ ? bytes_of_first_ - passed : 0;
  }

  void count_busy(Instant until) {
    counts_->add_busy(since_, until);
    since_ = until;
  }

  static constexpr double longest_ns_per_byte = 1e9;  // 8 bit/s: slower is standing still

  sim::Fifo<Entry> ring_;
  Instant since_{}, begun_{};
  What event_;
  std::uint32_t number_;
  std::uint64_t generation_ = 0;
  double ns_per_byte_, bytes_of_first_ = 0, fraction_ = 0;
  PipeCounts* counts_;
};

}  // namespace springtide::models::chain
