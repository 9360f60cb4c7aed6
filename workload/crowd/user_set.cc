#include "workload/crowd/user_set.h"

#include <algorithm>
#include <bit>

namespace springtide::workload {
namespace {

constexpr std::uint64_t cell_of(std::uint32_t user, std::int64_t second) {
  return std::uint64_t{user} << 40 | (static_cast<std::uint64_t>(second) + 1);
}
constexpr std::uint32_t user_of(std::uint64_t cell) {
  return static_cast<std::uint32_t>(cell >> 40);
}
constexpr std::int64_t second_of(std::uint64_t cell) {
  return static_cast<std::int64_t>(cell & ((std::uint64_t{1} << 40) - 1)) - 1;
}

}  // namespace

// The cell of the user, or the empty one where it would be.
std::size_t UserSeconds::find(std::uint32_t user) const {
  const std::size_t mask = cells_.size() - 1;
  std::size_t at = home_of(cell_of(user, 0));
  while (cells_[at] != 0 && user_of(cells_[at]) != user) at = (at + 1) & mask;
  return at;
}

void UserSeconds::resize(std::size_t cells) {
  std::vector<std::uint64_t> old(cells);
  old.swap(cells_);
  shift_ = 64 - std::countr_zero(cells);
  for (const std::uint64_t cell : old)
    if (cell != 0) cells_[find(user_of(cell))] = cell;
}

void UserSeconds::raise(std::uint32_t user, std::int64_t second) {
  if ((size_ + 1) * 4 > cells_.size() * 3) resize(std::max<std::size_t>(16, cells_.size() * 2));
  std::uint64_t& cell = cells_[find(user)];
  if (cell == 0) ++size_;
  cell = std::max(cell, cell_of(user, second));
}

std::int64_t UserSeconds::take(std::uint32_t user) {
  if (size_ == 0) return -1;
  std::size_t hole = find(user);
  if (cells_[hole] == 0) return -1;
  const std::int64_t second = second_of(cells_[hole]);
  const std::size_t mask = cells_.size() - 1;
  for (std::size_t at = (hole + 1) & mask; cells_[at] != 0; at = (at + 1) & mask) {
    // stays where it is if its home lies behind the hole
    if (((at - home_of(cells_[at])) & mask) < ((at - hole) & mask)) continue;
    cells_[hole] = cells_[at];
    hole = at;
  }
  cells_[hole] = 0;
  if (--size_ == 0) clear();
  return second;
}

std::vector<UserSeconds::Entry> UserSeconds::sorted() const {
  std::vector<Entry> entries;
  for (const std::uint64_t cell : cells_)
    if (cell != 0) entries.push_back({user_of(cell), second_of(cell)});
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.user < b.user; });
  return entries;
}

void UserSeconds::clear() {
  std::vector<std::uint64_t>().swap(cells_);
  shift_ = 64;
  size_ = 0;
}

}  // namespace springtide::workload
