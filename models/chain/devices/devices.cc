#include "models/chain/devices/devices.h"

namespace springtide::models::chain {

Devices::Devices(Site& site)
    : site_(site), first_(site.plan.nodes.size()), counts_(site.plan.nodes.size()) {
  for (std::uint32_t node = 0; node < site.plan.nodes.size(); ++node) {
    const NodePlan& plan = site.plan.nodes[node];
    for (PipeCounts& counts : counts_[node]) counts.window = site.plan.window;
    add(Device::card_out, node, plan.card);
    add(Device::card_in, node, plan.card);
    add(Device::disk, node, plan.disk);
  }
}

void Devices::add(Device kind, std::uint32_t node, const std::optional<double>& bandwidth) {
  const auto index = static_cast<std::size_t>(kind);
  first_[node][index] = none;
  const std::uint32_t machines = site_.plan.nodes[node].places(site_.number);
  if (!bandwidth || machines == 0) return;
  first_[node][index] = static_cast<std::uint32_t>(pipes_.size());
  for (std::uint32_t i = 0; i < machines; ++i) {
    pipes_.emplace_back(What::pipe, static_cast<std::uint32_t>(pipes_.size()), *bandwidth,
                        counts_[node][index]);
    speeds_.push_back({*bandwidth});
  }
}

void Devices::set_bandwidth(Device kind, std::uint32_t node, double bits_per_second) {
  if (!has(kind, node)) return;
  const std::uint32_t first = first_[node][static_cast<std::size_t>(kind)];
  for (std::uint32_t i = 0; i < site_.plan.nodes[node].places(site_.number); ++i) {
    Speed& speed = speeds_[first + i];
    if (speed.bits_per_second == bits_per_second) continue;
    speed.bits_per_second = bits_per_second;
    pipes_[first + i].set_bandwidth(site_.mail, bits_per_second * speed.share);
  }
}

void Devices::set_disk_share(std::uint32_t node, std::uint32_t machine, double share) {
  if (!has(Device::disk, node)) return;
  const std::uint32_t pipe = first_[node][static_cast<std::size_t>(Device::disk)] + machine;
  speeds_[pipe].share = share;
  pipes_[pipe].set_bandwidth(site_.mail, speeds_[pipe].bits_per_second * share);
}

void Devices::set_card_bandwidth(std::uint32_t node, double bits_per_second) {
  set_bandwidth(Device::card_out, node, bits_per_second);
  set_bandwidth(Device::card_in, node, bits_per_second);
}

void Devices::set_disk_bandwidth(std::uint32_t node, double bits_per_second) {
  set_bandwidth(Device::disk, node, bits_per_second);
}

void Devices::finish(Instant end) {
  for (Pipe& pipe : pipes_) pipe.finish(end);
}

}  // namespace springtide::models::chain
