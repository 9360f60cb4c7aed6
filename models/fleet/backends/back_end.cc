#include "models/fleet/backends/back_end.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace springtide::models::fleet {

BackEnd::BackEnd(BackEndSpec spec, std::uint64_t seed)
    : spec_(std::move(spec)),
      stream_(seed, "back-end/" + spec_.name),
      workers_(static_cast<std::size_t>(spec_.workers)) {}

bool BackEnd::arrive(const Visit& visit, std::vector<Visit>& departures) {
  advance(visit.at, departures);
  offered_.add({visit.at});
  if (workers_.earliest() < visit.at) {
    start(visit, visit.at, departures);
    return true;
  }
  if (static_cast<std::int64_t>(queue_.size()) >= spec_.queue) {
    refused_.add({visit.at});
    return false;
  }
  queue_.push(visit);
  longest_.back() = std::max(longest_.back(), static_cast<std::int64_t>(queue_.size()));
  return true;
}

void BackEnd::advance(std::int64_t until, std::vector<Visit>& departures) {
  SPRINGTIDE_CHECK(until >= since_, "visits must come in order of time");
  while (!queue_.empty() && workers_.earliest() < until) {
    pass(workers_.earliest());
    start(queue_.pop(), since_, departures);
  }
  pass(until);
}

void BackEnd::start(const Visit& visit, std::int64_t at, std::vector<Visit>& departures) {
  const std::int64_t end = at + spec_.time.sample(stream_).ns;
  workers_.replace_earliest(end);
  waits_.record(at - visit.at);
  latency_.record(end - visit.won);
  busy_.add_span({at}, {end});
  completed_.add({end});
  departures.push_back({end, visit.won, visit.step});
}

// Time goes on to `until` while nobody comes or goes. Who waits as a second begins waits in it.
void BackEnd::pass(std::int64_t until) {
  const auto waiting = static_cast<std::int64_t>(queue_.size());
  waiting_ns_ += static_cast<measure::Int128>(waiting) * (until - since_);
  since_ = until;
  while (until >= second_end_) {
    longest_.push_back(waiting);
    second_end_ += second.ns;
  }
}

}  // namespace springtide::models::fleet
