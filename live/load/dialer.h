// Which user connects next, and when: the ramp, and those whose connection was lost.
//
//   never connected   users 0, 1, 2 ... evenly at the stated rate from the begin on
//   lost              again after `reconnect_after` + (user mod reconnect_spread) s, as the
//                     original (i mod 20 s), so that a loss of all is no storm unless one is wanted
//
// Both share the rate, and at most `most_pending` users may be between connect and login answer at
// once: a server that is slow to accept is not driven into losses of its listen queue. No timer a
// user: those that wait equally long stand in a queue.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/time.h"

namespace springtide::live::load {

struct DialerSpec {
  std::uint32_t first_user = 0, users = 0;  // numbers in the whole population; how many
  double per_second = 1000;                 // > 0
  std::uint32_t most_pending = 1000;
  Duration reconnect_after = second;
  int reconnect_spread_seconds = 0;
};

class Dialer {
 public:
  Dialer(const DialerSpec& spec, std::int64_t begin_ns);

  // A user (number within the process) that is to connect now; call until nothing comes.
  std::optional<std::uint32_t> next(std::int64_t now_ns);

  void logged_in() { --pending_; }
  // A connection that was made or begun is gone; `pending`: it had not logged in.
  void lost(std::uint32_t user, std::int64_t now_ns, bool pending);

  // When to ask again; the largest number if only something else (a login, a loss) changes that.
  std::int64_t next_ns(std::int64_t now_ns) const;

  void stop() { stopped_ = true; }  // nobody connects any more

 private:
  struct Again {
    std::int64_t due_ns;
    std::uint32_t user;
  };
  std::optional<std::uint32_t> take(std::int64_t now_ns);
  std::int64_t earliest_due() const;

  DialerSpec spec_;
  std::int64_t gap_ns_, free_ns_;  // between two connects; before this instant none begins
  std::uint32_t fresh_ = 0, pending_ = 0;
  std::vector<std::deque<Again>> again_;  // by user mod spread: each in order of its instants
  bool stopped_ = false;
};

}  // namespace springtide::live::load
