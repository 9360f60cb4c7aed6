#include "live/net/address.h"

#include <arpa/inet.h>
#include <charconv>

#include <fmt/format.h>

#include "base/check.h"
#include "live/net/problem.h"

namespace springtide::live::net {
namespace {

Diagnostic wrong_address(std::string_view whose, std::string_view text, std::string wrong) {
  Diagnostic diagnostic = problem(whose, std::move(wrong));
  diagnostic.expected = "an address of this machine and a port, as \"127.0.0.1:1025\"";
  diagnostic.received = fmt::format("\"{}\"", text);
  return diagnostic;
}

}  // namespace

Result<Address> parse_address(std::string_view text, std::string_view what) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong_address(what, text, "the port is missing");
  const std::string_view digits = text.substr(colon + 1);
  Address address;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, address.port);
  if (error != std::errc{} || stop != end) return wrong_address(what, text, "this is no port");
  const std::string host(text.substr(0, colon));
  if (host.empty() || host == "localhost") return address;
  in_addr parsed{};
  if (inet_pton(AF_INET, host.c_str(), &parsed) != 1)
    return wrong_address(what, text, "this is no IPv4 address");
  address.host = ntohl(parsed.s_addr);
  if (is_loopback(address.host)) return address;
  Diagnostic refused = wrong_address(what, text, "only this machine may be put under load");
  refused.expected = "an address of 127.0.0.0/8";
  return refused;
}

std::string to_string(const Address& address) {
  return fmt::format("{}.{}.{}.{}:{}", address.host >> 24, address.host >> 16 & 255,
                     address.host >> 8 & 255, address.host & 255, address.port);
}

sockaddr_in to_sockaddr(const Address& address) {
  SPRINGTIDE_CHECK(is_loopback(address.host), "only loopback addresses are used");
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(address.port);
  result.sin_addr.s_addr = htonl(address.host);
  return result;
}

Address from_sockaddr(const sockaddr_in& address) {
  return {ntohl(address.sin_addr.s_addr), ntohs(address.sin_port)};
}

}  // namespace springtide::live::net
