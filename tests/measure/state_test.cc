// What is measured goes on from bytes as if nothing had been between.
#include <doctest/doctest.h>

#include "base/bytes.h"
#include "measure/histogram.h"
#include "measure/series.h"

namespace springtide::measure {
namespace {

TEST_CASE("a histogram goes on from bytes") {
  Histogram histogram, restored;
  for (std::int64_t value = 1; value < 1'000'000'000; value = value * 3 + 1)
    histogram.record(value, value % 7 + 1);
  restored.record(17);
  ByteWriter out;
  out(histogram);
  ByteReader in(out.bytes());
  in(restored);
  REQUIRE(in.done());
  CHECK(restored == histogram);
  for (Histogram* one : {&histogram, &restored}) one->record(123'456'789'012);
  CHECK(restored == histogram);
  CHECK(restored.quantile(0.5) == histogram.quantile(0.5));
}

TEST_CASE("a histogram whose pages lie beyond its counts is not taken") {
  Histogram histogram;
  histogram.record(5);
  ByteWriter out;
  out(histogram);
  std::vector<std::byte> bytes = out.bytes();
  bytes[8] = std::byte{1};  // the place of the first page
  ByteReader in(bytes);
  Histogram restored;
  in(restored);
  CHECK_FALSE(in.good());
}

TEST_CASE("a counter of seconds goes on from bytes") {
  SecondCounter counter, restored;
  restored.add(Instant{} + second * 3, 5);
  counter.add(Instant{-1}, 2);
  counter.add(Instant{} + second * 7, 3);
  ByteWriter out;
  out(counter);
  ByteReader in(out.bytes());
  in(restored);
  REQUIRE(in.done());
  for (SecondCounter* one : {&counter, &restored}) {
    one->add(Instant{} + second * 7, 4);
    CHECK(one->in(7) == 7);
    CHECK(one->in(3) == 0);
    CHECK(one->total() == 9);
    CHECK(one->before_start() == 2);
  }
}

}  // namespace
}  // namespace springtide::measure
