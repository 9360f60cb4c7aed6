// Sections about who steps in while a service chain runs.
#include "spec/keys/section_of.h"

namespace springtide::spec {

template <>
const Section& section<Trigger>() {
  using T = Trigger;
  static const Section made =
      SectionOf<T>("trigger", "a metric of each second is beyond a bound for long enough")
          .key("metric", &T::metric, {any, true, R"("web.arrivals")"}, "what is watched")
          .key("above", &T::above, {any, false, R"("200k/s")"}, "the bound; or \"below\"")
          .key("below", &T::below, {any, false, R"("120k/s")"}, "the bound; or \"above\"")
          .key("for", &T::for_time, {not_negative, false, R"("5s")"},
               "in every second of this time")
          .check([](const T& trigger) -> std::optional<Complaint> {
            if (trigger.above.has_value() != trigger.below.has_value()) return {};
            return Complaint{trigger.above ? "below" : "above", "a trigger has one bound",
                             "either \"above\" or \"below\"", ""};
          })
          .done();
  return made;
}

template <>
const Section& section<Actions>() {
  using A = Actions;
  static const Section made =
      SectionOf<A>("actions", "what changes in the running system, until it is undone")
          .key("sample", &A::sample, {between(0, 1), false, R"({"reporting": "10%"})"},
               "by module: share of its calls that are still made")
          .key("switch-off", &A::switch_off, {any, false, R"(["recommendations"])"},
               "modules whose calls are left out")
          .key("delay", &A::delay,
               {any, false,
                R"({"view": {"uniform": {"low": "0s", )"
                R"("high": "2s"}}})"},
               "by operation: its requests wait at the front end")
          .key("promotion", &A::promotion, {between(0, 1000), false, R"({"visitors": 0.5})"},
               "by clients: factor on the rate of their plan; 0 stops it")
          .key("card", &A::card, {positive, false, R"({"cmem": "10Gbit/s"})"},
               "by node: its network cards are replaced by ones of this bandwidth")
          .key("disk", &A::disk, {positive, false, R"({"log": "8Gbit/s"})"},
               "by node: its disks are replaced")
          .key("divert", &A::divert, {any, false, R"({"deliveries": "long-term"})"},
               "by queue: its backlog and what is put from now on go to this queue")
          .key("admit", &A::admit, {between(0, 1), false, R"({"web": "70%"})"},
               "by service: share of the calls that it lets in; the rest are refused")
          .key("machines", &A::machines, {between(1, 1'000'000), false, R"({"web": 400})"},
               "by node: so many in each of its sites")
          .key("workers", &A::workers, {between(1, 1'000'000), false, R"({"web": 64})"},
               "by node: workers of each of its stations")
          .key("consumers", &A::consumers,
               {between(0, 10'000'000), false, R"({"deliveries": 500})"}, "by queue: in each site")
          .done();
  return made;
}

template <>
const Section& section<Undo>() {
  static const Section made =
      SectionOf<Undo>("undo", "when the actions are taken back")
          .key("when", &Undo::when, {}, "at once when this is seen; or \"after\"")
          .key("after", &Undo::after, {positive, false, R"("10min")"},
               "so long after they took effect; or \"when\"")
          .check([](const Undo& undo) -> std::optional<Complaint> {
            if (undo.when.has_value() != undo.after.has_value()) return {};
            return Complaint{undo.when ? "after" : "when", "an undo has one reason",
                             "either \"when\" or \"after\"", ""};
          })
          .done();
  return made;
}

template <>
const Section& section<Playbook>() {
  using P = Playbook;
  static const Section made =
      SectionOf<P>("playbook", "somebody notices or knows, needs a while, and changes something")
          .key("enabled", &P::enabled, {any, false, "false"}, "whether it happens at all")
          .key("when", &P::when, {}, "what is noticed; or \"at\"")
          .key("at", &P::at, {not_negative, false, R"("20min")"}, "done by hand; or \"when\"")
          .key("delay", &P::delay,
               {any, false, R"({"lognormal": {"median": "40s", "p99": "3min"}})"},
               "from there to the effect")
          .key("actions", &P::actions, {any, true, R"({"sample": {"reporting": "10%"}})"},
               "what is done")
          .key("undo", &P::undo, {}, "absent: it stays")
          .check([](const P& playbook) -> std::optional<Complaint> {
            if (playbook.when.has_value() == playbook.at.has_value())
              return Complaint{playbook.when ? "at" : "when", "a playbook has one reason",
                               "either \"when\" or \"at\"", ""};
            if (playbook.actions.empty())
              return Complaint{"actions", "nothing is done", "at least one action", ""};
            return {};
          })
          .done();
  return made;
}

}  // namespace springtide::spec
