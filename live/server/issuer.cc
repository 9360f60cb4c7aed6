#include "live/server/issuer.h"

#include <algorithm>
#include <poll.h>

#include "live/net/clock.h"
#include "policy/red_packets.h"

namespace springtide::live::server {

Result<OrderBook> OrderBook::make(std::size_t capacity) {
  auto orders = shared::Memory<Order>::make(capacity);
  auto posted = shared::Memory<std::atomic<std::size_t>>::make();
  if (!orders) return orders.problems();
  if (!posted) return posted.problems();
  OrderBook book;
  book.orders_ = std::move(orders.value());
  book.posted_ = std::move(posted.value());
  return book;
}

bool OrderBook::post(const Order& order) const {
  const std::size_t number = posted_->load(std::memory_order_relaxed);
  if (number == orders_.size()) return false;
  orders_[number] = order;
  posted_->store(number + 1, std::memory_order_release);
  return true;
}

std::vector<Order> OrderBook::collect(std::size_t already) const {
  const std::size_t posted = posted_->load(std::memory_order_acquire);
  return {orders_.begin() + already, orders_.begin() + posted};
}

Issuer::Issuer(const PacketStore& store, const OrderBook& orders, const Book& book,
               std::uint64_t seed)
    : store_(store), orders_(orders), book_(book), seed_(seed) {}

void Issuer::issue(std::int64_t unix_ns) {
  for (const Order& order : orders_.collect(collected_)) {
    ++collected_;
    const std::string name = std::string("server/") + order.name.data();
    running_.push_back({order, order.count, Stream(seed_, name + "/amounts"),
                        Stream(seed_, name + "/recipients")});
  }
  for (Running& running : running_) {
    if (unix_ns < running.order.begin_unix_ns) continue;
    for (std::int64_t i = std::min(running.order.rate, running.left); i > 0; --i, --running.left)
      issue_one(running, unix_ns / second.ns);
  }
  std::erase_if(running_, [](const Running& running) { return running.left == 0; });
}

void Issuer::issue_one(Running& running, std::int64_t unix_second) {
  const auto amount = static_cast<std::uint32_t>(
      policy::draw_amount(running.order.amount_low, running.order.amount_high, running.amounts));
  if (running.order.kind == spec::PacketPool::Kind::shake)
    issue_shake(amount, unix_second);
  else
    issue_sent(running, amount, unix_second);
}

void Issuer::issue_shake(std::uint32_t amount, std::int64_t unix_second) {
  book_.add(Count::shake_packets, unix_second);
  book_.add(Count::cents_issued_shake, unix_second, amount);
  if (!store_.put(next_set_, {next_shake_packet_++, amount, false})) {
    book_.add(Count::packets_dropped, unix_second);
    book_.add(Count::cents_dropped, unix_second, amount);
  }
  next_set_ = (next_set_ + 1) % store_.sets();
}

void Issuer::issue_sent(Running& running, std::uint32_t amount, std::int64_t unix_second) {
  std::array<std::uint32_t, 3> recipients;
  for (std::uint32_t& user : recipients)
    user = running.order.first_user + static_cast<std::uint32_t>(running.recipients.below(
                                          running.order.last_user - running.order.first_user));
  const auto id = store_.add_record(amount, recipients);
  if (!id) return;  // more than any run has use for; what was not issued is not counted
  book_.add(Count::sent_packets, unix_second);
  book_.add(Count::cents_issued_sent, unix_second, amount);
  for (const std::uint32_t user : recipients)
    if (!store_.put(user % store_.sets(), {*id, amount, true}))
      book_.add(Count::packets_dropped, unix_second);
}

int Issuer::run(net::StopRequest& stop) {
  std::int64_t last = net::unix_ns() / second.ns;
  while (!stop.requested()) {
    const std::int64_t now = net::unix_ns();
    if (now / second.ns > last) {
      last = now / second.ns;
      issue(now);
      book_.set_processor_ns(net::processor_ns());
      continue;
    }
    pollfd descriptor{stop.descriptor(), POLLIN, 0};
    const std::int64_t left = (last + 1) * second.ns - now;
    const timespec wait{left / second.ns, left % second.ns};
    ppoll(&descriptor, 1, &wait, nullptr);
  }
  return 0;
}

}  // namespace springtide::live::server
