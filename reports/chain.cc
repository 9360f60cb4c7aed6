#include "reports/chain.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace springtide::reports {
namespace {

constexpr std::string_view chain_prefix = "chain.";

}  // namespace

std::optional<double> ChainLink::left() const {
  if (margin) return margin->value;
  if (!capacity || !load || !(load->value > 0)) return {};
  return 100 * (capacity->value - load->value) / load->value;
}

bool is_link_of_chain(std::string_view figure) {
  const bool part =
      figure.ends_with(".capacity") || figure.ends_with(".load") || figure.ends_with(".margin");
  return figure.starts_with(chain_prefix) && figure.rfind('.') >= chain_prefix.size() && part;
}

std::vector<ChainLink> links_of_chain(const std::vector<measure::Figure>& figures) {
  std::vector<ChainLink> links;
  for (const measure::Figure& figure : figures) {
    if (!is_link_of_chain(figure.name)) continue;
    const std::size_t dot = figure.name.rfind('.');
    const std::string name = figure.name.substr(chain_prefix.size(), dot - chain_prefix.size());
    auto link = std::find_if(links.begin(), links.end(),
                             [&](const ChainLink& one) { return one.name == name; });
    if (link == links.end()) link = links.insert(links.end(), {name, nullptr, nullptr, nullptr});
    const std::string what = figure.name.substr(dot + 1);
    (what == "capacity" ? link->capacity : what == "load" ? link->load : link->margin) = &figure;
  }
  return links;
}

std::vector<Peak> peaks_of(const std::vector<measure::Series>& series,
                           const std::vector<measure::Mark>& marks) {
  const bool cues = std::any_of(marks.begin(), marks.end(),
                                [](const measure::Mark& mark) { return mark.kind == "cue"; });
  const auto requests = std::find_if(series.begin(), series.end(),
                                     [](const auto& one) { return one.name == "client.requests"; });
  std::vector<Peak> peaks;
  if (!cues || requests == series.end()) return peaks;
  for (const auto& [name, length] : {std::pair{"busiest second", 1UL}, {"busiest minute", 60UL}}) {
    Peak peak{name, 0, 0};
    const auto in = [&](std::size_t second) {
      const double value = requests->values[second];
      return std::isnan(value) ? 0 : value;
    };
    double sum = 0;  // of the last `length` seconds; counts, so that no digit is lost
    for (std::size_t i = 0; i < requests->values.size(); ++i) {
      sum += in(i);
      if (i >= length) sum -= in(i - length);
      if (i + 1 >= length && sum > peak.requests) peak.requests = sum, peak.at = i + 1 - length;
    }
    if (peak.requests > 0) peaks.push_back(peak);
  }
  return peaks;
}

}  // namespace springtide::reports
