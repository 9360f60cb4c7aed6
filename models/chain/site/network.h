// How a call reaches the service that it names, and the answer its caller: within the site at once,
// to another site over a channel. Where a
// link joins caller and service within a site, its delay is drawn for every message and its loss
// takes some: who loses one is told nothing.
#pragma once

#include <optional>
#include <vector>

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

  // Who is up has changed.
  void choose_targets();
  // An incident of a link within the site, or of the way to another, begins or ends.
  void worsen_link(std::uint32_t link, const IncidentPlan& incident, bool begins) {
    wires_[link].trouble.change(incident, begins);
  }
  void worsen_way(std::uint32_t site, const IncidentPlan& incident, bool begins) {
    ways_[site].trouble.change(incident, begins);
  }

 private:
  struct Envelope {
    std::uint32_t step;
    Handle caller;
    std::uint32_t caller_site;
    std::uint32_t machine;  // that calls
    Instant deadline;
    std::uint8_t priority;
  };
  // What incidents add to a link.
  struct Trouble {
    std::vector<const IncidentPlan*> incidents = {};  // that last
    Duration delay{};
    double loss = 0;  // 1 or more: nothing gets through

    void change(const IncidentPlan& incident, bool begins);
    // Whether a message of a link that loses `own` anyway is lost.
    bool takes(double own, Stream& fates) const {
      return own + loss > 0 && fates.chance(own + loss);
    }
  };
  struct Wire {
    const LinkPlan* plan;
    Stream delays, fates;
    Trouble trouble;
  };
  struct Way {
    Stream fates;
    Trouble trouble;
  };
  std::optional<Instant> way_to(std::uint32_t site);
  void send(const Envelope& envelope);
  void deliver(const Envelope& envelope);
  bool travel(const Step& step, What what, Handle handle, std::uint32_t detail);

  Site& site_;
  std::vector<std::uint32_t> target_;  // by service: the site that answers calls from here
  std::vector<Wire> wires_;            // by link
  std::vector<Way> ways_;              // by site; that to this one is not used
  Instant carried_ = Instant::never();
};

}  // namespace springtide::models::chain
