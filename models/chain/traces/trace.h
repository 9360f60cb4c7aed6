// What one request went through: a row for every attempt of every call, at its caller and at its
// callee.
//
//   sent      arrived   began     served              left      heard
//    |---------|---------|---------|-------------------|---------|
//     on the way  waits    works     its own calls      on the way
//
// An instant that never came is Instant::never(): of an attempt that its caller gave up, `left` may
// come after `heard`, for the callee worked on; of one that a cache answered, only `sent` and
// `heard` are there.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "models/chain/frames/frames.h"

namespace springtide::models::chain {

struct Span {
  static constexpr std::uint8_t no_parent = 127;

  std::uint32_t step = none;
  std::uint32_t machine = none;     // of the callee; of another site it is not known
  std::uint16_t attempt = 0;        // 0: none was made
  std::uint8_t parent = no_parent;  // row of the attempt within which it was called
  bool fallback = false;            // its caller went on with a fallback
  Outcome heard_as = Outcome::answered, left_as = Outcome::answered;
  Instant sent, arrived = Instant::never(), began = Instant::never(), served = Instant::never(),
                left = Instant::never(), heard = Instant::never();
};

struct Trace {
  std::uint32_t asker = none;
  std::uint32_t generation = 0;
  Instant intended, ended;
  Outcome outcome = Outcome::answered;
  bool in_flight = false;  // it had not ended when the run had
  bool missed = false;     // not answered within the deadline
  bool cut = false;        // more calls than are followed
  std::vector<Span> spans;

  Duration took() const { return ended - intended; }
  // To be shown rather than the other: one that missed its deadline, the slower one.
  bool worse_than(const Trace& other) const {
    return missed != other.missed ? missed : took() > other.took();
  }
};

}  // namespace springtide::models::chain
