#include "live/load/monitor/rate_control.h"

#include <chrono>
#include <thread>
#include <utility>

namespace springtide::live::load {
namespace {

constexpr auto step = std::chrono::milliseconds(5);
constexpr int steps = 200;

}  // namespace

Result<std::unique_ptr<RateControl>> RateControl::start(const net::Address& listen,
                                                        const std::string& what) {
  auto made = std::make_unique<RateControl>();
  control::DriverControl control;
  control.set_rate = [&self = *made](std::int64_t per_second) { return self.ask(per_second); };
  auto server = control::HttpServer::start(listen, control::driver_routes(control), what);
  if (!server) return server.problems();
  made->server_ = std::move(server.value());
  return made;
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
