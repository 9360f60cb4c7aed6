// Any bytes at all, read as a stream of messages: each is a message, malformed, or needs more; what
// is read and written again is the same message; how the stream is cut changes nothing.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "live/wire/message.h"

using namespace springtide::live::wire;

namespace {

void check_message(const Parsed& parsed, std::string_view bytes) {
  SPRINGTIDE_CHECK(parsed.consumed >= size_of(parsed.message.command), "fields lie in the message");
  SPRINGTIDE_CHECK(parsed.consumed <= max_length && parsed.consumed <= bytes.size(),
                   "a message ends where its bytes end");
  char buffer[max_length];
  const std::string_view again(buffer, encode(parsed.message, buffer));
  const Parsed second = parse(again);
  SPRINGTIDE_CHECK(second.status == Parsed::Status::message && second.message == parsed.message,
                   "a message written is the message read");
}

// Messages until it is malformed, with `piece` bytes more at a time.
std::vector<Message> read_all(std::string_view bytes, std::size_t piece, Malformed& end) {
  std::vector<Message> messages;
  std::string waiting;
  while (!bytes.empty()) {
    const std::string_view next = bytes.substr(0, piece);
    bytes.remove_prefix(next.size());
    waiting += next;
    for (;;) {
      const Parsed parsed = parse(waiting);
      end = parsed.malformed;
      SPRINGTIDE_CHECK((parsed.status == Parsed::Status::malformed) == (end != Malformed::no),
                       "what is malformed has a reason");
      if (end != Malformed::no) return messages;
      if (parsed.status == Parsed::Status::need_more) break;
      check_message(parsed, waiting);
      messages.push_back(parsed.message);
      waiting.erase(0, parsed.consumed);
    }
    SPRINGTIDE_CHECK(waiting.size() < max_length, "what needs more is less than a message");
  }
  return messages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size < 2048 ? size : 2048);
  Malformed end = Malformed::no;
  const auto whole = read_all(bytes, bytes.size(), end);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{33}}) {
    Malformed other_end = Malformed::no;
    SPRINGTIDE_CHECK(read_all(bytes, piece, other_end) == whole && other_end == end,
                     "how a stream is cut changes nothing");
  }
  return 0;
}
