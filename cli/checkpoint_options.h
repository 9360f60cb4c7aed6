// --checkpoint, --checkpoint-every and --resume of a run.
#pragma once

#include <functional>
#include <string>

#include "models/run.h"

namespace CLI {
class App;
}

namespace springtide::cli {

struct CheckpointArguments {
  std::string file;            // written; empty: nowhere
  std::string every = "1min";  // of real time
  std::string resume;          // gone on from; empty: from the start
};

void add_checkpoint_options(CLI::App& verb, CheckpointArguments& arguments);

// `elapsed`: real seconds since the program began; they decide when one is written, nothing else.
models::Checkpoints checkpoints_of(const CheckpointArguments& arguments,
                                   const models::CheckpointHead& head,
                                   std::function<double()> elapsed);

}  // namespace springtide::cli
