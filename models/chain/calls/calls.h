// The caller's side of a call: attempts, time-outs, retries, breakers, hedges, fallbacks.
//
//   begin --> attempt --------> answered ------------------------------------> end
//               ^  |             refused, failed, timed out
//               |  +-- hedge       |
//               |                  +--> retry allowed? -- back-off --+
//               +------------------------------------------ yes -----+
//                                  +--> fallback? -- its time --> degraded --> end
//                                  +--> ended badly -------------------------> end
//
// Who has ended is told by mail to the task that waits, or to the clients. A breaker that is open
// ends the call without retries. Retries that a budget or a passed deadline forbids are not made.
#pragma once

#include <vector>

#include "models/chain/calls/caches.h"
#include "models/chain/calls/counts.h"
#include "models/chain/calls/guards.h"
#include "models/chain/calls/lanes.h"
#include "models/chain/clients/requests.h"
#include "models/chain/site/network.h"
#include "models/chain/site/site.h"

namespace springtide::models::chain {

class Calls {
 public:
  Calls(Site& site, Network& network, Requests& requests);

  struct Beginning {
    std::uint32_t step;
    Handle parent;         // task; none for a request
    std::uint32_t caller;  // which machine calls
    Instant began;
    Instant deadline;
    std::uint8_t priority;
    std::uint32_t span;  // within which it is called, where its request is followed
  };
  void begin(const Beginning& beginning);

  void answer(Handle call, Outcome outcome);
  void retry(Handle call);
  void fallback(Handle call);
  void give_up(Handle call);
  void through_the_front(Handle call);
  void cache_hit(Handle call);
  void lane_due(std::uint32_t lane);

  // Machines of this site are gone, and their tasks with them: the groups of calls of these tasks
  // are forgotten too.
  void forget_groups();
  // All that the caches of this site held.
  void forget_caches() { caches_.forget_all(); }

  // A call of this step that nobody waits for.
  void count_one_way(std::uint32_t step, bool lost) {
    ++counts_[step].begun;
    if (!lost) ++counts_[step].attempts;
  }

  const std::vector<CallCounts>& counts() const { return counts_; }  // by step
  const Guards& guards() const { return guards_; }
  const Caches& caches() const { return caches_; }

 private:
  void ask_cache(std::uint32_t slot);
  void tell_who_waits(std::uint32_t slot, Outcome outcome);
  void attempt(std::uint32_t slot);
  bool admitted(Call& call);
  void send(std::uint32_t slot);
  void give_up_later(std::uint32_t slot);
  void attempt_ended(std::uint32_t slot, Outcome outcome);
  void go_on_after(std::uint32_t slot, Outcome outcome, bool may_retry);
  bool is_abandoned(const Call& call);
  bool retry_allowed(const Call& call, const CallRules& rules);
  void timed_out(Handle call);
  void hedge(Handle call);
  void tell_traces(const Call& call, Outcome outcome);
  void end(std::uint32_t slot, Outcome outcome);

  Site& site_;
  Network& network_;
  Requests& requests_;
  Lanes lanes_;
  Guards guards_;
  Caches caches_;
  Stream back_offs_, fallbacks_, patience_, fronts_;
  std::vector<CallCounts> counts_;
};

}  // namespace springtide::models::chain
