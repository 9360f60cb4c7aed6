// Erlang's two formulas: c servers, offered load a = lambda / mu erlangs, Poisson arrivals.
//
//   blocking B(c, a)   M/G/c/c: an arrival finds all servers busy and is lost (any service time)
//   waiting  C(c, a)   M/M/c:   an arrival must wait, a < c
//
// Source: A. K. Erlang 1917; the recurrence 1/B(c) = 1 + (c/a) / B(c-1) is stable for any c
// (Jagerman, BSTJ 53, 1974). Nothing is returned for arguments without meaning.
#pragma once

#include <optional>

namespace springtide::theory {

std::optional<double> erlang_blocking(int servers, double offered_erlangs);
std::optional<double> erlang_waiting(int servers, double offered_erlangs);

// The fewest servers with a blocking (waiting) probability of at most `target`, 0 < target <= 1.
std::optional<int> servers_for_blocking(double offered_erlangs, double target);
std::optional<int> servers_for_waiting(double offered_erlangs, double target);

}  // namespace springtide::theory
