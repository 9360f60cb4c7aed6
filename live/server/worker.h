// One process of the server: it accepts at its own listening socket, reads, serves, writes, in
// batches, in one thread.
//
//   wait for what has arrived
//   read each:    login --> answer            over the limit of the second --> "overload"
//                 shake, open --> queue of the SET          queue full --> dropped
//   serve SETs:   shake --> packet queue of the SET? --> packet or "none"
//                 open  --> queue of its box
//   serve boxes:  open --> share of the packet
//   write:        all answers of a connection at once, those of all connections as one batch
//   close:        what ended, broke, or broke the rules; who did not log in in time
//
// No client can hold up another: of each only some kilobytes are read a turn (net/streams), and
// what a socket does not take waits in a buffer of its connection; where that grows over
// `output_limit`, the connection is closed.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "live/net/file.h"
#include "live/net/process.h"
#include "live/net/streams/streams.h"
#include "live/server/connections.h"
#include "live/server/shared_state.h"
#include "live/wire/message.h"

namespace springtide::live::server {

class Worker final : net::StreamEvents {
 public:
  // `life`: how many had this number before. Their counters go on.
  Worker(const ServerOptions& options, const SharedState& shared, std::size_t number,
         std::uint64_t life, net::File listener);
  // Serves until asked to end; the exit code.
  int run(net::StopRequest& stop);

 private:
  struct Request {
    std::uint32_t descriptor, generation, user, packet;
    wire::Command command;
    std::int32_t sample;  // into samples_; -1: not stamped
  };
  struct Sample {
    std::uint32_t descriptor;
    bool answered;
    Stamps stamps;
  };
  struct LoginDue {
    std::uint32_t descriptor, generation;
    std::int64_t at_monotonic_ns;
  };

  void ready(std::uint32_t token) override;
  void writable(std::uint32_t descriptor) override;
  void received(const net::Received& received) override;
  void ended(std::uint32_t descriptor, int error) override;

  void accept_some();
  bool admit(net::File file);  // false: no room for it
  void turn_away();

  void parse_all(std::uint32_t descriptor, std::string_view bytes, const Stamps& stamps);
  // False: it was the last message of this connection.
  bool take_message(std::uint32_t descriptor, const wire::Message& message, const Stamps& stamps);
  void log_in(std::uint32_t descriptor, const wire::Message& message);
  void enqueue(std::uint32_t descriptor, const wire::Message& message, const Stamps& stamps);

  void serve_sets();
  void serve(std::size_t set, const Request& request);
  void serve_shake(std::size_t set, const Request& request);
  void serve_boxes();
  void serve_open(const Request& request);
  void answer(std::uint32_t descriptor, const wire::Message& message, Count kind);

  void write_all();
  void written(std::uint32_t descriptor, std::int64_t taken);
  void keep_rest(std::uint32_t descriptor);
  void record_samples(std::uint32_t descriptor);

  void close_later(std::uint32_t descriptor, Count why);
  void close_all();
  void close_now(std::uint32_t descriptor);
  void count_unsent(const Buffer& buffer);
  void expire_logins();
  void keep_books();
  void rest();  // until the round is over, where there was something to serve

  Connection& at(std::uint32_t descriptor) { return connections_[descriptor]; }
  void count(Count what, std::int64_t amount = 1) { state_.book.add(what, unix_second_, amount); }
  void read_clock();

  const ServerOptions& options_;
  const SharedState& shared_;
  const WorkerState& state_;
  net::File listener_;
  net::File spare_;     // given up for a moment to turn a connection away
  net::File stamping_;  // keeps the kernel's stamps of arrivals on
  std::unique_ptr<net::Streams> streams_;
  net::StopRequest* stop_ = nullptr;
  Stream shares_;

  std::vector<Connection> connections_;  // by descriptor
  Buffers buffers_;
  std::int64_t open_ = 0, accepted_ = 0;
  std::deque<LoginDue> logins_due_;

  // Of this batch.
  std::int64_t unix_ns_ = 0, unix_second_ = 0;
  bool clock_old_ = true;       // these are of before the wait
  std::int64_t looked_ns_ = 0;  // monotonic
  bool served_ = false;
  SetQueues<Request> sets_;
  std::vector<std::vector<Request>> boxes_;
  std::vector<std::uint32_t> dirty_, closing_;
  std::vector<net::Outgoing> outgoing_;
  std::vector<Sample> samples_;
  std::string joined_;
  std::int64_t books_second_ = 0, processor_before_ns_;
};

}  // namespace springtide::live::server
