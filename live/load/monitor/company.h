// Whom a driver tells what it does, and who tells it what to do; either may be missing.
#pragma once

#include <memory>
#include <optional>

#include "base/diagnostic.h"
#include "live/load/monitor/monitor_feed.h"
#include "live/load/monitor/rate_control.h"
#include "live/net/address.h"

namespace springtide::live::load {

class Company {
 public:
  // After the last fork.
  static Result<Company> start(const std::optional<net::Address>& monitor,
                               const std::optional<net::Address>& control) {
    Company company;
    if (monitor) company.monitor_.emplace(*monitor);
    if (!control) return company;
    auto listening = RateControl::start(*control, "--control");
    if (!listening) return listening.problems();
    company.control_ = std::move(listening.value());
    return company;
  }

  // Some times a second, in the thread of the load.
  void turn(Load& load) {
    if (monitor_) monitor_->turn(load);
    if (control_) control_->turn(load);
  }

 private:
  std::optional<MonitorFeed> monitor_;
  std::unique_ptr<RateControl> control_;
};

}  // namespace springtide::live::load
