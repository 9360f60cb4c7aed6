// What queueing theory says of a scenario, where a closed form is exact for it: the figures that
// stand beside the measured ones, each under the measured one's name with ".theory" at its end.
//
//   open clients, Poisson of one rate, no loss on links, at the first service of their operation
//     FIFO           M/G/1 (Pollaczek-Khinchine), M/M/c, M/M/c/K, M/G/c/c (Erlang B)
//     sharing        M/G/1-PS; with more workers or a limit, exponential: the chains above
//     priorities     M/G/1 and M/M/c, with and without preemption (Cobham; Buzen and Bondi)
//   at later services too where all are of product form (exponential FIFO, or sharing) without
//     limits: each behaves as if alone (Jackson 1957; Baskett, Chandy, Muntz, Palacios, J. ACM
//     22, 1975)
//   one group of closed clients, product form: convolution (theory/networks/closed.h)
//
// Everything else (renewal and constant plans, changing rates, bursts, mixed limits) has none here.
#pragma once

#include <vector>

#include "measure/record.h"
#include "models/station/layout.h"

namespace springtide::models::station {

std::vector<measure::Figure> theory_figures(const Layout& layout);

}  // namespace springtide::models::station
