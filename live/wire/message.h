// The wire protocol of the 2017 access server: messages to bytes and back.
//
// Everything is big-endian. A message is a header of 12 bytes and a body of u32 fields:
//
//    0        2         4                          12
//   +--------+---------+--------------------------+---------------------+
//   | length | command | sender's unix time, s    | body                |
//   +--------+---------+--------------------------+---------------------+
//   length counts everything, header included.
//
//   command             body                                    length  from
//   0 login             user                                        16  client
//   1 login answer      user, result                                20  server
//   2 shake             user                                        16  client
//   3 shake answer      user, result, packet, amount                28  server
//   4 packet for you    packet, amount, 3, user, user, user         36  server
//   5 open              user (clients leave it 0), packet           20  client
//   6 open answer       packet, amount                              20  server
//
// The original's reader takes any length from 8 to 44 and does not compare it with the command. We
// do as it does where that is harmless: a body longer than its command needs is taken, and the
// rest of it is skipped. Where it would read what an earlier message left in its buffer (a body
// shorter than its command needs) the message is malformed.
// Source: xiaojiaqi/10billionhongbaos v0.1, lib/message/message.go and lib/parse/parse.go.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace springtide::live::wire {

inline constexpr std::size_t header_size = 12;
inline constexpr std::size_t min_length = 8, max_length = 44;  // of a whole message

enum class Command : std::uint16_t {
  login = 0,
  login_answer = 1,
  shake = 2,
  shake_answer = 3,
  packet_for_you = 4,
  open = 5,
  open_answer = 6,
};
inline constexpr int commands = 7;

// The result of a shake answer: on the wire these are the numbers of the original's counters.
enum ShakeResult : std::uint32_t { result_won = 14, result_none = 15, result_overload = 17 };
inline constexpr std::uint32_t login_accepted = 0;
inline constexpr std::uint32_t recipients_of_packet = 3;

// One message of any command; a field that its command does not have is 0.
struct Message {
  Command command{};
  std::uint64_t unix_second = 0;  // of the sender's clock
  std::uint32_t user = 0;
  std::uint32_t result = 0;  // of a login or shake answer; kept as received, whatever it is
  std::uint32_t packet = 0;
  std::uint32_t amount = 0;                      // cents
  std::array<std::uint32_t, 3> recipients = {};  // of a packet for you

  bool operator==(const Message&) const = default;
};

Message login(std::uint32_t user, std::uint64_t unix_second);
Message login_answer(std::uint32_t user, std::uint64_t unix_second);
Message shake(std::uint32_t user, std::uint64_t unix_second);
Message shake_answer(std::uint32_t user, ShakeResult result, std::uint64_t unix_second,
                     std::uint32_t packet = 0, std::uint32_t amount = 0);
Message packet_for_you(std::uint32_t packet, std::uint32_t amount,
                       std::array<std::uint32_t, 3> recipients, std::uint64_t unix_second);
Message open(std::uint32_t packet, std::uint64_t unix_second);
Message open_answer(std::uint32_t packet, std::uint32_t amount, std::uint64_t unix_second);

// Bytes of a message of this command.
constexpr std::size_t size_of(Command command) {
  constexpr std::array<std::size_t, commands> sizes = {16, 20, 16, 28, 36, 20, 20};
  return sizes[static_cast<std::size_t>(command)];
}

// Whether clients send it (or the server does).
constexpr bool from_client(Command command) {
  return command == Command::login || command == Command::shake || command == Command::open;
}

// Writes size_of(message.command) bytes and returns how many.
std::size_t encode(const Message& message, char* out);

enum class Malformed {
  no,
  too_short,         // length below 8
  too_long,          // length above 44
  unknown_command,   // above 6
  incomplete_body,   // length below what the command needs
  wrong_recipients,  // a packet for you that does not say three recipients
};
std::string_view to_string(Malformed reason);

struct Parsed {
  enum class Status { need_more, message, malformed } status = Status::need_more;
  std::size_t consumed = 0;  // bytes of the message; 0 unless `message`
  Malformed malformed = Malformed::no;
  Message message;
};

// The first message in `bytes`. Needs more: when what is there could still become a message. What
// is wrong is said as soon as it is seen: a bad length after 2 bytes, a bad command after 4.
Parsed parse(std::string_view bytes);

}  // namespace springtide::live::wire
