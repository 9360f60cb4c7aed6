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
// at most that much after its instant (it is measured: lateness). A read that does not fill its
// buffer has taken all there is, so an answer costs one read and a request one write.
//
// A request that its connection does not take (the server does not read) is kept and written when
// there is room; one whose user is not logged in is not sent. Requests whose connection ends are
// lost; those without an answer for the length of the patience have timed out. Instants are
// nanoseconds of the monotonic clock unless said otherwise.
#pragma once

#include <cstdint>
#include <string_view>

#include "live/load/dialer.h"
#include "live/load/plan.h"
#include "live/load/telemetry.h"
#include "live/load/users.h"
#include "live/net/address.h"
#include "live/net/poller.h"
#include "live/net/process.h"
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

class Driver {
 public:
  Driver(const DriverSpec& spec, net::Poller poller, const Orders& orders,
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
  void fail_to_connect(std::uint32_t user);
  void connected(std::uint32_t user, std::int64_t now);
  void send_planned(std::uint32_t user, std::int64_t intended, std::int64_t now);
  void send(std::uint32_t user, wire::Command command, std::int64_t intended,
            std::uint32_t packet = 0);
  void write_out(std::uint32_t user);  // may lose the connection
  void keep(std::uint32_t user, bool keeps);
  void count_sent(const Request& request);
  void handle(const net::Ready& ready);
  void read_all(std::uint32_t user);
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
  net::Poller poller_;
  std::int64_t zero_, unix_offset_;
  std::int64_t plan_begin_ = 0;  // 0: not yet
  std::int64_t changes_taken_ = 0;
  std::int64_t next_tenth_ = 0, processor_before_ = 0;
  std::uint32_t looked_at_ = 0;  // users: the next whose requests may have timed out
  std::int64_t keeping_ = 0;     // how many connections keep requests
  bool stop_ = false;
};

}  // namespace springtide::live::load
