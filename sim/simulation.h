// The engine: logical processes, channels between them, windows of time, threads.
//
//        stage 0              stage 1            stage 2
//      +---------+  channel  +--------+ channel +--------+
//      | process | --------> | process| ------> | process|     within a window [T, T+W) the
//      +---------+           +--------+         +--------+     stages run one after another,
//      +---------+  channel      ^ |                           the processes of a stage side by
//      | process | --------------+ |                           side, on any number of threads
//      +---------+ <---------------+
//                   feedback channel: its smallest delay bounds W
//
// A process owns its state and its own event queue; it is told of one event at a time, in the
// total order (instant, class, source process, source sequence). The order depends on nothing
// else: not on threads, not on where an event waited, not on addresses.
//
// Invariants: an event is never scheduled before the present of its process; a message is never
// sent for an instant before now + the channel's smallest delay; within a window no process sees
// a message that another process of its own stage sent in that window.
//
// Left out: cancellation (a process ignores what it no longer waits for), rollback.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace springtide::sim {

// Decides between events of one instant, lowest first: all arrivals of an instant are seen before
// anything that ends or fires at that instant, and observers see the instant complete.
enum class EventClass : std::uint8_t {
  control = 0,   // parameters change, incidents begin and end
  arrival = 1,   // messages from other processes
  internal = 2,  // what a process scheduled for itself
  observe = 3,   // reads state, changes none
};

using ProcessId = std::uint32_t;  // below 2^20
using ChannelId = std::uint32_t;

// A plain record of 32 bytes. `kind`, `a` and `b` belong to the receiver.
struct Event {
  Instant at;
  std::uint64_t order = 0;  // class (4 bits) | source process (20) | source sequence (40)
  std::uint32_t kind = 0;
  std::uint32_t a = 0;
  std::uint64_t b = 0;
};

class Context;  // what a process may ask of the engine: defined below

class Process {
 public:
  virtual ~Process() = default;
  virtual void start(Context&) {}               // once, at instant 0, before any event
  virtual void handle(Context&, const Event&) = 0;
  virtual void finish(Context&) {}              // once, at the end of the run
};

// H1-DRAFT: see the comments; the concrete classes follow.
class Context;
class Simulation;

}  // namespace springtide::sim
