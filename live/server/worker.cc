#include "live/server/worker.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/check.h"
#include "live/net/clock.h"
#include "live/net/sockets.h"

namespace springtide::live::server {
namespace {

constexpr std::uint64_t listener_token = ~std::uint64_t{0};
constexpr std::uint64_t stop_token = listener_token - 1;
constexpr int accepts_at_once = 64;  // then those who are connected have their turn
constexpr std::size_t read_at_once = 16 * 1024;
constexpr int wait_ms = 1000, wait_with_logins_due_ms = 100;

std::size_t most_files() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  return static_cast<std::size_t>(files.rlim_cur);
}

std::uint64_t token_of(std::uint32_t descriptor, std::uint32_t generation) {
  return std::uint64_t{generation} << 32 | descriptor;
}

bool ask_for_arrivals(int socket) {
  const int yes = 1;
  return setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes) == 0;
}

// The arrival time that came with the bytes, unix nanoseconds; 0: none.
std::int64_t arrival_of(msghdr& header) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
      timespec at;
      std::memcpy(&at, CMSG_DATA(c), sizeof at);
      return static_cast<std::int64_t>(at.tv_sec) * second.ns + at.tv_nsec;
    }
  return 0;
}

net::Poller poller_or_die() {
  auto poller = net::Poller::make();
  SPRINGTIDE_CHECK(poller.ok(), "a process has no epoll");
  return std::move(poller.value());
}

}  // namespace

Worker::Worker(const ServerOptions& options, const SharedState& shared, std::size_t number,
               std::uint64_t life, net::File listener)
    : options_(options),
      shared_(shared),
      state_(shared.workers[number]),
      listener_(std::move(listener)),
      spare_(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
      poller_(poller_or_die()),
      shares_(options.seed, "server/shares", number + life * shared.workers.size()),
      connections_(most_files()),
      sets_(shared.set_lengths, state_.set_lengths, options.service.set_queue),
      boxes_(static_cast<std::size_t>(options.service.open_boxes)),
      processor_before_ns_(state_.book.processor_ns()) {
  if (options.sample_every == 0) return;
  // The kernel stamps frames from a moment after the first socket has asked: this one asks early.
  stamping_ = net::File(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ask_for_arrivals(stamping_.descriptor());
}

int Worker::run(net::StopRequest& stop) {
  poller_.add_level(listener_.descriptor(), listener_token);
  poller_.add_level(stop.descriptor(), stop_token);
  while (!stop.seen()) {
    read_clock();
    keep_books();
    const int patience = !resume_.empty()      ? 0
                         : logins_due_.empty() ? wait_ms
                                               : wait_with_logins_due_ms;
    const auto ready = poller_.wait(patience);
    read_clock();
    count(Count::waits);
    for (const net::Ready& one : ready) {
      if (one.token == stop_token)
        stop.requested();
      else
        handle(one);
    }
    read_resumed();
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

void Worker::read_clock() {
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

void Worker::handle(const net::Ready& ready) {
  if (ready.token == listener_token) return accept_some();
  const auto descriptor = static_cast<std::uint32_t>(ready.token);
  Connection& connection = at(descriptor);
  // Connections are closed at the end of a batch, so that no descriptor changes hands within one;
  // the generation guards that.
  if (!connection.open || connection.generation != ready.token >> 32) return;
  if (ready.writable && connection.blocked) {
    connection.blocked = false;
    if (!connection.dirty) dirty_.push_back(descriptor);
    connection.dirty = true;
  }
  if (!ready.readable) return;
  connection.ending = connection.ending || ready.hung_up;
  read_from(descriptor);
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
  if (!poller_.add(file.descriptor(), token_of(descriptor, generation))) return false;
  connection = {};
  connection.generation = generation;
  connection.open = true;
  if (options_.sample_every > 0 && accepted_ % options_.sample_every == 0) {
    connection.sampled = ask_for_arrivals(file.descriptor());
  }
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

std::int64_t Worker::receive(std::uint32_t descriptor, std::size_t have, std::int64_t& arrival) {
  count(Count::receives);
  char* room = input_.data() + have;
  if (!at(descriptor).sampled) return recv(static_cast<int>(descriptor), room, read_at_once, 0);
  alignas(cmsghdr) char control[128];
  iovec piece{room, read_at_once};
  msghdr header{};
  header.msg_iov = &piece;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  const auto size = recvmsg(static_cast<int>(descriptor), &header, 0);
  if (size > 0) arrival = arrival_of(header);
  return size;
}

void Worker::read_from(std::uint32_t descriptor) {
  Connection& connection = at(descriptor);
  std::size_t have = 0;
  if (connection.input != no_buffer) {
    const std::string& begun = buffers_[connection.input].bytes;
    have = begun.size();
    std::memcpy(input_.data(), begun.data(), have);
  }
  Stamps stamps;
  const std::int64_t size = receive(descriptor, have, stamps.arrival);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) {
    connection.broken = size < 0;
    return close_later(descriptor, size == 0 ? Count::closed_by_client : Count::closed_reset);
  }
  if (connection.input != no_buffer) buffers_.give_back(connection.input);
  connection.input = no_buffer;
  if (connection.sampled) stamps.read = net::unix_ns();
  parse_all(descriptor, {input_.data(), have + static_cast<std::size_t>(size)}, stamps);
  // Less than was asked for was all there was; but an end, once told, is not told again.
  const bool more = static_cast<std::size_t>(size) == read_at_once || connection.ending;
  if (more && !connection.closing && !connection.resume) {
    connection.resume = true;
    resume_.push_back(descriptor);
  }
}

void Worker::read_resumed() {
  resumed_.swap(resume_);
  for (const std::uint32_t descriptor : resumed_) {
    Connection& connection = at(descriptor);
    if (!connection.open || !connection.resume || connection.closing) continue;
    connection.resume = false;
    read_from(descriptor);
  }
  resumed_.clear();
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
