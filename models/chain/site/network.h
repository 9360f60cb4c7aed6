// How a call reaches the service that it names, and the answer its caller: within the site at once,
// to another site over a channel. Where a
// link joins caller and service within a site, its delay is drawn for every message and its loss
// takes some: who loses one is told nothing.
#pragma once

#include "models/chain/site/site.h"

namespace springtide::models::chain {

class Network {
 public:
  explicit Network(Site& site);

  // The present attempt of this call sets out.
  void request(std::uint32_t call);
  // Nobody waits for it.
  void one_way(std::uint32_t step, Instant deadline, std::uint8_t priority);
  // A call from another site: `carry` first, then `foreign`.
  void carry(std::uint64_t deadline) { carried_ = Instant{static_cast<std::int64_t>(deadline)}; }
  void foreign(const Letter& letter, std::uint32_t from_site);

  void answer(const Task& task, Outcome outcome);

 private:
  struct Envelope {
    std::uint32_t step;
    Handle caller;
    std::uint32_t caller_site;
    std::uint32_t machine;  // that calls
    Instant deadline;
    std::uint8_t priority;
  };
  struct Wire {
    const LinkPlan* plan;
    Stream delays, fates;
  };
  void send(const Envelope& envelope);
  void deliver(const Envelope& envelope);
  bool travel(const Step& step, What what, Handle handle, std::uint32_t detail);

  Site& site_;
  std::vector<std::uint32_t> target_;  // by service: the site that answers calls from here
  std::vector<Wire> wires_;            // by link
  Instant carried_ = Instant::never();
};

}  // namespace springtide::models::chain
