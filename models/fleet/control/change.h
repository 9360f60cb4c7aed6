// How a change of configuration reaches the servers of a fleet after a cue.
//
//   cue --decide--> ready at all change services of each site
//                     service 0 x            a service that does not answer costs the time-out,
//   server  --poll--> service 1 --deliver--> then the server asks the next one
//
// With polls, each server asks at instants of its own: its phase is uniform and fixed. It begins
// each time with another service, in turn, and asks each at most once; what it learns before the
// change is ready is that there is nothing new. Without polls the services push: where one fails,
// the next one tries after the time-out, and so on in turn. A server that is down neither asks nor
// receives. The services themselves never queue: a change is small, and a site has few servers.
//
// Until a server has the change, it answers by the old configuration, and gives away no packets of
// the wave that belongs to the cue.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "spec/fleet.h"

namespace springtide::models::fleet {

struct ControlledCue {
  std::string name;
  Instant at;
};

// Whether a server is down at an instant.
using Down = std::function<bool(std::uint32_t server, Instant at)>;

struct Change {
  ControlledCue cue;
  Instant ready;               // decided
  std::vector<Instant> has;    // by server; Instant::never() if not by the limit
  std::int64_t time_outs = 0;  // services that did not answer while the change was ready
};

// One server's way to a change that is ready at `ready`; what it costs goes to `time_outs`.
// `down` may be empty; `limit`: when to give up.
Instant reached(const spec::LiveControl& control, Instant ready, Duration phase, Instant limit,
                const std::function<bool(Instant)>& down, Stream& stream, std::int64_t& time_outs);

class Control {
 public:
  // Cues in order of time; `limit`: the end of the run.
  Control(const spec::LiveControl& control, std::vector<ControlledCue> cues, std::uint32_t servers,
          Instant limit, std::uint64_t seed, const Down& down = {});

  const std::vector<Change>& changes() const { return changes_; }  // by cue

  // When a server may give away packets of a wave that begins at `begin`: not before it has the
  // change of the last cue up to then.
  Instant issues_from(std::uint32_t server, Instant begin) const;

  // The spans in which a server answers by an old configuration, in order, none overlapping.
  std::vector<std::pair<Instant, Instant>> stale(std::uint32_t server) const;

 private:
  std::vector<Change> changes_;
  Instant limit_;
};

}  // namespace springtide::models::fleet
