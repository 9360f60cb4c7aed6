// How the program ends; scripts and CI rely on these numbers.
#pragma once

namespace springtide::cli {

enum ExitCode : int {
  exit_passed = 0,
  exit_run_error = 1,       // the run or writing its result failed
  exit_usage = 2,           // wrong command line, scenario or destination; nothing was written
  exit_no_plan = 3,         // a link of the plan would have to carry more than it can
  exit_invalid_result = 4,  // a check of what must always hold is broken
  exit_threshold_failed = 99,
  exit_interrupted = 130,  // Ctrl-C: the partial result, marked as such, was written
};

// The end of every verb's --help that can end in any of these ways.
inline constexpr const char* exit_codes_help =
    "Exit codes:\n"
    "  0    passed\n"
    "  1    the run failed, or its result could not be written\n"
    "  2    wrong command line, scenario or destination; nothing was written\n"
    "  4    the result is invalid: something that must always hold does not\n"
    "  99   a threshold failed\n"
    "  130  interrupted; a partial result, marked as such, was written\n";

}  // namespace springtide::cli
