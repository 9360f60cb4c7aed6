// What the record of any red-packet world has, whichever runtime carried it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "measure/record.h"
#include "models/red_packet/access_service.h"
#include "models/red_packet/common/client_books.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

class Writer {
 public:
  Writer(measure::Record& record, std::size_t seconds) : record_(record), seconds_(seconds) {}

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

 private:
  measure::Record& record_;
  std::size_t seconds_;
};

// Series of both sides.
void write_traffic(const AccessService& server, const ClientCounts& clients, Writer& out);

// Where the requests of a run are, hop by hop.
struct Hops {
  std::int64_t requests_arrived = 0;  // at the server
  std::int64_t in_server = 0;         // of them, neither answered nor dropped
  std::int64_t answers_arrived = 0;   // at the clients
  std::int64_t unread_answers = 0;    // of them
};
void write_ledgers(const std::string& operation, const AccessService& server,
                   const ClientCounts& clients, const Hops& hops, measure::Record& record);

// After write_ledgers.
void write_money(const AccessService& server, const ClientCounts& clients, measure::Record& record);

// Phases, packets, incidents.
void write_marks(const spec::Scenario& scenario, measure::Record& record);

}  // namespace springtide::models::red_packet
