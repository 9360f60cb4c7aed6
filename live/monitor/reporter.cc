#include "live/monitor/reporter.h"

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "live/net/clock.h"
#include "live/net/sockets.h"

namespace springtide::live::monitor {
namespace {

std::uint64_t make_identity() {
  const auto time = static_cast<std::uint64_t>(net::monotonic_ns());
  return (static_cast<std::uint64_t>(getpid()) << 40 ^ time) >> 1 | 1;  // below 2^63, not 0
}

bool is_ready(const net::File& socket, short events) {
  pollfd one{socket.descriptor(), events, 0};
  return ::poll(&one, 1, 0) > 0;
}

}  // namespace

Reporter::Reporter(const net::Address& monitor, const ReporterOptions& options)
    : monitor_(monitor), options_(options) {
  SPRINGTIDE_CHECK(options_.queue >= 2, "room for one that is half sent and one more");
  if (options_.identity == 0) options_.identity = make_identity();
}

void Reporter::report(wire::MonitorRecord record) {
  record.since_start[wire::since_start::identity] = options_.identity;
  if (queue_.size() >= options_.queue) {
    // One that is half sent must be finished first, or the stream has no meaning any more.
    const std::ptrdiff_t oldest = sent_of_first_ > 0 ? 1 : 0;
    queue_.erase(queue_.begin() + oldest);
    ++tally_.discarded;
  }
  queue_.push_back(wire::encode(record));
  poll();
}

void Reporter::poll() {
  if (state_ == State::idle && net::monotonic_ns() >= next_try_) begin();
  if (state_ == State::connecting) finish();
  if (state_ == State::connected && gone()) fail(tally_.broken);
  if (state_ == State::connected) send();
}

void Reporter::begin() {
  socket_ = net::begin_connect(monitor_);
  if (socket_)
    state_ = State::connecting;
  else
    fail(tally_.failed);
}

void Reporter::finish() {
  if (!is_ready(socket_, POLLOUT)) return;
  // Where nobody listens at a port that the kernel also gives to clients, a socket can end up
  // connected to itself.
  if (net::error_of(socket_) != 0 || net::local_address(socket_) == monitor_)
    return fail(tally_.failed);
  state_ = State::connected;
  ++tally_.connected;
}

// A monitor says nothing; so whatever can be read is its end.
bool Reporter::gone() const {
  char byte;
  const ssize_t n = recv(socket_.descriptor(), &byte, 1, MSG_DONTWAIT);
  return n >= 0 || (errno != EAGAIN && errno != EINTR);
}

void Reporter::send() {
  while (!queue_.empty()) {
    const auto& bytes = queue_.front();
    const ssize_t n = ::send(socket_.descriptor(), bytes.data() + sent_of_first_,
                             bytes.size() - sent_of_first_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n < 0) return fail(tally_.broken);
    sent_of_first_ += static_cast<std::size_t>(n);
    if (sent_of_first_ < bytes.size()) continue;
    queue_.pop_front();
    sent_of_first_ = 0;
    ++tally_.sent;
  }
}

void Reporter::fail(std::int64_t& counter) {
  ++counter;
  socket_.close();
  sent_of_first_ = 0;
  state_ = State::idle;
  next_try_ = net::monotonic_ns() + options_.retry.ns;
}

}  // namespace springtide::live::monitor
