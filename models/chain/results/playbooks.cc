#include <set>

#include <fmt/format.h>

#include "models/chain/results/parts.h"

namespace springtide::models::chain {
namespace {

std::string seconds_text(Instant at) {
  return at == Instant::never() ? "" : fmt::format("{:.3f}", at.since_start().seconds());
}

}  // namespace

void add_playbooks(const World& world, measure::Record& record) {
  if (world.controller == nullptr) return;
  auto& table = record.tables["playbooks"];
  table.push_back({"playbook", "triggered (s)", "took effect (s)", "undone (s)"});
  std::set<std::uint32_t> acted;
  for (const Occurrence& one : world.controller->occurrences()) {
    const std::string& name = world.plan.playbooks[one.playbook].name;
    acted.insert(one.playbook);
    table.push_back(
        {name, seconds_text(one.triggered), seconds_text(one.effect), seconds_text(one.undone)});
    record.marks.push_back({"trigger", name, one.triggered, one.triggered});
    if (one.effect == Instant::never()) continue;
    record.marks.push_back(
        {"playbook", name, one.effect, std::min(one.undone, world.plan.window.end)});
  }
  for (std::uint32_t i = 0; i < world.plan.playbooks.size(); ++i)
    if (!acted.contains(i)) table.push_back({world.plan.playbooks[i].name, "", "", ""});
}

}  // namespace springtide::models::chain
