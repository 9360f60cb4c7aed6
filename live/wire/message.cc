#include "live/wire/message.h"

#include <bit>
#include <cstring>

namespace springtide::live::wire {
namespace {

static_assert(std::endian::native == std::endian::little, "byte order is swapped below");

void put16(char* out, std::uint16_t value) {
  value = __builtin_bswap16(value);
  std::memcpy(out, &value, sizeof value);
}
void put32(char* out, std::uint32_t value) {
  value = __builtin_bswap32(value);
  std::memcpy(out, &value, sizeof value);
}
void put64(char* out, std::uint64_t value) {
  value = __builtin_bswap64(value);
  std::memcpy(out, &value, sizeof value);
}
std::uint16_t get16(const char* in) {
  std::uint16_t value;
  std::memcpy(&value, in, sizeof value);
  return __builtin_bswap16(value);
}
std::uint32_t get32(const char* in) {
  std::uint32_t value;
  std::memcpy(&value, in, sizeof value);
  return __builtin_bswap32(value);
}
std::uint64_t get64(const char* in) {
  std::uint64_t value;
  std::memcpy(&value, in, sizeof value);
  return __builtin_bswap64(value);
}

Parsed malformed(Malformed reason) { return {Parsed::Status::malformed, 0, reason, {}}; }

// `body` holds all fields of the command; false where it does not say three recipients.
bool read_body(const char* body, Message& message) {
  switch (message.command) {
    case Command::login:
    case Command::shake: message.user = get32(body); break;
    case Command::login_answer:
      message.user = get32(body);
      message.result = get32(body + 4);
      break;
    case Command::shake_answer:
      message.user = get32(body);
      message.result = get32(body + 4);
      message.packet = get32(body + 8);
      message.amount = get32(body + 12);
      break;
    case Command::packet_for_you:
      message.packet = get32(body);
      message.amount = get32(body + 4);
      for (std::size_t i = 0; i < 3; ++i) message.recipients[i] = get32(body + 12 + 4 * i);
      return get32(body + 8) == recipients_of_packet;
    case Command::open:
      message.user = get32(body);
      message.packet = get32(body + 4);
      break;
    case Command::open_answer:
      message.packet = get32(body);
      message.amount = get32(body + 4);
      break;
  }
  return true;
}

}  // namespace

Message login(std::uint32_t user, std::uint64_t unix_second) {
  return {.command = Command::login, .unix_second = unix_second, .user = user};
}

Message login_answer(std::uint32_t user, std::uint64_t unix_second) {
  return {.command = Command::login_answer,
          .unix_second = unix_second,
          .user = user,
          .result = login_accepted};
}

Message shake(std::uint32_t user, std::uint64_t unix_second) {
  return {.command = Command::shake, .unix_second = unix_second, .user = user};
}

Message shake_answer(std::uint32_t user, ShakeResult result, std::uint64_t unix_second,
                     std::uint32_t packet, std::uint32_t amount) {
  return {.command = Command::shake_answer,
          .unix_second = unix_second,
          .user = user,
          .result = result,
          .packet = packet,
          .amount = amount};
}

Message packet_for_you(std::uint32_t packet, std::uint32_t amount,
                       std::array<std::uint32_t, 3> recipients, std::uint64_t unix_second) {
  return {.command = Command::packet_for_you,
          .unix_second = unix_second,
          .packet = packet,
          .amount = amount,
          .recipients = recipients};
}

Message open(std::uint32_t packet, std::uint64_t unix_second) {
  return {.command = Command::open, .unix_second = unix_second, .packet = packet};
}

Message open_answer(std::uint32_t packet, std::uint32_t amount, std::uint64_t unix_second) {
  return {.command = Command::open_answer,
          .unix_second = unix_second,
          .packet = packet,
          .amount = amount};
}

std::size_t encode(const Message& message, char* out) {
  const std::size_t size = size_of(message.command);
  put16(out, static_cast<std::uint16_t>(size));
  put16(out + 2, static_cast<std::uint16_t>(message.command));
  put64(out + 4, message.unix_second);
  char* body = out + header_size;
  switch (message.command) {
    case Command::login:
    case Command::shake: put32(body, message.user); break;
    case Command::login_answer:
      put32(body, message.user);
      put32(body + 4, message.result);
      break;
    case Command::shake_answer:
      put32(body, message.user);
      put32(body + 4, message.result);
      put32(body + 8, message.packet);
      put32(body + 12, message.amount);
      break;
    case Command::packet_for_you:
      put32(body, message.packet);
      put32(body + 4, message.amount);
      put32(body + 8, recipients_of_packet);
      for (std::size_t i = 0; i < 3; ++i) put32(body + 12 + 4 * i, message.recipients[i]);
      break;
    case Command::open:
      put32(body, message.user);
      put32(body + 4, message.packet);
      break;
    case Command::open_answer:
      put32(body, message.packet);
      put32(body + 4, message.amount);
      break;
  }
  return size;
}

std::string_view to_string(Malformed reason) {
  switch (reason) {
    case Malformed::no: return "well formed";
    case Malformed::too_short: return "length below 8";
    case Malformed::too_long: return "length above 44";
    case Malformed::unknown_command: return "unknown command";
    case Malformed::incomplete_body: return "length below what its command needs";
    case Malformed::wrong_recipients: return "a packet that is not for three";
  }
  return "";
}

Parsed parse(std::string_view bytes) {
  if (bytes.size() < 2) return {};
  const std::size_t length = get16(bytes.data());
  if (length < min_length) return malformed(Malformed::too_short);
  if (length > max_length) return malformed(Malformed::too_long);
  if (bytes.size() < 4) return {};
  const std::uint16_t command = get16(bytes.data() + 2);
  if (command >= commands) return malformed(Malformed::unknown_command);
  if (length < size_of(static_cast<Command>(command))) return malformed(Malformed::incomplete_body);
  if (bytes.size() < length) return {};
  Parsed parsed{Parsed::Status::message, length, Malformed::no, {}};
  parsed.message.command = static_cast<Command>(command);
  parsed.message.unix_second = get64(bytes.data() + 4);
  if (!read_body(bytes.data() + header_size, parsed.message))
    return malformed(Malformed::wrong_recipients);
  return parsed;
}

}  // namespace springtide::live::wire
