// Messages that wait, first come first served: 8 bytes each, in chunks that are given back, so that
// a backlog of millions costs what it holds at the time, and nothing when it is worked off.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "sim/fifo.h"

namespace springtide::models::chain {

// Of the queue under whose name it was put; `number` is that of its ledger.
struct Message {
  std::uint64_t word = 0;

  static Message of(std::uint32_t queue, std::uint64_t number) {
    return {static_cast<std::uint64_t>(queue) << number_bits | number};
  }
  std::uint32_t queue() const { return static_cast<std::uint32_t>(word >> number_bits); }
  std::uint64_t number() const { return word & ((std::uint64_t{1} << number_bits) - 1); }

 private:
  static constexpr int number_bits = 48;
};

class Backlog {
 public:
  bool empty() const { return size_ == 0; }
  std::int64_t size() const { return size_; }
  Message front() const { return (*chunks_.front())[first_]; }

  void push(Message message) {
    if (last_ == chunk_size || chunks_.empty()) {
      chunks_.push(spare_ ? std::move(spare_) : std::make_unique<Chunk>());
      last_ = 0;
    }
    (*chunks_.back())[last_++] = message;
    ++size_;
  }

  Message pop() {
    const Message message = (*chunks_.front())[first_++];
    --size_;
    if (first_ < chunk_size && size_ > 0) return message;
    spare_ = chunks_.pop();
    first_ = 0;
    return message;
  }

  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    std::size_t place = first_;
    for (std::int64_t i = 0; i < size_; ++i, ++place)
      visit((*chunks_[place / chunk_size])[place % chunk_size]);
  }

 private:
  static constexpr std::size_t chunk_size = 4096;
  using Chunk = std::array<Message, chunk_size>;

  sim::Fifo<std::unique_ptr<Chunk>> chunks_;
  std::unique_ptr<Chunk> spare_;  // one, so that a queue that breathes does not allocate
  std::size_t first_ = 0, last_ = 0;
  std::int64_t size_ = 0;
};

}  // namespace springtide::models::chain
