// What the manifest says of the machine and the clock on the wall: the only such place.
#include <chrono>
#include <ctime>
#include <fstream>
#include <string>
#include <sys/utsname.h>
#include <thread>

#include <fmt/format.h>

#include "measure/result_directory.h"

namespace springtide::measure {
namespace {

// The value of the first line "<key> ... : value" of a file under /proc; empty if there is none.
std::string proc_value(const char* file, std::string_view key) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (!std::string_view(line).starts_with(key)) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) return "";
    const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

}  // namespace

std::string describe_machine() {
  utsname names{};
  const bool known = ::uname(&names) == 0;
  std::string processor = proc_value("/proc/cpuinfo", "model name");
  if (processor.empty()) processor = "unknown processor";
  return fmt::format("{}, {} threads, memory {}, {} {} {}", processor,
                     std::thread::hardware_concurrency(), proc_value("/proc/meminfo", "MemTotal"),
                     known ? names.sysname : "", known ? names.release : "",
                     known ? names.machine : "");
}

std::string now_utc() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace springtide::measure
