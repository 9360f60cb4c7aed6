#include "live/load/verdict.h"

#include <fmt/format.h>

namespace springtide::live::load {
namespace {

std::string milliseconds(Duration duration) {
  return fmt::format("{:.3g} ms", duration.milliseconds());
}

void note_what_was_not_sent(const DriverFacts& facts, Verdict& verdict) {
  if (facts.not_sent_offline > 0)
    verdict.notes.push_back(
        fmt::format("{} requests were not sent: their users had no connection or had not logged in",
                    facts.not_sent_offline));
  if (facts.not_sent_kept > 0)
    verdict.notes.push_back(
        fmt::format("{} requests were not sent: the server took nothing from their connections",
                    facts.not_sent_kept));
  if (facts.late > 0 && facts.sent > 0)
    verdict.notes.push_back(fmt::format(
        "{} of {} requests ({:.3g} %) left more than 1 ms after their instant; the latest {}",
        facts.late, facts.sent,
        100 * static_cast<double>(facts.late) / static_cast<double>(facts.sent),
        milliseconds(facts.lateness_max)));
}

}  // namespace

Verdict judge(const DriverFacts& facts) {
  Verdict verdict;
  auto& reasons = verdict.reasons;
  if (!facts.plan_began)
    reasons.push_back("the plan never began: not every user logged in within the limit");
  if (facts.lateness_p99 > facts.lateness_bound)
    reasons.push_back(
        fmt::format("1 % of the requests left {} or more after their instant; allowed are {}",
                    milliseconds(facts.lateness_p99), milliseconds(facts.lateness_bound)));
  if (facts.not_sent_behind > 0)
    reasons.push_back(
        fmt::format("{} of {} planned requests were not sent: the driver was too far behind",
                    facts.not_sent_behind, facts.planned));
  for (const std::string& death : facts.deaths) reasons.push_back(death);
  if (facts.not_sent_of_dead > 0)
    reasons.push_back(
        fmt::format("{} planned requests of driver processes that had died were not sent",
                    facts.not_sent_of_dead));
  if (facts.local_errors > 0)
    reasons.push_back(fmt::format(
        "{} connections could not be made for want of files, ports or memory on this machine",
        facts.local_errors));
  verdict.valid = reasons.empty();
  if (facts.offline_at_begin > 0)
    verdict.notes.push_back(
        fmt::format("{} users had not logged in when the plan began", facts.offline_at_begin));
  note_what_was_not_sent(facts, verdict);
  if (facts.timed_out > 0)
    verdict.notes.push_back(fmt::format(
        "{} requests were not answered within {:g} s: they timed out and have no latency",
        facts.timed_out, facts.patience.seconds()));
  if (facts.clock_step > millisecond * 100 || facts.clock_step < -(millisecond * 100))
    verdict.notes.push_back(fmt::format(
        "the clock of the day was moved by {} during the run: seconds of server and driver differ",
        milliseconds(facts.clock_step)));
  return verdict;
}

}  // namespace springtide::live::load
