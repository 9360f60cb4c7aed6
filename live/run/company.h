// Whom a driver and a server tell what they do, and who tells them what to do:
//
//   monitor   both report to it, each with a connection of its own (docs/monitor.md)
//   page      a monitor of our own in this process, with a page that follows the run
//   control   rates and packets over HTTP, the paths of both sides on one port
//
// Each may be missing, and so may the driver or the server.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "live/control/http_server.h"
#include "live/load/load.h"
#include "live/load/monitor/rate_control.h"
#include "live/monitor/feed.h"
#include "live/monitor/monitor.h"
#include "live/net/address.h"
#include "live/server/server.h"

namespace springtide::live::run {

struct CompanyOptions {
  std::optional<net::Address> monitor, control, page;
  std::string title = "Live run";  // of the page
};

class Company {
 public:
  // After the last fork, because it makes threads. `load` and `server` outlive it; nullptr: there
  // is none. A problem is that of the option whose port is taken.
  static Result<std::unique_ptr<Company>> start(const CompanyOptions& options, load::Load* load,
                                                server::Server* server);

  ~Company();

  // Some times a second, in the thread that the load belongs to.
  void turn();

  // When all is over: tells what is left to tell and takes no more orders. The page stays until the
  // end of this object, and so long at least that whoever looks at it sees that it is the end.
  void end();

  // "http://127.0.0.1:8003/"; empty where there is none.
  std::string page_url() const { return page_ ? page_->url() : ""; }
  std::string control_url() const { return control_ ? control_->url() : ""; }

 private:
  std::optional<Diagnostics> show_page(const CompanyOptions& options);
  std::optional<Diagnostics> take_orders(const net::Address& listen);
  void report_to(const net::Address& monitor);

  load::Load* load_ = nullptr;
  server::Server* server_ = nullptr;
  std::vector<monitor::Feed> feeds_;
  load::RateControl rate_;
  std::unique_ptr<monitor::Monitor> page_;
  std::unique_ptr<control::HttpServer> control_;  // last: it ends first
  std::optional<std::int64_t> ended_ns_;          // monotonic
};

}  // namespace springtide::live::run
