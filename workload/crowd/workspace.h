// Room that a thread needs while it works off a second of a crowd: shared by all crowds of the
// thread, so that a crowd itself stays small. And how words are sorted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "workload/crowd/shake.h"

namespace springtide::workload {

class Workspace {
 public:
  // Room for n words; what was in it is lost.
  Shake* words(std::size_t n) {
    if (words_.size() < n) {
      words_.resize(n + n / 4 + 64);
      other_.resize(words_.size());
    }
    return words_.data();
  }

  // Sorts the first n words; tells where they are then.
  Shake* sort(std::size_t n);

  // Lists that are empty at the start of a second.
  std::vector<Shake>& heap() { return heap_; }
  std::vector<Shake>& requests() { return requests_; }

  // Beside the requests of the second asked last, in its order: reactions that came to their first
  // shake, also those of users who shook already; users who were let in after a loss.
  std::vector<Shake>& reactions() { return reactions_; }
  std::vector<Shake>& connected() { return connected_; }

 private:
  Shake* sort_by_parts(std::size_t n);
  Shake* sort_by_halves(std::size_t n);

  std::vector<Shake> words_, other_, heap_, requests_, reactions_, connected_;
  std::vector<std::uint32_t> counts_;
};

}  // namespace springtide::workload
