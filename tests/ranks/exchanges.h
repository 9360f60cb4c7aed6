// Every kind of exchange between ranks, with blocks that tell where they come from.
#pragma once

#include <string>
#include <vector>

#include "sim/ranks/ranks.h"

namespace springtide::sim {

// Of another length from every rank to every rank, from nothing to a megabyte.
inline Block block_of(int from, int to, int round) {
  const std::size_t length = (from + 2 * to) % 3 == 0 ? 0 : std::size_t{1} << (4 * round + from);
  Block block(length);
  for (std::size_t i = 0; i < length; ++i)
    block[i] = static_cast<std::byte>(i * 7 + static_cast<std::size_t>(from * 31 + to * 5 + round));
  return block;
}

// Names what came wrong on this rank; empty: nothing.
inline std::string problems_of_exchanges(Ranks& ranks) {
  std::string problems;
  const auto expect = [&](bool holds, const char* what) {
    if (!holds) problems += std::string(what) + " ";
  };
  const int me = ranks.rank();
  for (int round = 0; round < 5; ++round) {
    const std::vector<Block> all = ranks.all_gather(block_of(me, 0, round));
    expect(std::ssize(all) == ranks.size(), "all_gather: as many as ranks");
    for (int from = 0; from < ranks.size(); ++from)
      expect(all[static_cast<std::size_t>(from)] == block_of(from, 0, round), "all_gather");
    int taken = 0;
    ranks.gather(block_of(me, 1, round), [&](int from, const Block& block) {
      expect(from == taken++, "gather: in the order of ranks");
      expect(block == block_of(from, 1, round), "gather");
    });
    expect(taken == (ranks.is_first() ? ranks.size() : 0), "gather: only to the first");
    for (int from = 0; from < ranks.size(); ++from) {
      std::vector<Block> parts;
      for (int to = 0; me == from && to < ranks.size(); ++to)
        parts.push_back(block_of(from, to, round));
      expect(ranks.scatter(from, std::move(parts)) == block_of(from, me, round), "scatter");
    }
  }
  return problems;
}

}  // namespace springtide::sim
