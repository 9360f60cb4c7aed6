#include "policy/second_limit.h"

#include <doctest/doctest.h>

namespace springtide::policy {
namespace {

TEST_CASE("within one second exactly the limit passes") {
  SecondLimit limit(65'000);
  for (int i = 0; i < 65'000; ++i) REQUIRE(limit.count(5));
  CHECK(limit.within());
  CHECK(!limit.count(5));
  CHECK(!limit.count(5));
  CHECK(!limit.within());
}

TEST_CASE("the window is fixed: around a boundary twice the limit passes") {
  SecondLimit limit(3);
  int passed = 0;
  for (int i = 0; i < 4; ++i) passed += limit.count(9) ? 1 : 0;
  for (int i = 0; i < 4; ++i) passed += limit.count(10) ? 1 : 0;
  CHECK(passed == 6);
}

TEST_CASE("a second without requests leaves no credit behind") {
  SecondLimit limit(2);
  CHECK(limit.count(1));
  int passed = 0;
  for (int i = 0; i < 5; ++i) passed += limit.count(3) ? 1 : 0;
  CHECK(passed == 2);
}

TEST_CASE("second 0 is limited too, and a limit of 0 lets nobody pass") {
  SecondLimit one(1), none(0);
  CHECK(one.count(0));
  CHECK(!one.count(0));
  CHECK(!none.count(0));
  CHECK(!none.count(1));
}

}  // namespace
}  // namespace springtide::policy
