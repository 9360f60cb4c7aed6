// How a call reaches the service that it names, and the answer its caller: within the site at once,
// to another site over a channel.
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
  void send(const Envelope& envelope);
  void deliver(const Envelope& envelope);

  Site& site_;
  std::vector<std::uint32_t> target_;  // by service: the site that answers calls from here
  Instant carried_ = Instant::never();
};

}  // namespace springtide::models::chain
