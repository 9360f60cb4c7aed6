// What the page of a service chain draws besides charts (service_chain/).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "measure/record.h"

namespace springtide::reports {

// Either `html`, or a text of Graphviz with what is shown below its picture.
struct Drawing {
  std::string title, about;
  std::string html;
  std::string dot;                  // may be empty
  std::vector<std::string> tables;  // of the record, that need not be shown elsewhere
};

// `what` is "operations", "funnel", "graph", "services", "timeline" or "slow-requests"; nothing
// where the record holds nothing of it.
std::optional<Drawing> drawing_of(const measure::Record& record, std::string_view what);

}  // namespace springtide::reports
