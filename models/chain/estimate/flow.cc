#include "models/chain/estimate/flow.h"

#include "theory/networks/open.h"

namespace springtide::models::chain::estimate {

void Flow::visit_all(const std::vector<spec::Call>& calls, const std::string& caller,
                     std::size_t site, double times, Root& root) {
  for (const spec::Call& call : calls) visit(call, caller, site, times, root);
}

void Flow::visit(const spec::Call& call, const std::string& caller, std::size_t site, double times,
                 Root& root) {
  const double asked = times * call.probability.value * static_cast<double>(call.repeat);
  if (call.parallel) return visit_all(call.calls, caller, site, asked, root);
  double made = asked;
  if (const auto cache = hits_->find(call.cache); cache != hits_->end())
    made *= 1 - cache->second[site];
  const auto queue = scenario_.queues.find(call.service);
  const bool put = queue != scenario_.queues.end();
  const std::string& node = put ? queue->second.on : scenario_.services.at(call.service).on;
  const std::size_t to = geography_.nearest(node, site);
  root.visits.push_back({&call, caller, site, to, asked, made});
  if (!put) visit_all(call.calls, call.service, to, made, root);
}

void Flow::add_roots() {
  roots_.clear();
  for (const Asker& asker : demand_.askers)
    for (std::size_t site = 0; site < geography_.count(); ++site) {
      if (asker.by_site[site] <= 0) continue;
      Root& root = roots_.emplace_back(Root{asker.operation, asker.client, site, {}, {}});
      root.per_source.assign(demand_.sources.size(), 0);
      root.per_source[asker.source] = asker.share * asker.by_site[site];
      visit_all(scenario_.operations.at(asker.operation).calls, asker.client, site, 1, root);
    }
  for (const auto& [name, queue] : scenario_.queues)
    for (std::size_t site = 0; site < geography_.count(); ++site) {
      if (geography_.machines(queue.on, site) < 1) continue;
      Root& root = roots_.emplace_back(Root{name, "", site, {}, {}});
      root.per_source.assign(demand_.sources.size(), 0);
      visit_all(queue.deliver, name, site, 1, root);
    }
}

bool Flow::solve(const Hits& hits) {
  hits_ = &hits;
  add_roots();
  std::map<std::pair<std::string, std::size_t>, std::size_t> queue_at;
  for (std::size_t i = 0; i < roots_.size(); ++i)
    if (roots_[i].client.empty()) queue_at[{roots_[i].name, roots_[i].site}] = i;
  if (queue_at.empty()) return true;
  theory::Matrix calls(roots_.size(), std::vector<double>(roots_.size()));
  for (std::size_t i = 0; i < roots_.size(); ++i)
    for (const Visit& visit : roots_[i].visits)
      if (const auto queue = queue_at.find({visit.call->service, visit.to});
          queue != queue_at.end())
        calls[i][queue->second] += visit.made;
  for (std::size_t source = 0; source < demand_.sources.size(); ++source) {
    std::vector<double> outside;
    for (const Root& root : roots_) outside.push_back(root.per_source[source]);
    const auto rates = theory::traffic(outside, calls);
    if (!rates) return false;
    for (std::size_t i = 0; i < roots_.size(); ++i) roots_[i].per_source[source] = (*rates)[i];
  }
  return true;
}

double Flow::begins(const Root& root, const std::vector<double>& sources) {
  double sum = 0;
  for (std::size_t i = 0; i < sources.size(); ++i) sum += root.per_source[i] * sources[i];
  return sum;
}

}  // namespace springtide::models::chain::estimate
