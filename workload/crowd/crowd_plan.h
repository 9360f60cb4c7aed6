// What all crowds of a plan have in common: cues in the order of their instants, distributions as
// tables. Made once, then only read, from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spec/fleet.h"
#include "workload/crowd/draw/quantiles.h"
#include "workload/crowd/draw/skips.h"

namespace springtide::workload {

class CrowdPlan {
 public:
  struct Cue {
    std::string name;
    std::int64_t at = 0;  // ticks
    double share = 0;     // of the users online
    Skips skips;
    std::size_t reaction = 0;  // which of table()
    std::size_t shaking = 0;
  };

  // The plan must be sound: cues not before the start, hand above zero.
  CrowdPlan(const spec::CuesPlan& plan, const spec::Phones& phones);

  const std::vector<Cue>& cues() const { return cues_; }  // by instant, then name
  const Quantiles& table(std::size_t index) const { return tables_[index]; }
  bool slots() const { return slots_; }

  // Between two requests of a user. With slots: whole seconds >= 1, one for each of 4096 equally
  // probable cases: the nearest to the case's middle quantile, but not below the throttle's lower
  // bound. Of the probability of each number of seconds that is off by at most 1/4096.
  const std::array<std::uint16_t, Quantiles::cells>& gap_seconds() const { return gap_seconds_; }
  const Quantiles& gap() const { return gap_; }  // without slots; at least one tick is waited
  double mean_gap_seconds() const { return mean_gap_; }

  // How far a phone's clock is off; ahead, or with either sign half of them behind.
  const Quantiles& clock_error() const { return clock_error_; }
  bool clock_error_either_sign() const { return clock_error_either_sign_; }

  std::int64_t hand_ticks() const { return hand_ticks_; }  // >= 1
  const Distribution& back_off() const { return back_off_; }
  std::int64_t connect_attempts() const { return connect_attempts_; }

 private:
  std::size_t table_of(const Distribution& distribution);
  void make_gaps(const Distribution& throttle);

  std::vector<Cue> cues_;
  std::vector<Quantiles> tables_;
  bool slots_ = true;
  Quantiles gap_;
  std::array<std::uint16_t, Quantiles::cells> gap_seconds_{};
  double mean_gap_ = 0;
  Quantiles clock_error_;
  bool clock_error_either_sign_ = true;
  std::int64_t hand_ticks_ = 1;
  Distribution back_off_;
  std::int64_t connect_attempts_ = 1;
};

}  // namespace springtide::workload
