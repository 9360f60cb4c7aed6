// Messages that lie unread in sockets or wait in queues: many short lists in one array of nodes,
// so that a million connections need eight bytes each while nothing is waiting.
#pragma once

#include <cstdint>
#include <vector>

#include "models/red_packet/messages.h"

namespace springtide::models::red_packet {

struct Waiting {
  Message message{};
  std::uint32_t user = 0;
  std::uint64_t b = 0;
  Instant since;
};

class Backlog {
 public:
  struct List {
    std::uint32_t first = none, last = none;
    bool empty() const { return first == none; }
  };

  void push(List& list, const Waiting& waiting) {
    std::uint32_t node = free_;
    if (node == none) {
      node = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({});
    } else {
      free_ = nodes_[node].next;
      // The next push comes much later; by then this has left the cache.
      if (free_ != none) __builtin_prefetch(&nodes_[free_], 1);
    }
    nodes_[node] = {waiting, none};
    if (list.empty()) {
      list.first = node;
    } else {
      nodes_[list.last].next = node;
    }
    list.last = node;
    ++size_;
  }

  [[gnu::always_inline]] void prefetch(const List& list) const {
    if (!list.empty()) __builtin_prefetch(&nodes_[list.first]);
  }
  const Waiting& front(const List& list) const { return nodes_[list.first].waiting; }

  Waiting pop(List& list) {
    const std::uint32_t node = list.first;
    list.first = nodes_[node].next;
    nodes_[node].next = free_;
    free_ = node;
    --size_;
    return nodes_[node].waiting;
  }

  std::size_t size() const { return size_; }

  template <typename Visitor>
  void for_each(const List& list, Visitor&& visit) const {
    for (std::uint32_t node = list.first; node != none; node = nodes_[node].next)
      visit(nodes_[node].waiting);
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  struct Node {
    Waiting waiting;
    std::uint32_t next = none;
  };
  std::vector<Node> nodes_;
  std::uint32_t free_ = none;
  std::size_t size_ = 0;
};

}  // namespace springtide::models::red_packet
