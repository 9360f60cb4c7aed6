// Runs another program: text in, text out. Nothing of ours is left running when it returns.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"

namespace springtide::reports {

struct ProgramOutput {
  int exit_code = 0;
  std::string out, err;
};

// `arguments[0]` is looked up in PATH. Fails where it cannot be started, with `package` as what to
// install, and where it dies by a signal.
Result<ProgramOutput> run_program(const std::vector<std::string>& arguments,
                                  const std::string& input, const std::string& package);

// The same once for each input, all at the same time; outputs in the order of the inputs.
Result<std::vector<ProgramOutput>> run_on_each(const std::vector<std::string>& arguments,
                                               const std::vector<std::string>& inputs,
                                               const std::string& package);

}  // namespace springtide::reports
