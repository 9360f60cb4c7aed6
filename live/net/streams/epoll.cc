// Streams by epoll, edge-triggered: an edge is told once, so who is told reads until less comes
// than was asked for. Where a connection has more than 16 KiB, the others have their turn first.

#include <array>
#include <cerrno>
#include <vector>

#include "live/net/poller.h"
#include "live/net/streams/backends.h"

namespace springtide::live::net {
namespace {

constexpr std::size_t read_at_once = 16 * 1024;
constexpr std::size_t told_at_once = 512;

struct Entry {
  std::uint32_t token = 0;
  std::uint32_t epoch : 16 = 0;  // how often the descriptor was forgotten
  bool added : 1 = false;
  bool watched : 1 = false;
  bool awaits_room : 1 = false;
  bool receives : 1 = false;
  bool arrivals : 1 = false;
  bool ending : 1 = false;   // the end was told: read until it comes
  bool resumes : 1 = false;  // stands in resume_
};

class EpollStreams final : public Streams {
 public:
  explicit EpollStreams(Poller poller) : poller_(std::move(poller)) {}

  bool watch(int descriptor, std::uint32_t token) override;
  bool begin(int socket, std::uint32_t token) override;
  bool receive(int socket, std::uint32_t token, bool arrivals) override;
  void send(std::span<Outgoing> batch) override;
  void await_room(int socket) override { at(socket).awaits_room = true; }
  void forget(int socket) override;
  void wait(Duration longest, StreamEvents& events) override;

 private:
  Entry& at(int descriptor);
  bool add(int socket, std::uint32_t token);
  void tell(const Ready& ready, StreamEvents& events);
  void read_from(int socket, StreamEvents& events);
  ssize_t read(int socket, bool arrivals, std::int64_t& arrival);

  Poller poller_;
  std::vector<Entry> entries_;  // by descriptor
  std::vector<int> resume_, resumed_;
  std::array<char, read_at_once> input_;
};

Entry& EpollStreams::at(int descriptor) {
  const auto i = static_cast<std::size_t>(descriptor);
  if (i >= entries_.size()) entries_.resize(i + i / 2 + 64);
  return entries_[i];
}

std::uint64_t name_of(int descriptor, const Entry& entry) {
  return std::uint64_t{entry.epoch} << 32 | static_cast<std::uint32_t>(descriptor);
}

bool EpollStreams::watch(int descriptor, std::uint32_t token) {
  Entry& entry = at(descriptor);
  entry.token = token;
  entry.added = entry.watched = true;
  return poller_.add_level(descriptor, name_of(descriptor, entry));
}

bool EpollStreams::add(int socket, std::uint32_t token) {
  Entry& entry = at(socket);
  entry.token = token;
  if (!entry.added) entry.added = poller_.add(socket, name_of(socket, entry));
  return entry.added;
}

bool EpollStreams::begin(int socket, std::uint32_t token) {
  at(socket).awaits_room = true;
  return add(socket, token);
}

bool EpollStreams::receive(int socket, std::uint32_t token, bool arrivals) {
  Entry& entry = at(socket);
  entry.receives = true;
  entry.arrivals = arrivals;
  return add(socket, token);
}

void EpollStreams::send(std::span<Outgoing> batch) {
  for (Outgoing& out : batch) {
    do out.taken = ::send(out.socket, out.bytes, out.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (out.taken < 0 && errno == EINTR);
    if (out.taken < 0) out.taken = -errno;
  }
}

// Closing the descriptor takes it out of the kernel's set.
void EpollStreams::forget(int socket) {
  Entry& entry = at(socket);
  const std::uint32_t epoch = entry.epoch + 1;
  entry = {};
  entry.epoch = epoch & 0xffff;
}

void EpollStreams::wait(Duration longest, StreamEvents& events) {
  for (const Ready& ready : poller_.wait(resume_.empty() ? longest : Duration{}))
    tell(ready, events);
  resumed_.swap(resume_);
  for (const int socket : resumed_) {
    if (!at(socket).resumes) continue;
    at(socket).resumes = false;
    read_from(socket, events);
  }
  resumed_.clear();
}

void EpollStreams::tell(const Ready& ready, StreamEvents& events) {
  const int descriptor = static_cast<int>(ready.token & 0xffffffff);
  const auto still_the_same = [&] { return name_of(descriptor, at(descriptor)) == ready.token; };
  if (!still_the_same()) return;
  if (at(descriptor).watched) return events.ready(at(descriptor).token);
  if ((ready.writable || ready.hung_up) && at(descriptor).awaits_room) {
    at(descriptor).awaits_room = false;
    events.writable(at(descriptor).token);
    if (!still_the_same()) return;
  }
  if (!ready.readable || !at(descriptor).receives) return;
  at(descriptor).ending = at(descriptor).ending || ready.hung_up;
  read_from(descriptor, events);
}

ssize_t EpollStreams::read(int socket, bool arrivals, std::int64_t& arrival) {
  if (!arrivals) return recv(socket, input_.data(), input_.size(), MSG_DONTWAIT);
  alignas(cmsghdr) char control[128];
  iovec piece{input_.data(), input_.size()};
  msghdr header{};
  header.msg_iov = &piece;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  const ssize_t size = recvmsg(socket, &header, MSG_DONTWAIT);
  if (size > 0)
    for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c))
      if (const std::int64_t at = arrival_in(c)) arrival = at;
  return size;
}

void EpollStreams::read_from(int socket, StreamEvents& events) {
  const std::uint64_t name = name_of(socket, at(socket));
  std::int64_t arrival = 0;
  const ssize_t size = read(socket, at(socket).arrivals, arrival);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  const std::uint32_t token = at(socket).token;
  if (size <= 0) {
    at(socket).receives = false;
    return events.ended(token, size < 0 ? errno : 0);
  }
  events.received({token, {input_.data(), static_cast<std::size_t>(size)}, arrival});
  Entry& entry = at(socket);
  if (name_of(socket, entry) != name) return;
  // Less than was asked for was all there was; but an end, once told, is not told again.
  const bool more = static_cast<std::size_t>(size) == read_at_once || entry.ending;
  if (!more || entry.resumes) return;
  entry.resumes = true;
  resume_.push_back(socket);
}

}  // namespace

Result<std::unique_ptr<Streams>> make_epoll_streams() {
  auto poller = Poller::make(told_at_once);
  if (!poller) return poller.problems();
  return std::unique_ptr<Streams>(std::make_unique<EpollStreams>(std::move(poller.value())));
}

}  // namespace springtide::live::net
