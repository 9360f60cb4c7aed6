// A client as simple as can be: one blocking socket, for tests of the server.
#pragma once

#include <cstdint>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>

#include <doctest/doctest.h>

#include "live/net/clock.h"
#include "live/net/sockets.h"
#include "live/wire/message.h"

namespace springtide::live {

inline constexpr std::uint64_t any_second = 1'486'824'300;

inline std::string encoded(const wire::Message& message) {
  char buffer[wire::max_length];
  return {buffer, wire::encode(message, buffer)};
}

class PlainClient {
 public:
  // `receive_buffer`: of the kernel, in bytes; 0: as it likes.
  explicit PlainClient(const net::Address& server, int receive_buffer = 0) {
    socket_ = net::File(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer > 0)
      setsockopt(socket_.descriptor(), SOL_SOCKET, SO_RCVBUF, &receive_buffer,
                 sizeof receive_buffer);
    const sockaddr_in name = net::to_sockaddr(server);
    REQUIRE(connect(socket_.descriptor(), reinterpret_cast<const sockaddr*>(&name), sizeof name) ==
            0);
  }

  // False where the server has closed.
  bool send(std::string_view bytes) {
    return ::send(socket_.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  bool send(const wire::Message& message) { return send(encoded(message)); }

  // Sends what the socket takes at once, and says how many bytes that was; -1: closed.
  std::int64_t send_some(std::string_view bytes) {
    const auto size =
        ::send(socket_.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return size >= 0 ? size : errno == EAGAIN ? 0 : -1;
  }

  // The next message; nothing where none comes in time or the connection ends.
  std::optional<wire::Message> receive(int milliseconds = 10'000) {
    const std::int64_t end = net::monotonic_ns() + milliseconds * std::int64_t{1'000'000};
    for (;;) {
      const wire::Parsed parsed = wire::parse(received_);
      REQUIRE(parsed.status != wire::Parsed::Status::malformed);
      if (parsed.status == wire::Parsed::Status::message) {
        received_.erase(0, parsed.consumed);
        return parsed.message;
      }
      const std::int64_t left = end - net::monotonic_ns();
      if (left <= 0 || !read_more(static_cast<int>(left / 1'000'000) + 1)) return {};
    }
  }

  // Waits for the end of the connection; what still came is discarded.
  bool closed(int milliseconds = 10'000) {
    const std::int64_t end = net::monotonic_ns() + milliseconds * std::int64_t{1'000'000};
    while (net::monotonic_ns() < end) {
      if (!read_more(50) && ended_) return true;
      received_.clear();
    }
    return false;
  }

  bool log_in(std::uint32_t user) {
    if (!send(wire::login(user, any_second))) return false;
    const auto answer = receive();
    return answer && answer->command == wire::Command::login_answer && answer->user == user;
  }
  std::optional<wire::Message> shake(std::uint32_t user) {
    return send(wire::shake(user, any_second)) ? receive() : std::nullopt;
  }

  void send_no_more() { shutdown(socket_.descriptor(), SHUT_WR); }
  void reset() {
    net::reset_on_close(socket_);
    socket_.close();
  }

 private:
  bool read_more(int milliseconds) {
    pollfd wanted{socket_.descriptor(), POLLIN, 0};
    if (poll(&wanted, 1, milliseconds) <= 0) return false;
    char buffer[65536];
    const auto size = recv(socket_.descriptor(), buffer, sizeof buffer, 0);
    if (size <= 0) ended_ = true;
    if (size > 0) received_.append(buffer, static_cast<std::size_t>(size));
    return size > 0;
  }

  net::File socket_;
  std::string received_;
  bool ended_ = false;
};

}  // namespace springtide::live
