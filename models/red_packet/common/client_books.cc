#include "models/red_packet/common/client_books.h"

namespace springtide::models::red_packet {

void ClientCounts::merge(const ClientCounts& other) {
  using C = ClientCounts;
  for (measure::SecondCounter C::*counter :
       {&C::requests, &C::logins, &C::shakes, &C::opens, &C::responses, &C::won, &C::none,
        &C::overloaded, &C::not_sent, &C::missed_wakes, &C::packets_received,
        &C::sent_packets_received, &C::shares_opened, &C::connected, &C::amount_received})
    (this->*counter).merge(other.*counter);
}

bool ClientBooks::count(Message message, std::uint32_t value, Instant clock) {
  counts.responses.add(clock);
  switch (message) {
    case Message::packet:
      counts.won.add(clock);
      counts.packets_received.add(clock);
      counts.amount_received.add(clock, value);
      return true;
    case Message::packet_for_you: counts.sent_packets_received.add(clock); return true;
    case Message::open_answer:
      counts.shares_opened.add(clock);
      counts.amount_received.add(clock, value);
      return false;
    case Message::overload: counts.overloaded.add(clock); return true;
    case Message::nothing: counts.none.add(clock); return true;
    default: return false;
  }
}

}  // namespace springtide::models::red_packet
