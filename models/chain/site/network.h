// How a call reaches the service that it names, and the answer its caller.
//
//   request: caller's card --> own site, or a channel to another --> machine chosen, its card
//   answer:  callee's card --> back the same way                 --> caller's card
//
// What weighs nothing, or passes no card, is there at once within its site. Where a link joins
// caller and service within a site, its delay is drawn for every message and its loss takes some:
// who loses one is told nothing. An answer that ends badly weighs nothing but keeps its place in
// the cards' queues.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/chain/devices/devices.h"
#include "models/chain/site/site.h"

namespace springtide::models::chain {

class Network {
 public:
  Network(Site& site, Devices& devices);

  // The present attempt of this call sets out.
  void request(std::uint32_t call);
  // Nobody waits for it.
  void one_way(std::uint32_t step, std::uint32_t machine, Instant deadline, std::uint8_t priority);
  // A call from another site: `carry` first, then `foreign`.
  void carry(const Letter& letter);
  void foreign(const Letter& letter, std::uint32_t from_site);

  // The end of this task goes to its caller; the task is no more.
  void answer(std::uint32_t task);
  // Its machine is gone: the connection breaks, past the card.
  void break_off(std::uint32_t task);

  // A message that belongs to no call.
  void post(std::uint32_t site, const Letter& letter, std::int64_t bytes);
  // Something may be through the link to this site.
  void link_due(const Letter& letter);
  void finish(Instant end);
  // Of the link to this site, outwards; null where it has no bandwidth.
  const PipeCounts* link_counts(std::uint32_t site) const { return ways_[site].counts.get(); }

  // A task's request or answer has left the card of its sender.
  void left_card(Handle task);
  // An answer has reached the site of its caller.
  void home(const Letter& letter);

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
    std::uint32_t span = none;  // where it is followed; within a site
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
  struct Way {  // to another site
    Stream delays, fates;
    Trouble trouble = {};
    const SiteLink* link = nullptr;
    std::unique_ptr<PipeCounts> counts = {};
    std::optional<Pipe> pipe = {};
    Letter carried = {};  // what goes with the next request of the pipe
  };
  void add_way(std::uint32_t site);
  std::optional<Instant> way_to(std::uint32_t site);
  void send(const Envelope& envelope);
  Handle pack(const Envelope& envelope);
  void approach(const Step& step, Handle task);
  void cast(std::uint32_t site, const Envelope& envelope);
  void answer_leaves(const Step& step, std::uint32_t task);
  void post_answer(const Step& step, const Task& task, const Letter& letter);
  bool travel(const Step& step, const Letter& letter);
  std::uint32_t target(const Step& step) const {
    return step.service == none ? site_.number : target_[step.service];
  }
  bool comes_home_by_card(const Step& step) const;

  Site& site_;
  Devices& devices_;
  std::vector<std::uint32_t> target_;  // by service: the site that answers calls from here
  std::vector<Wire> wires_;            // by link
  std::vector<Way> ways_;              // by site; that to this one is not used
  Instant carried_ = Instant::never();
  std::uint32_t carried_machine_ = 0;
};

}  // namespace springtide::models::chain
