#include "models/fleet/server_parts.h"

namespace springtide::models::fleet {

RuntimeSpec make_runtime(const spec::RedPacketAccess& access, const spec::GoRuntime& go,
                         std::int64_t cores, std::size_t pools, std::int64_t connections) {
  RuntimeSpec made;
  made.go = go;
  made.cores = cores;
  // One accepts, one a pool, one a SET and a box, one a connection.
  made.goroutines =
      1 + static_cast<std::int64_t>(pools) + access.sets + access.open_boxes + connections;
  made.live_heap = access.static_heap.count + access.heap_per_connection.count * connections;
  made.scanned_heap =
      access.static_scanned.count + access.scanned_per_connection.count * connections;
  made.static_scanned = access.static_scanned.count;
  return made;
}

Way make_way(const spec::Link& link, const Distribution& wake) {
  Way way = one_way(link, wake);
  way.delay = DelayTable::of_sum(link.delay);
  return way;
}

Way one_way(const spec::Link& link, const Distribution& wake) {
  const DelayTable delay(link.delay);
  const Duration shortest = link.delay.minimum();
  const Duration usual = shortest.ns > 0 ? shortest : Duration{delay.median()};
  return {delay, DelayTable(wake), shortest, usual * 2};
}

}  // namespace springtide::models::fleet
