#include "live/run/company.h"

#include <unistd.h>

#include "live/control/control.h"
#include "live/load/monitor/feed.h"
#include "live/net/clock.h"
#include "live/server/feed.h"

namespace springtide::live::run {
namespace {

control::Refusal refusal_of(const Result<bool>& result) {
  if (result) return {};
  return result.problems()[0].what;
}

control::ServerControl control_of(server::Server& server) {
  control::ServerControl control;
  control.issue_shake_packets = [&server](const control::ShakePackets& p) {
    return refusal_of(server.issue_shake_packets(p.per_second, p.count));
  };
  control.issue_sent_packets = [&server](const control::SentPackets& p) {
    return refusal_of(server.issue_sent_packets(p.per_second, p.count, p.first_user, p.end_user));
  };
  return control;
}

constexpr Duration page_asks_every = millisecond * 1500;  // at the latest (page/monitor.js)

}  // namespace

Result<std::unique_ptr<Company>> Company::start(const CompanyOptions& options, load::Load* load,
                                                server::Server* server) {
  auto company = std::make_unique<Company>();
  company->load_ = load;
  company->server_ = server;
  if (options.page)
    if (const auto problems = company->show_page(options)) return *problems;
  if (options.control)
    if (const auto problems = company->take_orders(*options.control)) return *problems;
  if (options.monitor) company->report_to(*options.monitor);
  return company;
}

std::optional<Diagnostics> Company::show_page(const CompanyOptions& options) {
  monitor::MonitorOptions wanted;
  wanted.listen = {};  // any free port: nobody but us needs to know it
  wanted.http = options.page;
  wanted.http_option = "--page";
  wanted.title = options.title;
  wanted.sums.expected = (load_ != nullptr ? 1 : 0) + (server_ != nullptr ? 1 : 0);
  auto started = monitor::Monitor::start(std::move(wanted));
  if (!started) return started.problems();
  page_ = std::move(started.value());
  report_to(page_->address());
  return {};
}

std::optional<Diagnostics> Company::take_orders(const net::Address& listen) {
  control::HttpRoutes routes;
  if (load_ != nullptr) routes.merge(control::driver_routes(rate_.control()));
  if (server_ != nullptr) routes.merge(control::server_routes(control_of(*server_)));
  auto started = control::HttpServer::start(listen, std::move(routes), "--control");
  if (!started) return started.problems();
  control_ = std::move(started.value());
  return {};
}

void Company::report_to(const net::Address& monitor) {
  if (load_ != nullptr) feeds_.push_back(load::feed_of(*load_, monitor));
  if (server_ != nullptr) feeds_.push_back(server::feed_of(*server_, monitor));
}

Company::~Company() {
  if (!page_ || !ended_ns_) return;
  while (net::monotonic_ns() < *ended_ns_ + page_asks_every.ns) usleep(10'000);
}

void Company::end() {
  control_.reset();
  for (monitor::Feed& feed : feeds_) feed.end();
  feeds_.clear();
  ended_ns_ = net::monotonic_ns();
}

void Company::turn() {
  for (monitor::Feed& feed : feeds_) feed.turn();
  if (load_ != nullptr) rate_.turn(*load_);
}

}  // namespace springtide::live::run
