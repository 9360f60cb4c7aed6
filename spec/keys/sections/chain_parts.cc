// Sections about the parts of a service chain: limits of services, queues, caches, the funnel.
#include "spec/keys/uncertain.h"

namespace springtide::spec {

template <>
const std::vector<std::string>& words_of<Balancing>() {
  static const std::vector<std::string> words{"random", "round-robin", "least-loaded",
                                              "two-choices"};
  return words;
}

template <>
const std::vector<std::string>& words_of<MessageQueue::Over>() {
  static const std::vector<std::string> words{"refuse", "drop-oldest"};
  return words;
}

template <>
const Section& section<RateLimit>() {
  static const Section made =
      SectionOf<RateLimit>("rate-limit", "a token bucket; a call without a token is refused")
          .key("rate", &RateLimit::rate, {positive, true, R"("500/s")"}, "new tokens")
          .key("burst", &RateLimit::burst, {at_least(1), false, "100"},
               "tokens that may lie there at most, and do at the start")
          .done();
  return made;
}

template <>
const Section& section<Shed>() {
  static const Section made =
      SectionOf<Shed>("shed", "refuses the less important while the queue is too full or too slow")
          .key("waiting", &Shed::waiting, {{0, 1, true}, false, R"("80%")"},
               "above this share of the queue's limit")
          .key("delay", &Shed::delay, {positive, false, R"("100ms")"},
               "while the oldest has waited for longer")
          .key("priority", &Shed::priority, {between(0, 1000), false, "1"},
               "of clients: this and higher numbers are refused")
          .check([](const Shed& shed) -> std::optional<Complaint> {
            if (shed.waiting || shed.delay) return {};
            return Complaint{"waiting", "it is not said when it sheds",
                             "\"waiting\" or \"delay\" or both", ""};
          })
          .done();
  return made;
}

template <>
const Section& section<MessageQueue>() {
  using Q = MessageQueue;
  static const Section made =
      SectionOf<Q>("queue",
                   "messages that are stored, acknowledged, and delivered later by consumers")
          .key("on", &Q::on, {any, true, R"("log")"}, "the node whose card and disk it uses")
          .key("deliver", &Q::deliver, {any, false, R"([{"partner": {"timeout": "2s"}}])"},
               "what a consumer calls for each message; absent: it is only stored")
          .key("consumers", &Q::consumers, {between(0, 10'000'000), false, "64"},
               "in each site; each delivers one message at a time")
          .key("bytes", &Q::bytes, {not_negative, false, R"("500B")"}, "of a message")
          .key("copies", &Q::copies, {between(1, 100), false, "2"},
               "stored in so many sites before it is acknowledged")
          .key("retention", &Q::retention, {positive, false, R"("1d")"},
               "an older message is lost; absent: none is")
          .key("capacity", &Q::capacity, {at_least(1), false, "20000000"},
               "messages in each site; absent: as many as come")
          .key("persist", &Q::persist, {any, false, "true"}, "written to the disk of its node")
          .key("over", &Q::over, {any, false, R"("drop-oldest")"},
               "what happens above its capacity")
          .check([](const Q& queue) -> std::optional<Complaint> {
            if (queue.over == Q::Over::refuse || queue.capacity) return {};
            return Complaint{"over", "without a capacity it never runs over", "",
                             "add \"capacity\""};
          })
          .done();
  return made;
}

namespace {

std::optional<Complaint> odd_cache(const Cache& cache) {
  const bool by_keys = cache.keys > 0;
  if (cache.hit_ratio && by_keys)
    return Complaint{"hit-ratio", "with keys the hits come out of the run", "",
                     "either \"hit-ratio\" or \"keys\""};
  if (!cache.hit_ratio && !by_keys)
    return Complaint{"hit-ratio", "it is not said how often it hits", "\"hit-ratio\" or \"keys\"",
                     ""};
  if (by_keys && cache.size == 0)
    return Complaint{"size", "a cache without entries never hits", "at least 1", ""};
  if (cache.size > cache.keys && by_keys)
    return Complaint{"size", "there are fewer keys than that", "at most \"keys\"", ""};
  const char* of_keys = nullptr;
  if (cache.coalesce) of_keys = "coalesce";
  if (cache.preloaded) of_keys = "preloaded";
  if (cache.ttl) of_keys = "ttl";
  if (cache.size > 0) of_keys = "size";
  if (by_keys || of_keys == nullptr) return {};
  return Complaint{of_keys, "a fixed share of hits knows no keys", "",
                   "replace \"hit-ratio\" by "
                   "\"keys\""};
}

}  // namespace

template <>
const Section& section<Cache>() {
  using C = Cache;
  static const Section made =
      SectionOf<C>("cache", "answers kept by the callers, one cache in each site")
          .key("hit-ratio", &C::hit_ratio, {between(0, 1), false, R"("90%")"},
               "share of the calls that it answers; or else \"keys\"")
          .key("keys", &C::keys, {between(0, 1e9), false, "1000000"},
               "how many different things are asked")
          .key("popularity", &C::popularity, {between(0, 5), false, "0.9"},
               "Zipf's exponent: key k is asked in proportion to 1 / k^popularity")
          .key("size", &C::size, {between(0, 1e9), false, "50000"},
               "entries; those used last are kept")
          .key("ttl", &C::ttl, {positive, false, R"("60s")"},
               "an older entry is fetched anew; absent: none is")
          .key("preloaded", &C::preloaded, {any, false, "true"},
               "it holds the most popular keys at the start")
          .key("coalesce", &C::coalesce, {any, false, "true"},
               "one fetch for a key that is missing, others wait for it; else each fetches")
          .key("time", &C::time, {any, false, R"("200us")"}, "of a hit")
          .check(odd_cache)
          .done();
  return made;
}

template <>
const Section& section<Reconciliation>() {
  using R = Reconciliation;
  static const Section made =
      SectionOf<R>("reconciliation",
                   "compares what a queue owes with what was delivered, and puts again what is "
                   "missing; duplicates are dropped")
          .key("every", &R::every, {positive, true, R"("10min")"}, "how often it compares")
          .key("rate", &R::rate, {positive, true, R"("5k/s")"}, "at which it puts again")
          .key("after", &R::after, {not_negative, true, R"("5min")"},
               "what has been owed for longer is missing")
          .done();
  return made;
}

template <>
const Section& section<FunnelPlan>() {
  using F = FunnelPlan;
  static const Section made =
      SectionOf<F>("funnel",
                   "people see something, some click, a click makes requests; each number may be "
                   "{\"low\", \"mid\", \"high\", \"confidence\"}, of which runs use mid")
          .key_as<UncertainSteps<Rate>>(
              "exposures", &F::exposures,
              {not_negative, true,
               R"({"0s": {"low": "120k/s", "mid": "160k/s", "high": "340k/s", )"
               R"("confidence": "80%"}})"},
              "how often it is seen, which may change; seen independently of each other")
          .key("clicks", &F::clicks, {between(0, 1), false, R"("20%")"}, "of those who see it")
          .key("dynamic", &F::dynamic, {between(0, 10'000), false, "3"},
               "requests of a click, each to an operation of \"asks\"")
          .key("between", &F::between, {any, false, R"({"exponential": {"mean": "2s"}})"},
               "from one dynamic request of a click to the next; they do not wait for answers")
          .key("static", &F::static_requests, {between(0, 10'000), false, "3"},
               "static resources that a click fetches, all at once")
          .key("static-bytes", &F::static_bytes, {not_negative, false, R"("40kB")"}, "of one")
          .key("static-asks", &F::static_asks, {any, false, R"("resource")"},
               "the operation that fetches one; absent: only their bytes are counted")
          .done();
  return made;
}

template <>
const Section& section<Planning>() {
  static const Section made =
      SectionOf<Planning>("planning", "what an estimate keeps free")
          .key("utilisation", &Planning::utilisation, {{0, 1, true}, false, R"("70%")"},
               "no worker, card, disk or memory is planned to be used more")
          .done();
  return made;
}

}  // namespace springtide::spec
