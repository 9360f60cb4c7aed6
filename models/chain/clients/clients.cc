#include "models/chain/clients/clients.h"

#include <cmath>

#include <fmt/format.h>

namespace springtide::models::chain {
namespace {

// A site's part of a plan: its share of the rates, from an instant on.
spec::Plan scaled(spec::Plan plan, double share, Duration from = {}) {
  const auto scale = [&](spec::RateSteps& rate) {
    for (auto& [_, step] : rate) step.per_second *= share;
    const auto next = rate.upper_bound(from);
    if (next == rate.begin()) return;
    rate[from] = std::prev(next)->second;
    rate.erase(rate.begin(), rate.find(from));
  };
  if (auto* poisson = std::get_if<spec::PoissonPlan>(&plan)) scale(poisson->rate);
  if (auto* constant = std::get_if<spec::ConstantPlan>(&plan)) scale(constant->rate);
  return plan;
}

// Whole users for every site; what is left over goes to the first sites.
std::int64_t users_here(const ClientPlan& client, std::uint32_t site, std::int64_t users) {
  double before = 0;
  for (std::uint32_t i = 0; i < site; ++i) before += client.share[i];
  const auto whole = [users](double share) {
    return std::llround(static_cast<double>(users) * share);
  };
  return whole(before + client.share[site]) - whole(before);
}

}  // namespace

Clients::Clients(Site& site) : Requests(site.plan), site_(site) {
  for (std::uint32_t i = 0; i < plan_.clients.size(); ++i) add(i);
}

void Clients::add(std::uint32_t number) {
  const ClientPlan& client = plan_.clients[number];
  Group& group = groups_.emplace_back();
  const double share = client.share[site_.number];
  if (share <= 0) return;
  const std::string name = "clients/" + client.name;
  if (client.click || client.last_asker - client.first_asker > 1)
    group.choices.emplace(site_.stream(name + "/choices"));
  if (const auto* closed = std::get_if<spec::ClosedPlan>(&client.plan)) {
    group.users = users_here(client, site_.number, closed->users);
    group.think.emplace(site_.stream(name + "/think"));
    return;
  }
  group.arrivals =
      workload::Arrivals::make(scaled(client.plan, share), site_.stream(name + "/arrivals"));
}

void Clients::start() {
  for (std::uint32_t i = 0; i < groups_.size(); ++i) {
    if (groups_[i].arrivals) plan_next(i);
    for (std::int64_t user = 0; user < groups_[i].users; ++user) think(i);
  }
}

void Clients::plan_next(std::uint32_t client) {
  Group& group = groups_[client];
  if (group.used == group.known) {
    group.used = 0;
    group.known = group.arrivals->fill(group.instants, plan_.window.end);
    if (group.known == 0) return;
  }
  const auto version = static_cast<std::uint64_t>(group.version) << 32;
  site_.mail.at(group.instants[group.used++], What::request, client, version,
                sim::EventClass::arrival);
}

void Clients::adjust() {
  for (std::uint32_t i = 0; i < groups_.size(); ++i) {
    if (!groups_[i].arrivals || groups_[i].promotion == site_.levers.promotion[i]) continue;
    groups_[i].promotion = site_.levers.promotion[i];
    promotions_[i].emplace_back(site_.mail.now(), groups_[i].promotion);
    plan_anew(i);
  }
}

// What was planned for later is dropped: its event is of an earlier version. A Poisson stream
// remembers nothing; an evenly spaced one begins a whole interval after now.
void Clients::plan_anew(std::uint32_t number) {
  const ClientPlan& client = plan_.clients[number];
  Group& group = groups_[number];
  ++group.version;
  const double share = client.share[site_.number] * group.promotion;
  group.arrivals = workload::Arrivals::make(
      scaled(client.plan, share, site_.mail.now().since_start()),
      site_.stream(fmt::format("clients/{}/arrivals/{}", client.name, group.version)));
  group.used = group.known = 0;
  if (std::holds_alternative<spec::ConstantPlan>(client.plan)) group.arrivals->next();
  plan_next(number);
}

void Clients::think(std::uint32_t client) {
  const auto& closed = std::get<spec::ClosedPlan>(plan_.clients[client].plan);
  const Instant at = site_.mail.now() + closed.think.sample(*groups_[client].think);
  if (at < plan_.window.end) site_.mail.at(at, What::request, client, 0, sim::EventClass::arrival);
}

void Clients::due(std::uint32_t number, std::uint64_t word) {
  const auto left = static_cast<std::uint32_t>(word);
  if (left > 0) return go_on_clicking(number, left);
  if (word >> 32 != groups_[number].version) return;
  if (plan_.clients[number].click)
    click(number);
  else
    ask_one_of(number);
  if (groups_[number].arrivals) plan_next(number);
}

void Clients::click(std::uint32_t number) {
  const Click& click = *plan_.clients[number].click;
  clicks_[number].add(site_.mail.now());
  Group& group = groups_[number];
  const std::uint64_t dynamic = whole(group, click.requests);
  const std::uint64_t fixed = click.static_asker == none ? 0 : whole(group, click.static_requests);
  for (std::uint64_t i = 0; i < fixed; ++i) ask(click.static_asker);
  if (dynamic > 0) go_on_clicking(number, dynamic);
}

void Clients::go_on_clicking(std::uint32_t number, std::uint64_t left) {
  ask_one_of(number);
  if (left == 1) return;
  const Duration wait = plan_.clients[number].click->between.sample(*groups_[number].choices);
  site_.mail.at(site_.mail.now() + wait, What::request, number, left - 1, sim::EventClass::arrival);
}

std::uint64_t Clients::whole(Group& group, double mean) {
  const double floor = std::floor(mean);
  return static_cast<std::uint64_t>(floor) + (group.choices->chance(mean - floor) ? 1 : 0);
}

void Clients::ask_one_of(std::uint32_t number) {
  const ClientPlan& client = plan_.clients[number];
  std::uint32_t asker = client.first_asker;
  if (groups_[number].choices) {
    double rest = groups_[number].choices->uniform();
    while (asker + 1 < client.last_asker && (rest -= plan_.askers[asker].share) >= 0) ++asker;
  }
  ask(asker);
}

void Clients::ask(std::uint32_t number) {
  const Asker& asker = plan_.askers[number];
  const ClientPlan& client = plan_.clients[asker.client];
  const Instant now = site_.mail.now();
  counts_[number].offers.add(now);
  const Instant deadline = client.deadline ? now + *client.deadline : Instant::never();
  calls_->begin(
      {asker.root, {}, 0, now, deadline, client.priority, site_.traces.request(number, now)});
}

void Clients::ended(std::uint32_t number, Instant began, Outcome outcome) {
  constexpr Duration forever{std::numeric_limits<std::int64_t>::max()};
  const std::uint32_t client = plan_.askers[number].client;
  counts_[number].end(site_.mail.now(), began, outcome,
                      plan_.clients[client].deadline.value_or(forever));
  if (groups_[client].users > 0) think(client);
}

}  // namespace springtide::models::chain
