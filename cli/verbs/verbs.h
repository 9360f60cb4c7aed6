// The verbs of the program, one file each. Adding one adds its options to the command line; when
// the line asks for it, it runs and leaves its exit code.
#pragma once

namespace CLI {
class App;
}

namespace springtide::cli {

void add_run(CLI::App& program, int& exit_code);
void add_check(CLI::App& program, int& exit_code);
void add_estimate(CLI::App& program, int& exit_code);
void add_sweep(CLI::App& program, int& exit_code);
void add_schema(CLI::App& program, int& exit_code);
void add_compare(CLI::App& program, int& exit_code);
void add_report(CLI::App& program, int& exit_code);
void add_live(CLI::App& program, int& exit_code);

}  // namespace springtide::cli
