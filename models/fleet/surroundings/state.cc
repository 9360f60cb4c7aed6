// The state of what surrounds the servers, as bytes (base/bytes.h). How a change of configuration
// goes to the servers and which of them are lost when is not part of it: both follow from scenario
// and seed.
#include "base/bytes.h"
#include "models/fleet/surroundings/surroundings.h"

namespace springtide::models::fleet {

void Surroundings::state(auto& self, auto& bytes) {
  const auto part = [&](auto& optional) {
    bytes.same(optional.has_value());
    if (optional) bytes(*optional);
  };
  bytes(self.moves_);
  part(self.fetches_);
  part(self.back_ends_);
  bytes.each(self.servers_);
  bytes(self.queued_lost_, self.ended_, self.changes_, self.counters_);
}

void Surroundings::save(ByteWriter& bytes) const { state(*this, bytes); }
void Surroundings::restore(ByteReader& bytes) { state(*this, bytes); }

}  // namespace springtide::models::fleet
