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
// total order of sim/event.h. The order depends on nothing else: not on threads, not on where an
// event waited, not on addresses.
//
// Invariants: an event is never scheduled before the present of its process; a message is never
// sent for an instant before now + the channel's smallest delay; within a window no process sees
// a message that another process of its own stage sent in that window.
//
// Left out: cancellation (a process ignores what it no longer waits for), rollback.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/time.h"
#include "sim/context.h"
#include "sim/engine/channel.h"
#include "sim/engine/topology.h"
#include "sim/event.h"
#include "sim/replay.h"

namespace springtide::sim {

class Process {
 public:
  virtual ~Process() = default;
  virtual void start(Context&) {}  // once, at instant 0, before any event
  virtual void handle(Context&, const Event&) = 0;
  virtual void finish(Context&) {}  // once, at the end of the run; must not schedule or send

  // Handles all events of one window. The default calls handle() for each; InlinedProcess (below)
  // spares the virtual call, and a process that can do better may pull the events itself.
  virtual void run_window(Context& context) {
    Event event;
    while (context.next(event)) handle(context, event);
  }
};

// One virtual call a window instead of one an event:  class Relay final : public
// InlinedProcess<Relay> { public: void handle(Context&, const Event&) override; };
// A process with much state may also have  void expect(const Event&) const:  it is called for every
// message of a window before the first event of it, to fetch what handle() will look at.
template <typename Self>
class InlinedProcess : public Process {
 public:
  void run_window(Context& context) override {
    auto& self = static_cast<Self&>(*this);
    if constexpr (requires(const Event& message) { self.expect(message); })
      for (const Event& message : context.messages()) self.expect(message);
    Event event;
    while (context.next(event)) self.Self::handle(context, event);
  }
};

enum class Flow { forward, feedback };

struct Progress {
  Instant now;
  std::uint64_t events = 0, windows = 0;
};

struct RunOptions {
  Instant until;    // events at this instant or later are not handled
  int threads = 1;  // at least 1; changes nothing but the time that a run takes
  // A stage is spread over threads when it handled at least this many events in its last window:
  // waking a thread takes about as long as handling them.
  std::uint64_t spread_from = 200;
  Duration longest_window = millisecond * 10;  // where no feedback channel bounds it
  const std::atomic<bool>* stop = nullptr;     // looked at once a window
  std::function<void(const Progress&)> progress;
  std::uint64_t progress_every = 1'000;  // windows
  Probe* probe = nullptr;
  ReplayLog* record = nullptr;        // is filled
  const ReplayLog* replay = nullptr;  // the run ends at the first window that differs from it
};

struct Outcome {
  Instant reached;       // `until`, or where the run was stopped
  bool stopped = false;  // by `stop` or by a divergence
  std::uint64_t events = 0, windows = 0;
  std::uint64_t fingerprint = 0;  // of all events of all processes
  std::optional<Divergence> divergence;

  std::string fingerprint_text() const;  // 16 hexadecimal digits
};

class Simulation {
 public:
  Simulation();
  ~Simulation();

  // Ids are given in the order of the calls, from 0.
  ProcessId add(std::string name, std::unique_ptr<Process> process);

  template <typename T, typename... Arguments>
  T& emplace(std::string name, Arguments&&... arguments) {
    auto process = std::make_unique<T>(std::forward<Arguments>(arguments)...);
    T& reference = *process;
    add(std::move(name), std::move(process));
    return reference;
  }

  // `delay` is the smallest that a message over this channel may have; 0 is allowed for
  // Flow::forward.
  ChannelId connect(ProcessId from, ProcessId to, Duration delay, Flow flow = Flow::forward);

  // Runs from instant 0; once. Problems are those of the graph (sim/engine/topology.h).
  Result<Outcome> run(const RunOptions& options);

  Process& process(ProcessId id);
  std::size_t processes() const { return contexts_.size(); }
  const Context& context(ProcessId id) const { return *contexts_[id]; }

 private:
  struct Run;  // the state of a run: sim/simulation.cc

  std::vector<std::unique_ptr<Process>> models_;
  std::vector<std::unique_ptr<Context>> contexts_;
  std::vector<Channel> channels_;
  bool ran_ = false;
};

}  // namespace springtide::sim
