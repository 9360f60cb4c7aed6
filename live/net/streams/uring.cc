// Streams by io_uring.
//
//   receiving   one multishot receive a connection, armed once: the kernel takes a buffer of the
//               shared ring for what has come, tells it, and goes on
//   sending     one entry a connection of the batch, one call for all; what a socket does not take
//               at once is told (MSG_DONTWAIT), so nothing stays behind in the kernel
//   telling     work is done in our own calls only (DEFER_TASKRUN): no interruption, no other
//   thread
//
// What is told carries the descriptor and how often it was forgotten (its epoch), so nothing is
// told of a connection that is gone, whatever has been under way. Where more comes than there are
// buffers, the kernel stops that receive; it is armed anew when buffers are free.

#include <array>
#include <cerrno>
#include <liburing.h>
#include <poll.h>
#include <sys/mman.h>
#include <vector>

#include "live/net/problem.h"
#include "live/net/streams/backends.h"

namespace springtide::live::net {
namespace {

constexpr unsigned entries_of_ring = 256, completions_of_ring = 4096;
constexpr unsigned buffers = 256;  // a power of two
constexpr unsigned buffer_size = 512;
constexpr std::size_t sends_at_once = 64;
constexpr std::size_t told_at_once = 192;  // below the number of buffers
constexpr std::size_t control_size = 64;

enum class Work : std::uint64_t { send, watch, room, receive, receive_stamped, cancel };

struct Entry {
  std::uint32_t token = 0;
  std::uint32_t epoch : 16 = 0;
  bool receiving : 1 = false;  // a receive is armed
  bool arrivals : 1 = false;
  bool polling : 1 = false;  // a poll, for room or of a watched descriptor, is armed
  bool watched : 1 = false;
};

struct Name {
  Work work;
  std::uint32_t epoch, descriptor;
  explicit Name(std::uint64_t name)
      : work(static_cast<Work>(name >> 48)),
        epoch(name >> 32 & 0xffff),
        descriptor(static_cast<std::uint32_t>(name)) {}
};

std::uint64_t name_of(Work work, const Entry& entry, int descriptor) {
  return static_cast<std::uint64_t>(work) << 48 | std::uint64_t{entry.epoch} << 32 |
         static_cast<std::uint32_t>(descriptor);
}

struct Completion {
  std::uint64_t name;
  std::int32_t result;
  std::uint32_t flags;
};

class UringStreams final : public Streams {
 public:
  UringStreams() = default;
  ~UringStreams() override;
  int set_up();  // 0, or an errno

  bool watch(int descriptor, std::uint32_t token) override;
  bool begin(int socket, std::uint32_t token) override;
  bool receive(int socket, std::uint32_t token, bool arrivals) override;
  void send(std::span<Outgoing> batch) override;
  void await_room(int socket) override { poll(Work::room, socket, POLLOUT); }
  void forget(int socket) override;
  void wait(Duration longest, StreamEvents& events) override;

 private:
  Entry& at(int descriptor);
  io_uring_sqe& next_entry(std::uint64_t name);
  void poll(Work work, int descriptor, short what);
  void arm(int socket);
  void send_some(std::span<Outgoing> batch);
  std::size_t collect(std::span<Outgoing> sent = {});
  void tell(const Completion& completion, StreamEvents& events);
  void tell_received(const Completion& completion, StreamEvents& events);
  Received received_of(const Completion& completion);
  void offer(unsigned buffer);

  io_uring ring_{};
  bool made_ = false;
  io_uring_buf_ring* offered_ = nullptr;  // which buffers the kernel may fill
  std::array<char, std::size_t{buffers} * buffer_size> bytes_;
  msghdr stamped_{};  // how much room a stamped receive gives to what is told beside the bytes
  std::vector<Entry> entries_;  // by descriptor
  std::vector<Completion> come_, told_;
};

constexpr std::size_t offered_size = buffers * sizeof(io_uring_buf);

UringStreams::~UringStreams() {
  if (made_) io_uring_queue_exit(&ring_);
  if (offered_ != nullptr) munmap(offered_, offered_size);
}

int UringStreams::set_up() {
  io_uring_params wanted{};
  wanted.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE |
                 IORING_SETUP_SUBMIT_ALL;
  wanted.cq_entries = completions_of_ring;
  if (const int error = io_uring_queue_init_params(entries_of_ring, &ring_, &wanted)) return -error;
  made_ = true;
  if (!(wanted.features & IORING_FEAT_EXT_ARG)) return ENOSYS;
  io_uring_register_ring_fd(&ring_);  // spares a look-up a call; without it all works too
  void* memory =
      mmap(nullptr, offered_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return errno;
  offered_ = static_cast<io_uring_buf_ring*>(memory);
  io_uring_buf_reg place{};
  place.ring_addr = reinterpret_cast<std::uintptr_t>(memory);
  place.ring_entries = buffers;
  if (const int error = io_uring_register_buf_ring(&ring_, &place, 0)) return -error;
  io_uring_buf_ring_init(offered_);
  for (unsigned i = 0; i < buffers; ++i) offer(i);
  stamped_.msg_controllen = control_size;
  come_.reserve(completions_of_ring);
  return 0;
}

void UringStreams::offer(unsigned buffer) {
  io_uring_buf_ring_add(offered_, bytes_.data() + std::size_t{buffer} * buffer_size, buffer_size,
                        static_cast<unsigned short>(buffer), io_uring_buf_ring_mask(buffers), 0);
  io_uring_buf_ring_advance(offered_, 1);
}

Entry& UringStreams::at(int descriptor) {
  const auto i = static_cast<std::size_t>(descriptor);
  if (i >= entries_.size()) entries_.resize(i + i / 2 + 64);
  return entries_[i];
}

// Zeroed but for its name; where the ring is full, what stands in it goes to the kernel first.
io_uring_sqe& UringStreams::next_entry(std::uint64_t name) {
  io_uring_sqe* entry = io_uring_get_sqe(&ring_);
  while (entry == nullptr) {
    io_uring_submit(&ring_);
    entry = io_uring_get_sqe(&ring_);
  }
  *entry = {};
  entry->user_data = name;
  return *entry;
}

void UringStreams::poll(Work work, int descriptor, short what) {
  Entry& entry = at(descriptor);
  const std::uint64_t name = name_of(work, entry, descriptor);
  io_uring_sqe& wish = next_entry(name);
  io_uring_prep_poll_add(&wish, descriptor, static_cast<unsigned>(what));
  wish.user_data = name;
  entry.polling = true;
}

void UringStreams::arm(int socket) {
  Entry& entry = at(socket);
  const Work work = entry.arrivals ? Work::receive_stamped : Work::receive;
  const std::uint64_t name = name_of(work, entry, socket);
  io_uring_sqe& wish = next_entry(name);
  if (entry.arrivals)
    io_uring_prep_recvmsg_multishot(&wish, socket, &stamped_, 0);
  else
    io_uring_prep_recv_multishot(&wish, socket, nullptr, 0, 0);
  wish.user_data = name;
  wish.flags |= IOSQE_BUFFER_SELECT;
  wish.buf_group = 0;
  entry.receiving = true;
}

bool UringStreams::watch(int descriptor, std::uint32_t token) {
  at(descriptor).token = token;
  at(descriptor).watched = true;
  poll(Work::watch, descriptor, POLLIN);
  return true;
}

bool UringStreams::begin(int socket, std::uint32_t token) {
  at(socket).token = token;
  await_room(socket);
  return true;
}

bool UringStreams::receive(int socket, std::uint32_t token, bool arrivals) {
  at(socket).token = token;
  at(socket).arrivals = arrivals;
  arm(socket);
  return true;
}

void UringStreams::forget(int socket) {
  Entry& entry = at(socket);
  const auto cancel = [&](Work work) {
    const std::uint64_t name = name_of(work, entry, socket);
    io_uring_sqe& wish = next_entry(0);
    io_uring_prep_cancel64(&wish, name, 0);
    wish.user_data = name_of(Work::cancel, entry, socket);
  };
  if (entry.receiving) cancel(entry.arrivals ? Work::receive_stamped : Work::receive);
  if (entry.polling) cancel(entry.watched ? Work::watch : Work::room);
  const std::uint32_t epoch = entry.epoch + 1;
  entry = {};
  entry.epoch = epoch & 0xffff;
}

void UringStreams::send(std::span<Outgoing> batch) {
  while (!batch.empty()) {
    const std::size_t some = std::min(batch.size(), sends_at_once);
    send_some(batch.first(some));
    batch = batch.subspan(some);
  }
}

void UringStreams::send_some(std::span<Outgoing> batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Outgoing& out = batch[i];
    out.taken = -EAGAIN;  // until the kernel has told
    io_uring_sqe& wish = next_entry(0);
    io_uring_prep_send(&wish, out.socket, out.bytes, out.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    wish.user_data = static_cast<std::uint64_t>(Work::send) << 48 | i;
  }
  while (io_uring_sq_ready(&ring_) > 0)
    if (io_uring_submit(&ring_) < 0 && errno != EINTR) break;
  collect(batch);
}

// Takes over what has been completed: results of a batch at once, the rest is told by wait().
std::size_t UringStreams::collect(std::span<Outgoing> sent) {
  unsigned head = 0, taken = 0;
  const std::size_t before = come_.size();
  io_uring_cqe* one = nullptr;
  io_uring_for_each_cqe(&ring_, head, one) {
    ++taken;
    const Name name(one->user_data);
    if (name.work != Work::send)
      come_.push_back({one->user_data, one->res, one->flags});
    else if (name.descriptor < sent.size())
      sent[name.descriptor].taken = one->res;
  }
  io_uring_cq_advance(&ring_, taken);
  return come_.size() - before;
}

void UringStreams::wait(Duration longest, StreamEvents& events) {
  if (longest.ns > 0 && come_.empty()) {
    __kernel_timespec timeout{longest.ns / second.ns, longest.ns % second.ns};
    io_uring_cqe* first = nullptr;
    io_uring_submit_and_wait_timeout(&ring_, &first, 1, &timeout, nullptr);
  } else {
    io_uring_submit_and_get_events(&ring_);
  }
  // The kernel does some twenty completions a call.
  while (collect() > 0 && come_.size() < told_at_once) io_uring_get_events(&ring_);
  told_.swap(come_);
  for (const Completion& completion : told_) tell(completion, events);
  told_.clear();
}

void UringStreams::tell(const Completion& completion, StreamEvents& events) {
  const Name name(completion.name);
  const int descriptor = static_cast<int>(name.descriptor);
  if (name.work == Work::receive || name.work == Work::receive_stamped)
    return tell_received(completion, events);
  if (name.work == Work::cancel || at(descriptor).epoch != name.epoch) return;
  at(descriptor).polling = false;
  const std::uint32_t token = at(descriptor).token;
  if (name.work == Work::room) return events.writable(token);
  events.ready(token);
  if (at(descriptor).epoch == name.epoch) poll(Work::watch, descriptor, POLLIN);
}

void UringStreams::tell_received(const Completion& completion, StreamEvents& events) {
  const Name name(completion.name);
  const int socket = static_cast<int>(name.descriptor);
  const auto same = [&] { return at(socket).epoch == name.epoch; };
  const bool goes_on = (completion.flags & IORING_CQE_F_MORE) != 0;
  if (same() && !goes_on) at(socket).receiving = false;
  const Received received = received_of(completion);
  const bool empty = completion.result <= 0 || received.bytes.empty();
  if (same() && !empty) {
    Received told = received;
    told.token = at(socket).token;
    events.received(told);
  }
  if ((completion.flags & IORING_CQE_F_BUFFER) != 0)
    offer(completion.flags >> IORING_CQE_BUFFER_SHIFT);
  if (!same() || goes_on) return;
  if (!empty || completion.result == -ENOBUFS || completion.result == -EINTR) return arm(socket);
  events.ended(at(socket).token, completion.result < 0 ? -completion.result : 0);
}

Received UringStreams::received_of(const Completion& completion) {
  if (completion.result <= 0 || (completion.flags & IORING_CQE_F_BUFFER) == 0) return {};
  const std::size_t buffer = completion.flags >> IORING_CQE_BUFFER_SHIFT;
  char* const begin = bytes_.data() + buffer * buffer_size;
  if (Name(completion.name).work == Work::receive)
    return {0, {begin, static_cast<std::size_t>(completion.result)}, 0};
  io_uring_recvmsg_out* out = io_uring_recvmsg_validate(begin, completion.result, &stamped_);
  if (out == nullptr) return {};
  Received received;
  received.bytes = {static_cast<const char*>(io_uring_recvmsg_payload(out, &stamped_)),
                    io_uring_recvmsg_payload_length(out, completion.result, &stamped_)};
  for (cmsghdr* c = io_uring_recvmsg_cmsg_firsthdr(out, &stamped_); c != nullptr;
       c = io_uring_recvmsg_cmsg_nexthdr(out, &stamped_, c))
    if (const std::int64_t at = arrival_in(c)) received.arrival_ns = at;
  return received;
}

}  // namespace

Result<std::unique_ptr<Streams>> make_uring_streams() {
  auto streams = std::make_unique<UringStreams>();
  if (const int error = streams->set_up())
    return kernel_problem("io_uring", "the kernel does not offer what it takes (Linux 6.1)", error);
  return std::unique_ptr<Streams>(std::move(streams));
}

}  // namespace springtide::live::net
