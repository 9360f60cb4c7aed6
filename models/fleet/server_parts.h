// Parts of a server that do not depend on who asks it.
#pragma once

#include <cstdint>
#include <memory>

#include "models/fleet/server/server.h"
#include "spec/scenario.h"

namespace springtide::models::fleet {

// The runtime of a server that has so many pools of packets and, at the start, connections.
RuntimeSpec make_runtime(const spec::RedPacketAccess& access, const spec::GoRuntime& go,
                         std::int64_t cores, std::size_t pools, std::int64_t connections);

// Over a link whose server's threads take `wake` to wake: there and back, or only back.
Way make_way(const spec::Link& link, const Distribution& wake);
Way one_way(const spec::Link& link, const Distribution& wake);

}  // namespace springtide::models::fleet
