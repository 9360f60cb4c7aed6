// The record of what was reported: a result directory like that of a run, as far as the reports go.
// They are others' words: no ledger is made of them and nothing is checked.
#pragma once

#include <cstdint>
#include <string>

#include "live/monitor/aggregator.h"
#include "measure/record.h"

namespace springtide::live::monitor {

// What happened to streams, beside what the aggregator counts.
struct StreamTally {
  std::int64_t opened = 0, closed = 0;
  std::int64_t malformed = 0;  // closed because of what they sent
  std::int64_t refused = 0;    // closed at once: too many are open
  std::string last_fault;      // of a malformed stream, in one sentence
};

// Second 0 is the first of the history, its clock that of this machine's time zone. Empty where
// nothing was reported.
measure::Record make_record(const std::string& title, const Aggregator& sums,
                            const StreamTally& streams);

// What stands as scenario.json in the result: there is none, so only what is known.
std::string scenario_text(const std::string& title);

}  // namespace springtide::live::monitor
