// Puts what models count by the second into a record: each call adds one series, or one figure,
// with its name, unit and what it is about.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "measure/record.h"
#include "measure/series.h"

namespace springtide::models {

class RecordWriter {
 public:
  RecordWriter(measure::Record& record, std::size_t seconds) : record_(record), seconds_(seconds) {}

  void counter(const std::string& name, const measure::SecondCounter& counter,
               const std::string& unit, const std::string& about) {
    record_.series.push_back(counter.to_series(name, unit, about, seconds_));
  }
  void running_sum(const std::string& name, const measure::SecondCounter& counter,
                   const std::string& unit, const std::string& about) {
    measure::Series series = counter.to_series(name, unit, about, seconds_);
    double sum = 0;
    for (double& value : series.values) value = sum += value;
    record_.series.push_back(std::move(series));
  }
  void scaled(const std::string& name, const measure::SecondCounter& counter, double by,
              const std::string& unit, const std::string& about) {
    measure::Series series = counter.to_series(name, unit, about, seconds_);
    for (double& value : series.values) value *= by;
    record_.series.push_back(std::move(series));
  }
  // Busy nanoseconds as a share of `processors` in percent.
  void share(const std::string& name, const measure::SecondCounter& busy, double processors,
             const std::string& about) {
    measure::Series series = busy.to_series(name, "%", about, seconds_);
    for (double& value : series.values) value = value / 1e7 / processors;
    record_.series.push_back(std::move(series));
  }
  void maximum(const std::string& name, const std::vector<std::uint32_t>& values,
               const std::string& unit, const std::string& about) {
    measure::Series series{name, unit, about, std::vector<double>(seconds_, 0)};
    for (std::size_t i = 0; i < std::min(seconds_, values.size()); ++i)
      series.values[i] = values[i];
    record_.series.push_back(std::move(series));
  }
  void figure(const std::string& name, double value, const std::string& unit,
              const std::string& about) {
    record_.figures.push_back({name, value, unit, about, {}});
  }
  std::size_t seconds() const { return seconds_; }

 private:
  measure::Record& record_;
  std::size_t seconds_;
};

}  // namespace springtide::models
