// Client machines as the source of one server's requests: who logs in, shakes and opens what it
// was sent, machine by machine, with the packets of the server and the books of both sides.
//
//   plan, clocks --> Herd of each machine --> calendar of seconds --> server
//                         |                        ^                    | hear: every answer
//                         '-- when it is read <----'-- open a share <---'
//
// Machines, users, clocks and streams are those that red_packet/layout.h lays out, so that they are
// the same on both roads; packets and counters by second are the detailed road's own
// (red_packet/access_service.h), asked in the order in which the server works.
//
// Instants at the card are rounded up to ticks of 2^-20 s.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "measure/record.h"
#include "models/fleet/clients/herd.h"
#include "models/fleet/clients/source.h"
#include "models/red_packet/access_service.h"
#include "models/red_packet/layout.h"

namespace springtide::models::fleet {

class MachinesSource final : public Source {
 public:
  // `layout` must stay where it is.
  MachinesSource(const red_packet::Layout& layout, std::shared_ptr<const Way> way);

  std::span<const workload::Shake> requests_of(std::int64_t second,
                                               workload::Workspace& room) override;
  const workload::CrowdCounts& counts() const override { return counts_; }
  bool again(workload::Shake shake, Instant arrives) override;
  void hear(std::int64_t second, const Block& block, std::vector<std::uint64_t>& again) override;
  void record(const spec::Scenario& scenario, std::int64_t given_up,
              measure::Record& record) override;

 private:
  struct Reply {
    red_packet::Message message{};
    std::uint32_t value = 0;
  };
  void put(std::int64_t at, std::uint64_t rest);  // into the calendar
  std::int64_t way_there();
  void issue_until(Instant at);
  Reply decide(const Block& block, std::size_t i);
  Instant read_by_client(const Block& block, std::size_t i, const Reply& reply);
  void open(std::uint32_t user, std::uint32_t packet, Instant read, std::int64_t second,
            std::vector<std::uint64_t>& again);
  Herd& machine_of(std::uint32_t user);

  const red_packet::Layout& layout_;
  std::shared_ptr<const Way> way_;
  Stream ways_;
  std::vector<Herd> machines_;  // by first user
  std::vector<Herd::Sent> sent_;
  std::map<std::int64_t, std::vector<std::uint64_t>> calendar_;  // words by second
  std::int64_t second_ = -1;                                     // asked last
  workload::CrowdCounts counts_;

  red_packet::AccessService service_;
  red_packet::ClientBooks books_;
  std::vector<std::int64_t> next_issue_;                 // ns, true time; by pool
  std::multimap<std::uint32_t, std::uint32_t> to_open_;  // packets by user, asked for
  std::int64_t arrived_ = 0, answers_ = 0;
};

}  // namespace springtide::models::fleet
