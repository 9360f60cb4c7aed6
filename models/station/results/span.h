// What of the measured window a run has really seen, and intervals from its complete batches.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "measure/confidence.h"
#include "models/station/window.h"

namespace springtide::models::station {

struct MeasuredSpan {
  MeasuredSpan(MeasuredWindow window, Instant reached)
      : begin(window.begin), end(std::max(window.begin, std::min(window.end, reached))) {
    const std::int64_t length = window.batch().ns;
    if (length > 0)
      batches = static_cast<std::size_t>(std::min(batch_count, (end - begin).ns / length));
    batch_seconds = window.batch().seconds();
  }

  double seconds() const { return (end - begin).seconds(); }
  bool empty() const { return end == begin; }

  // The half-width of a 99.9 % interval around the mean of `value(batch)`; nothing with too few
  // batches or where a batch has no value (NaN).
  template <typename Value>
  std::optional<double> half_width(Value&& value) const {
    constexpr std::size_t fewest = 10;
    if (batches < fewest) return std::nullopt;
    std::vector<double> values;
    for (std::size_t i = 0; i < batches; ++i) {
      values.push_back(value(i));
      if (values.back() != values.back()) return std::nullopt;
    }
    return measure::batch_means_interval(values, batches, 0.999).half_width();
  }

  bool names_only = false;  // no values are meant to be there, but every figure is
  Instant begin, end;
  std::size_t batches = 0;  // complete ones
  double batch_seconds = 0;
};

}  // namespace springtide::models::station
