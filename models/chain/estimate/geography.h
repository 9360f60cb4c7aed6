// Where machines stand and how far apart: sites, shares of clients, delays, as the world of chains
// takes them (plan/, site/network.h), but read from the scenario alone.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "spec/scenario.h"
#include "theory/networks/longest.h"

namespace springtide::models::chain::estimate {

theory::Moments moments_of(const Distribution& time);  // seconds

class Geography {
 public:
  explicit Geography(const spec::Scenario& scenario);

  std::size_t count() const { return names_.size(); }
  const std::string& name(std::size_t site) const { return names_[site]; }
  // "web.shenzhen", or "web" where there is but one site.
  std::string label(const std::string& what, std::size_t site) const;

  std::vector<double> shares(const spec::Clients& clients) const;  // by site, sum 1
  std::int64_t machines(const std::string& node, std::size_t site) const;
  std::int64_t machines(const std::string& node) const;  // of all sites
  // `from` where the node has machines there, else the nearest site that has some.
  std::size_t nearest(const std::string& node, std::size_t from) const;

  // One way. Between two sites; between caller and service (or their nodes) within a site.
  theory::Moments between(std::size_t from, std::size_t to) const;
  theory::Moments within(const std::string& caller, const std::string& service) const;
  const spec::Link* link_between(std::size_t from, std::size_t to) const;
  const spec::Link* link_within(const std::string& caller, const std::string& service) const;
  std::string name_of(const spec::Link* link) const;

 private:
  std::size_t site(const std::string& name) const;
  bool names_end(const std::string& end, const std::string& name) const;

  const spec::Scenario& scenario_;
  std::vector<std::string> names_{""};
};

}  // namespace springtide::models::chain::estimate
