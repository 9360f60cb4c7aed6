// InstantQueue against a plain deque; its memory.
#include "models/fleet/server/arrays/instant_queue.h"

#include <deque>
#include <vector>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/random.h"

namespace springtide::models::fleet {
namespace {

std::vector<std::int64_t> all_of(const InstantQueue& queue) {
  std::vector<std::int64_t> all(queue.size());
  queue.copy(0, all.size(), all.data());
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(queue[i] == all[i]);
  return all;
}

// Rows of instants that mostly ascend; now and then a gap of up to two minutes.
struct Rows {
  Stream stream{11, "test/instants"};
  std::int64_t now = 0;

  std::vector<std::int64_t> next() {
    if (stream.below(8) == 0) now += static_cast<std::int64_t>(stream.below(120'000'000'000));
    std::vector<std::int64_t> row(stream.below(700));
    for (std::int64_t& instant : row) {
      now += static_cast<std::int64_t>(stream.below(40'000));
      instant = now - static_cast<std::int64_t>(stream.below(100'000));
    }
    return row;
  }
};

TEST_CASE("a queue of instants gives back what was put in, in order, however far apart") {
  Rows rows;
  InstantQueue queue;
  std::deque<std::int64_t> plain;
  for (int step = 0; step < 400; ++step) {
    const std::vector<std::int64_t> row = rows.next();
    queue.push(row.data(), row.size(), 5'000);
    for (const std::int64_t instant : row) plain.push_back(instant + 5'000);
    const std::size_t gone = rows.stream.below(plain.size() + 1);
    queue.drop(gone);
    plain.erase(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(gone));
    REQUIRE(all_of(queue) == std::vector<std::int64_t>(plain.begin(), plain.end()));
  }
}

TEST_CASE("a queue of instants goes on from its bytes") {
  Rows rows;
  InstantQueue queue, restored;
  for (int step = 0; step < 20; ++step) {
    const std::vector<std::int64_t> row = rows.next();
    queue.push(row.data(), row.size(), 0);
  }
  queue.drop(queue.size() / 3);
  ByteWriter out;
  out(queue);
  ByteReader in(out.bytes());
  in(restored);
  REQUIRE(in.done());
  CHECK(all_of(restored) == all_of(queue));
}

TEST_CASE("instants that are close take less than five bytes each, and none when they are gone") {
  InstantQueue queue;
  std::vector<std::int64_t> instants(100'000);
  for (std::size_t i = 0; i < instants.size(); ++i)
    instants[i] = static_cast<std::int64_t>(i) * 20'000;
  queue.push(instants.data(), instants.size(), 0);
  CHECK(queue.memory_bytes() < 5 * instants.size());
  queue.drop(instants.size());
  CHECK(queue.memory_bytes() < instants.size() / 5);
}

}  // namespace
}  // namespace springtide::models::fleet
