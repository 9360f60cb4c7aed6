// Sections about the calls of a service chain: what a caller does, and when they end badly.
#include "spec/keys/section_of.h"

namespace springtide::spec {

template <>
const Section& section<RetryBudget>() {
  using B = RetryBudget;
  static const Section made =
      SectionOf<B>("retry-budget", "how many retries there may be beside first attempts")
          .key("ratio", &B::ratio, {between(0, 1), false, R"("10%")"},
               "retries as a share of the first attempts")
          .key("per-second", &B::per_second, {not_negative, false, R"("10/s")"},
               "retries that are allowed in any case")
          .done();
  return made;
}

template <>
const Section& section<Retries>() {
  using R = Retries;
  static const Section made =
      SectionOf<R>("retries",
                   "what follows an attempt that was refused, timed out or failed: attempt k + 1 "
                   "comes after back-off x growth^(k-1)")
          .key("attempts", &R::attempts, {between(1, 100), false, "3"},
               "all of them, the first included")
          .key("back-off", &R::back_off, {any, false, R"("100ms")"},
               "from the end of the first attempt to the second")
          .key("growth", &R::growth, {between(1, 100), false, "2"},
               "each further wait is so many times as long")
          .key("most", &R::most, {positive, false, R"("2s")"}, "no wait is longer")
          .key("jitter", &R::jitter, {between(0, 1), false, R"("50%")"},
               "share of the wait that is drawn evenly")
          .key("budget", &R::budget, {}, "absent: every attempt is made")
          .check([](const R& retries) -> std::optional<Complaint> {
            const bool waits = retries.back_off.mean_seconds() > 0 || retries.budget;
            if (retries.attempts > 1 || !waits) return {};
            return Complaint{"attempts", "one attempt is never followed by another", "at least 2",
                             "the first is counted too"};
          })
          .done();
  return made;
}

template <>
const Section& section<Breaker>() {
  using B = Breaker;
  static const Section made =
      SectionOf<B>("breaker",
                   "a circuit breaker of this call, one at each machine of the caller: open, it "
                   "refuses at once")
          .key("failures", &B::failures, {{0, 1, true}, false, R"("50%")"},
               "it opens when this share of the calls within the window ended badly")
          .key("calls", &B::calls, {between(1, 1'000'000), false, "20"},
               "and they were at least so many")
          .key("window", &B::window, {positive, false, R"("10s")"}, "how far it looks back")
          .key("open", &B::open, {positive, false, R"("5s")"}, "how long it refuses")
          .key("probes", &B::probes, {between(1, 1'000'000), false, "1"},
               "calls let through after that; all answered: it closes, else it opens again")
          .done();
  return made;
}

template <>
const Section& section<Hedge>() {
  static const Section made =
      SectionOf<Hedge>("hedge", "a second attempt to another machine; the first answer counts")
          .key("after", &Hedge::after, {positive, true, R"("30ms")"},
               "when the first has not ended by then")
          .done();
  return made;
}

template <>
const Section& section<Fallback>() {
  static const Section made =
      SectionOf<Fallback>("fallback",
                          "what the caller answers itself when the call ends badly: degraded")
          .key("time", &Fallback::time, {any, false, R"("1ms")"}, "that it takes")
          .done();
  return made;
}

template <>
const Section& section<OneWay>() {
  static const Section made =
      SectionOf<OneWay>("one-way", "a message for whose fate nobody waits")
          .key("loss", &OneWay::loss, {between(0, 1), false, R"("0.1%")"}, "on the way")
          .done();
  return made;
}

namespace {

constexpr const char* module_about = "what playbooks call it, to sample it or to switch it off";

// What a call and a group of calls share.
void common_keys(SectionOf<Call>& keys) {
  keys.key("probability", &Call::probability, {between(0, 1), false, R"("20%")"},
           "share of the times when it is made at all")
      .key("repeat", &Call::repeat, {between(1, 10'000), false, "3"},
           "so often, one after the other")
      .key("optional", &Call::optional, {any, false, "true"},
           "when it ends badly its caller goes on as if it had not been asked")
      .key("module", &Call::module, {any, false, R"("reporting")"}, module_about);
}

void end_keys(SectionOf<Call>& keys) {
  keys.key("timeout", &Call::timeout, {positive, false, R"("20ms")"},
           "of one attempt, as the caller sees it; absent: it waits for ever")
      .key("retries", &Call::retries, {}, "absent: one attempt")
      .key("breaker", &Call::breaker, {}, "absent: none")
      .key("hedge", &Call::hedge, {}, "absent: none")
      .key("fallback", &Call::fallback, {}, "absent: a bad end is the caller's bad end")
      .key("one-way", &Call::one_way, {any, false, R"({"loss": "0.1%"})"},
           "nobody waits for the answer");
}

// What means nothing where nobody waits for the answer.
std::optional<Complaint> useless_one_way(const Call& call) {
  if (!call.one_way) return {};
  const auto complain = [](const char* key) {
    return Complaint{key, "nobody waits for the answer of a one-way call", "",
                     "remove it, or \"one-way\""};
  };
  if (call.timeout) return complain("timeout");
  if (call.retries.attempts > 1) return complain("retries");
  if (call.breaker) return complain("breaker");
  if (call.hedge) return complain("hedge");
  if (call.fallback) return complain("fallback");
  if (!call.cache.empty()) return complain("cache");
  if (call.optional) return complain("optional");
  return {};
}

std::optional<Complaint> odd_call(const Call& call) {
  if (auto complaint = useless_one_way(call)) return complaint;
  if (call.hedge && call.timeout && call.hedge->after >= *call.timeout)
    return Complaint{"hedge", "the call has timed out by then", "\"after\" below \"timeout\"", ""};
  if (call.fallback && call.optional)
    return Complaint{"optional", "with a fallback a bad end never harms the caller", "",
                     "remove one of the two"};
  return {};
}

}  // namespace

const Section& call_section() {
  static const Section made = [] {
    SectionOf<Call> keys("call", "one call to a service, or one message put to a queue");
    common_keys(keys);
    end_keys(keys);
    keys.key("bulkhead", &Call::bulkhead, {any, false, R"("heavy")"},
             "of the service: only the workers of this bulkhead serve it")
        .key("cache", &Call::cache, {any, false, R"("user-lists")"},
             "asked first; a hit needs no call")
        .key("deadline", &Call::deadline, {any, false, "true"},
             "the client's deadline goes with it: what has expired is not begun")
        .key("calls", &Call::calls, {any, false, R"([{"store": {"timeout": "20ms"}}])"},
             "what the service calls before it answers")
        .check(odd_call);
    return keys.done();
  }();
  return made;
}

const Section& call_group_section() {
  static const Section made = [] {
    SectionOf<Call> keys("parallel", "calls made at once; the caller goes on when all have ended");
    common_keys(keys);
    keys.key("calls", &Call::calls, {any, true, R"([{"store": {}}, {"lists": {}}])"},
             "its members");
    return keys.done();
  }();
  return made;
}

}  // namespace springtide::spec
