// What the two backends share, and how each is made. For this folder only.
#pragma once

#include <memory>
#include <sys/socket.h>

#include "live/net/streams/streams.h"

namespace springtide::live::net {

Result<std::unique_ptr<Streams>> make_epoll_streams();
Result<std::unique_ptr<Streams>> make_uring_streams();

// The arrival time that came with the bytes, unix nanoseconds; 0: none.
std::int64_t arrival_in(const cmsghdr* control);

}  // namespace springtide::live::net
