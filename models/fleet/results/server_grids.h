// Servers x time: the fields of a record from which its heat maps are drawn, filled while a fleet
// runs. Rows are the servers that are simulated, columns the slices of the run.
#pragma once

#include <cstdint>
#include <vector>

#include "measure/record.h"
#include "models/fleet/layout.h"
#include "models/fleet/sample/sample.h"
#include "models/fleet/server/server.h"

namespace springtide::models::fleet {

class ServerGrids {
 public:
  // `packets`: there are some to be issued.
  ServerGrids(const Layout& layout, const Sample& sample, Duration run, bool packets);

  // What a server read in a second of its clock, or in a part of one.
  void add(std::uint32_t server, const ServedSecond& served);
  // A slab has ended: where a slice, or the run, ends with it, what the server's state says of it.
  void end_slab(std::uint32_t server, std::int64_t second, const Server& state);

  std::vector<measure::Grid> grids() const;

  // Of the same run, in which other servers were added.
  void merge(const ServerGrids& other);
  static void state(auto& self, auto& bytes) {  // base/bytes.h
    for (auto* grid :
         {&self.requests_, &self.refused_, &self.utilisation_, &self.latency_p99_, &self.packets_})
      bytes.each(grid->values);
    bytes.each(self.counted_);
  }

 private:
  std::size_t column_of(std::int64_t second) const;
  double seconds_in(std::size_t column) const;

  const Layout* layout_;
  std::int64_t slice_, seconds_;     // s, of a column; of the run
  std::vector<std::size_t> row_of_;  // by server
  measure::Grid requests_, refused_, utilisation_, latency_p99_, packets_;
  // By row: latencies counted up to the end of the last slice, in the buckets of Server::latencies.
  std::vector<std::vector<std::uint32_t>> counted_;
};

// The p-quantile of counts in the buckets of Server::latencies, ns; below 0 of none. It is the end
// of its bucket: at most 3 % too large.
std::int64_t coarse_quantile(const std::vector<std::uint32_t>& counts, double p);

}  // namespace springtide::models::fleet
