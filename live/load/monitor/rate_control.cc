#include "live/load/monitor/rate_control.h"

#include <chrono>
#include <thread>

namespace springtide::live::load {
namespace {

constexpr auto step = std::chrono::milliseconds(5);
constexpr int steps = 200;

}  // namespace

control::DriverControl RateControl::control() {
  control::DriverControl control;
  control.set_rate = [this](std::int64_t per_second) { return ask(per_second); };
  return control;
}

control::Refusal RateControl::ask(std::int64_t per_second) {
  asked_ = per_second;
  for (int i = 0; i < steps && asked_ != 0; ++i) std::this_thread::sleep_for(step);
  const std::lock_guard lock(mutex_);
  if (asked_.exchange(0) != 0) return "the driver does not take a new rate now";
  return answer_;
}

void RateControl::turn(Load& load) {
  if (asked_ == 0) return;
  const std::lock_guard lock(mutex_);
  if (asked_ == 0) return;  // taken back
  const auto problem = load.set_rate(static_cast<double>(asked_));
  answer_ = problem ? control::Refusal(problem->what) : std::nullopt;
  asked_ = 0;
}

}  // namespace springtide::live::load
