// Open clients: requests leave at the instants of a plan, whatever the answers do.
//
// A source works out the next few dozen instants at once and hands all of them to its leg, then
// sleeps until the last of them; so it costs a fraction of an event a request. A run that is
// interrupted has therefore offered up to that many requests that were due a moment later.
#pragma once

#include <array>
#include <cstdint>

#include "models/station/cell.h"
#include "models/station/clients/counts.h"
#include "models/station/leg.h"
#include "workload/arrivals.h"

namespace springtide::models::station {

class Source final : public Entity {
 public:
  // `leg` leads to the first service of the operation and outlives the source.
  Source(std::uint32_t entity, workload::Arrivals arrivals, Leg* leg, Route first,
         MeasuredWindow window)
      : entity_(entity),
        arrivals_(std::move(arrivals)),
        leg_(leg),
        first_(first),
        offers_(window) {}

  void start(sim::Context& context) override { send_next(context); }
  void handle(sim::Context& context, const sim::Event&) override { send_next(context); }

  const Offers& offers() const { return offers_; }

 private:
  void send_next(sim::Context& context);

  static constexpr std::size_t at_once = 64;

  std::uint32_t entity_;
  workload::Arrivals arrivals_;
  Leg* leg_;
  Route first_;
  Offers offers_;
  std::array<Instant, at_once> instants_{};
};

// Where the answers to open clients end.
class Receiver final : public Entity {
 public:
  explicit Receiver(MeasuredWindow window) : outcomes_(window) {}

  void handle(sim::Context& context, const sim::Event& event) override {
    if (what_of(event) == What::answer)
      outcomes_.answer(context.now(), request_of(event));
    else
      outcomes_.refusal(context.now(), request_of(event));
  }

  const Outcomes& outcomes() const { return outcomes_; }
  Outcomes& outcomes() { return outcomes_; }

 private:
  Outcomes outcomes_;
};

}  // namespace springtide::models::station
