// Who asks a server of the fleet: the world takes its requests second by second and knows nothing
// else of where they come from.
//
//   source --requests of a second--> server
//      ^------- lost: again ---------'
//
// A second is asked from one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "measure/record.h"
#include "models/fleet/layout.h"
#include "models/fleet/server/server.h"
#include "spec/scenario.h"
#include "workload/crowd/crowd.h"
#include "workload/crowd/workspace.h"

namespace springtide::models::fleet {

class Source : public Resender {
 public:
  // What reaches the server's card in a second, in order; seconds in order. Valid until the
  // workspace is used again, which holds beside it who is let in (Workspace::connected).
  virtual std::span<const workload::Shake> requests_of(std::int64_t second,
                                                       workload::Workspace& room) = 0;

  // Of the second asked last.
  virtual const workload::CrowdCounts& counts() const = 0;

  // The crowd that this is; none: its users cannot be moved to another server.
  virtual workload::Crowd* crowd() { return nullptr; }

  // The end of the run: what it knows itself. `given_up`: requests that TCP does not send again.
  virtual void record(const spec::Scenario&, std::int64_t /*given_up*/, measure::Record&) {}

  // For checkpoints (base/bytes.h), between two seconds: of the same server.
  virtual bool can_be_saved() const { return false; }
  virtual void save(ByteWriter&) const {}
  virtual void restore(ByteReader&) {}
};

// Phones of a crowd that reacts to cues.
class CrowdSource final : public Source {
 public:
  CrowdSource(std::shared_ptr<const workload::CrowdPlan> plan, const workload::CrowdSpec& spec)
      : crowd_(std::move(plan), spec) {}

  std::span<const workload::Shake> requests_of(std::int64_t second,
                                               workload::Workspace& room) override {
    return crowd_.requests_of(second, room);
  }
  const workload::CrowdCounts& counts() const override { return crowd_.counts(); }
  workload::Crowd* crowd() override { return &crowd_; }

  bool again(workload::Shake shake, Instant arrives) override {
    return crowd_.again(shake, arrives);
  }

  bool can_be_saved() const override { return true; }
  void save(ByteWriter& bytes) const override { crowd_.save(bytes); }
  void restore(ByteReader& bytes) override { crowd_.restore(bytes); }

 private:
  workload::Crowd crowd_;
};

// Whoever asks this server of the layout, which must stay where it is.
std::unique_ptr<Source> make_source(const Layout& layout, std::size_t server);

}  // namespace springtide::models::fleet
