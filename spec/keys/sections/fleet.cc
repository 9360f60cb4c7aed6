// Sections about a fleet and its crowd: cues, phones, clusters, pushed resources, live control.
#include "spec/keys/section_of.h"

namespace springtide::spec {

template <>
const std::vector<std::string>& words_of<Road>() {
  static const std::vector<std::string> words{"automatic", "detailed", "fleet"};
  return words;
}

template <>
const Section& section<Cue>() {
  static const Section made =
      SectionOf<Cue>("cue", "something on air that makes people shake")
          .key("at", &Cue::at, {not_negative, true, R"("2h34min")"}, "when it is on air")
          .key("share", &Cue::share, {between(0, 1), true, R"("30%")"},
               "of the users online, who react")
          .key("reaction", &Cue::reaction, {any, false, R"("3s")"},
               "from the cue to a user's first shake; absent: as the plan says")
          .key("shaking", &Cue::shaking, {any, false, R"({"exponential": {"mean": "90s"}})"},
               "from a user's first shake to the last; absent: as the plan says")
          .done();
  return made;
}

template <>
const Section& section<CuesPlan>() {
  using C = CuesPlan;
  static const Section made =
      SectionOf<C>(
          "cues",
          "a crowd in front of a programme: at a cue users react, each after a time of its "
          "own, and shake for a while")
          .key("cues", &C::cues, {any, true, R"({"wave": {"at": "2h34min", "share": "30%"}})"},
               "what is on air, by name")
          .key("reaction", &C::reaction,
               {any, true, R"({"lognormal": {"median": "4s", "p99": "30s"}})"},
               "from a cue to a user's first shake")
          .key("shaking", &C::shaking, {any, true, R"({"exponential": {"mean": "90s"}})"},
               "from a user's first shake to the last")
          .key("hand", &C::hand, {positive, true, R"("1s")"}, "between two movements of a hand")
          .key("throttle", &C::throttle,
               {any, false, R"({"uniform": {"low": "5s", "high": "10s"}})"},
               "between two requests of a user, drawn for each; what the hand does meanwhile the "
               "phone answers itself; absent: every movement is a request")
          .key("slots", &C::slots, {any, false, "true"},
               "requests leave at the user's slot of the second, by the phone's clock")
          .done();
  return made;
}

template <>
const Section& section<Phones>() {
  static const Section made =
      SectionOf<Phones>("phones", "how clients without machines of their own reach the servers")
          .key("clock-error", &Phones::clock_error,
               {any, false, R"({"lognormal": {"median": "150ms", "p99": "2s"}})"},
               "of a phone's clock, drawn once for each")
          .key("clock-error-either-sign", &Phones::clock_error_either_sign, {},
               "half of the phones are behind, not ahead")
          .key("online", &Phones::online, {between(0, 4e9), false, "350000000"},
               "of the population, how many hold a connection; 0: all")
          .key("carriers", &Phones::carriers,
               {between(0, 1), false, R"({"north": "60%", "south": "40%"})"},
               "share of the users by carrier; absent: as their servers")
          .key("back-off", &Phones::back_off,
               {any, false, R"({"uniform": {"low": "1s", "high": "10s"}})"},
               "from losing a connection to the next attempt; doubled for each further one")
          .key("attempts", &Phones::attempts, {between(1, 100), false, "10"},
               "to connect; then the user gives up")
          .done();
  return made;
}

template <>
const Section& section<Cluster>() {
  static const Section made =
      SectionOf<Cluster>("cluster",
                         "servers that stand together, in one site and one carrier's "
                         "network")
          .key("site", &Cluster::site, {any, true, R"("shanghai")"}, "where it stands")
          .key("carrier", &Cluster::carrier, {any, true, R"("north")"}, "whose users it serves")
          .key("servers", &Cluster::servers, {between(1, 1'000'000), true, "36"}, "how many")
          .key("node", &Cluster::node, {any, false, R"("older-server")"},
               "the kind of machine; absent: the node of the service")
          .key("bandwidth", &Cluster::bandwidth, {positive, false, R"("40Gbit/s")"},
               "of its link to the carrier; absent: infinite")
          .done();
  return made;
}

template <>
const Section& section<StaticResource>() {
  using S = StaticResource;
  static const Section made =
      SectionOf<S>("resource",
                   "pictures, sounds, videos that a cue shows, pushed to the phones "
                   "before the night")
          .key("count", &S::count, {between(1, 1'000'000), false, "65"}, "resources of this kind")
          .key("size", &S::size, {positive, true, R"("163kB")"}, "of one")
          .key("push", &S::push, {not_negative, false, R"("9d")"},
               "how long before the start the push begins")
          .key("push-length", &S::push_length, {not_negative, false, R"("9d")"},
               "how long it may take")
          .key("push-ceiling", &S::push_ceiling, {not_negative, false, R"("1Tbit/s")"},
               "of the push, all users together; 0: not limited")
          .key("reached", &S::reached, {between(0, 1), false, R"("98%")"},
               "share of phones that the push can bring a resource to")
          .key("per-cue", &S::per_cue, {between(0, 1'000'000), false, "1"},
               "resources of this kind that a cue shows")
          .key("bandwidth", &S::bandwidth, {positive, false, R"({"north": "500Gbit/s"})"},
               "for what is fetched at a cue, by carrier, in each site; absent: infinite")
          .key("preload", &S::preload, {any, false, "true"}, "false: no phone has any beforehand")
          .done();
  return made;
}

template <>
const Section& section<LiveControl>() {
  using L = LiveControl;
  static const Section made =
      SectionOf<L>("control",
                   "a change of configuration follows each cue to all servers, over "
                   "redundant change services in each site")
          .key("services-per-site", &L::services_per_site, {between(1, 100), false, "3"},
               "change services")
          .key("failed", &L::failed, {between(0, 1), false, R"("1%")"},
               "share of requests that a change service does not answer")
          .key("decide", &L::decide, {any, false, R"("2s")"},
               "from the cue to the change being ready")
          .key("deliver", &L::deliver, {any, false, R"({"exponential": {"mean": "50ms"}})"},
               "from a change service to one server")
          .key("poll", &L::poll, {not_negative, false, R"("1s")"},
               "servers ask this often; 0: the services push")
          .key("time-out", &L::time_out, {not_negative, false, R"("500ms")"},
               "until a server asks the next service")
          .done();
  return made;
}

}  // namespace springtide::spec
