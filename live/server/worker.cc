#include "live/server/worker.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/check.h"
#include "live/net/clock.h"
#include "live/net/sockets.h"

namespace springtide::live::server {
namespace {

constexpr std::uint32_t listener_token = 0xffffffff, stop_token = listener_token - 1;
constexpr int accepts_at_once = 64;  // then those who are connected have their turn
constexpr Duration patience = second, patience_with_logins_due = millisecond * 100;

std::size_t most_files() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  return static_cast<std::size_t>(files.rlim_cur);
}

std::unique_ptr<net::Streams> streams_or_die(net::Backend backend) {
  auto streams = net::Streams::make(backend);
  SPRINGTIDE_CHECK(streams.ok(), "a process can wait for no sockets");
  return std::move(streams.value());
}

}  // namespace

Worker::Worker(const ServerOptions& options, const SharedState& shared, std::size_t number,
               std::uint64_t life, net::File listener)
    : options_(options),
      shared_(shared),
      state_(shared.workers[number]),
      listener_(std::move(listener)),
      spare_(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
      streams_(streams_or_die(options.backend)),
      shares_(options.seed, "server/shares", number + life * shared.workers.size()),
      connections_(most_files()),
      sets_(shared.set_lengths, state_.set_lengths, options.service.set_queue),
      boxes_(static_cast<std::size_t>(options.service.open_boxes)),
      processor_before_ns_(state_.book.processor_ns()) {
  if (options.sample_every == 0) return;
  // The kernel stamps frames from a moment after the first socket has asked: this one asks early.
  stamping_ = net::File(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  net::ask_for_arrivals(stamping_.descriptor());
}

int Worker::run(net::StopRequest& stop) {
  stop_ = &stop;
  streams_->watch(listener_.descriptor(), listener_token);
  streams_->watch(stop.descriptor(), stop_token);
  while (!stop.seen()) {
    read_clock();
    keep_books();
    rest();
    clock_old_ = true;
    streams_->wait(logins_due_.empty() ? patience : patience_with_logins_due, *this);
    count(Count::waits);
    serve_sets();
    serve_boxes();
    write_all();
    close_all();
    expire_logins();
  }
  for (std::uint32_t descriptor = 0; descriptor < connections_.size(); ++descriptor)
    if (at(descriptor).open) {
      close_later(descriptor, Count::closed_at_stop);
      close_now(descriptor);
    }
  books_second_ = 0;
  keep_books();
  return 0;
}

void Worker::rest() {
  if (served_ && options_.round.value_or(Duration{}).ns > 0) {
    net::sleep_until(looked_ns_ + options_.round->ns);
    looked_ns_ = net::monotonic_ns();
  }
  served_ = false;
}

void Worker::read_clock() {
  clock_old_ = false;
  unix_ns_ = net::unix_ns();
  unix_second_ = unix_ns_ / second.ns;
}

// Once a second, and before the first wait.
void Worker::keep_books() {
  state_.book.set_connections(open_);
  if (unix_second_ == books_second_) return;
  books_second_ = unix_second_;
  state_.book.set_processor_ns(processor_before_ns_ + net::processor_ns());
}

void Worker::ready(std::uint32_t token) {
  read_clock();
  if (token == stop_token)
    stop_->requested();
  else
    accept_some();
}

// Connections are closed at the end of a batch, so that no descriptor changes hands within one.
void Worker::writable(std::uint32_t descriptor) {
  Connection& connection = at(descriptor);
  connection.blocked = false;
  if (!connection.dirty) dirty_.push_back(descriptor);
  connection.dirty = true;
}

// --- Connections come
// -----------------------------------------------------------------------------

void Worker::accept_some() {
  for (int i = 0; i < accepts_at_once; ++i) {
    net::File file = net::accept_from(listener_);
    if (file) {
      if (!admit(std::move(file))) count(Count::turned_away);
      continue;
    }
    if (errno == EMFILE || errno == ENFILE) {
      turn_away();
      continue;
    }
    // A connection that was reset before it was accepted is no reason to stop; all else is.
    if (errno != ECONNABORTED && errno != EINTR) return;
  }
}

bool Worker::admit(net::File file) {
  const auto descriptor = static_cast<std::uint32_t>(file.descriptor());
  if (descriptor >= connections_.size()) return false;
  Connection& connection = at(descriptor);
  const std::uint32_t generation = connection.generation;
  const bool sampled = options_.sample_every > 0 && accepted_ % options_.sample_every == 0 &&
                       net::ask_for_arrivals(file.descriptor());
  if (!streams_->receive(file.descriptor(), descriptor, sampled)) return false;
  connection = {};
  connection.generation = generation;
  connection.open = true;
  connection.sampled = sampled;
  ++accepted_;
  ++open_;
  count(Count::accepted);
  logins_due_.push_back({descriptor, generation, net::monotonic_ns() + options_.login_timeout.ns});
  file.release();
  return true;
}

// No file is left: one is given up for a moment, so that the client sees an end instead of waiting
// in the kernel's queue for a server that never comes.
void Worker::turn_away() {
  spare_.close();
  if (net::accept_from(listener_)) count(Count::turned_away);
  spare_ = net::File(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

// --- Reading
// --------------------------------------------------------------------------------------

void Worker::received(const net::Received& received) {
  const std::uint32_t descriptor = received.token;
  Connection& connection = at(descriptor);
  count(Count::receives);
  served_ = true;
  if (connection.closing) return;
  if (clock_old_ || connection.sampled) read_clock();
  Stamps stamps;
  if (connection.sampled) {
    stamps.arrival = received.arrival_ns;
    stamps.read = unix_ns_;
  }
  if (connection.input == no_buffer) return parse_all(descriptor, received.bytes, stamps);
  joined_ = buffers_[connection.input].bytes;
  joined_ += received.bytes;
  buffers_.give_back(connection.input);
  connection.input = no_buffer;
  parse_all(descriptor, joined_, stamps);
}

void Worker::ended(std::uint32_t descriptor, int error) {
  at(descriptor).broken = error != 0;
  close_later(descriptor, error == 0 ? Count::closed_by_client : Count::closed_reset);
}

void Worker::parse_all(std::uint32_t descriptor, std::string_view bytes, const Stamps& stamps) {
  while (true) {
    const wire::Parsed parsed = wire::parse(bytes);
    if (parsed.status == wire::Parsed::Status::malformed)
      return close_later(descriptor, parsed.malformed == wire::Malformed::unknown_command
                                         ? Count::closed_command
                                     : parsed.malformed == wire::Malformed::wrong_recipients
                                         ? Count::closed_direction
                                         : Count::closed_length);
    if (parsed.status == wire::Parsed::Status::need_more) break;
    if (!take_message(descriptor, parsed.message, stamps)) return;
    bytes.remove_prefix(parsed.consumed);
  }
  if (bytes.empty()) return;
  Connection& connection = at(descriptor);
  connection.input = buffers_.borrow();
  buffers_[connection.input].bytes = bytes;
}

bool Worker::take_message(std::uint32_t descriptor, const wire::Message& message,
                          const Stamps& stamps) {
  if (!wire::from_client(message.command)) {
    close_later(descriptor, Count::closed_direction);
    return false;
  }
  if (!at(descriptor).logged_in && message.command != wire::Command::login) {
    close_later(descriptor, Count::closed_not_login);
    return false;
  }
  count(Count::requests);
  const bool within = shared_.limit.count(unix_second_);
  switch (message.command) {
    case wire::Command::login: log_in(descriptor, message); break;
    case wire::Command::shake:
      count(Count::shakes);
      if (within)
        enqueue(descriptor, message, stamps);
      else
        answer(descriptor,
               wire::shake_answer(message.user, wire::result_overload,
                                  static_cast<std::uint64_t>(unix_second_)),
               Count::overloaded);
      break;
    default: count(Count::opens); enqueue(descriptor, message, stamps);
  }
  return true;
}

void Worker::log_in(std::uint32_t descriptor, const wire::Message& message) {
  count(Count::logins);
  Connection& connection = at(descriptor);
  if (connection.logged_in) return count(Count::ignored);
  connection.logged_in = true;
  connection.user = message.user;
  answer(descriptor, wire::login_answer(message.user, static_cast<std::uint64_t>(unix_second_)),
         Count::login_answers);
}

// The SET is that of the user who logged in here: whom an open names is left 0 by clients.
void Worker::enqueue(std::uint32_t descriptor, const wire::Message& message, const Stamps& stamps) {
  const Connection& connection = at(descriptor);
  Request request{descriptor,     connection.generation, message.user,
                  message.packet, message.command,       -1};
  if (connection.sampled) {
    request.sample = static_cast<std::int32_t>(samples_.size());
    samples_.push_back({descriptor, false, stamps});
    samples_.back().stamps.enqueued = net::unix_ns();
  }
  const std::size_t set = connection.user % static_cast<std::uint32_t>(options_.service.sets);
  if (!sets_.put(set, request)) count(Count::dropped_set);
}

}  // namespace springtide::live::server
