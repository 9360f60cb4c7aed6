#include "models/station/disciplines/station.h"

#include "models/station/disciplines/preemptive.h"
#include "models/station/disciplines/queueing.h"
#include "models/station/disciplines/sharing.h"

namespace springtide::models::station {
namespace {

constexpr std::size_t draws_ahead = 64;

}  // namespace

void ServiceTimes::draw() {
  drawn_.resize(draws_ahead);
  for (Duration& duration : drawn_) duration = distribution_.sample(stream_);
  used_ = 0;
}

std::unique_ptr<Station> make_station(spec::Discipline discipline, StationSetup setup) {
  switch (discipline) {
    case spec::Discipline::processor_sharing:
      return std::make_unique<SharingStation>(std::move(setup));
    case spec::Discipline::priority: return std::make_unique<PriorityStation>(std::move(setup));
    case spec::Discipline::preemptive_priority:
      return std::make_unique<PreemptiveStation>(std::move(setup));
    case spec::Discipline::fifo:
    case spec::Discipline::lifo: break;  // the last is beyond this world (limits.cc)
  }
  return std::make_unique<FifoStation>(std::move(setup));
}

}  // namespace springtide::models::station
