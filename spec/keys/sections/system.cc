// Sections about the system: services, nodes, links.
#include "spec/keys/uncertain.h"

namespace springtide::spec {

template <>
const std::vector<std::string>& words_of<Discipline>() {
  static const std::vector<std::string> words{"fifo", "processor-sharing", "priority",
                                              "preemptive-priority", "lifo"};
  return words;
}

namespace {

void queue_keys(SectionOf<Station>& keys) {
  using S = Station;
  keys.key("time", &S::time, {any, true, R"({"exponential": {"mean": "100us"}})"},
           "the work of one request on one worker")
      .key("time-by-priority", &S::time_by_priority, {any, false, R"({"0": "1ms", "1": "5ms"})"},
           "overrides \"time\" for a priority")
      .key("queue", &S::queue, {at_least(0), false, "10"},
           "how many may wait; one more is refused; absent: any number may wait")
      .key("discipline", &S::discipline, {any, false, R"("processor-sharing")"},
           "who is served next")
      .key("rate-limit", &S::rate_limit, {any, false, R"({"rate": "500/s", "burst": 100})"},
           "of each machine; absent: none")
      .key("bulkheads", &S::bulkheads, {between(1, 1'000'000), false, R"({"heavy": 4})"},
           "workers of each machine kept for calls that name the bulkhead; the rest serve the "
           "others")
      .key("shed", &S::shed, {any, false, R"({"delay": "100ms", "priority": 1})"},
           "what it refuses while it is overloaded; absent: only what the queue cannot hold")
      .key("holds-worker", &S::holds_worker, {any, false, "false"},
           "a worker waits while its nested calls run; else it serves others meanwhile");
}

void placement_keys(SectionOf<Station>& keys) {
  using S = Station;
  keys.key("balancing", &S::balancing, {any, false, R"("two-choices")"},
           "which of its machines in the site a call goes to")
      .key("failover", &S::failover, {any, false, "false"},
           "while none of its machines in the site is up, calls go to the nearest other site")
      .key("request-bytes", &S::request_bytes, {not_negative, false, R"("2kB")"},
           "of a call, through the cards of both machines")
      .key("answer-bytes", &S::answer_bytes, {not_negative, false, R"("15kB")"}, "of its answer")
      .key("storage-bytes", &S::storage_bytes, {not_negative, false, R"("1kB")"},
           "written to the disk for each call before it is answered")
      .key("entries", &S::entries, {not_negative, false, "300000000"},
           "that it holds, all machines together; for estimates")
      .key("memory-per-entry", &S::memory_per_entry, {not_negative, false, R"("1kB")"},
           "for estimates")
      .key("storage-per-entry", &S::storage_per_entry, {not_negative, false, R"("2kB")"},
           "for estimates")
      .key("module", &S::module, {any, false, R"("reporting")"},
           "what playbooks call it, to sample calls to it or to switch them off");
}

}  // namespace

template <>
const Section& section<Station>() {
  static const Section made = [] {
    SectionOf<Station> keys("station", "one queue and the workers of its node");
    queue_keys(keys);
    placement_keys(keys);
    return keys.done();
  }();
  return made;
}

template <>
const Section& section<RedPacketAccess>() {
  using R = RedPacketAccess;
  static const Section made =
      SectionOf<R>("red-packet-access",
                   "the access server: SETs, each with a bounded queue and a packet queue. On a Go "
                   "runtime that of 2017, with one reader a connection and one worker a SET; on an "
                   "event-loop the reference server of live mode, whose system calls the runtime "
                   "has: the segments are what comes on top of them")
          .key("sets", &R::sets, {between(1, 65'536)}, "user u belongs to SET u mod sets")
          .key("set-queue", &R::set_queue, {at_least(1)},
               "messages that may wait at a SET; more are dropped")
          .key("packet-queue", &R::packet_queue, {at_least(1)},
               "packets that may wait at a SET; more are dropped")
          .key("open-boxes", &R::open_boxes, {between(1, 1024)},
               "goroutines that split sent packets")
          .key("open-box-queue", &R::open_box_queue, {at_least(1)}, "messages that may wait at one")
          .key("overload-per-second", &R::overload_per_second, {at_least(0)},
               "shakes above so many requests counted in a clock second are refused")
          .key("connections", &R::connections, {at_least(0), false, "2288401"},
               "that a server holds at most; 0: not limited")
          .key("reader-segment", &R::reader_segment, {not_negative},
               "processor time to read one request and put it to its SET")
          .key("worker-segment", &R::worker_segment, {not_negative},
               "to serve one request of a SET")
          .key("open-box-segment", &R::open_box_segment, {not_negative},
               "of an open-box, for one message")
          .key("generator-segment", &R::generator_segment, {not_negative},
               "of the packet generator, for one packet")
          .key("login-segment", &R::login_segment, {not_negative},
               "of accepting and logging in one user")
          .key("empty-read-system-call", &R::empty_read_system_call, {not_negative},
               "of a read that finds none")
          .key("write-system-call", &R::write_system_call, {not_negative}, "of writing one answer")
          .key("static-heap", &R::static_heap, {not_negative}, "heap before the first connection")
          .key("static-scanned", &R::static_scanned, {not_negative},
               "of it, what the collector reads")
          .key("heap-per-connection", &R::heap_per_connection, {not_negative},
               "heap that a connection holds")
          .key("scanned-per-connection", &R::scanned_per_connection, {not_negative},
               "of it, what the collector reads")
          .key("heap-per-request", &R::heap_per_request, {not_negative},
               "garbage that a request leaves")
          .done();
  return made;
}

template <>
const Section& section<Service>() {
  static const Section made =
      SectionOf<Service>("service", "what does the work of a call")
          .key("on", &Service::on, {any, true, R"("node")"}, "the node it runs on")
          .selector("kind",
                    {{"station", &section<Station>()},
                     {"red-packet-access", &section<RedPacketAccess>()}},
                    "its kind, which decides its further keys")
          .done();
  return made;
}

template <>
const Section& section<NetworkCard>() {
  static const Section made =
      SectionOf<NetworkCard>("network-card", "what takes packets off the wire")
          .key("bandwidth", &NetworkCard::bandwidth, {positive, false, R"("1Gbit/s")"},
               "each way; absent: infinite")
          .key("packet-rate", &NetworkCard::packet_rate, {positive, false, R"("250k/s")"},
               "what the interrupt core can take off the ring; absent: infinite")
          .key("receive-ring", &NetworkCard::receive_ring, {between(1, 1 << 20), false, "256"},
               "packets; more are dropped")
          .key("background-packets", &NetworkCard::background_packets,
               {not_negative, false, R"("5k/s")"}, "of other tenants of the machine")
          .done();
  return made;
}

template <>
const Section& section<Clock>() {
  static const Section made =
      SectionOf<Clock>("clock", "how far a machine's clock is from true time")
          .key("error", &Clock::error, {any, false, R"({"exponential": {"mean": "20ms"}})"},
               "offset, drawn once for each machine")
          .key("error-either-sign", &Clock::error_either_sign, {},
               "half of the machines are behind, not ahead")
          .done();
  return made;
}

template <>
const Section& section<Node>() {
  static const Section made =
      SectionOf<Node>("node", "machines of one kind")
          .key("count", &Node::count, {between(1, 1'000'000), false, "17"}, "how many")
          .key("sites", &Node::sites,
               {between(1, 1'000'000), false, R"({"shenzhen": 12, "shanghai": 8})"},
               "how many in each site, instead of \"count\"")
          .key("workers", &Node::workers, {between(1, 1'000'000), false, "8"},
               "workers of each of its stations")
          .key("cores", &Node::cores, {between(1, 4096), false, "8"}, "processor cores of each")
          .key("runtime", &Node::runtime, {any, false, R"("go1.8")"},
               "a runtime of this scenario or a preset; absent: threads")
          .key("memory", &Node::memory, {not_negative, false, R"("16GiB")"},
               "of each; 0: not limited")
          .key("speed-spread", &Node::speed_spread, {between(0, 0.9), false, R"("10%")"},
               "each machine is faster or slower by a uniform share up to this")
          .key("network-card", &Node::network_card, {}, "of each")
          .key("clock", &Node::clock, {}, "of each")
          .key("storage", &Node::storage, {not_negative, false, R"("2TB")"},
               "of each; 0: not limited")
          .key("storage-bandwidth", &Node::storage_bandwidth, {positive, false, R"("1.6Gbit/s")"},
               "of the disk of each; absent: infinite")
          .done();
  return made;
}

template <>
const Section& section<Link>() {
  static const Section made =
      SectionOf<Link>("link", "the network between two ends, alike in both directions")
          .key("from", &Link::from, {any, true, R"("crowd")"},
               "clients, a service, a queue, a node that they are on, or a site")
          .key("to", &Link::to, {any, true, R"("station")"},
               "a service, a queue, a node that they are on, or a site")
          .key("delay", &Link::delay, {any, false, R"("500us")"}, "one way")
          .key("loss", &Link::loss, {between(0, 1), false, R"("0.1%")"},
               "of a packet, independently")
          .key("loss-burst-start", &Link::loss_burst_start, {between(0, 1), false, R"("1e-6")"},
               "a packet turns the link bad, so that packets are lost until it turns good")
          .key("loss-burst-end", &Link::loss_burst_end, {between(0, 1), false, R"("2%")"},
               "a packet turns a bad link good")
          .key("bandwidth", &Link::bandwidth, {positive, false, R"("1Gbit/s")"}, "absent: infinite")
          .done();
  return made;
}

}  // namespace springtide::spec
