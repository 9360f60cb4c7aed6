#include "base/diagnostic.h"

#include <string>

#include <doctest/doctest.h>

namespace springtide {
namespace {

Diagnostic at(std::string file, int line, int column, std::string what) {
  return {std::move(file), line, column, "", std::move(what), "", "", ""};
}

TEST_CASE("a diagnostic is one line, and its hint another") {
  const Diagnostic whole{"a.json", 3, 7, "/x", "too large", "at most 5", "6", "try 5"};
  CHECK(whole.to_string() ==
        "a.json:3:7: error: /x: too large; expected at most 5, received 6\n  hint: try 5");
}

TEST_CASE("what a diagnostic does not know it leaves out") {
  Diagnostic diagnostic = at("a.json", 0, 0, "cannot be read");
  CHECK(diagnostic.to_string() == "a.json: error: cannot be read");
  diagnostic.received = "6";
  CHECK(diagnostic.to_string() == "a.json: error: cannot be read; received 6");
  diagnostic.expected = "5";
  CHECK(diagnostic.to_string() == "a.json: error: cannot be read; expected 5, received 6");
}

TEST_CASE("diagnostics are told by file and position, equal ones in the order they were found") {
  CHECK(to_string(Diagnostics{at("b", 1, 1, "1"), at("a", 10, 1, "2"), at("a", 9, 5, "3"),
                              at("a", 9, 4, "4"), at("a", 9, 4, "5")}) ==
        "a:9:4: error: 4\na:9:4: error: 5\na:9:5: error: 3\na:10:1: error: 2\nb:1:1: error: 1\n");
  CHECK(to_string(Diagnostics{}).empty());
}

TEST_CASE("a result is a value or its problems") {
  const Result<int> good = 5;
  CHECK(good.ok());
  CHECK(static_cast<bool>(good));
  CHECK(good.value() == 5);
  const Result<int> bad = at("a", 1, 1, "no");
  CHECK_FALSE(bad.ok());
  REQUIRE(bad.problems().size() == 1);
  CHECK(bad.problems().front().what == "no");
  const Result<std::string> several = Diagnostics{at("a", 1, 1, "no"), at("a", 2, 1, "never")};
  CHECK(several.problems().size() == 2);
}

}  // namespace
}  // namespace springtide
