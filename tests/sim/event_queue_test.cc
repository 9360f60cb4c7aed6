#include "sim/queue/event_queue.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"

namespace springtide::sim {
namespace {

// The slow, obvious twin: one sorted vector.
class SortedVector {
 public:
  void push(const Event& event) {
    events_.insert(std::upper_bound(events_.begin(), events_.end(), event, earlier), event);
  }
  bool pop_before(Instant end, Event& event) {
    if (events_.empty() || events_.front().at >= end) return false;
    event = events_.front();
    events_.erase(events_.begin());
    return true;
  }
  std::size_t size() const { return events_.size(); }

 private:
  std::vector<Event> events_;
};

bool same(const Event& x, const Event& y) {
  return x.at == y.at && x.order == y.order && x.kind == y.kind && x.a == y.a && x.b == y.b;
}

class Twins {
 public:
  void push(Instant at, std::uint64_t order) {
    const Event event{at, order, static_cast<std::uint32_t>(order), 7, order * 3};
    queue_.push(event);
    twin_.push(event);
  }
  // False when they differ, or when both have nothing before `end`.
  bool pop(Instant end = Instant::never()) {
    Event a, b;
    const bool popped = queue_.pop_before(end, a);
    agree = agree && popped == twin_.pop_before(end, b) && (!popped || same(a, b)) &&
            queue_.size() == twin_.size();
    if (popped) now = a.at;
    return agree && popped;
  }
  bool agree = true;
  Instant now{};

 private:
  EventQueue queue_;
  SortedVector twin_;
};

// Every schedule of `steps` steps, where a step is a pop or a push at one of `instants` instants
// at or after the present, with rising or falling order at one instant.
void all_schedules(int steps, int instants) {
  const int choices = 1 + 2 * instants;
  long total = 1;
  for (int i = 0; i < steps; ++i) total *= choices;
  for (long code = 0; code < total; ++code) {
    Twins twins;
    long rest = code;
    for (int step = 0; step < steps; ++step, rest /= choices) {
      const int choice = static_cast<int>(rest % choices);
      if (choice == 0) {
        twins.pop();
      } else {
        const auto sequence = static_cast<std::uint64_t>(choice % 2 ? step : 100 - step);
        twins.push(twins.now + Duration{choice / 2}, sequence);
      }
    }
    while (twins.pop()) {}
    if (!twins.agree) FAIL("schedule " << code << " of " << steps << " steps");
  }
}

TEST_CASE("the event queue equals a sorted vector on all small schedules") {
  all_schedules(6, 3);
  all_schedules(8, 1);
}

struct Shape {
  const char* name;
  Duration (*delay)(Stream&);
};

const Shape shapes[] = {
    {"uniform", [](Stream& s) { return Duration{static_cast<std::int64_t>(s.below(1000))}; }},
    {"all at one instant", [](Stream&) { return Duration{}; }},
    {"few instants", [](Stream& s) { return nanosecond * static_cast<std::int64_t>(s.below(3)); }},
    {"constant", [](Stream&) { return Duration{500}; }},
    {"nine decades",
     [](Stream& s) {
       std::int64_t ns = 1;
       for (std::uint64_t i = s.below(10); i > 0; --i) ns *= 10;
       return Duration{static_cast<std::int64_t>(s.below(static_cast<std::uint64_t>(ns) + 1))};
     }},
    {"near and very far",
     [](Stream& s) {
       const bool far = s.below(4) == 0;
       const auto more = static_cast<std::int64_t>(s.below(100));
       return Duration{far ? (std::int64_t{1} << 47) - more : more};
     }},
    {"whole seconds", [](Stream& s) { return second * static_cast<std::int64_t>(s.below(3)); }},
};

// Grows to `size`, holds it, sinks to nothing, twice. Orders at one instant come mixed.
void wander(const Shape& shape, std::size_t size, std::size_t steps, std::uint64_t seed) {
  INFO(std::string(shape.name), " size ", size, " seed ", seed);
  Stream stream(seed, "wander");
  Twins twins;
  std::uint64_t sequence = 0;
  std::size_t pending = 0;
  const auto push = [&] {
    const std::uint64_t mixed = stream.below(4) << 60 | sequence++;
    twins.push(twins.now + shape.delay(stream), mixed);
    ++pending;
  };
  for (int round = 0; round < 2; ++round) {
    while (pending < size) {
      push();
      if (stream.below(5) == 0 && twins.pop()) --pending;
    }
    for (std::size_t i = 0; i < steps; ++i) {
      if (twins.pop(stream.below(3) ? Instant::never() : twins.now + Duration{20})) --pending;
      while (pending < size && stream.below(8) != 0) push();
    }
    while (twins.pop()) {
      if (stream.below(8) == 0)
        push();
      else
        --pending;
      if (pending == 0) break;
    }
    REQUIRE(twins.agree);
    while (twins.pop()) {}
    pending = 0;
  }
  REQUIRE(twins.agree);
}

TEST_CASE("the event queue equals a sorted vector on random schedules of every shape") {
  for (const Shape& shape : shapes)
    for (const std::size_t size : {1, 5, 31, 34, 100, 700, 3000})
      for (std::uint64_t seed = 1; seed <= 3; ++seed) wander(shape, size, 3 * size, seed);
}

// A strictly rising sequence that contains every event once is the sorted one.
void hold_many(const Shape& shape, std::size_t size, std::size_t steps) {
  INFO(std::string(shape.name), " size ", size);
  Stream stream(7, "hold");
  EventQueue queue;
  std::uint64_t sequence = 0, pushed = 0, popped = 0;
  Event last{Instant{-1}, 0, 0, 0, 0};
  bool rising = true;
  const auto push = [&] {
    const Event event{last.at + Duration{1} + shape.delay(stream), ++sequence, 1, 2, sequence * 5};
    pushed += event.b;
    queue.push(event);
  };
  const auto pop = [&] {
    Event event;
    REQUIRE(queue.pop_before(Instant::never(), event));
    rising = rising && earlier(last, event) && event.b == event.order * 5;
    popped += event.b;
    last = event;
  };
  for (std::size_t i = 0; i < size; ++i) push();
  for (std::size_t i = 0; i < steps; ++i) {
    pop();
    push();
  }
  CHECK(queue.size() == size);
  for (std::size_t i = 0; i < size; ++i) pop();
  CHECK(queue.empty());
  CHECK(rising);
  CHECK(pushed == popped);
}

TEST_CASE("a hundred thousand pending events of every shape leave in order, each once") {
  for (const Shape& shape : shapes) hold_many(shape, 100'000, 150'000);
}

}  // namespace
}  // namespace springtide::sim
