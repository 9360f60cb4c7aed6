#include "workload/crowd/sessions.h"

#include "base/check.h"

namespace springtide::workload {

std::uint16_t& Sessions::grown(std::uint32_t user) {
  if (user < own_size_) {
    own_.resize(own_size_);
    return own_[user];
  }
  SPRINGTIDE_CHECK(user >= others_begin_, "only those who are online are in a session");
  const std::size_t other = user - others_begin_;
  if (other >= others_.size()) {
    const std::size_t size = std::max<std::size_t>(other + 1, others_size_);
    // They come in many groups: an eighth more than what there is copies little and wastes little.
    if (size > others_.capacity()) others_.reserve(std::max(size, others_.size() / 8 * 9));
    others_.resize(size);
  }
  return others_[other];
}

std::vector<UserSeconds::Entry> Sessions::prolonged() const {
  std::vector<UserSeconds::Entry> entries = far_.sorted();
  const auto add = [&](const std::vector<std::uint16_t>& states, std::uint32_t begin) {
    for (std::size_t i = 0; i < states.size(); ++i)
      if (states[i] >= first && states[i] != far)
        entries.push_back({begin + static_cast<std::uint32_t>(i), std::int64_t{states[i]} - first});
  };
  add(own_, 0);
  add(others_, others_begin_);
  if (far_.size() > 0)
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.user < b.user; });
  return entries;
}

void Sessions::clear() {
  std::vector<std::uint16_t>().swap(own_);
  std::vector<std::uint16_t>().swap(others_);
  far_.clear();
}

std::size_t Sessions::memory_bytes() const {
  return (own_.capacity() + others_.capacity()) * sizeof(std::uint16_t) + far_.memory_bytes();
}

}  // namespace springtide::workload
