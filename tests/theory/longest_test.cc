// The longest of several durations against what is known exactly.
#include "theory/networks/longest.h"

#include <cmath>

#include <doctest/doctest.h>

namespace springtide::theory {
namespace {

Branch exponential(double mean) { return {{1, {mean, mean * mean}}}; }
Branch constant(double value) { return {{1, {value, 0}}}; }

doctest::Approx near(double value) { return doctest::Approx(value).epsilon(1e-6); }

TEST_CASE("of n exponential branches: the harmonic sum, and its variance") {
  const Moments three = longest_of({exponential(2), exponential(2), exponential(2)});
  CHECK(three.mean == near(2 * (1 + 1.0 / 2 + 1.0 / 3)));
  CHECK(three.variance == near(4 * (1 + 1.0 / 4 + 1.0 / 9)));
}

TEST_CASE("of unlike exponentials: the sum less the mean of the first") {
  CHECK(longest_of({exponential(1), exponential(4)}).mean == near(1 + 4 - 1 / (1 + 0.25)));
}

TEST_CASE("of constants the largest; beside an exponential what exceeds it") {
  CHECK(longest_of({constant(3), constant(5), constant(1)}).mean == near(5));
  CHECK(longest_of({constant(3), constant(5)}).variance == doctest::Approx(0).epsilon(1e-6));
  CHECK(longest_of({constant(3), exponential(2)}).mean == near(3 + 2 * std::exp(-1.5)));
}

TEST_CASE("a branch that is often skipped counts only when it is made") {
  const Branch sometimes{{0.25, {4, 0}}};
  CHECK(longest_of({sometimes, constant(1)}).mean == near(0.25 * 4 + 0.75 * 1));
  CHECK(moments_of(sometimes).mean == near(1));
  CHECK(moments_of(sometimes).variance == near(0.25 * 16 - 1));
}

TEST_CASE("one branch alone keeps its moments, whatever they are") {
  const Moments alone = longest_of({{{0.5, {2, 40}}, {0.5, {1, 0}}}});
  CHECK(alone.mean == near(1.5));
  CHECK(alone.variance == near(0.5 * (40 + 4) + 0.5 - 2.25));
  CHECK(longest_of({}).mean == 0);
}

TEST_CASE("very varied branches: two exponentials with the same two moments") {
  const Branch varied{{1, {1, 9}}};
  CHECK(longest_of({varied, constant(1e-9)}).mean == doctest::Approx(1).epsilon(1e-4));
}

}  // namespace
}  // namespace springtide::theory
