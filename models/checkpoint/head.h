// Who a checkpoint is of: enough to go on without the scenario's file.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace springtide::models {

struct CheckpointHead {
  std::string version;   // of the program
  std::string file;      // the scenario's path, absolute
  std::string command;   // that gives the whole run
  std::string scenario;  // canonical text of what the file, overlays and settings gave
  std::uint64_t seed = 1;
  Instant at;  // simulated, from which the run goes on

  static void state(auto& self, auto& bytes) {
    bytes(self.version, self.file, self.command, self.scenario, self.seed, self.at);
  }
};

}  // namespace springtide::models
