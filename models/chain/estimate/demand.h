// Who asks how much, from the plans of the clients.
//
//   exposures/s  x  clicks  x  dynamic  =  requests/s      factors -> a source
//                           x  static   =  requests/s                 another source
//
// Every source is a product of factors, and everything that a link of the chain carries is a sum of
// sources, each with a constant: so the equations are solved once, however often the factors are
// drawn. A rate that changes with time is taken at one instant, the busiest.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "spec/scenario.h"

namespace springtide::models::chain::estimate {

using Range = spec::Uncertain<double>;

struct Factor {
  std::string client;                        // or service, of entries
  std::string name;                          // "exposures", "clicks", "dynamic", ...
  std::string unit;                          // "1/s", "share", ...
  Range value;                               // at the busiest instant
  std::map<Duration, Range> over_time = {};  // of a rate: from each instant on
  double most = 0;                           // above 0: no value is larger, as of a share
};

struct Source {
  std::string client, name, unit;
  std::vector<std::size_t> factors;
};

// What asks an operation: a share of a source.
struct Asker {
  std::string client, operation;
  std::size_t source = 0;
  double share = 1;
  std::vector<double> by_site;
};

struct Demand {
  std::vector<Factor> factors;
  std::vector<Source> sources;
  std::vector<Asker> askers;
  std::map<std::string, std::size_t> entries = {};  // by service: the source of what it holds
  Instant busiest{}, until{};  // the first stretch with the most requests per second
  std::vector<std::string> notes = {};

  double value(const Source& source, double Range::*which) const;       // at the busiest instant
  double value_at(const Source& source, Duration instant) const;        // of `mid`
  double mean(const Source& source, Duration from, Duration to) const;  // of `mid`
};

// `response` tells how long an operation takes a client at an unloaded chain, in seconds: closed
// clients ask once in that time and their thinking, at most.
using Response = std::function<double(const std::string& client, const std::string& operation)>;
Demand demand_of(const spec::Scenario& scenario,
                 const std::function<std::vector<double>(const spec::Clients&)>& shares,
                 const Response& response);

}  // namespace springtide::models::chain::estimate
