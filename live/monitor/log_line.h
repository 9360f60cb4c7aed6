// The line that the original's monitor printed for a second and a type, byte for byte (there is a
// blank at its end):
//
//   1489741506 0 Request: 30000 Response: 30000 GetHongbao: 200 NoHongbao: 29800 AllHongbao: 0
//   OverLoad: 0 yaohongbao: 200/0 0 31900 fahongbao:0/0 0 0 detail 0 0 0 30000 0 0 0
//
// (on one line). yaohongbao: shake packets "issued/received cents-issued cents-received", fahongbao
// the same of sent packets; detail: messages by command.
#pragma once

#include <cstdint>
#include <string>

#include "live/monitor/aggregator.h"

namespace springtide::live::monitor {

// Without a line feed.
std::string log_line(std::int64_t second, wire::ProcessType type, const Sums& sums);

// A line, ended by a line feed, for each type that reported the second; clients first.
std::string log_lines(const CompleteSecond& second);

}  // namespace springtide::live::monitor
