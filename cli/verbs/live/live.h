// The verbs of `springtide live`, one file each (live_serve.cc, ...). Adding one adds its options
// below the group; when the line asks for it, it runs and leaves its exit code.
#pragma once

#include "live/net/streams/streams.h"

namespace CLI {
class App;
}

namespace springtide::cli {

void add_live_serve(CLI::App& live, int& exit_code);
void add_live_load(CLI::App& live, int& exit_code);
void add_live_check(CLI::App& live, int& exit_code);
void add_live_monitor(CLI::App& live, int& exit_code);
void add_live_run(CLI::App& live, int& exit_code);

void add_backend_option(CLI::App& verb, live::net::Backend& backend);

}  // namespace springtide::cli
