// The users of a driver process: one connection each, and the requests that it waits for.
//
//   connection  first -> [shake sent] -> [shake sent] -> [shake kept] -> [open kept]   in order of
//                                                        ^ unsent                       sending
//
// A user may wait for several answers. The server answers the shakes of a connection in their
// order, so an answer to a shake belongs to the oldest shake; open answers name their packet.
//
// A server may drop a request without a word (a full queue): nothing on the wire tells a dropped
// one from one that is answered late. So a request waits only so long (expire), then it is given
// up, and the next answer belongs to the next request:
//
//   user asks less often than that   the answer to the next request is its own: all is exact
//   user asks more often             until the connection has been silent for so long, latencies
//                                    after a drop are too long, by the time between two requests
//                                    for each drop, together at most by the patience
//   the server is only slow          an answer to a request that was given up counts for the next
//                                    one, and the last ones for none (late): no latency is taken
//                                    for much shorter than the patience that was really longer
//
// That errs on the side of long latencies, where it errs. A refusal may also overtake a shake that
// still waits. Counts stay exact in all cases: every request ends once.
//
// Memory: 28 bytes a user, 32 a request that waits, in chunks that are kept: nothing is allocated
// once as many as ever waited at a time have been there.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "live/wire/message.h"

namespace springtide::live::load {

enum class UserState : std::uint8_t { offline, connecting, logging_in, ready };

struct Request {
  std::int64_t intended_ns = 0;
  std::int64_t sent_ns = 0;  // of the first attempt to write it; 0: none yet
  std::uint32_t next = 0;
  std::uint32_t packet = 0;  // of an open request
  wire::Command command{};
};

class Users {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  struct User {
    int socket = -1;
    std::uint32_t first = none, last = none;  // requests that wait, in the order of sending
    std::uint32_t unsent = none;              // the first of them that is not written whole
    std::uint32_t half_read = none;           // a place that keeps the begin of a message
    std::uint8_t half_read_size = 0;
    std::uint8_t half_written = 0;  // bytes of `unsent` that are written
    std::uint16_t given_up = 0;     // requests whose answers may still come; at most 65 535
    UserState state = UserState::offline;
    bool keeps : 1 = false;   // requests, until the connection takes more
    bool queued : 1 = false;  // for the next batch
  };

  explicit Users(std::uint32_t count) : users_(count) {}
  User& operator[](std::uint32_t user) { return users_[user]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(users_.size()); }

  // A request of this user, not written yet, behind those that wait.
  Request& append(std::uint32_t user, wire::Command command, std::int64_t intended_ns,
                  std::uint32_t packet = 0);

  Request& request(std::uint32_t number) { return chunks_[number / chunk][number % chunk]; }

  // The first that is not written is now.
  void written(std::uint32_t user);

  // Takes out the request that this answer belongs to: the oldest written one of its command, and
  // packet for opens. Nothing if there is none.
  std::optional<Request> answered(std::uint32_t user, wire::Command command,
                                  std::uint32_t packet = 0);

  // Takes out the oldest request if it is written, was sent before this instant, and is no login
  // (without its answer the user cannot go on). Call until nothing comes.
  std::optional<Request> expire(std::uint32_t user, std::int64_t sent_before_ns);

  // For an answer that no request waits for: whether it may be that of one that was given up.
  bool is_late(std::uint32_t user);

  struct Waiting {
    std::int64_t sent = 0;    // written, in part or whole
    std::int64_t unsent = 0;  // shakes not written at all
  };
  // Forgets all requests of a user, and what was half read.
  Waiting forget(std::uint32_t user);
  Waiting waiting(std::uint32_t user) const;

  // The begin of a message whose rest has not arrived; at most wire::max_length bytes.
  std::string_view half_read(std::uint32_t user) const;
  void keep_half_read(std::uint32_t user, std::string_view bytes);

 private:
  static constexpr std::uint32_t chunk = 4096;
  using Half = std::array<char, wire::max_length>;

  std::uint32_t take();
  void give_back(std::uint32_t number);
  const Request& request(std::uint32_t number) const {
    return chunks_[number / chunk][number % chunk];
  }

  std::vector<User> users_;
  std::vector<std::unique_ptr<Request[]>> chunks_;
  std::uint32_t free_ = none;
  std::vector<Half> halves_;
  std::vector<std::uint32_t> free_halves_;
};

}  // namespace springtide::live::load
