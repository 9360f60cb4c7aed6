// The second half of a worker's batch: serving what waits, writing answers, closing.

#include <cerrno>
#include <unistd.h>

#include "live/net/clock.h"
#include "live/server/worker.h"

namespace springtide::live::server {

std::size_t whole_messages(std::string_view bytes, std::size_t sent) {
  std::size_t end = 0;
  while (end + 2 <= bytes.size()) {
    const std::size_t length = static_cast<std::size_t>(static_cast<unsigned char>(bytes[end]))
                                   << 8 |
                               static_cast<unsigned char>(bytes[end + 1]);
    if (end + length > sent) break;
    end += length;
  }
  return end;
}

// --- Serving
// --------------------------------------------------------------------------------------

void Worker::serve_sets() {
  sets_.serve_all([this](std::size_t set, const Request& request) { serve(set, request); });
}

void Worker::serve(std::size_t set, const Request& request) {
  if (request.sample >= 0)
    samples_[static_cast<std::size_t>(request.sample)].stamps.dequeued = net::unix_ns();
  const Connection& connection = at(request.descriptor);
  // No packet is taken for whom it cannot reach any more.
  if (connection.broken || connection.generation != request.generation)
    return count(Count::abandoned);
  if (request.command == wire::Command::shake) {
    serve_shake(set, request);
  } else {
    auto& box = boxes_[request.packet % boxes_.size()];
    if (static_cast<std::int64_t>(box.size()) >= options_.service.open_box_queue)
      return count(Count::dropped_box);
    box.push_back(request);
    return;
  }
  if (request.sample >= 0) samples_[static_cast<std::size_t>(request.sample)].answered = true;
}

void Worker::serve_shake(std::size_t set, const Request& request) {
  const auto now = static_cast<std::uint64_t>(unix_second_);
  const auto packet = shared_.store.take(set);
  if (!packet) {
    answer(request.descriptor, wire::shake_answer(request.user, wire::result_none, now),
           Count::none);
  } else if (packet->sent) {
    answer(
        request.descriptor,
        wire::packet_for_you(packet->id, packet->amount, shared_.store.recipients(packet->id), now),
        Count::for_you);
  } else {
    count(Count::cents_won, packet->amount);
    answer(request.descriptor,
           wire::shake_answer(request.user, wire::result_won, now, packet->id, packet->amount),
           Count::won);
  }
}

void Worker::serve_boxes() {
  for (auto& box : boxes_) {
    for (const Request& request : box) serve_open(request);
    box.clear();
  }
}

void Worker::serve_open(const Request& request) {
  const auto share = shared_.store.open(request.packet, shares_);
  if (!share) return count(Count::unknown_packet);
  count(Count::cents_shared, *share);
  answer(request.descriptor,
         wire::open_answer(request.packet, static_cast<std::uint32_t>(*share),
                           static_cast<std::uint64_t>(unix_second_)),
         Count::opened);
  if (request.sample >= 0) samples_[static_cast<std::size_t>(request.sample)].answered = true;
}

void Worker::answer(std::uint32_t descriptor, const wire::Message& message, Count kind) {
  count(kind);
  Connection& connection = at(descriptor);
  if (connection.output == no_buffer) connection.output = buffers_.borrow();
  std::string& bytes = buffers_[connection.output].bytes;
  char encoded[wire::max_length];
  bytes.append(encoded, wire::encode(message, encoded));
  if (!connection.dirty) dirty_.push_back(descriptor);
  connection.dirty = true;
}

// --- Writing
// --------------------------------------------------------------------------------------

void Worker::write_all() {
  for (const std::uint32_t descriptor : dirty_) {
    Connection& connection = at(descriptor);
    if (!connection.dirty) continue;
    connection.dirty = false;
    if (connection.output == no_buffer) continue;
    if (connection.blocked || connection.broken) {
      keep_rest(descriptor);
      continue;
    }
    const Buffer& buffer = buffers_[connection.output];
    outgoing_.push_back({static_cast<int>(descriptor), buffer.bytes.data() + buffer.sent,
                         buffer.bytes.size() - buffer.sent});
  }
  dirty_.clear();
  streams_->send(outgoing_);
  for (const net::Outgoing& out : outgoing_)
    written(static_cast<std::uint32_t>(out.socket), out.taken);
  outgoing_.clear();
  samples_.clear();
}

void Worker::written(std::uint32_t descriptor, std::int64_t taken) {
  Connection& connection = at(descriptor);
  Buffer& buffer = buffers_[connection.output];
  count(Count::sends);
  if (taken < 0 && taken != -EAGAIN && taken != -EINTR) {
    connection.broken = true;
    return close_later(descriptor, Count::closed_reset);
  }
  buffer.sent += static_cast<std::size_t>(taken > 0 ? taken : 0);
  if (buffer.sent == buffer.bytes.size()) {
    buffers_.give_back(connection.output);
    connection.output = no_buffer;
    if (connection.sampled) record_samples(descriptor);
    return;
  }
  connection.blocked = true;
  streams_->await_room(static_cast<int>(descriptor));
  // What was sent goes, but for the beginning of the message in the middle of which it stopped.
  const std::size_t whole = whole_messages(buffer.bytes, buffer.sent);
  buffer.bytes.erase(0, whole);
  buffer.sent -= whole;
  keep_rest(descriptor);
}

void Worker::keep_rest(std::uint32_t descriptor) {
  const Buffer& buffer = buffers_[at(descriptor).output];
  if (static_cast<std::int64_t>(buffer.bytes.size()) > options_.output_limit)
    close_later(descriptor, Count::closed_slow);
}

void Worker::record_samples(std::uint32_t descriptor) {
  const std::int64_t written = net::unix_ns();
  for (const Sample& sample : samples_)
    if (sample.descriptor == descriptor && sample.answered)
      state_.stages.record(sample.stamps, written);
}

// --- Connections go
// -------------------------------------------------------------------------------

// The first reason counts.
void Worker::close_later(std::uint32_t descriptor, Count why) {
  Connection& connection = at(descriptor);
  if (connection.closing) return;
  connection.closing = true;
  connection.why = why;
  closing_.push_back(descriptor);
}

void Worker::close_all() {
  for (const std::uint32_t descriptor : closing_) close_now(descriptor);
  closing_.clear();
}

void Worker::close_now(std::uint32_t descriptor) {
  Connection& connection = at(descriptor);
  count(connection.why);
  if (connection.output != no_buffer) {
    count_unsent(buffers_[connection.output]);
    buffers_.give_back(connection.output);
  }
  if (connection.input != no_buffer) buffers_.give_back(connection.input);
  streams_->forget(static_cast<int>(descriptor));
  ::close(static_cast<int>(descriptor));
  const std::uint32_t generation = connection.generation + 1;
  connection = {};
  connection.generation = generation;
  --open_;
}

// Answers that no client can have had whole.
void Worker::count_unsent(const Buffer& buffer) {
  std::string_view bytes = buffer.bytes;
  bytes.remove_prefix(whole_messages(bytes, buffer.sent));
  for (auto parsed = wire::parse(bytes); parsed.status == wire::Parsed::Status::message;
       parsed = wire::parse(bytes)) {
    count(Count::unsent);
    const wire::Message& message = parsed.message;
    if (message.command == wire::Command::shake_answer ||
        message.command == wire::Command::open_answer)
      count(Count::cents_unsent, message.amount);
    bytes.remove_prefix(parsed.consumed);
  }
}

void Worker::expire_logins() {
  if (logins_due_.empty()) return;
  const std::int64_t now = net::monotonic_ns();
  while (!logins_due_.empty() && logins_due_.front().at_monotonic_ns <= now) {
    const LoginDue due = logins_due_.front();
    logins_due_.pop_front();
    const Connection& connection = at(due.descriptor);
    if (connection.open && connection.generation == due.generation && !connection.logged_in)
      close_later(due.descriptor, Count::closed_no_login);
  }
  close_all();
}

}  // namespace springtide::live::server
