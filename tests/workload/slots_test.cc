#include "workload/slots.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

namespace springtide::workload {
namespace {

constexpr std::uint32_t million = 1'000'000;
constexpr std::int64_t night = 1'486'824'300;  // unix second of 22:45:00 of the test

TEST_CASE("spreading user numbers loses none and gives none twice") {
  for (const auto& [n, strips] : {std::pair<std::uint32_t, std::uint32_t>{million, 13},
                                  {999'999, 13},
                                  {13, 13},
                                  {12, 13},
                                  {1, 13},
                                  {1, 1},
                                  {100, 7},
                                  {101, 1},
                                  {40, 41},
                                  {2000, 13}}) {
    CAPTURE(n);
    CAPTURE(strips);
    std::vector<bool> seen(n, false);
    for (std::uint32_t user = 0; user < n; ++user) {
      const std::uint32_t h = spread(user, n, strips);
      REQUIRE(h < n);
      REQUIRE(!seen[h]);
      seen[h] = true;
    }
  }
}

TEST_CASE("neighbours lie a strip apart") {
  CHECK(spread(0, million, 13) == 0);
  CHECK(spread(1, million, 13) == 76'924);  // million = 13 x 76 923 + 1: the first strip is longer
  CHECK(spread(2, million, 13) == 153'847);
  CHECK(spread(13, million, 13) == 1);
}

// How many ask in one second, and how many of each SET.
struct Second {
  std::int64_t total = 0;
  std::vector<std::int64_t> by_set = std::vector<std::int64_t>(256, 0);
};
Second ask(std::int64_t unix_second, std::int64_t rate) {
  static const std::vector<std::uint32_t> h = [] {
    std::vector<std::uint32_t> all(million);
    for (std::uint32_t user = 0; user < million; ++user) all[user] = spread(user, million, 13);
    return all;
  }();
  const Slot slot(unix_second, rate, million);
  Second result;
  for (std::uint32_t user = 0; user < million; ++user)
    if (slot.asks(h[user])) ++result.total, ++result.by_set[user % 256];
  return result;
}

TEST_CASE("30 000 of a million ask in every second, 117 of each SET give or take two") {
  for (std::int64_t s = 0; s < 60; ++s) {
    const Second second = ask(night + 600 + s * 7, 30'000);
    CHECK(second.total == 30'000);
    const auto [low, high] = std::minmax_element(second.by_set.begin(), second.by_set.end());
    CHECK(*low >= 115);
    CHECK(*high <= 120);
  }
}

TEST_CASE("exactly as many ask as wanted in every second of an hour") {
  for (std::int64_t s = night; s < night + 3600; ++s) {
    const Slot slot(s, 30'000, million);
    // The window is a cyclic interval: its length follows from the ends of the runs that ask.
    std::uint32_t length = 0;
    for (std::uint32_t h = 0; h < million; h += 10'000) length += slot.asks(h) ? 1 : 0;
    if (length != 3) FAIL("second ", s, ": ", length);
  }
}

TEST_CASE("over 100 s every user asks three times, 33 or 34 s apart") {
  std::vector<std::vector<std::int64_t>> asked(2000);
  for (std::int64_t s = 0; s < 100; ++s) {
    const Slot slot(night + s, 30'000, million);
    for (std::uint32_t i = 0; i < asked.size(); ++i)
      if (slot.asks(i * 500)) asked[i].push_back(s);
  }
  for (const auto& seconds : asked) {
    REQUIRE(seconds.size() == 3);
    for (std::size_t i = 1; i < 3; ++i) {
      CHECK(seconds[i] - seconds[i - 1] >= 33);
      CHECK(seconds[i] - seconds[i - 1] <= 34);
    }
  }
}

TEST_CASE("a rate that divides the population gives each user one second of the period") {
  for (std::int64_t s = 0; s < 40; ++s) CHECK(ask(night + s, 50'000).total == 50'000);
  for (std::uint32_t h = 0; h < 100; ++h) {
    int times = 0;
    for (std::int64_t s = 0; s < 20; ++s) {
      const bool asks = Slot(night + s, 50'000, million).asks(h);
      CHECK(asks == ((night + s) % 20 == h % 20));
      times += asks ? 1 : 0;
    }
    CHECK(times == 1);
  }
}

TEST_CASE("more than there are: everybody asks in rounds, and those of a slot once more") {
  constexpr std::uint32_t n = 1000;
  for (const std::int64_t rate : {0, 1, 999, 1000, 1001, 2000, 2500, 7999}) {
    CAPTURE(rate);
    const Slot slot(night, rate, n), rest(night, rate % n, n);
    std::int64_t asked = 0;
    for (std::uint32_t h = 0; h < n; ++h) {
      asked += slot.times(h);
      CHECK(slot.times(h) == rate / n + (rest.asks(h) ? 1 : 0));
      CHECK(slot.asks(h) == (slot.times(h) > 0));
    }
    CHECK(asked == rate);
    CHECK(slot.anybody() == (rate > 0));
  }
}

TEST_CASE("no rate: nobody asks; more than there are: everybody asks in every second") {
  const Slot none(night, 0, million), all(night, 2 * million, million);
  CHECK(!none.anybody());
  CHECK(!Slot().anybody());
  for (std::uint32_t h = 0; h < million; h += 997) {
    CHECK(!none.asks(h));
    CHECK(all.asks(h));
  }
}

TEST_CASE("the original's window jumps where second x rate passes 2^32") {
  // 143 166 x 30 000 = 4 294 980 000 = 2^32 + 12 704: a jump every 39.8 hours
  constexpr std::int64_t before = 143'165, after = 143'166;
  constexpr std::uint32_t begin_before = 4'294'950'000 % million;
  CHECK(Slot(before, 30'000, million).asks(begin_before));
  CHECK(!Slot(before, 30'000, million).asks(begin_before - 1));
  CHECK(Slot(before, 30'000, million).asks((begin_before + 29'999) % million));
  CHECK(!Slot(before, 30'000, million).asks((begin_before + 30'000) % million));
  CHECK(Slot(after, 30'000, million).asks(12'704));
  CHECK(!Slot(after, 30'000, million).asks(12'703));
  CHECK(Slot(after, 30'000, million).asks(42'703));
  CHECK(!Slot(after, 30'000, million).asks(42'704));
}

// How many of 17 machines with 60 000 users each (the last 40 000) send in a second; a machine's
// users of one strip lie together: 60 000 / 13 = 4615 of them.
struct Machines {
  double senders = 0, silent_share = 0, full_share = 0;
};
Machines machines_at(std::int64_t rate, std::int64_t seconds) {
  std::vector<std::vector<std::uint32_t>> numbers(17);  // spread, sorted
  for (std::uint32_t user = 0; user < million; ++user)
    numbers[user / 60'000].push_back(spread(user, million, 13));
  for (auto& all : numbers) std::sort(all.begin(), all.end());
  const auto below = [](const std::vector<std::uint32_t>& sorted, std::int64_t h) {
    return std::lower_bound(sorted.begin(), sorted.end(), h) - sorted.begin();
  };
  Machines result;
  for (std::int64_t s = 0; s < seconds; ++s) {
    const Slot slot(night + 600 + s, rate, million);
    std::int64_t begin = (night + 600 + s) * rate % (std::int64_t{1} << 32) % million;
    REQUIRE(slot.asks(static_cast<std::uint32_t>(begin)));
    for (const auto& sorted : numbers) {
      const std::int64_t last = begin + rate;
      std::int64_t sends =
          below(sorted, std::min<std::int64_t>(last, million)) - below(sorted, begin);
      if (last > million) sends += below(sorted, last - million);
      result.senders += sends > 0 ? 1 : 0;
      result.silent_share += sends == 0 ? 1 : 0;
      result.full_share += sends >= static_cast<std::int64_t>(sorted.size() / 13) ? 1 : 0;
    }
  }
  const auto n = static_cast<double>(seconds);
  return {result.senders / n, result.silent_share / n / 17, result.full_share / n / 17};
}

TEST_CASE("at 30 000/s seven or eight of 17 machines send, over half of the seconds are silent") {
  const Machines machines = machines_at(30'000, 1000);
  CHECK(machines.senders > 7);
  CHECK(machines.senders < 8);
  CHECK(machines.silent_share == doctest::Approx(0.55).epsilon(0.02));
  CHECK(machines.full_share == doctest::Approx(0.33).epsilon(0.03));
}

TEST_CASE("at 60 000/s fourteen or fifteen of 17 machines send") {
  const Machines machines = machines_at(60'000, 1000);
  CHECK(machines.senders > 14);
  CHECK(machines.senders < 15);
  CHECK(machines.silent_share == doctest::Approx(0.16).epsilon(0.05));
  CHECK(machines.full_share == doctest::Approx(0.72).epsilon(0.02));
}

}  // namespace
}  // namespace springtide::workload
