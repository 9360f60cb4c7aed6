// What is counted where requests begin and where they end, for one group of clients.
#pragma once

#include <cstdint>
#include <utility>

#include "measure/histogram.h"
#include "measure/series.h"
#include "models/station/message.h"
#include "models/station/window.h"

namespace springtide::models::station {

// At the beginning, by the intended instant.
struct Offers {
  explicit Offers(MeasuredWindow measured) : window(measured), batches(measured) {}

  void add(Instant intended) {
    ++total;
    by_second.add(intended);
    if (window.contains(intended)) batches.add(intended, 1);
  }

  void merge(const Offers& other) {
    total += other.total;
    by_second.merge(other.by_second);
    batches.merge(other.batches);
  }

  MeasuredWindow window;
  std::int64_t total = 0;
  measure::SecondCounter by_second;
  BatchSums batches;
};

// At the end: answers and refusals that the client has seen. Latency and waiting are those of the
// requests that were intended within the measured window, whenever they ended.
struct Outcomes {
  explicit Outcomes(MeasuredWindow measured)
      : window(measured),
        latency(measure::slice_for(measured.end.since_start())),
        latency_batches(measured),
        waiting_batches(measured),
        answered_batches(measured),
        refused_batches(measured) {}

  void answer(Instant now, const Request& request) {
    ++answered;
    const std::int64_t took = (now - request.intended).ns;
    answered_by_second.add(now);
    latency_by_second.add(now, took);
    if (window.contains(now)) answered_batches.add(now, 1);
    if (!window.contains(request.intended)) return;
    const auto waited = static_cast<std::int64_t>(request.waiting);
    latency.record(request.intended, took);
    waiting.record(waited);
    latency_batches.add(request.intended, took);
    waiting_batches.add(request.intended, waited);
  }

  void refusal(Instant now, const Request& request) {
    ++refused;
    refused_by_second.add(now);
    if (window.contains(request.intended)) refused_batches.add(request.intended, 1);
  }

  // Takes the slices, the largest part by far, from what is no longer needed.
  void merge(Outcomes&& other) {
    latency.merge(std::move(other.latency));
    merge(static_cast<const Outcomes&>(other));
  }
  void merge(const Outcomes& other) {
    answered += other.answered;
    refused += other.refused;
    answered_by_second.merge(other.answered_by_second);
    refused_by_second.merge(other.refused_by_second);
    latency_by_second.merge(other.latency_by_second);
    latency.merge(other.latency);
    waiting.merge(other.waiting);
    latency_batches.merge(other.latency_batches);
    waiting_batches.merge(other.waiting_batches);
    answered_batches.merge(other.answered_batches);
    refused_batches.merge(other.refused_batches);
  }

  MeasuredWindow window;
  std::int64_t answered = 0, refused = 0;
  measure::SecondCounter answered_by_second, refused_by_second, latency_by_second;
  measure::SlicedHistogram latency;
  measure::Histogram waiting;
  BatchSums latency_batches, waiting_batches;  // by the intended instant
  BatchSums answered_batches;                  // by the instant of the answer
  BatchSums refused_batches;                   // by the intended instant
};

}  // namespace springtide::models::station
