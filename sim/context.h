// What a process may ask of the engine, and the engine's own record of the process: one object a
// process, so that the present, the queue and the sequence stand in neighbouring cache lines.
//
// All of it is meant to be called from within Process::start, run_window, handle and finish of
// the process that it belongs to, and from nowhere else.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "sim/engine/channel.h"
#include "sim/event.h"
#include "sim/queue/event_queue.h"

namespace springtide::sim {

// Sees every event just before it is handled. Called from the thread that runs the process: with
// several threads, calls for different processes overlap; those for one process never do.
class Probe {
 public:
  virtual ~Probe() = default;
  virtual void on_event(ProcessId process, const Event& event) = 0;
};

class alignas(64) Context {
 public:
  Context(ProcessId id, std::string name) : id_(id), name_(std::move(name)) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // The instant of the event being handled.
  Instant now() const { return now_; }
  ProcessId id() const { return id_; }
  const std::string& name() const { return name_; }

  // An event for this process itself. `at` must not be before now(), nor more than 2^62 ns (146
  // years) behind it: what never happens is not scheduled.
  void schedule(Instant at, std::uint32_t kind, std::uint32_t a = 0, std::uint64_t b = 0,
                EventClass event_class = EventClass::internal) {
    if (static_cast<std::uint64_t>((at - now_).ns) > farthest) [[unlikely]]
      refuse_instant(at);
    queue_.push({at, event_order(event_class, id_, sequence_++), kind, a, b});
  }

  // A message over a channel that starts here. `at` must not be before now() + the channel's
  // smallest delay (nor more than 2^62 ns behind it).
  void send(ChannelId id, Instant at, std::uint32_t kind, std::uint32_t a = 0, std::uint64_t b = 0,
            EventClass event_class = EventClass::arrival) {
    Channel& channel = channels_[id];
    if (channel.from != id_ ||
        static_cast<std::uint64_t>((at - now_ - channel.delay).ns) > farthest) [[unlikely]]
      refuse_message(id, at);
    if (!channel.dirty) {
      channel.dirty = true;
      dirty_.push_back(id);
    }
    if (at < channel.earliest) channel.earliest = at;
    store_event(channel.outbox.emplace_back(),
                {at, event_order(event_class, id_, sequence_++), kind, a, b});
  }

  // The next event of this window, in the total order; false when the window is done.
  // For Process::run_window only.
  bool next(Event& event) {
    if (inbox_ != inbox_end_ && earlier(*inbox_, queue_.top()))
      event = *inbox_++;
    else if (!queue_.pop_before(end_, event))
      return false;
    now_ = event.at;
    ++events_;
    fold(event);
    if (probe_ != nullptr) [[unlikely]]
      probe_->on_event(id_, event);
    return true;
  }

  // The messages of this window that next() has not given yet, but for those that reached their
  // channel out of order. For Process::run_window only.
  std::span<const Event> messages() const { return {inbox_, inbox_end_}; }

  std::uint64_t events() const { return events_; }            // handled so far
  std::uint64_t fingerprint() const { return fingerprint_; }  // of all events handled so far
  std::uint64_t scheduled() const { return sequence_; }       // and sent, so far
  std::size_t pending() const { return queue_.size(); }       // own events, messages not included

 private:
  friend class Simulation;

  static constexpr std::uint64_t farthest = std::uint64_t{1} << 62;

  void fold(const Event& event) {
    const std::uint64_t word = static_cast<std::uint64_t>(event.at.ns) * 0x9e3779b97f4a7c15ULL ^
                               event.order * 0xd6e8feb86659fd93ULL ^ event.kind;
    fingerprint_ = (std::rotl(fingerprint_, 23) ^ word) * 0xff51afd7ed558ccdULL;
  }

  void open_window(Instant end);
  void close_window() const;  // checks what is checked once a window
  std::uint64_t events_of_window() const { return events_ - events_before_; }
  void absorb();
  void fill_inbox();
  Instant next_instant() const;
  [[noreturn]] void refuse_instant(Instant at) const;
  [[noreturn]] void refuse_message(ChannelId id, Instant at) const;

  Instant now_{};
  Instant end_{};  // of the window, not included
  std::uint64_t sequence_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t events_before_ = 0;  // the window
  std::uint64_t fingerprint_ = 0x243f6a8885a308d3ULL;
  ProcessId id_;
  Channel* channels_ = nullptr;  // of the whole simulation, by id
  Probe* probe_ = nullptr;
  const Event* inbox_ = nullptr;  // this window's messages, sorted
  const Event* inbox_end_ = nullptr;
  EventQueue queue_;

  std::vector<ChannelId> dirty_;    // outgoing channels written in this stage
  std::vector<ChannelId> arrived_;  // incoming channels with something delivered
  std::vector<ChannelId> filled_;   // incoming channels whose lane is not empty
  Instant lanes_next_ = Instant::never();
  std::vector<Event> merged_, scratch_;
  std::vector<std::size_t> run_ends_;
  std::string name_;
};

}  // namespace springtide::sim
