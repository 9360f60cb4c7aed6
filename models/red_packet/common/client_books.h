// What clients count, whatever runs them: by the second of their machine's clock, and latencies.
#pragma once

#include "measure/histogram.h"
#include "measure/series.h"
#include "models/red_packet/messages.h"

namespace springtide::models::red_packet {

// `requests` are logins and shakes, as the original's clients counted; `opens` are apart.
struct ClientCounts {
  measure::SecondCounter requests, logins, shakes, opens, responses, won, none, overloaded,
      not_sent, missed_wakes, packets_received, sent_packets_received, shares_opened, connected;
  measure::SecondCounter amount_received;  // cents

  void merge(const ClientCounts& other);
};

struct ClientBooks {
  explicit ClientBooks(Duration slice) : latency_over_time(slice) {}

  ClientCounts counts;
  // Of shakes: from the intended instant, from the actual send, and the first over time.
  measure::Histogram latency, service_latency;
  measure::SlicedHistogram latency_over_time;

  // An answer was read when the clock showed `clock`; true: it is that of a shake.
  bool count(Message message, std::uint32_t value, Instant clock);
};

}  // namespace springtide::models::red_packet
