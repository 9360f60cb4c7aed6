// What checks ask about a service chain as a whole.
#pragma once

#include <functional>

#include "spec/checks/checker.h"

namespace springtide::spec {

// Every call of operations and of deliveries, with what is above it in its tree, outermost first;
// `queue` is the name of the queue that delivers by it, else empty.
struct CallPlace {
  const Call& call;
  const std::vector<const Call*>& above;
  const std::string& operation;
  const std::string& queue;
};
void for_each_call(const Scenario& scenario, const std::function<void(const CallPlace&)>& visit);

// Where calls and their pointers are: that of the file, or one made up for calls that no file has.
std::string pointer_of(const CallPlace& place);

const Station* station_of(const Scenario& scenario, const std::string& service);

Names modules_of(const Scenario& scenario);
Names node_sites(const Scenario& scenario);  // each once, in order; empty: none is named

// Operations that these clients ask, resources included.
Names asked_by(const Clients& clients);

}  // namespace springtide::spec
