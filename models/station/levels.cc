#include "models/station/levels.h"

#include <algorithm>

namespace springtide::models::station {

Levels::Levels(MeasuredWindow window)
    : window_(window), batch_(window.batch()), batches_(batch_count + 1) {}

// Of whole seconds and edges of batches, the first after since_.
Instant Levels::next_boundary() const {
  const std::int64_t second_end = (since_.ns / second.ns + 1) * second.ns;
  std::int64_t edge = second_end;
  if (since_ < window_.begin) {
    edge = window_.begin.ns;
  } else if (since_ < window_.end) {
    edge = window_.end.ns;
    if (batch_.ns > 0) {
      const std::int64_t number = (since_ - window_.begin).ns / batch_.ns + 1;
      if (number <= batch_count) edge = window_.begin.ns + number * batch_.ns;
    }
  }
  return {std::min(second_end, edge)};
}

// The piece that ends at since_ lies within one second and one batch.
void Levels::put_away() {
  if (since_.ns == 0) return;
  const Instant last{since_.ns - 1};
  const auto number = static_cast<std::size_t>(last.ns / second.ns);
  if (number >= seconds_.size()) seconds_.resize(number + 1);
  seconds_[number].waiting += piece_.waiting;
  seconds_[number].served += piece_.served;
  if (window_.contains(last)) {
    const std::int64_t length = std::max<std::int64_t>(batch_.ns, 1);
    Integral& batch = batches_[static_cast<std::size_t>(
        std::min((last - window_.begin).ns / length, batch_count))];
    batch.waiting += piece_.waiting;
    batch.served += piece_.served;
  }
  piece_ = {};
}

void Levels::cross(Instant now) {
  while (boundary_ <= now) {
    integrate(boundary_);
    put_away();
    if (since_ == window_.end) end_ = {waiting, served};
    boundary_ = next_boundary();
  }
}

void Levels::finish(Instant end) {
  advance(std::max(end, since_));
  put_away();
  if (since_ < window_.end) end_ = {waiting, served};
}

Levels::Integral Levels::window_total() const {
  Integral total;
  for (const Integral& batch : batches_) {
    total.waiting += batch.waiting;
    total.served += batch.served;
  }
  return total;
}

namespace {

double mean(measure::Int128 integral) {
  return static_cast<double>(integral) / static_cast<double>(second.ns);
}

}  // namespace

std::vector<double> Levels::waiting_by_second(std::size_t seconds) const {
  std::vector<double> values(seconds, 0);
  for (std::size_t i = 0; i < std::min(seconds, seconds_.size()); ++i)
    values[i] = mean(seconds_[i].waiting);
  return values;
}

std::vector<double> Levels::served_by_second(std::size_t seconds) const {
  std::vector<double> values(seconds, 0);
  for (std::size_t i = 0; i < std::min(seconds, seconds_.size()); ++i)
    values[i] = mean(seconds_[i].served);
  return values;
}

}  // namespace springtide::models::station
