#include "live/net/sockets.h"

#include <cerrno>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <fmt/format.h>

#include "live/net/problem.h"

namespace springtide::live::net {
namespace {

// There is no congestion on the way from a machine to itself: the plainest control, which every
// kernel has, spares 1 us a request against bbr, which paces each segment. Accepted sockets inherit
// it. Where it is refused, what the kernel takes works too.
File new_socket() {
  File made(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  static constexpr std::string_view plain = "reno";
  if (made) setsockopt(made.descriptor(), IPPROTO_TCP, TCP_CONGESTION, plain.data(), plain.size());
  return made;
}

bool set(const File& socket, int level, int option, int value) {
  return setsockopt(socket.descriptor(), level, option, &value, sizeof value) == 0;
}

bool bind_to(const File& socket, const Address& address) {
  const sockaddr_in name = to_sockaddr(address);
  return bind(socket.descriptor(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0;
}

Diagnostic failure(const Address& address, std::string_view what) {
  const int error = errno;
  Diagnostic refused = kernel_problem(what, "cannot listen at " + to_string(address), error);
  if (error == EADDRINUSE)
    refused.hint = fmt::format("another program has this port (`ss -ltnp sport = :{}` tells which)",
                               address.port);
  if (error == EACCES) refused.hint = "ports below 1024 need a privilege; take a higher one";
  if (error == EMFILE)
    refused.hint = "this process may open no more files (`ulimit -Hn` tells the limit)";
  return refused;
}

}  // namespace

Result<Address> reserve(const Address& address, std::string_view what) {
  const File probe = new_socket();
  // Without SO_REUSEPORT; SO_REUSEADDR so that closed connections of an earlier run do not count.
  if (!probe || !set(probe, SOL_SOCKET, SO_REUSEADDR, 1) || !bind_to(probe, address) ||
      listen(probe.descriptor(), 1) != 0)
    return failure(address, what);
  return local_address(probe);
}

Result<File> listen_at(const Address& address, const ListenOptions& options,
                       std::string_view what) {
  File listener = new_socket();
  const bool ready =
      listener && set(listener, SOL_SOCKET, SO_REUSEADDR, 1) &&
      (!options.share_port || set(listener, SOL_SOCKET, SO_REUSEPORT, 1)) &&
      set(listener, IPPROTO_TCP, TCP_NODELAY, 1) &&
      (options.send_buffer == 0 || set(listener, SOL_SOCKET, SO_SNDBUF, options.send_buffer)) &&
      (options.receive_buffer == 0 ||
       set(listener, SOL_SOCKET, SO_RCVBUF, options.receive_buffer)) &&
      (!options.processor || set(listener, SOL_SOCKET, SO_INCOMING_CPU, *options.processor)) &&
      bind_to(listener, address) && listen(listener.descriptor(), options.backlog) == 0;
  if (!ready) return failure(address, what);
  return listener;
}

File accept_from(const File& listener) {
  return File(accept4(listener.descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

File begin_connect(const Address& target, const Address& source) {
  File socket = new_socket();
  if (!socket) return {};
  set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  // The port is chosen at connect, when the whole quadruple is known: 4 billion, not 65 thousand.
  set(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  if (!bind_to(socket, source)) return {};
  const sockaddr_in name = to_sockaddr(target);
  if (connect(socket.descriptor(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 &&
      errno != EINPROGRESS)
    return {};
  return socket;
}

Address local_address(const File& socket) {
  sockaddr_in name{};
  socklen_t length = sizeof name;
  getsockname(socket.descriptor(), reinterpret_cast<sockaddr*>(&name), &length);
  return from_sockaddr(name);
}

int error_of(const File& socket) {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &length);
  return error;
}

void reset_on_close(const File& socket) {
  const linger now{1, 0};
  setsockopt(socket.descriptor(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace springtide::live::net
