// The driver's sockets: connecting, writing requests, reading answers. The loop is in driver.cc.

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

#include "live/load/driver.h"
#include "live/net/clock.h"
#include "live/net/sockets.h"

namespace springtide::live::load {
namespace {

constexpr std::int64_t late_from = 1'000'000;  // ns

// Of this machine, not of the server: no port, no file, no memory.
bool is_local(int error) {
  return error == EADDRNOTAVAIL || error == EADDRINUSE || error == EMFILE || error == ENFILE ||
         error == ENOBUFS || error == ENOMEM || error == EACCES || error == EPERM;
}

}  // namespace

void Driver::connect(std::uint32_t user, std::int64_t now) {
  Users::User& self = users_[user];
  self.state = UserState::connecting;
  const std::uint32_t source = spec_.source_host +
                               (static_cast<std::uint32_t>(spec_.process) << 8) + 1 +
                               user / connections_per_source;
  net::File socket = net::begin_connect(spec_.target, {source, 0});
  const bool added = socket && streams_->begin(socket.descriptor(), user);
  const int error = errno;
  self.socket = socket.release();
  if (!added)
    lose(user, now,
         self.socket >= 0 || is_local(error) ? Count::local_errors : Count::failed_connects);
}

void Driver::connected(std::uint32_t user, std::int64_t now) {
  users_[user].state = UserState::logging_in;
  streams_->receive(users_[user].socket, user);
  count(Count::connected, now);
  add_to(telemetry_.state->open_connections, std::int64_t{1});
  send(user, wire::Command::login, now);
}

void Driver::send_planned(std::uint32_t user, std::int64_t intended) {
  add_to(telemetry_.state->planned, std::int64_t{1});
  if (users_[user].state != UserState::ready) return count(Count::not_sent, intended);
  send(user, wire::Command::shake, intended);
}

void Driver::send(std::uint32_t user, wire::Command command, std::int64_t intended,
                  std::uint32_t packet) {
  users_.append(user, command, intended, packet);
  if (!users_[user].keeps) return queue(user);
  note_tried(users_.request(users_[user].last), net::monotonic_ns());
  count(Count::kept, intended);
}

// A request has been given to its connection for the first time, or would have been.
void Driver::note_tried(const Request& request, std::int64_t now) {
  if (request.command != wire::Command::shake) return;
  telemetry_.state->lateness.record(now - request.intended_ns);
  if (now - request.intended_ns > late_from) count(Count::late, now);
}

void Driver::queue(std::uint32_t user) {
  if (users_[user].queued) return;
  users_[user].queued = true;
  to_write_.push_back(user);
}

// Also of those that get a request meanwhile; one request a user and batch.
void Driver::write_out() {
  for (std::size_t next = 0; next < to_write_.size();) {
    const std::int64_t before = net::monotonic_ns();
    outgoing_.clear();
    writing_.clear();
    for (; next < to_write_.size() && outgoing_.size() < batch; ++next) {
      const std::uint32_t user = to_write_[next];
      users_[user].queued = false;
      if (users_[user].unsent == Users::none) continue;  // its connection was lost
      outgoing_.push_back(next_of(user, before, encoded_[outgoing_.size()].data()));
      writing_.push_back(user);
    }
    streams_->send(outgoing_);
    const std::int64_t after = net::monotonic_ns();
    for (std::size_t i = 0; i < outgoing_.size(); ++i) written(writing_[i], outgoing_[i], after);
  }
  to_write_.clear();
}

// The first unsent request of a user, or the rest of it.
net::Outgoing Driver::next_of(std::uint32_t user, std::int64_t now, char* bytes) {
  Users::User& self = users_[user];
  Request& request = users_.request(self.unsent);
  if (self.half_written == 0) request.sent_ns = now;
  wire::Message message;
  message.command = request.command;
  message.unix_second = static_cast<std::uint64_t>((request.sent_ns + unix_offset_) / second.ns);
  if (request.command == wire::Command::open)
    message.packet = request.packet;  // and user 0, as the original's clients
  else
    message.user = spec_.dialer.first_user + user;
  const std::size_t size = wire::encode(message, bytes);
  return {self.socket, bytes + self.half_written, size - self.half_written};
}

void Driver::written(std::uint32_t user, const net::Outgoing& out, std::int64_t now) {
  Users::User& self = users_[user];
  const Request& request = users_.request(self.unsent);
  if (!self.keeps) note_tried(request, now);
  if (out.taken < 0 && out.taken != -EAGAIN && out.taken != -EINTR)
    return lose(user, now, Count::lost_connections);
  if (out.taken > 0 && self.half_written == 0) count_sent(request);
  if (out.taken > 0) self.half_written = static_cast<std::uint8_t>(self.half_written + out.taken);
  if (out.taken < static_cast<std::int64_t>(out.size)) return block(user, now);
  users_.written(user);
  if (self.unsent != Users::none)
    queue(user);
  else
    keep(user, false);
}

// The connection takes nothing: its requests wait until it does.
void Driver::block(std::uint32_t user, std::int64_t now) {
  Users::User& self = users_[user];
  if (!self.keeps) {
    count(Count::kept, users_.request(self.unsent).intended_ns);
    for (std::uint32_t at = users_.request(self.unsent).next; at != Users::none;
         at = users_.request(at).next) {
      note_tried(users_.request(at), now);
      count(Count::kept, users_.request(at).intended_ns);
    }
  }
  keep(user, true);
  streams_->await_room(self.socket);
}

void Driver::keep(std::uint32_t user, bool keeps) {
  Users::User& self = users_[user];
  if (self.keeps != keeps) keeping_ += keeps ? 1 : -1;
  self.keeps = keeps;
}

void Driver::count_sent(const Request& request) {
  const Count what = request.command == wire::Command::login   ? Count::logins
                     : request.command == wire::Command::shake ? Count::shakes
                                                               : Count::opens;
  count(what, request.sent_ns);
  add_to(telemetry_.state->outstanding, std::int64_t{1});
}

void Driver::writable(std::uint32_t user) {
  Users::User& self = users_[user];
  if (self.state == UserState::connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(self.socket, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return fail_to_connect(user, error);
    return connected(user, net::monotonic_ns());
  }
  if (self.unsent != Users::none) queue(user);
}

void Driver::fail_to_connect(std::uint32_t user, int error) {
  lose(user, net::monotonic_ns(), is_local(error) ? Count::local_errors : Count::failed_connects);
}

void Driver::received(const net::Received& received) {
  const std::int64_t now = net::monotonic_ns();
  const std::string_view begun = users_.half_read(received.token);
  if (begun.empty()) {
    take_bytes(received.token, received.bytes, now);
    return;
  }
  joined_ = begun;
  joined_ += received.bytes;
  take_bytes(received.token, joined_, now);
}

void Driver::ended(std::uint32_t user, int) {
  lose(user, net::monotonic_ns(), Count::lost_connections);
}

bool Driver::take_bytes(std::uint32_t user, std::string_view bytes, std::int64_t now) {
  while (!bytes.empty()) {
    const wire::Parsed parsed = wire::parse(bytes);
    if (parsed.status == wire::Parsed::Status::need_more) break;
    if (parsed.status == wire::Parsed::Status::malformed) {
      count(Count::unexpected, now);
      lose(user, now, Count::lost_connections);
      return false;
    }
    bytes.remove_prefix(parsed.consumed);
    if (!take_message(user, parsed.message, now)) return false;
  }
  users_.keep_half_read(user, bytes);
  return true;
}

bool Driver::take_message(std::uint32_t user, const wire::Message& message, std::int64_t now) {
  switch (message.command) {
    case wire::Command::login_answer: return take_login(user, message, now);
    case wire::Command::shake_answer:
    case wire::Command::packet_for_you: take_shake_answer(user, message, now); break;
    case wire::Command::open_answer: take_open_answer(user, message, now); break;
    default: count(Count::unexpected, now);
  }
  return users_[user].socket >= 0;
}

bool Driver::take_login(std::uint32_t user, const wire::Message& message, std::int64_t now) {
  if (!users_.answered(user, wire::Command::login)) {
    count(Count::unexpected, now);
    return true;
  }
  count(Count::responses, now);
  count(Count::logged_in, now);
  add_to(telemetry_.state->outstanding, std::int64_t{-1});
  if (message.result != wire::login_accepted) {
    lose(user, now, Count::lost_connections);
    return false;
  }
  users_[user].state = UserState::ready;
  dialer_.logged_in();
  add_to(telemetry_.state->ready_users, std::int64_t{1});
  return true;
}

void Driver::take_shake_answer(std::uint32_t user, const wire::Message& message, std::int64_t now) {
  const auto request = users_.answered(user, wire::Command::shake);
  if (!request) return take_late_answer(user, message, now);
  count(Count::responses, now);
  add_to(telemetry_.state->outstanding, std::int64_t{-1});
  if (request->intended_ns >= monotonic_of(spec_.measured_from))
    telemetry_.record_latency(request->intended_ns - zero_, now - request->intended_ns,
                              now - request->sent_ns);
  if (message.command == wire::Command::packet_for_you) {
    count(Count::packets_for_you, now);
    send(user, wire::Command::open, now, message.packet);
  } else if (message.result == wire::result_won) {
    count(Count::won, now);
    count(Count::amount, now, message.amount);
  } else {
    count(message.result == wire::result_overload ? Count::overloaded : Count::none, now);
  }
}

void Driver::take_open_answer(std::uint32_t user, const wire::Message& message, std::int64_t now) {
  if (!users_.answered(user, wire::Command::open, message.packet))
    return take_late_answer(user, message, now);
  count(Count::responses, now);
  add_to(telemetry_.state->outstanding, std::int64_t{-1});
  count(Count::shares_opened, now);
  count(Count::amount, now, message.amount);
}

// The request was given up and has been counted; what came with the answer has come all the same.
void Driver::take_late_answer(std::uint32_t user, const wire::Message& message, std::int64_t now) {
  if (!users_.is_late(user)) return count(Count::unexpected, now);
  count(Count::late_answers, now);
  if (message.command == wire::Command::packet_for_you)
    send(user, wire::Command::open, now, message.packet);
  else
    count(Count::amount, now, message.amount);
}

void Driver::lose(std::uint32_t user, std::int64_t now, Count reason) {
  Users::User& self = users_[user];
  keep(user, false);
  const Users::Waiting waiting = users_.forget(user);
  count(Count::lost, now, waiting.sent);
  count(Count::not_sent, now, waiting.unsent);
  ProcessState& state = *telemetry_.state;
  add_to(state.not_sent_kept, waiting.unsent);
  add_to(state.outstanding, -waiting.sent);
  if (self.socket >= 0) {
    streams_->forget(self.socket);
    ::close(self.socket);
  }
  self.socket = -1;
  count(reason, now);
  if (self.state == UserState::logging_in || self.state == UserState::ready)
    add_to(state.open_connections, std::int64_t{-1});
  if (self.state == UserState::ready) add_to(state.ready_users, std::int64_t{-1});
  const bool pending = self.state != UserState::ready;
  self.state = UserState::offline;
  dialer_.lost(user, now, pending);
}

}  // namespace springtide::live::load
