// What a worker keeps of its connections. An idle one costs 24 bytes of its table: what it sent
// without ending a message, and answers that it has not read, are in buffers that are borrowed only
// while there is something in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "live/server/counts.h"

namespace springtide::live::server {

inline constexpr std::uint32_t no_buffer = 0xffffffff;

struct Connection {
  std::uint32_t generation = 0;  // how many connections had this descriptor before
  std::uint32_t user = 0;
  std::uint32_t input = no_buffer;   // bytes of a message that has not ended
  std::uint32_t output = no_buffer;  // whole answers, the first perhaps sent in part
  Count why = Count::end;            // of closing
  bool open : 1 = false;
  bool logged_in : 1 = false;
  bool sampled : 1 = false;  // its requests are stamped
  bool dirty : 1 = false;    // has output that was not tried to send in this batch
  bool blocked : 1 = false;  // the socket's buffer is full: wait for room
  bool broken : 1 = false;   // nothing can be sent any more
  bool closing : 1 = false;  // at the end of this batch
};

struct Buffer {
  std::string bytes;
  std::size_t sent = 0;  // of bytes
};

// Buffers by number, so that nothing is allocated in the steady state and nothing points.
class Buffers {
 public:
  std::uint32_t borrow() {
    if (free_.empty()) {
      buffers_.emplace_back();
      return static_cast<std::uint32_t>(buffers_.size() - 1);
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    return number;
  }
  void give_back(std::uint32_t number) {
    Buffer& buffer = buffers_[number];
    if (buffer.bytes.capacity() > kept) std::string().swap(buffer.bytes);
    buffer.bytes.clear();
    buffer.sent = 0;
    free_.push_back(number);
  }
  Buffer& operator[](std::uint32_t number) { return buffers_[number]; }
  std::size_t borrowed() const { return buffers_.size() - free_.size(); }

 private:
  static constexpr std::size_t kept = 1024;  // bytes of room that a free buffer may hold
  std::vector<Buffer> buffers_;
  std::vector<std::uint32_t> free_;
};

// How much of `bytes`, whole messages, ends at or before `sent`; only lengths are looked at.
std::size_t whole_messages(std::string_view bytes, std::size_t sent);

}  // namespace springtide::live::server
