// How the parts of a site tell each other that something is to be done: at once, later, or in
// another site.
//
//   at once    behind all that was caused before at this instant: a ring that is emptied before
//              the next event. So no part is entered while it is at work.
//   later      an event of this process
//   elsewhere  a message over a channel, at least that channel's delay from now
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "models/chain/frames/handle.h"
#include "sim/context.h"
#include "sim/fifo.h"

namespace springtide::models::chain {

// Their numbers are part of the fingerprint of a run: new ones come last.
enum class What : std::uint8_t {
  request,     // a client's next request is due; a: client; b: clients/clients.h, due()
  left_card,   // a request or an answer has left the card of its sender; b: task
  arrive,      // a task reaches the machines of its service; b: task
  enter,       // it is through the card of the one chosen; b: task
  served,      // its service time is over; b: task
  processors,  // a pool's processors may have ended something; a: pool; detail, b: which turn
  go_on,       // it may make its own calls; b: task
  done,        // its own calls are over too; b: task
  written,     // what it writes is on the disk; b: task
  put,         // a message reaches its queue; b: task
  put_in,      // it is through the card of the machine that stores it; b: task
  stored,      // one more site has it; b: task
  overdue,     // nobody waits for its acknowledgement any more; b: task
  copy,        // of a message of another site; detail: queue; b: task
  copied,      // it is on the disk; detail: site; a: queue; b: task
  delivered,   // the calls of a delivery are over; b: task
  home,        // an answer is in the site of its caller; detail: outcome, machine; a: step; b: call
  answer,      // detail: outcome; b: call
  call_done,   // an own call of a task has ended; detail: outcome; b: task
  retry,       // back-off is over; b: call
  fallback,    // what the caller answers itself is ready; b: call
  cache_hit,   // the cache has answered; b: call
  give_up,     // the caller no longer waits; b: call
  lane,        // the first time-out of a lane may be due; a: lane
  carry,       // the rest of the next message from another site; a: machine; b: deadline
  foreign,     // a call from another site; detail: priority; a: step; b: call
  incident,    // begins (b: 1) or ends (b: 0); a: which
  link,        // something may be through the link to another site; a: site; b: its generation
  pipe,        // the first of a pipe is through; a: pipe; b: its generation
  queue_second,  // a second is over; a: queue
  reconcile,     // what is owed is compared; a: queue
  reissue,       // the next that is missing is put again; a: queue
  stored_again,  // it is; a: queue where it waits; b: message
  moved,         // messages are on the disk of where their queue is diverted to; a: queue; b: count
  front,         // a request has waited long enough at the front; b: call
  look,          // a whole second is over: the control room wants to know what was seen
  playbook,      // takes effect (b: 1) or is undone (b: 0); a: which
};

struct Letter {
  std::uint32_t kind = 0;  // What, and 24 bits of detail
  std::uint32_t a = 0;
  std::uint64_t b = 0;

  What what() const { return static_cast<What>(kind & 255); }
  std::uint32_t detail() const { return kind >> 8; }
  static Letter of(What what, Handle handle) {
    return {static_cast<std::uint32_t>(what), 0, handle.word()};
  }
};

constexpr std::uint32_t kind_of(What what, std::uint32_t detail = 0) {
  return static_cast<std::uint32_t>(what) | detail << 8;
}

class Mail {
 public:
  Instant now() const { return now_; }

  void at_once(const Letter& letter) { ring_.push(letter); }
  void at_once(What what, Handle handle, std::uint32_t detail = 0) {
    at_once({kind_of(what, detail), 0, handle.word()});
  }
  void at(Instant at, What what, std::uint32_t a, std::uint64_t b,
          sim::EventClass event_class = sim::EventClass::internal) {
    context_->schedule(at, kind_of(what), a, b, event_class);
  }
  void at(Instant instant, const Letter& letter) {
    context_->schedule(instant, letter.kind, letter.a, letter.b);
  }
  void at(Instant instant, What what, Handle handle) { at(instant, what, 0, handle.word()); }
  void elsewhere(std::uint32_t site, Instant at, const Letter& letter) {
    context_->send(channels_[site], at, letter.kind, letter.a, letter.b);
  }

  // To the control room, now.
  void tell_control(std::uint32_t kind, std::uint32_t a, std::uint64_t b) {
    context_->send(control_, now_, kind, a, b);
  }

  // For the cell: what follows from one event.
  void open(sim::Context& context) {
    context_ = &context;
    now_ = context.now();
  }
  bool empty() const { return ring_.empty(); }
  Letter next() { return ring_.pop(); }
  void set_channels(std::vector<sim::ChannelId> channels) { channels_ = std::move(channels); }
  void set_control(sim::ChannelId channel) { control_ = channel; }

 private:
  Instant now_{};
  sim::Context* context_ = nullptr;
  sim::Fifo<Letter> ring_;
  sim::ChannelId control_{};
  std::vector<sim::ChannelId> channels_;  // by site; that of this one is not used
};

}  // namespace springtide::models::chain
