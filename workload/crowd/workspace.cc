// One pass puts words into as many equal parts of the second as there are words, roughly; then
// nearly all stand where they belong, and an insertion sort moves the rest a step or two. The
// offsets of users are uniform, so parts are even; if they are not, the standard sort takes over.
#include "workload/crowd/workspace.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace springtide::workload {
namespace {

constexpr std::size_t few = 24;

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

Shake* Workspace::sort(std::size_t n) {
  Shake* words = words_.data();
  if (n > few) {
    const int bits = std::min(static_cast<int>(std::bit_width(n)), tick_bits) - 1;
    const int shift = 64 - bits;
    counts_.assign((std::size_t{1} << bits) + 1, 0);
    std::uint32_t* const counts = counts_.data() + 1;
    for (std::size_t i = 0; i < n; ++i) ++counts[words[i].word >> shift];
    for (std::size_t i = 0; i + 1 < std::size_t{1} << bits; ++i) counts[i] += counts[i - 1];
    Shake* const sorted = other_.data();
    // counts[part - 1] is where the part begins: it moves on to where it ends
    for (std::size_t i = 0; i < n; ++i) sorted[counts[(words[i].word >> shift) - 1]++] = words[i];
    std::swap(words_, other_);
    words = sorted;
  }
  if (!insertion_sort(words, n, 8 * n + 8 * few * few)) std::sort(words, words + n);
  return words;
}

}  // namespace springtide::workload
