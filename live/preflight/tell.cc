// A preflight as text for a person and as JSON for a script.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "live/preflight/preflight.h"

namespace springtide::live::preflight {

std::string to_text(const Preflight& preflight) {
  std::string text = fmt::format("{:<36} {:>12} {:>12}\n", "", "found", "needed");
  for (const Need& need : preflight.needs) {
    const char* word = need.fits ? "" : need.advice ? "  low" : "  TOO LOW";
    text += fmt::format("{:<36} {:>12} {:>12}{}\n", need.what, need.found, need.needed, word);
  }
  for (const Need& need : preflight.needs)
    if (!need.fits) text += fmt::format("\n{}: {}\n  {}\n", need.what, need.why, need.command);
  text += fmt::format(
      "\n{} connections {}: {} driver {}, {} server {}, {} source addresses, {:.1f} GiB\n",
      preflight.connections, preflight.fits() ? "fit" : "DO NOT FIT", preflight.driver_processes,
      preflight.driver_processes == 1 ? "process" : "processes", preflight.server_processes,
      preflight.server_processes == 1 ? "process" : "processes", preflight.source_addresses,
      static_cast<double>(preflight.bytes) / (1 << 30));
  return text;
}

std::string to_json(const Preflight& preflight) {
  nlohmann::json json = {{"connections", preflight.connections},
                         {"fits", preflight.fits()},
                         {"driver_processes", preflight.driver_processes},
                         {"server_processes", preflight.server_processes},
                         {"source_addresses", preflight.source_addresses},
                         {"memory_bytes", preflight.bytes},
                         {"needs", nlohmann::json::array()}};
  for (const Need& need : preflight.needs)
    json["needs"].push_back({{"what", need.what},
                             {"found", need.found},
                             {"needed", need.needed},
                             {"fits", need.fits},
                             {"advice", need.advice},
                             {"command", need.command},
                             {"why", need.why}});
  return json.dump(2) + "\n";
}

}  // namespace springtide::live::preflight
