#include "models/fleet/server/arrays/delay_table.h"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "base/portable_math.h"
#include "base/random.h"
#include "models/fleet/server/arrays/sum_of_two.h"

namespace springtide::models::fleet {
namespace {

std::vector<double> tenths_and_tails() {
  return {1e-6, 1e-4, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999, 1 - 1e-6};
}

// The largest error of the quantiles of a sum in seconds.
double largest_error(const Distribution& one, const auto& exact) {
  const std::vector<double> all = tenths_and_tails();
  const auto found = quantiles_of_sum(workload::QuantileFunction(one), all);
  double largest = 0;
  for (std::size_t i = 0; i < all.size(); ++i)
    largest = std::max(largest, std::fabs(static_cast<double>(found[i]) * 1e-9 - exact(all[i])));
  return largest;
}

TEST_CASE("two ways that are even are a triangle together") {
  const Distribution one(Uniform{second * 5, second * 7});
  CHECK(largest_error(one, [](double p) {
          return p < 0.5 ? 10 + std::sqrt(8 * p) : 14 - std::sqrt(8 * (1 - p));
        }) < 2e-3);
}

TEST_CASE("two exponential ways are an Erlang distribution of two phases, also in its tails") {
  const Distribution one(Exponential{second});
  const workload::QuantileFunction erlang{Distribution(Erlang{second * 2, 2})};
  CHECK(largest_error(one, erlang) < 6e-3);
}

TEST_CASE("there and back over a link that never changes takes exactly twice as long") {
  const DelayTable both = DelayTable::of_sum(Distribution(Constant{Duration{12'345}}));
  for (std::uint64_t random = 0; random < std::uint64_t{1} << DelayTable::bits; random += 997)
    CHECK(both.draw(random) == 24'690);
}

// 4e5 pairs: the share below a quantile has a standard error of sqrt(p (1 - p) / 4e5).
TEST_CASE("one draw of the sum is distributed like two draws added") {
  const Distribution one(Lognormal{millisecond * 40, millisecond * 400});
  const DelayTable way(one), both = DelayTable::of_sum(one);
  const int pairs = 400'000;
  Stream stream(3, "test/ways");
  std::vector<std::int64_t> sums;
  for (int i = 0; i < pairs; ++i) sums.push_back(way.draw(stream.bits()) + way.draw(stream.bits()));
  for (const double p : {0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999}) {
    const auto at = static_cast<std::uint64_t>(p * (1u << DelayTable::bits));
    std::int64_t below = 0;
    for (const std::int64_t sum : sums) below += sum < both.draw(at);
    CAPTURE(p);
    CHECK(std::fabs(static_cast<double>(below) / pairs - p) < 4 * std::sqrt(p * (1 - p) / pairs));
  }
}

TEST_CASE("many draws at once are those of one after the other") {
  const DelayTable table(Distribution(Lognormal{millisecond * 40, millisecond * 400}));
  Stream stream(4, "test/draws");
  std::vector<std::uint64_t> random(DelayTable::most);
  stream.fill(random);
  for (const int first_bit : {0, DelayTable::bits, 2 * DelayTable::bits}) {
    std::vector<std::int64_t> values(random.size());
    table.draw(random.data(), random.size(), first_bit, values.data());
    for (std::size_t i = 0; i < random.size(); ++i)
      CHECK(values[i] == table.draw(random[i] >> first_bit));
  }
}

}  // namespace
}  // namespace springtide::models::fleet
