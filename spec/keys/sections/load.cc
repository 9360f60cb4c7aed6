// Sections about load: distributions, plans, clients, operations.
#include "spec/keys/section_of.h"

namespace springtide::spec {

template <>
const Section& section<Exponential>() {
  static const Section made =
      SectionOf<Exponential>("exponential", "memoryless; its standard deviation is its mean")
          .key("mean", &Exponential::mean, {positive, true, R"("2ms")"}, "the mean")
          .done();
  return made;
}

template <>
const Section& section<Uniform>() {
  static const Section made =
      SectionOf<Uniform>("uniform", "all values between two bounds alike")
          .key("low", &Uniform::low, {not_negative, true, R"("1ms")"}, "the least value")
          .key("high", &Uniform::high, {not_negative, true, R"("3ms")"}, "the greatest value")
          .check([](const Uniform& d) -> std::optional<Complaint> {
            if (d.low <= d.high) return {};
            return Complaint{"high", "the greatest value is below the least", "at least \"low\"",
                             ""};
          })
          .done();
  return made;
}

template <>
const Section& section<Lognormal>() {
  static const Section made =
      SectionOf<Lognormal>("lognormal", "its logarithm is normal: usual for service times")
          .key("median", &Lognormal::median, {positive, true, R"("2ms")"}, "half are below it")
          .key("p99", &Lognormal::p99, {positive, true, R"("20ms")"}, "one in a hundred is above")
          .check([](const Lognormal& d) -> std::optional<Complaint> {
            if (d.median < d.p99) return {};
            return Complaint{"p99", "the 99th percentile is not above the median",
                             "more than \"median\"", ""};
          })
          .done();
  return made;
}

template <>
const Section& section<Pareto>() {
  static const Section made =
      SectionOf<Pareto>("pareto", "a heavy tail; the mean is infinite for a shape up to 1")
          .key("minimum", &Pareto::minimum, {positive, true, R"("1ms")"}, "no value is below it")
          .key("shape", &Pareto::shape, {{0.01, 1000}, true, "1.5"}, "smaller: heavier tail")
          .done();
  return made;
}

template <>
const Section& section<Erlang>() {
  static const Section made =
      SectionOf<Erlang>("erlang", "a sum of equal exponential phases: less varied than one")
          .key("mean", &Erlang::mean, {positive, true, R"("2ms")"}, "the mean of the sum")
          .key("phases", &Erlang::phases, {between(1, 10'000), true, "4"}, "how many phases")
          .done();
  return made;
}

template <>
const Section& section<Hyperexponential>() {
  static const Section made =
      SectionOf<Hyperexponential>("hyperexponential", "one of two exponentials: more varied")
          .key_as<AsProbability>("probability", &Hyperexponential::p,
                                 {between(0, 1), true, R"("10%")"}, "of the first mean")
          .key("mean-1", &Hyperexponential::mean_1, {positive, true, R"("8ms")"},
               "the mean with this probability")
          .key("mean-2", &Hyperexponential::mean_2, {positive, true, R"("1ms")"},
               "the mean otherwise")
          .done();
  return made;
}

template <>
const Section& section<Empirical>() {
  static const Section made =
      SectionOf<Empirical>("empirical", "values measured elsewhere, drawn with replacement")
          .key("file", &Empirical::file, {any, true, R"("measured.txt")"},
               "text, one duration with its unit a line ('#' begins a comment line); the path is "
               "relative to the file in which it is written")
          .done();
  return made;
}

template <>
const Section& section<ClosedPlan>() {
  static const Section made =
      SectionOf<ClosedPlan>("closed",
                            "a fixed number of users, each asking, waiting for the end, "
                            "thinking, asking again")
          .key("users", &ClosedPlan::users, {at_least(1), true, "10"}, "how many")
          .key("think", &ClosedPlan::think, {any, false, R"({"exponential": {"mean": "1s"}})"},
               "time between an end and the next request; also before the first")
          .done();
  return made;
}

template <>
const Section& section<SlotsPlan>() {
  static const Section made =
      SectionOf<SlotsPlan>("slots",
                           "every user wakes at each whole second of its machine's clock "
                           "and decides by its number whether to ask")
          .key("rate", &SlotsPlan::rate,
               {not_negative, true, R"({"0s": "30k/s", "8min": "60k/s"})"},
               "how many ask in a second")
          .key("strips", &SlotsPlan::strips, {between(1, 1'000'000)},
               "neighbouring users are spread over so many strips of the round")
          .done();
  return made;
}

template <>
const Section& section<Connect>() {
  static const Section made =
      SectionOf<Connect>("connect", "how a population comes online, where clients hold connections")
          .key("begin", &Connect::begin, {not_negative, false, R"({"0": "5s", "1": "35s"})"},
               "when the machine of this number begins; absent: at the start")
          .key("per-node", &Connect::per_node, {at_least(1), false, "60000"},
               "users a machine holds; the last takes the rest")
          .key("begin-error", &Connect::begin_error, {not_negative, false, R"("3s")"},
               "each begin is off by a uniform amount up to this, either way")
          .key("spread-seconds", &Connect::spread_seconds, {between(1, 86'400), false, "20"},
               "user i begins i mod so many seconds later")
          .done();
  return made;
}

template <>
const Section& section<UserProgram>() {
  using U = UserProgram;
  static const Section made =
      SectionOf<U>("user",
                   "one user of the 2017 load generator: a sender goroutine that wakes "
                   "each second, a reader goroutine, a pool of messages")
          .key("wake-segment", &U::wake_segment, {not_negative},
               "processor time to wake, read the clock, decide and sleep again")
          .key("write-segment", &U::write_segment, {not_negative}, "of writing one request")
          .key("read-segment", &U::read_segment, {not_negative},
               "of reading and counting one answer")
          .key("clock-to-sleep", &U::clock_to_sleep, {not_negative},
               "between reading the clock and arming the timer")
          .key("heap", &U::heap, {not_negative}, "that one user holds")
          .key("scanned-heap", &U::scanned_heap, {not_negative}, "of it, what the collector reads")
          .done();
  return made;
}

template <>
const Section& section<LoadDriver>() {
  using D = LoadDriver;
  static const Section made =
      SectionOf<D>("driver",
                   "a load driver that sends by the plan from a few processes, each with its share "
                   "of the users in one loop")
          .key("processes", &D::processes, {between(1, 1024)}, "how many")
          .key("round", &D::round, {not_negative},
               "a loop goes round at most once in this time, so that many requests share one wait")
          .key("send-segment", &D::send_segment, {not_negative},
               "processor time of one request, besides the system call")
          .key("receive-segment", &D::receive_segment, {not_negative},
               "of one answer, besides the system call")
          .done();
  return made;
}

template <>
const Section& section<Clients>() {
  static const Section made =
      SectionOf<Clients>("clients", "who asks, how many, from where, by what plan")
          .key("plan", &Clients::plan, {any, true, R"({"poisson": "72k/s"})"},
               "when requests are meant to be sent")
          .key(asks_key())
          .key("priority", &Clients::priority, {between(0, 1000), false, "1"},
               "lower is served first, at a station with priorities")
          .key("on", &Clients::on, {any, false, R"("client")"},
               "the node they run on; absent: outside the modelled machines")
          .key("population", &Clients::population, {between(0, 4e9), false, "1000000"},
               "how many users, for plans over individuals")
          .key("connect", &Clients::connect, {}, "how they come online, if they hold connections")
          .key("phones", &Clients::phones, {},
               "what they reach the servers with, for a plan of cues")
          .key("user", &Clients::user, {}, "what one user costs, on a node with a Go runtime")
          .key("driver", &Clients::driver, {},
               "what drives them, on a node whose runtime is an event-loop")
          .key("retries", &Clients::retries, {}, "of users, when a request ends badly")
          .key("patience", &Clients::patience, {any, false, R"("8s")"},
               "after which a user no longer waits for the answer; absent: for ever")
          .key("deadline", &Clients::deadline, {positive, false, R"("2s")"},
               "a later answer is no goodput; absent: every answer is")
          .key("sites", &Clients::sites, {between(0, 1), false, R"({"shenzhen": "60%"})"},
               "where they are, by share; absent: in every site alike")
          .done();
  return made;
}

template <>
const Section& section<Operation>() {
  static const Section made =
      SectionOf<Operation>("operation", "what a request does")
          .key("calls", &Operation::calls, {any, true, R"([{"web": {}}, {"store": {}}])"},
               "services in sequence; the answer returns from the last. One call may stand "
               "without the list; {\"parallel\": {\"calls\": [...]}} makes several at once")
          .done();
  return made;
}

}  // namespace springtide::spec
