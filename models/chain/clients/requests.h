// What clients see: requests as they are offered and as they end, for each asker: a group of
// clients and an operation.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "measure/histogram.h"
#include "measure/series.h"
#include "models/chain/frames/frames.h"
#include "models/chain/plan/plan.h"
#include "models/chain/results/batched.h"
#include "models/station/clients/counts.h"

namespace springtide::models::chain {

struct RequestCounts {
  explicit RequestCounts(MeasuredWindow measured)
      : window(measured),
        offers(measured),
        latency(measure::SlicedHistogram(measure::slice_for(measured.end.since_start()))),
        latency_batches(measured),
        good_batches(measured) {}

  void end(Instant now, Instant began, Outcome outcome, Duration deadline) {
    const auto kind = static_cast<std::size_t>(outcome);
    ++ended[kind];
    ended_by_second[kind].add(now);
    if (!is_good(outcome)) return;
    const Duration took = now - began;
    latency_by_second.add(now, took.ns);
    const bool in_time = took <= deadline;
    if (in_time) {
      ++good;
      good_by_second.add(now);
      if (window.contains(now)) good_batches.add(now, 1);
    }
    if (!window.contains(began)) return;
    latency.record(began, took.ns);
    latency_batches.add(began, took.ns);
  }

  void merge(RequestCounts&& other) {
    offers.merge(other.offers);
    for (std::size_t i = 0; i < ended.size(); ++i) {
      ended[i] += other.ended[i];
      ended_by_second[i].merge(other.ended_by_second[i]);
    }
    good += other.good;
    good_by_second.merge(other.good_by_second);
    latency_by_second.merge(other.latency_by_second);
    latency.histogram().merge(std::move(other.latency.histogram()));
    latency_batches.merge(other.latency_batches);
    good_batches.merge(other.good_batches);
  }

  MeasuredWindow window;
  station::Offers offers;  // by the intended instant
  std::array<std::int64_t, outcome_count> ended{};
  std::array<measure::SecondCounter, outcome_count> ended_by_second;
  std::int64_t good = 0;  // answered within the deadline
  measure::SecondCounter good_by_second, latency_by_second;
  // Of answers, from the intended instant.
  Batched<measure::SlicedHistogram, Instant, std::int64_t> latency;
  station::BatchSums latency_batches, good_batches;
};

// Who hears of the ends of requests: all groups of clients of a site.
class Requests {
 public:
  explicit Requests(const Plan& plan)
      : plan_(plan), clicks_(plan.clients.size()), promotions_(plan.clients.size()) {
    for (std::size_t i = 0; i < plan.askers.size(); ++i) counts_.emplace_back(plan.window);
  }
  virtual ~Requests() = default;

  // The request of this asker that was intended for `began` ends now.
  virtual void ended(std::uint32_t asker, Instant began, Outcome outcome) = 0;

  const std::vector<RequestCounts>& counts() const { return counts_; }
  std::vector<RequestCounts>& counts() { return counts_; }
  // By what factor the plan of these clients was changed, from each instant on; 1 before the first.
  using Promotions = std::vector<std::pair<Instant, double>>;
  const Promotions& promotions(std::uint32_t client) const { return promotions_[client]; }
  // Of these clients, where they are a funnel.
  const measure::SecondCounter& clicks(std::uint32_t client) const { return clicks_[client]; }

 protected:
  const Plan& plan_;
  std::vector<RequestCounts> counts_;           // by asker
  std::vector<measure::SecondCounter> clicks_;  // by client
  std::vector<Promotions> promotions_;          // by client
};

}  // namespace springtide::models::chain
