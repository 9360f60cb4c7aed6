#include "live/load/telemetry.h"

#include "measure/series.h"

namespace springtide::live::load {

Result<Telemetry> Telemetry::make(int processes, std::size_t seconds) {
  Telemetry made;
  made.processes_ = processes;
  made.seconds_ = seconds;
  const Duration longest = second * static_cast<std::int64_t>(seconds);
  made.slice_ = measure::slice_for(longest);
  made.slices_ = static_cast<std::size_t>(longest / made.slice_) + 1;
  const auto n = static_cast<std::size_t>(processes);
  auto orders = shared::Memory<Orders>::make();
  auto states = shared::Memory<ProcessState>::make(n);
  auto rows = shared::Memory<SecondCounts>::make(n * seconds);
  auto latency = shared::Memory<shared::Histogram>::make(n * made.slices_);
  auto service = shared::Memory<shared::Histogram>::make(n * made.slices_);
  if (!orders) return orders.problems();
  if (!states) return states.problems();
  if (!rows) return rows.problems();
  if (!latency) return latency.problems();
  if (!service) return service.problems();
  made.orders_ = std::move(orders.value());
  made.states_ = std::move(states.value());
  made.rows_ = std::move(rows.value());
  made.latency_ = std::move(latency.value());
  made.service_ = std::move(service.value());
  return made;
}

Telemetry::Part Telemetry::part(int process) const {
  const auto p = static_cast<std::size_t>(process);
  return {&states_[p],
          &rows_[p * seconds_],
          &latency_[p * slices_],
          &service_[p * slices_],
          seconds_,
          slices_,
          slice_.ns};
}

SecondCounts Telemetry::row(std::size_t number) const {
  SecondCounts sum{};
  for (std::size_t p = 0; p < static_cast<std::size_t>(processes_); ++p)
    for (std::size_t i = 0; i < sum.values.size(); ++i)
      sum.values[i] += read_of(rows_[p * seconds_ + number].values[i]);
  return sum;
}

std::int64_t Telemetry::total(Count count, std::optional<int> process) const {
  const std::size_t first = static_cast<std::size_t>(process.value_or(0)) * seconds_;
  const std::size_t last = first + seconds_ * static_cast<std::size_t>(process ? 1 : processes_);
  std::int64_t sum = 0;
  for (std::size_t i = first; i < last; ++i)
    sum += read_of(rows_[i].values[static_cast<std::size_t>(count)]);
  return sum;
}

measure::Histogram Telemetry::latency_slice(std::size_t number) const {
  measure::Histogram sum;
  for (std::size_t p = 0; p < static_cast<std::size_t>(processes_); ++p)
    latency_[p * slices_ + number].merge_into(sum);
  return sum;
}

std::vector<measure::Histogram> Telemetry::merged(
    const shared::Memory<shared::Histogram>& histograms) const {
  std::vector<measure::Histogram> slices(slices_);
  for (std::size_t p = 0; p < static_cast<std::size_t>(processes_); ++p)
    for (std::size_t i = 0; i < slices_; ++i) histograms[p * slices_ + i].merge_into(slices[i]);
  return slices;
}

}  // namespace springtide::live::load
