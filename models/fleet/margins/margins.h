// The margin at the peak, link by link, in the order in which a request meets them: the figures
// chain.LINK.load (the most that the link had to carry) and chain.LINK.capacity (what it can carry
// within the thresholds), of the same unit; reports/chain.h shows them.
//
//   connections     users online of the server that has most        its limit: counted
//   network-card    packets a second of its busiest server          packet rate: counted
//   cores           cores busy on it in its busiest second          its cores: counted
//   refusals        requests read in a second of its clock          limit of refusals: counted
//   access-server   requests of the hottest server, busiest second  x the largest load under which
//                   the busiest minute holds the thresholds: simulated (breaking_point.h)
//   backend.NAME    operations in its busiest second                x the largest load with which
//   the
//                   backlog stays below its threshold: by theory, as a fluid (theory/fluid.h);
//                   without such a threshold: workers / mean time, against its busiest minute
//   resources       Gbit/s of the fullest link at the cues          its bandwidth: counted
//
// What is counted says when a link is full, which for queues is later than when they hurt.
#pragma once

#include "measure/record.h"
#include "models/fleet/layout.h"
#include "models/fleet/results/sums.h"
#include "spec/scenario.h"

namespace springtide::models::fleet {

// Of a run that is over, or, of one that has not begun, the names; `record` has all its series.
// `simulate`: the access server's too, which takes a few runs of one server; not where users have
// moved after losses, whom its own crowd does not have.
void record_margins(const spec::Scenario& scenario, const Layout& layout, const Sums& sums,
                    bool simulate, unsigned threads, measure::Record& record);

}  // namespace springtide::models::fleet
