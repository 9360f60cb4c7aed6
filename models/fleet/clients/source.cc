#include "models/fleet/clients/source.h"

#include "models/fleet/clients/machines.h"

namespace springtide::models::fleet {

std::unique_ptr<Source> make_source(const Layout& layout, std::size_t number) {
  const ServerLayout& server = layout.servers[number];
  if (layout.machines == nullptr) return std::make_unique<CrowdSource>(layout.plan, server.crowd);
  return std::make_unique<MachinesSource>(*layout.machines, server.server.way);
}

}  // namespace springtide::models::fleet
