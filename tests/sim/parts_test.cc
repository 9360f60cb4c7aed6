#include <atomic>
#include <deque>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"
#include "sim/engine/crew.h"
#include "sim/fifo.h"

namespace springtide::sim {
namespace {

TEST_CASE("a crew runs every job of every batch once, with more threads than cores") {
  for (const int threads : {1, 2, 7}) {
    std::vector<std::atomic<int>> runs(50);
    Crew crew(threads, [&](std::uint32_t job) { runs[job].fetch_add(1); });
    for (int batch = 1; batch <= 2000; ++batch) {
      crew.run(static_cast<std::uint32_t>(batch % 50 + 1));
      if (batch % 500 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    for (int job = 0; job < 50; ++job) CHECK(runs[job].load() == (50 - job) * 40);
  }
}

TEST_CASE("a crew's results are visible when the batch is over") {
  std::vector<int> values(8, 0);
  Crew crew(4, [&](std::uint32_t job) { ++values[job]; });
  for (int batch = 1; batch <= 3000; ++batch) {
    crew.run(8);
    for (const int value : values) REQUIRE(value == batch);
  }
}

TEST_CASE("a fifo equals a deque under random pushes and pops at both ends") {
  Stream stream(1, "fifo");
  Fifo<int> fifo;
  std::deque<int> twin;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t choice = stream.below(i % 4000 < 2000 ? 3 : 5);
    if (choice < 2 || twin.empty()) {
      fifo.push(i);
      twin.push_back(i);
    } else if (choice == 4) {
      REQUIRE(fifo.pop_back() == twin.back());
      twin.pop_back();
    } else {
      REQUIRE(fifo.front() == twin.front());
      REQUIRE(fifo[fifo.size() / 2] == twin[twin.size() / 2]);
      REQUIRE(fifo.pop() == twin.front());
      twin.pop_front();
    }
    REQUIRE(fifo.size() == twin.size());
  }
}

TEST_CASE("a fifo holds what can only be moved") {
  Fifo<std::unique_ptr<int>> fifo;
  for (int i = 0; i < 20; ++i) fifo.push(std::make_unique<int>(i));
  for (int i = 0; i < 20; ++i) CHECK(*fifo.pop() == i);
}

}  // namespace
}  // namespace springtide::sim
