// When does an action begin, and when is it undone? A condition on a metric that must have held
// for a time.
//
//   value |        ____________
//   bound |-------/------------\------      above: holds while value > bound
//         +------+---+------------> t       below: holds while value < bound
//                |<->| `lasting`
//                    ^ fires, once until it is re-armed
//
// Looked at whenever a value is known (once a second in a run): the condition counts as held since
// the first look that found it true, if all looks since did. A missing value (NaN) does not hold.
// Pure: state, instants, values.
#pragma once

#include "base/time.h"

namespace springtide::policy {

struct Condition {
  enum class Side { above, below } side = Side::above;
  double bound = 0;
  Duration lasting{};

  bool holds(double value) const { return side == Side::above ? value > bound : value < bound; }
};

class Trigger {
 public:
  explicit Trigger(const Condition& condition) : condition_(condition) {}

  // True at the one look at which the condition has held long enough.
  bool look(Instant now, double value) {
    if (!condition_.holds(value)) {
      since_ = Instant::never();
      return false;
    }
    if (since_ == Instant::never()) since_ = now;
    if (fired_ || now - since_ < condition_.lasting) return false;
    return fired_ = true;
  }

  void rearm() {
    fired_ = false;
    since_ = Instant::never();
  }
  bool fired() const { return fired_; }

 private:
  Condition condition_;
  Instant since_ = Instant::never();
  bool fired_ = false;
};

}  // namespace springtide::policy
