// The bar on standard error while a run goes on, only where that is a terminal:
//
//   [#########...........]  47 %  22:58:04  12.4 M requests  2.1 M/s  19 s left
//
// "22:58:04" is the simulated clock, "2.1 M/s" how many requests are simulated in a second of real
// time. Wall clocks serve the eye here and nothing else.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "models/run.h"

namespace springtide::cli {

class ProgressBar {
 public:
  // `start_clock` is the clock shown for instant 0 ("22:45:00"); empty: time since the start.
  explicit ProgressBar(std::string start_clock);
  ~ProgressBar() { clear(); }

  void show(const models::Progress& progress);
  void clear();

  double wall_seconds() const;  // since this object was made

 private:
  std::string start_clock_;
  bool visible_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point started_, last_drawn_;
};

// One line of the bar, without control characters.
std::string progress_line(const models::Progress& progress, const std::string& start_clock,
                          double wall_seconds);

// "22:58:04": `since_start` after `start_clock`; "13:04" or "1:13:04" where that is empty.
std::string clock_text(const std::string& start_clock, Duration since_start);

// "950", "12.4 k", "2.1 M": three figures, for the eye.
std::string short_count(double count);

}  // namespace springtide::cli
