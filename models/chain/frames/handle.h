// Who is meant, in a site: a slot of a slab and the generation that lives in it. A slot is used
// again; a handle of an earlier generation is stale, and whoever holds one is told nothing.
#pragma once

#include <cstdint>
#include <limits>

namespace springtide::models::chain {

inline constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

struct Handle {
  std::uint32_t slot = none;
  std::uint32_t generation = 0;

  bool empty() const { return slot == none; }
  std::uint64_t word() const { return static_cast<std::uint64_t>(generation) << 32 | slot; }
  static Handle of(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32)};
  }
  bool operator==(const Handle&) const = default;
};

}  // namespace springtide::models::chain
