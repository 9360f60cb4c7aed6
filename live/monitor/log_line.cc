#include "live/monitor/log_line.h"

#include <iterator>

#include <fmt/format.h>

namespace springtide::live::monitor {

std::string log_line(std::int64_t second, wire::ProcessType type, const Sums& sums) {
  namespace now = wire::in_second;
  namespace all = wire::since_start;
  const wire::Counters& v = sums.in_second;
  const wire::Counters& p = sums.since_start;
  std::string line = fmt::format(
      "{} {} Request: {} Response: {} GetHongbao: {} NoHongbao: {} AllHongbao: {} OverLoad: {} "
      "yaohongbao: {}/{} {} {} fahongbao:{}/{} {} {} detail ",
      second, static_cast<int>(type), v[now::request], v[now::response], v[now::won], v[now::none],
      v[now::all_gone], v[now::overload], p[all::shake_packets], p[all::shake_packets_received],
      p[all::shake_cents_issued], p[all::shake_cents_received], p[all::sent_packets],
      p[all::shares_opened], p[all::sent_cents_issued], p[all::sent_cents_received]);
  for (std::size_t command = 0; command <= now::open_response; ++command)
    fmt::format_to(std::back_inserter(line), "{} ", v[command]);
  return line;
}

std::string log_lines(const CompleteSecond& second) {
  std::string lines;
  for (const auto type : {wire::ProcessType::client, wire::ProcessType::server})
    if (const auto& sums = second.of(type)) lines += log_line(second.second, type, *sums) + "\n";
  return lines;
}

}  // namespace springtide::live::monitor
