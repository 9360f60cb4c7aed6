// Where to listen or connect: an IPv4 address of 127.0.0.0/8 and a port. There is no other: this
// program puts load only on the machine it runs on, so no address elsewhere can even be made here.
#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <string_view>

#include "base/diagnostic.h"

namespace springtide::live::net {

struct Address {
  std::uint32_t host = 0x7f000001;  // host byte order; 127.0.0.1
  std::uint16_t port = 0;           // 0: any free one

  bool operator==(const Address&) const = default;
};

constexpr bool is_loopback(std::uint32_t host) { return host >> 24 == 127; }

// "127.0.0.1:1025", "localhost:1025" (127.0.0.1), ":1025" (127.0.0.1), "127.3.2.1:0". `what` is
// the option or field whose problem it is. Anything but loopback is refused.
Result<Address> parse_address(std::string_view text, std::string_view what);

std::string to_string(const Address& address);

// For the calls of the kernel. An address that is not loopback is a bug here.
sockaddr_in to_sockaddr(const Address& address);
Address from_sockaddr(const sockaddr_in& address);

}  // namespace springtide::live::net
