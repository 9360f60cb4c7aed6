// Closed clients: a fixed number of users, each of whom thinks, asks, waits for the end, thinks...
//
//   think ----> ask ----> (answer or refusal) --+
//     ^                                         |     no one asks after the end of sending
//     +-----------------------------------------+
//
// All users begin by thinking. They are alike, so none has a number.
#pragma once

#include <cstdint>

#include "base/distribution.h"
#include "models/station/cell.h"
#include "models/station/clients/counts.h"
#include "models/station/leg.h"

namespace springtide::models::station {

class Users final : public Entity {
 public:
  Users(std::uint32_t entity, const spec::ClosedPlan& plan, Stream stream, Leg* leg, Route first,
        MeasuredWindow window)
      : entity_(entity),
        plan_(plan),
        stream_(stream),
        leg_(leg),
        first_(first),
        offers_(window),
        outcomes_(window) {}

  void start(sim::Context& context) override;
  void handle(sim::Context& context, const sim::Event& event) override;

  const Offers& offers() const { return offers_; }
  const Outcomes& outcomes() const { return outcomes_; }
  Outcomes& outcomes() { return outcomes_; }

 private:
  void think(sim::Context& context);
  void ask(sim::Context& context);

  std::uint32_t entity_;
  spec::ClosedPlan plan_;
  Stream stream_;
  Leg* leg_;
  Route first_;
  Offers offers_;
  Outcomes outcomes_;
};

}  // namespace springtide::models::station
