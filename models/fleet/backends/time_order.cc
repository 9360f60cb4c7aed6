#include "models/fleet/backends/time_order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/check.h"

namespace springtide::models::fleet {
namespace {

constexpr int index_bits = 30, digit_bits = 11;
constexpr std::size_t digits = std::size_t{1} << digit_bits;

void pass(const std::vector<std::uint64_t>& from, std::vector<std::uint64_t>& to, int shift) {
  std::array<std::uint32_t, digits> place{};
  for (const std::uint64_t key : from) ++place[key >> shift & (digits - 1)];
  std::uint32_t sum = 0;
  for (std::uint32_t& at : place) sum += std::exchange(at, sum);
  for (const std::uint64_t key : from) to[place[key >> shift & (digits - 1)]++] = key;
}

}  // namespace

void TimeOrder::sort(std::vector<Visit>& visits, std::int64_t begin) {
  const auto earlier = [](const Visit& x, const Visit& y) { return x.at < y.at; };
  if (std::is_sorted(visits.begin(), visits.end(), earlier)) return;
  SPRINGTIDE_CHECK(visits.size() < std::size_t{1} << index_bits, "too many visits at once");
  keys_.resize(visits.size());
  other_.resize(visits.size());
  std::uint64_t latest = 0;
  for (std::size_t i = 0; i < visits.size(); ++i) {
    const std::int64_t offset = visits[i].at - begin;
    SPRINGTIDE_CHECK(offset >= 0 && offset < longest, "a visit outside its slab");
    latest = std::max(latest, static_cast<std::uint64_t>(offset));
    keys_[i] = static_cast<std::uint64_t>(offset) << index_bits | i;
  }
  const int width = static_cast<int>(std::bit_width(latest));
  for (int shift = 0; shift < width; shift += digit_bits) {
    pass(keys_, other_, index_bits + shift);
    keys_.swap(other_);
  }
  sorted_.resize(visits.size());
  for (std::size_t i = 0; i < visits.size(); ++i)
    sorted_[i] = visits[keys_[i] & ((std::uint64_t{1} << index_bits) - 1)];
  visits.swap(sorted_);
}

}  // namespace springtide::models::fleet
