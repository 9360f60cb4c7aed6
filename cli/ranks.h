// What the program does on several ranks beside the run itself (sim/ranks/ranks.h).
#pragma once

#include <string>

#include "sim/ranks/ranks.h"

namespace springtide::cli {

// The cores of this machine, shared by the ranks on it; no more than this process may use.
unsigned default_threads();

// Whether all ranks are ready and are about to run the same: `scenario` as it results from files
// and options. Where only others are not, the first one says so.
bool all_go_on(sim::Ranks& ranks, bool ready, const std::string& scenario);

// Several processes were started and this program cannot join them: the first of them says so.
// Returns the exit code.
int tell_no_mpi();

}  // namespace springtide::cli
