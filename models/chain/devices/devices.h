// The network cards and disks of a site: of every machine of a node with a bandwidth, a card of
// two pipes and a disk of one.
//
//            out --> [ ... ] -->                 shared by all services and queues of the machine
//   machine  in  <-- [ ... ] <--   card
//            disk    [ ... ]
//
// A node without a bandwidth has no such device: then nothing is waited for and nothing counted.
// The bandwidth of a node's devices may be changed while the run goes on.
#pragma once

#include <array>
#include <vector>

#include "models/chain/devices/pipe.h"
#include "models/chain/site/site.h"

namespace springtide::models::chain {

enum class Device : std::uint8_t { card_out, card_in, disk };
inline constexpr std::size_t device_kinds = 3;

class Devices {
 public:
  explicit Devices(Site& site);
  Devices(const Devices&) = delete;
  Devices& operator=(const Devices&) = delete;

  // Null where the machine has none; `node` may be `none`.
  Pipe* find(Device kind, std::uint32_t node, std::uint32_t machine) {
    if (node == none) return nullptr;
    const std::uint32_t first = first_[node][static_cast<std::size_t>(kind)];
    return first == none ? nullptr : &pipes_[first + machine];
  }
  // False where the machine has no such device; else the letter comes when the bytes are through.
  bool pass(Device kind, std::uint32_t node, std::uint32_t machine, const Letter& letter,
            std::int64_t bytes) {
    Pipe* pipe = find(kind, node, machine);
    if (pipe == nullptr) return false;
    pipe->push(site_.mail, letter, bytes);
    return true;
  }
  void due(const Letter& letter) {
    if (const auto through = pipes_[letter.a].due(site_.mail, letter.b))
      site_.mail.at_once(*through);
  }

  // Of all machines of the node in this site, in bits per second; nodes without the device are left
  // as they are.
  void set_card_bandwidth(std::uint32_t node, double bits_per_second);
  void set_disk_bandwidth(std::uint32_t node, double bits_per_second);
  // So much is left of the bandwidth of one machine's disk, whatever that is.
  void set_disk_share(std::uint32_t node, std::uint32_t machine, double share);

  // What was busy up to now is counted.
  void advance() { finish(site_.mail.now()); }
  void finish(Instant end);

  bool has(Device kind, std::uint32_t node) const {
    return first_[node][static_cast<std::size_t>(kind)] != none;
  }
  const PipeCounts& counts(Device kind, std::uint32_t node) const {
    return counts_[node][static_cast<std::size_t>(kind)];
  }

 private:
  void add(Device kind, std::uint32_t node, const std::optional<double>& bandwidth);
  void set_bandwidth(Device kind, std::uint32_t node, double bits_per_second);

  struct Speed {
    double bits_per_second = 0, share = 1;
  };

  Site& site_;
  std::vector<std::array<std::uint32_t, device_kinds>> first_;  // by node: of pipes_
  std::vector<std::array<PipeCounts, device_kinds>> counts_;    // by node
  std::vector<Pipe> pipes_;
  std::vector<Speed> speeds_;  // of each pipe
};

}  // namespace springtide::models::chain
