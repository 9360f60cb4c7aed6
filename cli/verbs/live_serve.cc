// springtide live serve: the reference server, for clients that are ours and others'.

#include <CLI/CLI.hpp>

#include "cli/verbs/live.h"

namespace springtide::cli {

void add_live_serve(CLI::App&, int&) {}

}  // namespace springtide::cli
