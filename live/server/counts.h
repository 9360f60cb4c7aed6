// What the server counts, by second of its clock and process, in memory that all share.
//
// Each process writes only its own book, so that a count costs an addition without a lock, and a
// process that is killed takes no count with it. Whoever reads may be a moment behind, never wrong.
//
//   requests = logins + shakes + opens
//            = answers (by kind) + dropped + unknown_packet + ignored + abandoned
//              + those that wait in a queue (none, between two batches of a worker)
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "live/shared/counter.h"
#include "live/shared/memory.h"

namespace springtide::live::server {

enum class Count : std::size_t {
  requests,  // read
  logins,
  shakes,
  opens,
  // How requests end.
  login_answers,
  won,             // a shake packet
  none,            // no packet
  for_you,         // a sent packet to open
  opened,          // a share of a sent packet
  overloaded,      // refused: above the limit of the clock second
  dropped_set,     // found its SET's input queue full: no answer
  dropped_box,     // an open that found its box's queue full: no answer
  unknown_packet,  // an open of a packet that is not there (any more): no answer
  ignored,         // a second login: no answer, as the original
  abandoned,       // its connection broke before it was served
  // Of the answers above: in the output buffer of a connection that was closed.
  unsent,
  cents_won,
  cents_shared,
  cents_unsent,
  // Connections.
  accepted,
  turned_away,  // accepted and closed at once: no file was left for it
  closed_by_client,
  closed_reset,      // by the client's kernel, or gone while it was written to
  closed_length,     // malformed: a length below 8, above 44, or below what the command needs
  closed_command,    // malformed: an unknown command
  closed_direction,  // a message that only servers send
  closed_not_login,  // the first message was no login
  closed_no_login,   // no login in time
  closed_slow,       // did not read: its output buffer was full
  closed_at_stop,    // still open when the server ended
  closed_by_death,   // of their worker, which was killed
  // Packets.
  shake_packets,
  sent_packets,
  packets_dropped,  // shake packets and copies of sent packets that found a packet queue full
  cents_issued_shake,
  cents_issued_sent,
  cents_dropped,  // of shake packets
  // Work.
  waits,     // epoll_wait
  receives,  // recv and recvmsg
  sends,
  end
};
inline constexpr std::size_t count_kinds = static_cast<std::size_t>(Count::end);
std::string_view to_string(Count count);  // "cents_won", for tables

// Plain sums of counts: of a second, of a process, of all.
struct Counts {
  std::array<std::int64_t, count_kinds> values{};

  std::int64_t& operator[](Count c) { return values[static_cast<std::size_t>(c)]; }
  std::int64_t operator[](Count c) const { return values[static_cast<std::size_t>(c)]; }
  Counts& operator+=(const Counts& other);
  Counts& operator-=(const Counts& other);
  bool operator==(const Counts&) const = default;

  std::int64_t answers() const;  // of all kinds
  std::int64_t dropped() const { return (*this)[Count::dropped_set] + (*this)[Count::dropped_box]; }
  std::int64_t closed() const;     // connections, for all reasons
  std::int64_t waiting() const;    // requests read and not ended
  std::int64_t malformed() const;  // connections closed for what they sent
};

// The book of one process. Seconds are those of the unix clock from `first_second` on; what is
// before or after the book counts for its first or last second.
class Book {
 public:
  static Result<Book> make(std::int64_t first_second, std::size_t seconds);

  void add(Count count, std::int64_t unix_second, std::int64_t amount = 1) const {
    shared::add_to(total_->values[static_cast<std::size_t>(count)], amount);
    shared::add_to(seconds_[index(unix_second)].values[static_cast<std::size_t>(count)], amount);
  }
  Counts total() const { return copy(*total_); }
  Counts in_second(std::int64_t unix_second) const {  // nothing outside the book
    const bool inside = index(unix_second) == static_cast<std::size_t>(unix_second - first_second_);
    return inside ? copy(seconds_[index(unix_second)]) : Counts{};
  }

  // Gauges: the last value written.
  void set_processor_ns(std::int64_t ns) const { gauge(0).store(ns, std::memory_order_relaxed); }
  std::int64_t processor_ns() const { return gauge(0).load(std::memory_order_relaxed); }
  void set_connections(std::int64_t n) const { gauge(1).store(n, std::memory_order_relaxed); }
  std::int64_t connections() const { return gauge(1).load(std::memory_order_relaxed); }
  std::int64_t first_second() const { return first_second_; }

 private:
  std::size_t index(std::int64_t unix_second) const {
    const std::int64_t i = unix_second - first_second_;
    const auto last = static_cast<std::int64_t>(seconds_.size()) - 1;
    return static_cast<std::size_t>(i < 0 ? 0 : i > last ? last : i);
  }
  static Counts copy(Counts& counts);
  std::atomic<std::int64_t>& gauge(std::size_t i) const { return gauges_[i]; }

  std::int64_t first_second_ = 0;
  shared::Memory<Counts> total_, seconds_;
  shared::Memory<std::atomic<std::int64_t>> gauges_;
};

// The limit of what all processes together read in a clock second: policy::SecondLimit where the
// state is shared. The count includes what is refused, and starts anew at each second.
class SharedSecondLimit {
 public:
  static Result<SharedSecondLimit> make(std::int64_t limit, std::int64_t first_second,
                                        std::size_t seconds);

  // Counts one in that second and tells whether it is within the limit.
  bool count(std::int64_t unix_second) const {
    const std::int64_t i = unix_second - first_second_;
    const auto last = static_cast<std::int64_t>(counted_.size()) - 1;
    auto& counted = counted_[static_cast<std::size_t>(i < 0 ? 0 : i > last ? last : i)];
    return counted.fetch_add(1, std::memory_order_relaxed) + 1 <= limit_;
  }

 private:
  std::int64_t limit_ = 0, first_second_ = 0;
  shared::Memory<std::atomic<std::int64_t>> counted_;
};

}  // namespace springtide::live::server
