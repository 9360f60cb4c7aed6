#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "base/portable_math.h"
#include "base/random.h"

namespace springtide {
namespace {

void check_log(double x) {
  const double ours = portable_log(x), theirs = std::log(x);
  if (!(std::abs(ours - theirs) <= 3e-16 * std::abs(theirs))) FAIL("log of " << x);
}

TEST_CASE("the portable logarithm is within 3e-16 of the C library's over its whole range") {
  Stream stream(1, "log");
  for (int i = 0; i < 200'000; ++i) {
    check_log(stream.uniform());
    check_log(0.5 + stream.uniform());
    check_log(1 + (stream.uniform() - 0.5) * 1e-6);
    check_log(std::ldexp(1 + stream.uniform(), static_cast<int>(stream.below(2040)) - 1020));
  }
  check_log(std::numeric_limits<double>::min());
  check_log(std::numeric_limits<double>::max());
  CHECK(portable_log(1.0) == 0.0);
}

TEST_CASE("the portable logarithm gives the same bits everywhere") {
  CHECK(portable_log(0.3) == -0x1.34378fcbda721p+0);
  CHECK(portable_log(10.0) == 0x1.26bb1bbb55516p+1);
}

}  // namespace
}  // namespace springtide
