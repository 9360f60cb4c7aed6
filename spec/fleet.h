// What the night of a fleet needs beyond one server: a crowd that reacts to cues on air, clusters
// in sites and networks of carriers, resources pushed before the night, a configuration that
// follows the programme, and what winners set off behind the access servers.
//
//   cue on air -> users react, shake for a while, at most one request a throttle interval
//              -> access servers (clusters: site x carrier) -> winners -> operations behind them
//
// Plain data; keys, ranges and explanations are in spec/keys/sections/fleet.cc.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/distribution.h"
#include "base/quantity.h"
#include "base/time.h"

namespace springtide::spec {

// Something on air that makes people shake.
struct Cue {
  Duration at{};
  Probability share{};                   // of the users online who react
  std::optional<Distribution> reaction;  // from the cue to the first shake; else the plan's
  std::optional<Distribution> shaking;   // from the first shake to the last; else the plan's
};

// {"cues": {...}}: users are individuals. One who already shakes when a cue comes goes on at least
// as long as the cue's own time says. Requests of a user keep the throttle; hand movements between
// are answered by the phone itself and never leave it.
struct CuesPlan {
  std::map<std::string, Cue> cues;
  Distribution reaction;
  Distribution shaking;
  Duration hand{};                       // between two movements of a hand
  std::optional<Distribution> throttle;  // between two requests of a user; absent: every movement
  // Requests leave at the user's slot of the second, by the phone's clock: slots are spread evenly
  // over the second by the user's number. False: whenever the throttle ends.
  bool slots = true;
};

// How clients without machines of their own reach the servers.
struct Phones {
  Distribution clock_error;  // of a phone's clock against true time
  bool clock_error_either_sign = true;
  std::int64_t online = 0;  // of the population, how many hold a connection; 0: all
  std::map<std::string, Probability> carriers;  // share of the users; absent: as their servers
  Distribution back_off;                        // from a lost connection to the next attempt
  std::int64_t attempts = 10;  // to connect, each after back_off doubled; then given up
};

// Servers that stand together: one site, one carrier's network.
struct Cluster {
  std::string site, carrier;
  std::int64_t servers = 1;
  std::string node;                  // the kind of machine; empty: the node of the service
  std::optional<BitRate> bandwidth;  // of its link to the carrier; absent: infinite
};

// Pictures, sounds, videos that a cue shows. What the push has not brought to a phone is fetched at
// the cue, over the carrier's link of the user's site.
struct StaticResource {
  std::int64_t count = 1;                    // resources of this kind
  Bytes size{};                              // of one
  Duration push{};                           // how long before the start the push begins
  Duration push_length{};                    // and how long it may take
  BitRate push_ceiling{};                    // of the push, all users together
  Probability reached{};                     // share of (user, resource) pairs that the push brings
  std::int64_t per_cue = 1;                  // resources of this kind that a cue shows
  std::map<std::string, BitRate> bandwidth;  // for fetches, by carrier, in each site
  bool preload = true;                       // false: nobody has any
};

// A configuration change follows a cue to all servers over redundant change services in each site.
struct LiveControl {
  std::int64_t services_per_site = 3;
  Probability failed{};  // a change service does not answer
  Distribution decide;   // from the cue to the change being ready
  Distribution deliver;  // from a change service to one server
  Duration poll{};       // servers ask this often; 0: the service pushes
  Duration time_out{};   // until a server asks the next service
};

}  // namespace springtide::spec
