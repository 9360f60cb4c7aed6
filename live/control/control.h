// What can be changed while driver and server run, by the original's paths and parameters:
//
//   driver   /qps?qps=30000                              requests a second from the next second on
//   server   /yaohongbao?qps=200&sum=40000               shake packets: so many a second, in all
//            /fahongbao?qps=200&sum=20000&min=0&max=N    sent packets, to users of [min, max)
//
// GET, as the original, whose scripts still work. Answers are JSON: what was understood
// ({"qps":200,"sum":40000}), or {"error": one sentence with what was expected and received} with
// status 400. Unlike the original, which took anything unreadable for 0 and exchanged min and max,
// nothing is guessed, and a parameter nobody knows is an error too.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "live/control/http_server.h"

namespace springtide::live::control {

// Why it cannot be done now, in one sentence (answered with status 409); nothing: it is done.
using Refusal = std::optional<std::string>;

struct DriverControl {
  std::int64_t most_per_second = 10'000'000;
  std::function<Refusal(std::int64_t per_second)> set_rate;  // 1 .. most_per_second
};

struct ShakePackets {
  std::int64_t per_second = 0, count = 0;  // both at least 1
};

struct SentPackets {
  std::int64_t per_second = 0, count = 0;     // both at least 1
  std::int64_t first_user = 0, end_user = 0;  // recipients of [first_user, end_user), not empty
};

struct ServerControl {
  std::int64_t most_per_second = 1'000'000;
  std::int64_t most_packets = 100'000'000;
  std::int64_t users = 1'200'000;  // end_user is at most this
  std::function<Refusal(const ShakePackets&)> issue_shake_packets;
  std::function<Refusal(const SentPackets&)> issue_sent_packets;
};

// The functions are called from threads of the HTTP server, never two at once.
HttpRoutes driver_routes(DriverControl control);
HttpRoutes server_routes(ServerControl control);

}  // namespace springtide::live::control
