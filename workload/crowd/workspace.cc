// Offsets of users are uniform over the second. So a pass or two by their upper bits puts nearly
// all words where they belong, and an insertion sort moves the rest a step or two. If there are
// more equal offsets than chance makes, the standard sort takes over.
#include "workload/crowd/workspace.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace springtide::workload {
namespace {

constexpr std::size_t few = 24, many = 1500;

// Gives up (false) after `steps` moves.
bool insertion_sort(Shake* words, std::size_t n, std::size_t steps) {
  for (std::size_t i = 1; i < n; ++i) {
    const Shake word = words[i];
    if (words[i - 1] <= word) continue;
    std::size_t at = i;
    for (; at > 0 && words[at - 1] > word; --at) words[at] = words[at - 1];
    words[at] = word;
    if (i - at > steps) return false;
    steps -= i - at;
  }
  return true;
}

}  // namespace

// Few words: one pass into as many equal parts of the second as there are words, roughly.
void Workspace::sort_by_parts(std::vector<Shake>& list, std::size_t n) {
  const int bits = static_cast<int>(std::bit_width(n)) - 1;
  const int shift = 64 - bits;
  counts_.assign(std::size_t{1} << bits, 0);
  std::uint32_t* const next = counts_.data();
  for (std::size_t i = 0; i < n; ++i) ++next[list[i].word >> shift];
  std::uint32_t begin = 0;
  for (std::uint32_t& count : counts_) begin += std::exchange(count, begin);
  for (std::size_t i = 0; i < n; ++i) sorted_[next[list[i].word >> shift]++] = list[i];
  list.swap(sorted_);
}

// Many: by the lower, then by the upper half of the offset.
void Workspace::sort_by_halves(std::vector<Shake>& list, std::size_t n) {
  constexpr std::size_t parts = std::size_t{1} << tick_bits / 2;
  constexpr int low_shift = 64 - tick_bits, high_shift = 64 - tick_bits / 2;
  counts_.assign(2 * parts, 0);
  std::uint32_t* const low = counts_.data();
  std::uint32_t* const high = low + parts;
  Shake* const words = list.data();
  Shake* const other = sorted_.data();
  for (std::size_t i = 0; i < n; ++i) {
    ++low[words[i].word >> low_shift & (parts - 1)];
    ++high[words[i].word >> high_shift];
  }
  std::uint32_t low_begin = 0, high_begin = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    low_begin += std::exchange(low[part], low_begin);
    high_begin += std::exchange(high[part], high_begin);
  }
  for (std::size_t i = 0; i < n; ++i)
    other[low[words[i].word >> low_shift & (parts - 1)]++] = words[i];
  for (std::size_t i = 0; i < n; ++i) words[high[other[i].word >> high_shift]++] = other[i];
}

std::span<const Shake> Workspace::sort(std::vector<Shake>& list, const Shake* end) {
  const auto n = static_cast<std::size_t>(end - list.data());
  if (n > many)
    sort_by_halves(list, n);
  else if (n > few)
    sort_by_parts(list, n);
  Shake* const words = list.data();
  if (!insertion_sort(words, n, 8 * n + 8 * few * few)) std::sort(words, words + n);
  return {words, n};
}

}  // namespace springtide::workload
