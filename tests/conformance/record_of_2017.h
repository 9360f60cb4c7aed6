// What was recorded in 2017, read from tests/data/hongbao-2017, and the statistics by which a run
// is compared with it (definitions: reports/statistics.h).
#pragma once

#include <cstddef>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "reports/statistics.h"

namespace springtide::conformance {

// The second column of a CSV file of the record.
inline std::vector<double> recorded(const std::string& file) {
  std::ifstream in("tests/data/hongbao-2017/" + file);
  std::vector<double> values;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line))
    if (const auto comma = line.find(','); comma != std::string::npos)
      values.push_back(std::stod(line.substr(comma + 1)));
  return values;
}

// Sum over three seconds from each on: a dip may fall into either of two.
inline std::vector<double> sums_of_three(std::span<const double> values) {
  std::vector<double> sums;
  for (std::size_t i = 0; i + 2 < values.size(); ++i)
    sums.push_back(values[i] + values[i + 1] + values[i + 2]);
  return sums;
}

// The biased estimator at lags 0 .. lags-1; empty where the values are all equal.
inline std::vector<double> autocorrelation(std::span<const double> values, std::size_t lags) {
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  if (squares == 0) return {};
  std::vector<double> result;
  for (std::size_t lag = 0; lag < lags && lag < values.size(); ++lag) {
    double sum = 0;
    for (std::size_t i = 0; i + lag < values.size(); ++i)
      sum += (values[i] - mean) * (values[i + lag] - mean);
    result.push_back(sum / squares);
  }
  return result;
}

// How the users of each machine that woke late recur.
struct Recurrence {
  double period = 0;     // s: the lag of 120 .. 122 with the largest mean over the machines
  double at_period = 0;  // that mean
  double elsewhere = 0;  // the largest at 10 .. 300 s, further than 3 s from its multiples
  double elsewhere_lag = 0;
};

inline Recurrence recurrence_of_machines(const std::vector<std::vector<double>>& late) {
  constexpr std::size_t lags = 301;
  std::vector<double> mean(lags, 0);
  double machines = 0;
  for (const auto& machine : late) {
    const auto one = autocorrelation(sums_of_three(machine), lags);
    if (one.empty()) continue;
    ++machines;
    for (std::size_t lag = 0; lag < one.size(); ++lag) mean[lag] += one[lag];
  }
  Recurrence result;
  if (machines == 0) return result;
  for (double& value : mean) value /= machines;
  const std::size_t best =
      static_cast<std::size_t>(std::max_element(mean.begin() + 10, mean.end()) - mean.begin());
  result.period = static_cast<double>(best);
  result.at_period = mean[best];
  result.elsewhere = -1;
  for (std::size_t lag = 10; lag < lags; ++lag) {
    const std::size_t into = lag % best;
    if (lag + 3 >= best && (into <= 3 || into + 3 >= best)) continue;
    if (mean[lag] <= result.elsewhere) continue;
    result.elsewhere = mean[lag];
    result.elsewhere_lag = static_cast<double>(lag);
  }
  return result;
}

}  // namespace springtide::conformance
