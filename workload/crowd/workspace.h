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
  // For n words and one more, in each of two lists; what was in them is lost.
  void make_room(std::size_t n) {
    if (words_.size() > n) return;
    words_.resize(n + n / 4 + 64);
    others_.resize(words_.size());
    sorted_.resize(words_.size());
  }
  Shake* words() { return words_.data(); }
  Shake* others() { return others_.data(); }

  // Sorts a list up to `end`; valid until the next make_room().
  std::span<const Shake> sort_words(const Shake* end) { return sort(words_, end); }
  std::span<const Shake> sort_others(const Shake* end) { return sort(others_, end); }

  // Lists that are empty at the start of a second.
  std::vector<Shake>& heap() { return heap_; }
  std::vector<Shake>& requests() { return requests_; }

  // Beside the requests of the second asked last, in its order: reactions that came to their first
  // shake, also those of users who shook already; users who were let in after a loss.
  std::vector<Shake>& reactions() { return reactions_; }
  std::vector<Shake>& connected() { return connected_; }

 private:
  std::span<const Shake> sort(std::vector<Shake>& list, const Shake* end);
  void sort_by_parts(std::vector<Shake>& list, std::size_t n);
  void sort_by_halves(std::vector<Shake>& list, std::size_t n);

  std::vector<Shake> words_, others_, sorted_, heap_, requests_, reactions_, connected_;
  std::vector<std::uint32_t> counts_;
};

}  // namespace springtide::workload
