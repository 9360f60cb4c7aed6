#include "live/server/counts.h"

namespace springtide::live::server {

std::string_view to_string(Count count) {
  static constexpr std::array<std::string_view, count_kinds> names = {"requests",
                                                                      "logins",
                                                                      "shakes",
                                                                      "opens",
                                                                      "login_answers",
                                                                      "won",
                                                                      "none",
                                                                      "for_you",
                                                                      "opened",
                                                                      "overloaded",
                                                                      "dropped_set",
                                                                      "dropped_box",
                                                                      "unknown_packet",
                                                                      "ignored",
                                                                      "abandoned",
                                                                      "unsent",
                                                                      "cents_won",
                                                                      "cents_shared",
                                                                      "cents_unsent",
                                                                      "accepted",
                                                                      "turned_away",
                                                                      "closed_by_client",
                                                                      "closed_reset",
                                                                      "closed_length",
                                                                      "closed_command",
                                                                      "closed_direction",
                                                                      "closed_not_login",
                                                                      "closed_no_login",
                                                                      "closed_slow",
                                                                      "closed_at_stop",
                                                                      "closed_by_death",
                                                                      "shake_packets",
                                                                      "sent_packets",
                                                                      "packets_dropped",
                                                                      "cents_issued_shake",
                                                                      "cents_issued_sent",
                                                                      "cents_dropped",
                                                                      "waits",
                                                                      "receives",
                                                                      "sends"};
  return names[static_cast<std::size_t>(count)];
}

Counts& Counts::operator+=(const Counts& other) {
  for (std::size_t i = 0; i < count_kinds; ++i) values[i] += other.values[i];
  return *this;
}

Counts& Counts::operator-=(const Counts& other) {
  for (std::size_t i = 0; i < count_kinds; ++i) values[i] -= other.values[i];
  return *this;
}

std::int64_t Counts::answers() const {
  std::int64_t sum = 0;
  for (const Count c : {Count::login_answers, Count::won, Count::none, Count::for_you,
                        Count::opened, Count::overloaded})
    sum += (*this)[c];
  return sum;
}

std::int64_t Counts::malformed() const {
  std::int64_t sum = 0;
  for (const Count c : {Count::closed_length, Count::closed_command, Count::closed_direction,
                        Count::closed_not_login})
    sum += (*this)[c];
  return sum;
}

std::int64_t Counts::closed() const {
  std::int64_t sum = malformed();
  for (const Count c : {Count::closed_by_client, Count::closed_reset, Count::closed_no_login,
                        Count::closed_slow, Count::closed_at_stop, Count::closed_by_death})
    sum += (*this)[c];
  return sum;
}

std::int64_t Counts::waiting() const {
  return (*this)[Count::requests] - answers() - dropped() - (*this)[Count::unknown_packet] -
         (*this)[Count::ignored] - (*this)[Count::abandoned];
}

Result<Book> Book::make(std::int64_t first_second, std::size_t seconds) {
  auto total = shared::Memory<Counts>::make();
  auto by_second = shared::Memory<Counts>::make(seconds);
  auto gauges = shared::Memory<std::atomic<std::int64_t>>::make(2);
  if (!total) return total.problems();
  if (!by_second) return by_second.problems();
  if (!gauges) return gauges.problems();
  Book book;
  book.first_second_ = first_second;
  book.total_ = std::move(total.value());
  book.seconds_ = std::move(by_second.value());
  book.gauges_ = std::move(gauges.value());
  return book;
}

Counts Book::copy(Counts& counts) {
  Counts result;
  for (std::size_t i = 0; i < count_kinds; ++i)
    result.values[i] =
        std::atomic_ref<std::int64_t>(counts.values[i]).load(std::memory_order_relaxed);
  return result;
}

Result<SharedSecondLimit> SharedSecondLimit::make(std::int64_t limit, std::int64_t first_second,
                                                  std::size_t seconds) {
  auto counted = shared::Memory<std::atomic<std::int64_t>>::make(seconds);
  if (!counted) return counted.problems();
  SharedSecondLimit result;
  result.limit_ = limit;
  result.first_second_ = first_second;
  result.counted_ = std::move(counted.value());
  return result;
}

}  // namespace springtide::live::server
