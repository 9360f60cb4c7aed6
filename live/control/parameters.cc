#include "live/control/parameters.h"

#include <charconv>

#include <fmt/format.h>

namespace springtide::live::control {
namespace {

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string shortened(const std::string& text) {
  return text.size() <= 40 ? text : text.substr(0, 40) + "...";
}

}  // namespace

std::int64_t Parameters::whole(const std::string& name, std::int64_t least, std::int64_t most) {
  known_.insert(name);
  const std::string expected = fmt::format("expected a whole number from {} to {}", least, most);
  const auto [first, last] = request_.parameters.equal_range(name);
  if (first == last) {
    reject(fmt::format("{}: {}, received nothing", name, expected));
    return least;
  }
  if (std::next(first) != last) {
    reject(fmt::format("{}: {}, received it {} times", name, expected, std::distance(first, last)));
    return least;
  }
  const auto value = whole_number(first->second);
  if (value && *value >= least && *value <= most) return *value;
  reject(fmt::format("{}: {}, received '{}'", name, expected, shortened(first->second)));
  return least;
}

std::int64_t Parameters::whole_or(const std::string& name, std::int64_t least, std::int64_t most,
                                  std::int64_t otherwise) {
  known_.insert(name);
  return request_.parameters.contains(name) ? whole(name, least, most) : otherwise;
}

void Parameters::reject(std::string sentence) {
  if (!problem_) problem_ = std::move(sentence);
}

std::optional<std::string> Parameters::problem() const {
  if (problem_) return problem_;
  for (const auto& [name, value] : request_.parameters)
    if (!known_.contains(name)) {
      std::string expected;
      for (const std::string& known : known_) expected += (expected.empty() ? "" : ", ") + known;
      return fmt::format("expected only {}, received '{}'", expected, shortened(name));
    }
  return std::nullopt;
}

}  // namespace springtide::live::control
