// Child processes that wait until there is something for them to do.
//
// A process that has threads must not fork. So those that may be needed later are forked early, and
// sleep; each costs a few pages. An order wakes one:
//
//   auto spares = Spares::make("spare", 3, limit, [&](std::uint32_t order, StopRequest& stop)
//   {...});
//   ...
//   std::optional<Child> child = spares.value().put_to_work("worker 2", 2);   // body(2, stop)
//
// Those that were never needed end with this object.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "live/net/file.h"
#include "live/net/process.h"

namespace springtide::live::net {

class Spares {
 public:
  using Body = std::function<int(std::uint32_t order, StopRequest& stop)>;

  Spares() = default;  // none
  // The time limit counts from here. Before there are threads.
  static Result<Spares> make(const std::string& name, int count, Duration limit, const Body& body);

  // The child that does it now, under this name; nothing where none is left.
  std::optional<Child> put_to_work(std::string name, std::uint32_t order);

 private:
  struct Spare {
    Child child;
    File order;  // an eventfd: the order plus one
  };
  std::vector<Spare> spares_;
};

}  // namespace springtide::live::net
