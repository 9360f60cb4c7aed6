#include "models/fleet/results/server_grids.h"

#include <algorithm>
#include <cmath>

#include "measure/series.h"

namespace springtide::models::fleet {
namespace {

std::vector<std::string> labels_of(const Layout& layout, const Sample& sample) {
  std::vector<std::string> labels;
  for (const std::uint32_t server : sample.servers) labels.push_back(layout.servers[server].label);
  return labels;
}

void add_to(float& cell, double value) {
  cell = static_cast<float>((std::isnan(cell) ? 0 : static_cast<double>(cell)) + value);
}

}  // namespace

std::int64_t coarse_quantile(const std::vector<std::uint32_t>& counts, double p) {
  std::int64_t all = 0, below = 0;
  for (const std::uint32_t count : counts) all += count;
  for (std::size_t i = 0; i < counts.size() && all > 0; ++i) {
    below += counts[i];
    if (static_cast<double>(below) >= p * static_cast<double>(all))
      return measure::Histogram::lowest_of(((i + 1) << Server::joined_bits) - 1);
  }
  return -1;
}

ServerGrids::ServerGrids(const Layout& layout, const Sample& sample, Duration run, bool packets)
    : layout_(&layout),
      slice_(measure::slice_for(run) / second),
      seconds_(run / second),
      row_of_(layout.servers.size()),
      counted_(sample.servers.size()) {
  const auto grid = [&](const char* name, const char* unit, const char* about) {
    return measure::empty_grid(name, unit, about, labels_of(layout, sample), run);
  };
  requests_ =
      grid("server.requests", "requests/s", "read by each server, in the mean of the slice");
  refused_ =
      grid("server.refused", "requests/s", "refused by each server, in the mean of the slice");
  utilisation_ =
      grid("server.utilisation", "%", "share of each server's cores that serves requests");
  latency_p99_ = grid("server.latency-p99", "ms",
                      "of the requests that each server answered in the slice, to 3 %");
  if (packets)
    packets_ = grid("packets.remaining", "packets",
                    "not yet issued by each server, at the end of the slice");
  for (std::size_t row = 0; row < sample.servers.size(); ++row) row_of_[sample.servers[row]] = row;
}

std::size_t ServerGrids::column_of(std::int64_t second) const {
  return static_cast<std::size_t>(std::max<std::int64_t>(second, 0) / slice_);
}

// The last column may reach beyond the end.
double ServerGrids::seconds_in(std::size_t column) const {
  return static_cast<double>(
      std::min(slice_, seconds_ - static_cast<std::int64_t>(column) * slice_));
}

void ServerGrids::add(std::uint32_t server, const ServedSecond& served) {
  const std::size_t column = column_of(served.second), row = row_of_[server];
  if (served.second >= seconds_ || column >= requests_.columns) return;
  const double seconds = seconds_in(column);
  const auto cores = static_cast<double>(layout_->servers[server].server.runtime.cores);
  add_to(requests_.at(row, column), static_cast<double>(served.requests) / seconds);
  add_to(refused_.at(row, column), static_cast<double>(served.refused) / seconds);
  add_to(utilisation_.at(row, column), static_cast<double>(served.busy_ns) / 1e7 / cores / seconds);
}

void ServerGrids::end_slab(std::uint32_t server, std::int64_t second, const Server& state) {
  if (second % slice_ != 0 && second != seconds_) return;
  const std::size_t column = column_of(second - 1), row = row_of_[server];
  if (column >= latency_p99_.columns) return;
  std::vector<std::uint32_t>& before = counted_[row];
  std::vector<std::uint32_t> since = state.latencies();
  before.resize(since.size(), 0);
  for (std::size_t i = 0; i < since.size(); ++i) since[i] -= before[i];
  before = state.latencies();
  const std::int64_t p99 = coarse_quantile(since, 0.99);
  if (p99 >= 0) latency_p99_.at(row, column) = static_cast<float>(Duration{p99}.milliseconds());
  if (packets_.columns > 0)
    packets_.at(row, column) = static_cast<float>(state.stock().remaining());
}

void ServerGrids::merge(const ServerGrids& other) {
  for (const auto grid :
       {&ServerGrids::requests_, &ServerGrids::refused_, &ServerGrids::utilisation_,
        &ServerGrids::latency_p99_, &ServerGrids::packets_}) {
    std::vector<float>& own = (this->*grid).values;
    for (std::size_t i = 0; i < own.size(); ++i)
      if (std::isnan(own[i])) own[i] = (other.*grid).values[i];
  }
}

std::vector<measure::Grid> ServerGrids::grids() const {
  std::vector<measure::Grid> grids{requests_, utilisation_, refused_, latency_p99_};
  if (packets_.columns > 0) grids.push_back(packets_);
  return grids;
}

}  // namespace springtide::models::fleet
