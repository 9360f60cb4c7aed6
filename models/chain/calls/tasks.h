// A task at work on its own calls: one after the other, or, of a parallel group, all at once.
//
//   go_on --> call 1 --> ended --> call 2 --> ... --> done
//                          \-- badly (and not optional) ---> done, with that outcome
//
// A call may be made with a probability, several times in sequence, or one-way: then nobody waits.
// A group goes on when all its calls have ended, and takes the worst of their outcomes.
#pragma once

#include "models/chain/calls/calls.h"

namespace springtide::models::chain {

class Tasks {
 public:
  Tasks(Site& site, Network& network, Calls& calls);

  void go_on(Handle task);
  void call_done(Handle task, Outcome outcome);

 private:
  void next(std::uint32_t slot);
  void all_at_once(std::uint32_t slot);
  bool is_made(std::uint32_t step);
  void make(std::uint32_t slot, std::uint32_t step);
  void done(std::uint32_t slot);

  Site& site_;
  Network& network_;
  Calls& calls_;
  Stream chances_;
};

}  // namespace springtide::models::chain
