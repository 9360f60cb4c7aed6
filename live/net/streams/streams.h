// Many TCP connections in one loop: bytes come as they arrive, answers leave many at once.
//
//   streams.watch(listener, token)        told: ready(token), again and again while there is one
//   streams.begin(socket, token)          a connection that is being made; told: writable(token)
//   streams.receive(socket, token)        from now on; told: received(...), ended(...)
//   streams.wait(longest, events)         tells; returns when all there is has been told
//   streams.send(batch)                   now, without waiting; each says how much was taken
//   streams.await_room(socket)            send took too little; told once: writable(token)
//   streams.forget(socket)                nothing of it is told any more; then close it
//
// Two backends stand behind it. epoll: one system call a read and a write (epoll.cc). io_uring: the
// kernel puts what arrives into buffers that all connections share, and takes all writes of a batch
// with one call (uring.cc); it needs Linux 6.1. What is told is the same, and no connection can
// hold up another: of each at most some kilobytes are told in one wait.
//
// A token is the caller's name for a socket. Memory: 8 bytes a possible file, and with io_uring
// 128 KiB of buffers a process. Belongs to the process, and thread, that made it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/diagnostic.h"
#include "base/time.h"

namespace springtide::live::net {

enum class Backend { automatic, epoll, io_uring };
std::string_view to_string(Backend backend);

// What this machine can do of what is wanted: automatic becomes io_uring where the kernel has what
// it needs, else epoll. A problem where io_uring is wanted and refused.
Result<Backend> choose(Backend wanted);

struct Received {
  std::uint32_t token = 0;
  std::string_view bytes;  // at least one; gone when received() returns
  std::int64_t arrival_ns =
      0;  // unix clock, when the kernel got them; 0: not asked for, or unknown
};

struct Outgoing {
  int socket = -1;
  const char* bytes = nullptr;
  std::size_t size = 0;
  std::int64_t taken = 0;  // afterwards: bytes that the socket took, or -errno
};

// Who is told. All of them may call the streams, also forget().
class StreamEvents {
 public:
  virtual void ready(std::uint32_t token) = 0;     // a watched descriptor can be read
  virtual void writable(std::uint32_t token) = 0;  // or broken: the next call tells
  virtual void received(const Received& received) = 0;
  // The other side sends no more (0), or an errno. The last that is told of a connection.
  virtual void ended(std::uint32_t token, int error) = 0;

 protected:
  ~StreamEvents() = default;
};

class Streams {
 public:
  // `backend` as choose() gave it.
  static Result<std::unique_ptr<Streams>> make(Backend backend);
  virtual ~Streams() = default;

  // False: the kernel has no room for one more (errno says why).
  virtual bool watch(int descriptor, std::uint32_t token) = 0;
  virtual bool begin(int socket, std::uint32_t token) = 0;
  // `arrivals`: with the time at which the kernel got the bytes (ask_for_arrivals).
  virtual bool receive(int socket, std::uint32_t token, bool arrivals = false) = 0;

  virtual void send(std::span<Outgoing> batch) = 0;
  virtual void await_room(int socket) = 0;
  virtual void forget(int socket) = 0;

  virtual void wait(Duration longest, StreamEvents& events) = 0;
};

// The kernel notes when it gets the bytes of this socket. False: it does not.
bool ask_for_arrivals(int socket);

}  // namespace springtide::live::net
