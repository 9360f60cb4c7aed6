#include "theory/stations/erlang.h"

#include <cmath>

namespace springtide::theory {
namespace {

bool valid_load(double erlangs) { return std::isfinite(erlangs) && erlangs >= 0; }

// One step of the recurrence, on B itself: B(c) = a B(c-1) / (c + a B(c-1)); all terms positive.
double next_blocking(double previous, int servers, double erlangs) {
  return erlangs * previous / (servers + erlangs * previous);
}

// C = B / (1 - (a/c) (1 - B)).
double waiting_from_blocking(double blocking, int servers, double erlangs) {
  return blocking / (1 - erlangs / servers * (1 - blocking));
}

}  // namespace

std::optional<double> erlang_blocking(int servers, double offered_erlangs) {
  if (servers < 0 || !valid_load(offered_erlangs)) return {};
  double blocking = 1;
  for (int c = 1; c <= servers; ++c) blocking = next_blocking(blocking, c, offered_erlangs);
  return blocking;
}

std::optional<double> erlang_waiting(int servers, double offered_erlangs) {
  if (servers < 1 || !valid_load(offered_erlangs) || offered_erlangs >= servers) return {};
  return waiting_from_blocking(*erlang_blocking(servers, offered_erlangs), servers,
                               offered_erlangs);
}

std::optional<int> servers_for_blocking(double offered_erlangs, double target) {
  if (!valid_load(offered_erlangs) || !(target > 0 && target <= 1) || offered_erlangs > 1e8)
    return {};
  double blocking = 1;
  int servers = 0;
  while (blocking > target) {
    ++servers;
    blocking = next_blocking(blocking, servers, offered_erlangs);
  }
  return servers;
}

std::optional<int> servers_for_waiting(double offered_erlangs, double target) {
  if (!valid_load(offered_erlangs) || !(target > 0 && target <= 1) || offered_erlangs > 1e8)
    return {};
  double blocking = 1;
  for (int servers = 1;; ++servers) {
    blocking = next_blocking(blocking, servers, offered_erlangs);
    if (servers > offered_erlangs &&
        waiting_from_blocking(blocking, servers, offered_erlangs) <= target)
      return servers;
  }
}

}  // namespace springtide::theory
