#include "policy/caches/entries.h"

#include <algorithm>

namespace springtide::policy {

CacheEntries::CacheEntries(std::uint64_t keys, std::uint64_t size, Duration ttl)
    : ttl_(ttl),
      entry_of_(keys, none),
      entries_(std::min(std::max<std::uint64_t>(size, 1), keys)) {}

bool CacheEntries::look(Instant now, std::uint64_t key) {
  const std::uint32_t entry = entry_of_[key];
  if (entry == none || now.ns - entries_[entry].stored >= ttl_.ns) return false;
  unlink(entry);
  make_newest(entry);
  return true;
}

void CacheEntries::store(Instant now, std::uint64_t key) {
  const std::uint32_t entry = place_for(key);
  entries_[entry].stored = now.ns;
  make_newest(entry);
}

void CacheEntries::forget_all() {
  std::fill(entry_of_.begin(), entry_of_.end(), none);
  newest_ = oldest_ = none;
  used_ = 0;
}

// Linked nowhere yet: the key's own entry, an unused one, or that of the least recently used key.
std::uint32_t CacheEntries::place_for(std::uint64_t key) {
  std::uint32_t entry = entry_of_[key];
  if (entry != none) {
    unlink(entry);
    return entry;
  }
  if (used_ < entries_.size()) {
    entry = static_cast<std::uint32_t>(used_++);
  } else {
    entry = oldest_;
    unlink(entry);
    entry_of_[entries_[entry].key] = none;
    ++evicted_;
  }
  entries_[entry].key = static_cast<std::uint32_t>(key);
  return entry_of_[key] = entry;
}

void CacheEntries::unlink(std::uint32_t entry) {
  const Entry& gone = entries_[entry];
  (gone.newer == none ? newest_ : entries_[gone.newer].older) = gone.older;
  (gone.older == none ? oldest_ : entries_[gone.older].newer) = gone.newer;
}

void CacheEntries::make_newest(std::uint32_t entry) {
  entries_[entry].newer = none;
  entries_[entry].older = newest_;
  (newest_ == none ? oldest_ : entries_[newest_].newer) = entry;
  newest_ = entry;
}

}  // namespace springtide::policy
