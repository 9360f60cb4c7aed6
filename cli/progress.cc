#include "cli/progress.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/console.h"
#include "measure/text/time_series.h"

namespace springtide::cli {
namespace {

constexpr auto between_drawings = std::chrono::milliseconds(100);
constexpr int bar_width = 20;

double seconds_between(std::chrono::steady_clock::time_point from,
                       std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

std::string time_left(double seconds) {
  if (seconds < 60) return fmt::format("{:.0f} s left", seconds);
  return fmt::format("{:.0f} min left", seconds / 60);
}

}  // namespace

std::string short_count(double count) {
  struct Scale {
    double factor;
    const char* suffix;
  };
  constexpr std::array scales{Scale{1e9, " G"}, Scale{1e6, " M"}, Scale{1e3, " k"}};
  for (const Scale& scale : scales)
    if (count >= scale.factor) return fmt::format("{:.1f}{}", count / scale.factor, scale.suffix);
  return fmt::format("{:.0f}", count);
}

std::string clock_text(const std::string& start_clock, Duration since_start) {
  const std::int64_t seconds = since_start / second;
  if (const auto start = measure::parse_clock(start_clock))
    return measure::clock_text(*start + seconds);
  const std::int64_t hours = seconds / 3600, minutes = seconds / 60 % 60, rest = seconds % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, rest);
  return fmt::format("{}:{:02}", minutes, rest);
}

std::string progress_line(const models::Progress& progress, const std::string& start_clock,
                          double wall_seconds) {
  const double whole = std::max(1e-9, progress.end.since_start().seconds());
  const double share = std::clamp(progress.now.since_start().seconds() / whole, 0.0, 1.0);
  const int filled = static_cast<int>(share * bar_width);
  std::string line =
      fmt::format("[{:#<{}}{:.<{}}] {:3.0f} %  {}", "", filled, "", bar_width - filled, share * 100,
                  clock_text(start_clock, progress.now.since_start()));
  const auto requests = static_cast<double>(progress.requests);
  const auto own = static_cast<double>(progress.requests - progress.requests_before);
  line += fmt::format("  {} requests", short_count(requests));
  if (wall_seconds > 0) line += fmt::format("  {}/s", short_count(own / wall_seconds));
  const double done = (progress.now - progress.begun).seconds();
  const double left = (progress.end - progress.now).seconds();
  if (done > 0 && left > 0) line += "  " + time_left(wall_seconds * left / done);
  return line;
}

ProgressBar::ProgressBar(std::string start_clock)
    : start_clock_(std::move(start_clock)),
      visible_(is_terminal(STDERR_FILENO)),
      started_(std::chrono::steady_clock::now()),
      last_drawn_(started_) {}

void ProgressBar::show(const models::Progress& progress) {
  if (!visible_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_drawn_ < between_drawings) return;
  last_drawn_ = now;
  drawn_ = true;
  print_error("\r\033[K" + progress_line(progress, start_clock_, seconds_between(started_, now)));
}

void ProgressBar::clear() {
  if (drawn_) print_error("\r\033[K");
  drawn_ = false;
}

double ProgressBar::wall_seconds() const {
  return seconds_between(started_, std::chrono::steady_clock::now());
}

}  // namespace springtide::cli
