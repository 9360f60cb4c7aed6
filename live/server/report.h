// What a server did: counters by second of its clock, stages, processes, and the account of its
// packets; and its part of the record of a run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "live/server/counts.h"
#include "measure/histogram.h"
#include "measure/record.h"

namespace springtide::live::server {

struct ProcessReport {
  std::string name;
  int pid = 0;
  double processor_seconds = 0;  // user and system
  std::int64_t peak_bytes = 0;   // of resident memory, shared pages it touched included
  std::string end;               // "exit code 0", "signal 9 (Killed)"
  bool as_asked = false;         // it ended when and how it should
  Counts counts;
};

struct ServerReport {
  std::int64_t first_second = 0;  // unix time of seconds[0]
  std::vector<Counts> seconds;
  Counts total;
  std::map<std::string, measure::Histogram> stages;  // by name in a record
  std::vector<ProcessReport> processes;              // those that died and were replaced last
  int restarts = 0;                                  // workers that died and were replaced
  std::vector<std::string> notes;                    // which process died, when, and what followed
  // Cents, at the end.
  std::int64_t waiting_cents = 0;   // of shake packets in queues
  std::int64_t unopened_cents = 0;  // of sent packets
  std::int64_t waiting_packets = 0;

  // Requests that a killed worker had read and not answered.
  std::int64_t lost_requests() const { return total.waiting(); }
  // Issued less what was won, shared, waits, is unopened or was dropped: 0, unless a process was
  // killed at the very instant between taking a packet and counting it.
  std::int64_t missing_cents() const;
  double processor_seconds() const;
};

// Series, distributions, figures, tables and checks by the names that a simulated run gives them
// ("server.requests", "server.set-wait", ...), from second 0 at `zero_unix_second`.
void write_record(const ServerReport& report, std::int64_t zero_unix_second, std::size_t seconds,
                  measure::Record& record);

// The summary that a person reads at the end of `live serve`.
std::string summary_text(const ServerReport& report);

}  // namespace springtide::live::server
