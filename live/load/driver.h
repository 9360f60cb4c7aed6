// One process of the load driver: its users' connections in one loop, sending by the plan.
//
//   Dialer --connect--> login --answer--> ready <--- Plan: "user u, intended at t"
//                                           |
//               now >= t: write the shake at once, whatever is unanswered (open loop)
//                                           |
//   answers:  shake answer              latency from t, and from the write
//             packet for you            the same, and an open request goes out at once
//             open answer               money received
//
// The loop wakes for what is due and for answers, but at most once every `round`: then it sends all
// that is due and reads all that is there. So many requests share one wake-up, and a request leaves
// at most that much after its instant (it is measured: lateness). Requests leave as batches of at
// most 32: what counts as their sending is the instant before the batch for the latency from the
// send, and the one after it for the lateness, so that neither is told too short.
//
// A request that its connection does not take (the server does not read) is kept and written when
// there is room; one whose user is not logged in is not sent. Requests whose connection ends are
// lost; those without an answer for the length of the patience have timed out. Instants are
// nanoseconds of the monotonic clock unless said otherwise.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "live/load/dialer.h"
#include "live/load/plan.h"
#include "live/load/telemetry.h"
#include "live/load/users.h"
#include "live/net/address.h"
#include "live/net/process.h"
#include "live/net/streams/streams.h"
#include "live/wire/message.h"

namespace springtide::live::load {

struct DriverSpec {
  net::Address target;
  PlanSpec plan;
  int process = 0;
  DialerSpec dialer;
  std::uint32_t source_host = 0x7f100000;  // 127.16.0.0: its connections come from 127.16.p.1, ...
  Duration round{};
  Duration drain{};                 // how long answers are waited for after the end of the plan
  Duration patience = second * 10;  // with a request that is not answered
  Instant measured_from;            // of the plan: latencies of earlier requests are not recorded
};

class Driver final : net::StreamEvents {
 public:
  Driver(const DriverSpec& spec, std::unique_ptr<net::Streams> streams, const Orders& orders,
         const Telemetry::Part& telemetry);
  int run(net::StopRequest& stop);  // the exit code of the process

  // More connections from one source address would make the kernel search long for a port.
  static constexpr std::uint32_t connections_per_source = 10'000;

 private:
  bool over(std::int64_t now);
  void every_tenth_of_a_second(std::int64_t now, net::StopRequest& stop);
  void take_orders();
  void give_up_some(std::int64_t now);
  void connect_some(std::int64_t now);
  void send_due(std::int64_t now);
  void wait_and_read(std::int64_t round_began);
  std::int64_t next_work(std::int64_t now);
  void finish(std::int64_t now);

  void connect(std::uint32_t user, std::int64_t now);
  void fail_to_connect(std::uint32_t user, int error);
  void connected(std::uint32_t user, std::int64_t now);
  void send_planned(std::uint32_t user, std::int64_t intended);
  void send(std::uint32_t user, wire::Command command, std::int64_t intended,
            std::uint32_t packet = 0);
  void queue(std::uint32_t user);  // for the next batch
  void write_out();
  net::Outgoing next_of(std::uint32_t user, std::int64_t now, char* bytes);
  void written(std::uint32_t user, const net::Outgoing& out, std::int64_t now);
  void note_tried(const Request& request, std::int64_t now);
  void block(std::uint32_t user, std::int64_t now);
  void keep(std::uint32_t user, bool keeps);
  void count_sent(const Request& request);

  void ready(std::uint32_t) override {}
  void writable(std::uint32_t user) override;
  void received(const net::Received& received) override;
  void ended(std::uint32_t user, int error) override;
  bool take_bytes(std::uint32_t user, std::string_view bytes, std::int64_t now);
  bool take_message(std::uint32_t user, const wire::Message& message, std::int64_t now);
  bool take_login(std::uint32_t user, const wire::Message& message, std::int64_t now);
  void take_shake_answer(std::uint32_t user, const wire::Message& message, std::int64_t now);
  void take_open_answer(std::uint32_t user, const wire::Message& message, std::int64_t now);
  void take_late_answer(std::uint32_t user, const wire::Message& message, std::int64_t now);
  void lose(std::uint32_t user, std::int64_t now, Count reason);

  void count(Count what, std::int64_t at, std::int64_t amount = 1) const {
    telemetry_.count(what, at - zero_, amount);
  }
  std::int64_t monotonic_of(Instant of_plan) const {
    return plan_begin_ + (of_plan - spec_.plan.from).ns;
  }

  DriverSpec spec_;
  const Orders& orders_;
  Telemetry::Part telemetry_;
  Plan plan_;
  Users users_;
  Dialer dialer_;
  std::unique_ptr<net::Streams> streams_;
  std::int64_t zero_, unix_offset_;
  std::int64_t plan_begin_ = 0;  // 0: not yet
  std::int64_t changes_taken_ = 0;
  std::int64_t next_tenth_ = 0, processor_before_ = 0;
  std::uint32_t looked_at_ = 0;  // users: the next whose requests may have timed out
  std::int64_t keeping_ = 0;     // how many connections keep requests
  bool stop_ = false;

  static constexpr std::size_t batch = 32;
  std::vector<std::uint32_t> to_write_;  // users with a request for the next batch
  std::vector<std::uint32_t> writing_;   // users in this one
  std::array<std::array<char, wire::max_length>, batch> encoded_;
  std::vector<net::Outgoing> outgoing_;
  std::string joined_;
};

}  // namespace springtide::live::load
