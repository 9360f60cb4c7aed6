// The chain that a request of a fleet goes through, from the phone to what stands behind the access
// servers: what each link can carry within the thresholds, and the most that it had to carry.
//
// A record has a link as the figures "chain.LINK.capacity", "chain.LINK.load" and, where it knows
// better than (capacity - load) / load, "chain.LINK.margin" in percent of the load
// (docs/report.md).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "measure/record.h"

namespace springtide::reports {

struct ChainLink {
  std::string name;
  const measure::Figure *capacity = nullptr, *load = nullptr, *margin = nullptr;

  // How much more it can carry, in percent of the load; nothing where it cannot be said.
  std::optional<double> left() const;
};

bool is_link_of_chain(std::string_view figure);

// In the order of the figures; they must outlive the links.
std::vector<ChainLink> links_of_chain(const std::vector<measure::Figure>& figures);

// The busiest second and the busiest sixty seconds in a row of "client.requests" in a run that
// follows a programme (that has marks of kind "cue"); none of any other run.
struct Peak {
  const char* name;
  double requests = 0;
  std::size_t at = 0;  // s since the start
};
std::vector<Peak> peaks_of(const std::vector<measure::Series>& series,
                           const std::vector<measure::Mark>& marks);

}  // namespace springtide::reports
