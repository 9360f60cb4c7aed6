// Sorts visits by instant: those of one instant stay in the order in which they came.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace springtide::models::fleet {

// What comes to a station: when, and when the packet that set it off was won; ns since the start.
struct Visit {
  std::int64_t at = 0;
  std::int64_t won = 0;
  std::uint32_t step = 0;  // of all calls of all operations
  static void state(auto& self, auto& bytes) { bytes(self.at, self.won, self.step); }
};

class TimeOrder {
 public:
  // Instants must lie within 2^34 ns (17 s) from `begin`, and there must be less than 2^30 visits.
  // Counts digits of 11 bits, the lowest first; nothing is done where the order holds already.
  void sort(std::vector<Visit>& visits, std::int64_t begin);

  static constexpr std::int64_t longest = std::int64_t{1} << 34;

 private:
  std::vector<std::uint64_t> keys_, other_;
  std::vector<Visit> sorted_;
};

}  // namespace springtide::models::fleet
