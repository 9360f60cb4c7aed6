#include "live/net/spares.h"

#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

#include "live/net/problem.h"

namespace springtide::live::net {
namespace {

// The order, or nothing when it was asked to end first.
std::optional<std::uint32_t> wait_for_order(int orders, StopRequest& stop) {
  pollfd both[] = {{orders, POLLIN, 0}, {stop.descriptor(), POLLIN, 0}};
  while (!stop.requested()) {
    if (::poll(both, 2, -1) < 0 && errno != EINTR) return {};
    std::uint64_t value = 0;
    if (::read(orders, &value, sizeof value) == sizeof value)
      return static_cast<std::uint32_t>(value - 1);
  }
  return {};
}

}  // namespace

Result<Spares> Spares::make(const std::string& name, int count, Duration limit, const Body& body) {
  Spares made;
  for (int i = 0; i < count; ++i) {
    File order(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!order) return kernel_problem(name, "no eventfd");
    auto child = start_child(name, limit, [&](StopRequest& stop) {
      for (Spare& other : made.spares_) other.order.close();
      const auto what = wait_for_order(order.descriptor(), stop);
      return what ? body(*what, stop) : 0;
    });
    if (!child) return child.problems();
    made.spares_.push_back({std::move(child.value()), std::move(order)});
  }
  return made;
}

std::optional<Child> Spares::put_to_work(std::string name, std::uint32_t order) {
  while (!spares_.empty()) {
    Spare spare = std::move(spares_.back());
    spares_.pop_back();
    const std::uint64_t value = std::uint64_t{order} + 1;
    if (!spare.child.running() ||
        ::write(spare.order.descriptor(), &value, sizeof value) != sizeof value)
      continue;
    spare.child.rename(std::move(name));
    return std::move(spare.child);
  }
  return {};
}

}  // namespace springtide::live::net
