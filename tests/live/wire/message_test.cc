// The wire protocol, byte for byte: every message, every malformed form, every way to cut a stream.
#include "live/wire/message.h"

#include <initializer_list>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace springtide::live::wire;

namespace {

constexpr std::uint64_t second = 0x0000'0000'589f'2d6cULL;

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text.push_back(static_cast<char>(value));
  return text;
}

std::string encoded(const Message& message) {
  char buffer[max_length];
  return {buffer, encode(message, buffer)};
}

std::vector<Message> every_message() {
  return {login(0x01020304, second),
          login_answer(7, second),
          shake(1'199'999, second),
          shake_answer(7, result_won, second, 0x100001, 309),
          shake_answer(7, result_none, second),
          shake_answer(7, result_overload, second),
          packet_for_you(0x200001, 10, {1, 2, 0xffffffff}, second),
          open(0x200001, second),
          open_answer(0x200001, 0, second)};
}

std::string frame(int length, int command, std::size_t size) {
  std::string text = bytes({length >> 8, length & 255, command >> 8, command & 255});
  text.resize(size, '\x03');
  return text;
}

}  // namespace

TEST_CASE("messages are these bytes") {
  const std::string time = bytes({0, 0, 0, 0, 0x58, 0x9f, 0x2d, 0x6c});
  CHECK(encoded(login(0x01020304, second)) == bytes({0, 16, 0, 0}) + time + bytes({1, 2, 3, 4}));
  CHECK(encoded(login_answer(258, second)) ==
        bytes({0, 20, 0, 1}) + time + bytes({0, 0, 1, 2, 0, 0, 0, 0}));
  CHECK(encoded(shake(258, second)) == bytes({0, 16, 0, 2}) + time + bytes({0, 0, 1, 2}));
  CHECK(encoded(shake_answer(1, result_won, second, 0x100000, 309)) ==
        bytes({0, 28, 0, 3}) + time +
            bytes({0, 0, 0, 1, 0, 0, 0, 14, 0, 0x10, 0, 0, 0, 0, 1, 0x35}));
  CHECK(encoded(shake_answer(1, result_none, second)).substr(16, 4) == bytes({0, 0, 0, 15}));
  CHECK(encoded(shake_answer(1, result_overload, second)).substr(16, 4) == bytes({0, 0, 0, 17}));
  CHECK(encoded(packet_for_you(0x200000, 10, {1, 2, 3}, second)) ==
        bytes({0, 36, 0, 4}) + time +
            bytes({0, 0x20, 0, 0, 0, 0, 0, 10, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3}));
  CHECK(encoded(open(0x200000, second)) ==
        bytes({0, 20, 0, 5}) + time + bytes({0, 0, 0, 0, 0, 0x20, 0, 0}));
  CHECK(encoded(open_answer(0x200000, 53, second)) ==
        bytes({0, 20, 0, 6}) + time + bytes({0, 0x20, 0, 0, 0, 0, 0, 53}));
}

TEST_CASE("every message comes back as it was sent, and says how long it was") {
  for (const Message& message : every_message()) {
    const std::string text = encoded(message);
    CHECK(text.size() == size_of(message.command));
    const Parsed parsed = parse(text + "rest");
    CHECK(parsed.status == Parsed::Status::message);
    CHECK(parsed.consumed == text.size());
    CHECK(parsed.message == message);
  }
}

TEST_CASE("every beginning of a message needs more") {
  for (const Message& message : every_message()) {
    const std::string text = encoded(message);
    for (std::size_t length = 0; length < text.size(); ++length) {
      const Parsed parsed = parse(std::string_view(text).substr(0, length));
      CHECK(parsed.status == Parsed::Status::need_more);
      CHECK(parsed.consumed == 0);
    }
  }
}

TEST_CASE("every length is a message, needs more or is malformed, as its command says") {
  for (int command = 0; command < 9; ++command)
    for (int length = 0; length < 300; ++length) {
      CAPTURE(command);
      CAPTURE(length);
      std::string text = frame(length, command, 400);
      if (command == 4) text.replace(20, 4, bytes({0, 0, 0, 3}));
      const Parsed parsed = parse(text);
      Malformed expected = Malformed::no;
      if (length < 8)
        expected = Malformed::too_short;
      else if (length > 44)
        expected = Malformed::too_long;
      else if (command > 6)
        expected = Malformed::unknown_command;
      else if (length < static_cast<int>(size_of(static_cast<Command>(command))))
        expected = Malformed::incomplete_body;
      CHECK(parsed.malformed == expected);
      CHECK((parsed.status == Parsed::Status::message) == (expected == Malformed::no));
      CHECK(parsed.consumed == (expected == Malformed::no ? static_cast<std::size_t>(length) : 0));
    }
}

TEST_CASE("a body longer than its command needs is taken, as the original does") {
  std::string text = encoded(shake(77, second)) + "extra";
  text[1] = 21;
  const Parsed parsed = parse(text);
  CHECK(parsed.status == Parsed::Status::message);
  CHECK(parsed.consumed == 21);
  CHECK(parsed.message == shake(77, second));
}

TEST_CASE("what is malformed is said as soon as it is seen") {
  CHECK(parse(bytes({0, 7})).malformed == Malformed::too_short);
  CHECK(parse(bytes({0, 45})).malformed == Malformed::too_long);
  CHECK(parse(bytes({0xff, 0xff})).malformed == Malformed::too_long);
  CHECK(parse(bytes({0, 16, 0})).status == Parsed::Status::need_more);
  CHECK(parse(bytes({0, 16, 0, 7})).malformed == Malformed::unknown_command);
  CHECK(parse(bytes({0, 16, 1, 2})).malformed == Malformed::unknown_command);
  CHECK(parse(bytes({0, 16, 0, 5})).malformed == Malformed::incomplete_body);
}

TEST_CASE("a packet that is not for three is malformed") {
  std::string text = encoded(packet_for_you(1, 2, {3, 4, 5}, second));
  text[23] = 2;
  CHECK(parse(text).malformed == Malformed::wrong_recipients);
}

TEST_CASE("every reason has a name of its own") {
  std::vector<std::string_view> names;
  for (int reason = 0; reason <= static_cast<int>(Malformed::wrong_recipients); ++reason)
    names.push_back(to_string(static_cast<Malformed>(reason)));
  for (std::size_t i = 0; i < names.size(); ++i) {
    CHECK(!names[i].empty());
    for (std::size_t j = 0; j < i; ++j) CHECK(names[i] != names[j]);
  }
}
