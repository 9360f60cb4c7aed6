#include "live/net/streams/streams.h"

#include <cstring>
#include <ctime>

#include "live/net/streams/backends.h"

namespace springtide::live::net {

std::string_view to_string(Backend backend) {
  switch (backend) {
    case Backend::automatic: return "auto";
    case Backend::epoll: return "epoll";
    case Backend::io_uring: return "io_uring";
  }
  return "";
}

Result<Backend> choose(Backend wanted) {
  if (wanted == Backend::epoll) return wanted;
  const auto tried = make_uring_streams();
  if (tried) return Backend::io_uring;
  if (wanted == Backend::automatic) return Backend::epoll;
  return tried.problems();
}

Result<std::unique_ptr<Streams>> Streams::make(Backend backend) {
  return backend == Backend::io_uring ? make_uring_streams() : make_epoll_streams();
}

bool ask_for_arrivals(int socket) {
  const int yes = 1;
  return setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes) == 0;
}

std::int64_t arrival_in(const cmsghdr* control) {
  if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_TIMESTAMPNS) return 0;
  timespec at;
  std::memcpy(&at, CMSG_DATA(control), sizeof at);
  return static_cast<std::int64_t>(at.tv_sec) * second.ns + at.tv_nsec;
}

}  // namespace springtide::live::net
