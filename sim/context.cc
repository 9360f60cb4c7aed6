#include "sim/context.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "sim/queue/sorting.h"

namespace springtide::sim {

// Moves what was delivered into the lanes; what would break the order of a lane into the queue.
void Context::absorb() {
  for (const ChannelId id : arrived_) {
    Channel& channel = channels_[id];
    if (channel.head == channel.lane.size()) {
      channel.lane.clear();
      channel.head = 0;
      filled_.push_back(id);
    } else if (channel.head > channel.lane.size() / 2) {
      channel.lane.erase(channel.lane.begin(), channel.lane.begin() + channel.head);
      channel.head = 0;
    }
    for (const Event& event : channel.incoming) {
      if (channel.lane.empty() || earlier(channel.lane.back(), event))
        channel.lane.push_back(event);
      else
        queue_.push(event);
    }
    channel.incoming.clear();
  }
  arrived_.clear();
}

void Context::open_window(Instant end) {
  end_ = end;
  events_before_ = events_;
  if (!arrived_.empty()) absorb();
  inbox_ = inbox_end_ = nullptr;
  lanes_next_ = Instant::never();
  if (!filled_.empty()) fill_inbox();
}

void Context::close_window() const {
  SPRINGTIDE_CHECK(sequence_ < sequence_limit, "a process scheduled more than 2^40 events");
  SPRINGTIDE_CHECK(inbox_ == inbox_end_ && queue_.top().at >= end_,
                   "run_window() returned before the window was done");
}

// What arrives in this window, as one sorted stretch of memory: a single lane as it lies, of
// several lanes a merged copy.
void Context::fill_inbox() {
  merged_.clear();
  run_ends_.clear();
  std::size_t kept = 0;
  const Event* only = nullptr;
  const Event* only_end = nullptr;
  for (const ChannelId id : filled_) {
    Channel& channel = channels_[id];
    std::size_t stop = channel.head;
    while (stop < channel.lane.size() && channel.lane[stop].at < end_) ++stop;
    if (stop < channel.lane.size()) {
      filled_[kept++] = id;
      lanes_next_ = std::min(lanes_next_, channel.lane[stop].at);
    }
    if (stop == channel.head) continue;
    const Event* begin = channel.lane.data() + channel.head;
    const Event* finish = channel.lane.data() + stop;
    channel.head = stop;
    if (only == nullptr) {
      only = begin;
      only_end = finish;
      continue;
    }
    if (merged_.empty()) {
      merged_.assign(only, only_end);
      run_ends_.push_back(merged_.size());
    }
    merged_.insert(merged_.end(), begin, finish);
    run_ends_.push_back(merged_.size());
  }
  filled_.resize(kept);
  if (run_ends_.empty()) {
    inbox_ = only;
    inbox_end_ = only_end;
  } else {
    merge_runs(merged_, 0, run_ends_, scratch_);
    inbox_ = merged_.data();
    inbox_end_ = inbox_ + merged_.size();
  }
}

Instant Context::next_instant() const { return std::min(queue_.top().at, lanes_next_); }

void Context::refuse_instant(Instant at) const {
  if (at < now_)
    check_failed(
        __FILE__, __LINE__, "at >= now()",
        fmt::format("process '{}' scheduled an event {} ns in the past", name_, (now_ - at).ns));
  check_failed(__FILE__, __LINE__, "at <= now() + 2^62 ns",
               fmt::format("process '{}' scheduled an event that never happens", name_));
}

void Context::refuse_message(ChannelId id, Instant at) const {
  const Channel& channel = channels_[id];
  if (channel.from != id_)
    check_failed(__FILE__, __LINE__, "channel.from == id()",
                 fmt::format("process '{}' sent over channel {}, which is not its own", name_, id));
  check_failed(__FILE__, __LINE__, "at >= now() + channel.delay",
               fmt::format("process '{}' sent a message to arrive after {} ns over a channel "
                           "whose smallest delay is {} ns",
                           name_, (at - now_).ns, channel.delay.ns));
}

}  // namespace springtide::sim
