#include "sim/queue/event_queue.h"

#include <algorithm>

namespace springtide::sim {
namespace {

constexpr Event least{{std::numeric_limits<std::int64_t>::min()}, 0, 0, 0, 0};

bool later(const Event& x, const Event& y) { return earlier(y, x); }

}  // namespace

EventQueue::EventQueue() {
  fifo_.resize(8);
  fifo_limit_ = fifo_.data() + fifo_.size() - 1;
  clear_fifo();
  become_small();
}

EventQueue::~EventQueue() = default;

std::size_t EventQueue::size() const {
  return static_cast<std::size_t>(near_end_ - near_head_) +
         static_cast<std::size_t>(fifo_end_ - fifo_head_) + overflow_.size() +
         (calendar_ == nullptr ? 0 : calendar_->size());
}

void EventQueue::become_small() {
  if (near_.size() < small_size + 1) near_.resize(small_size + 1);
  near_floor_ = near_.data();
  near_head_ = near_end_ = near_floor_ + small_size;
  *near_end_ = sentinel;
  boundary_ = Instant::never();
}

void EventQueue::clear_fifo() {
  fifo_head_ = fifo_end_ = fifo_.data();
  *fifo_end_ = sentinel;
  fifo_last_ = least;
}

// Moves the content to the front when at least half of the memory lies idle there.
void EventQueue::grow_fifo() {
  const auto size = static_cast<std::size_t>(fifo_end_ - fifo_head_);
  if (size * 2 <= fifo_.size()) {
    std::copy(fifo_head_, fifo_end_, fifo_.data());
  } else {
    std::vector<Event> larger(fifo_.size() * 2);
    std::copy(fifo_head_, fifo_end_, larger.data());
    fifo_.swap(larger);
  }
  fifo_head_ = fifo_.data();
  fifo_end_ = fifo_head_ + size;
  fifo_limit_ = fifo_.data() + fifo_.size() - 1;
}

void EventQueue::push_crowded(Event event) {
  const bool small = boundary_ == Instant::never();
  if (small || ++crowded_ > room + calendar_->size() / 4) {
    spill(event.at);
    push(event);
    return;
  }
  // `near` keeps the earliest of both, so that only its head needs to be looked at.
  const bool first = earlier(event, *near_head_);
  overflow_.push_back(first ? *near_head_ : event);
  std::push_heap(overflow_.begin(), overflow_.end(), later);
  if (first) *near_head_ = event;
  overflowing_ = true;
}

// Everything but fifo goes to the calendar, from where the next days are taken again. `at` is
// the instant of an event that will follow: the boundary must not be behind it.
void EventQueue::spill(Instant at) {
  const auto half = (near_end_ - near_head_) / 2;
  const Duration gap{half > 0 ? (near_head_[half].at - near_head_->at).ns / half : 0};
  if (calendar_ == nullptr) calendar_ = std::make_unique<Calendar>();
  calendar_->move_boundary(std::min(at, near_head_->at), gap);
  for (const Event* event = near_head_; event != near_end_; ++event) calendar_->push(*event);
  for (const Event& event : overflow_) calendar_->push(event);
  overflow_.clear();
  overflowing_ = false;
  near_head_ = near_end_;
  refill();
}

void EventQueue::refill() {
  if (overflowing_) {
    if (near_head_ == near_end_ || earlier(overflow_.front(), *near_head_)) {
      *--near_head_ = overflow_.front();
      std::pop_heap(overflow_.begin(), overflow_.end(), later);
      overflow_.pop_back();
      overflowing_ = !overflow_.empty();
    }
    return;
  }
  if (calendar_ == nullptr || calendar_->empty()) {
    become_small();
    return;
  }
  near_.resize(room);
  calendar_->take(near_);
  near_.push_back(sentinel);
  boundary_ = calendar_->boundary();
  near_floor_ = near_.data();
  near_head_ = near_floor_ + room;
  near_end_ = near_.data() + near_.size() - 1;
  crowded_ = 0;
}

}  // namespace springtide::sim
