#include <algorithm>

#include <fmt/format.h>

#include "models/chain/results/parts.h"

namespace springtide::models::chain {
namespace {

// A queue, its parts in all sites together.
struct Sum {
  QueueCounts counts;
  std::vector<double> backlog, age;
  std::int64_t waiting = 0;  // issues of its name
  std::int64_t owed = 0;

  Sum(const World& world, std::uint32_t queue, std::size_t seconds)
      : counts(world.plan.window), backlog(seconds), age(seconds) {
    for (const Cell* cell : world.cells) {
      add(cell->queues().counts(queue), seconds);
      waiting += cell->queues().waiting_of(queue);
      owed += cell->queues().owed(queue);
    }
  }

 private:
  void add(const QueueCounts& other, std::size_t seconds) {
    counts.put += other.put;
    counts.refused += other.refused;
    counts.delivered += other.delivered;
    counts.lost += other.lost;
    counts.given_up += other.given_up;
    counts.reissued += other.reissued;
    counts.duplicates += other.duplicates;
    counts.in_delivery += other.in_delivery;
    counts.being_stored += other.being_stored;
    counts.last_delivery = std::max(counts.last_delivery, other.last_delivery);
    counts.put_by_second.merge(other.put_by_second);
    counts.refused_by_second.merge(other.refused_by_second);
    counts.delivered_by_second.merge(other.delivered_by_second);
    counts.lost_by_second.merge(other.lost_by_second);
    counts.reissued_by_second.merge(other.reissued_by_second);
    counts.latency.merge(other.latency);
    const std::vector<double> waits = other.levels.waiting_by_second(seconds);
    for (std::size_t i = 0; i < seconds; ++i) {
      backlog[i] += waits[i];
      if (i < other.age_by_second.size()) age[i] = std::max(age[i], other.age_by_second[i]);
    }
  }
};

class QueueResults {
 public:
  QueueResults(const std::string& name, const Sum& sum, std::size_t seconds,
               measure::Record& record)
      : name_("queue." + name), sum_(sum), seconds_(seconds), record_(record) {}

  void add(bool measured) {
    series(sum_.counts.put_by_second, ".put", "Messages that were stored and acknowledged.");
    series(sum_.counts.refused_by_second, ".refused", "Messages for which there was no room.");
    series(sum_.counts.delivered_by_second, ".delivered",
           "Messages that were delivered for the first time.");
    series(sum_.counts.lost_by_second, ".lost",
           "Messages that were dropped, or whose delivery ended badly.");
    series(sum_.counts.reissued_by_second, ".reissued", "Messages that were put again.");
    record_.series.push_back({name_ + ".backlog", "messages",
                              "Mean number of messages that wait, in this second.", sum_.backlog});
    record_.series.push_back({name_ + ".age", "s",
                              "Age of the oldest message that waits, at the end of the second.",
                              sum_.age});
    record_.distributions[name_ + ".latency"] = sum_.counts.latency;
    figure(".owed", static_cast<double>(sum_.owed), "messages",
           "Messages that are still owed at the end.");
    figure(".lost-for-good", static_cast<double>(sum_.counts.given_up), "messages",
           "Messages that are lost, with nobody who would put them again.");
    figure(".last-delivery", sum_.counts.last_delivery.since_start().seconds(), "s",
           "When the last message was delivered, from the start.");
    figure(".backlog.most", most(sum_.backlog), "messages", "The longest backlog of a second.");
    if (measured) add_checks();
  }

  std::vector<std::string> row(const std::string& name) const {
    const QueueCounts& counts = sum_.counts;
    std::vector<std::string> cells{name};
    for (const std::int64_t value :
         {counts.put, counts.refused, counts.delivered, counts.lost, counts.reissued,
          counts.duplicates, counts.given_up, sum_.owed})
      cells.push_back(fmt::to_string(value));
    cells.push_back(fmt::format("{:.0f}", most(sum_.backlog)));
    cells.push_back(fmt::format("{:.1f}", counts.last_delivery.since_start().seconds()));
    return cells;
  }

 private:
  static double most(const std::vector<double>& values) {
    return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  }
  void series(const measure::SecondCounter& counter, const char* suffix, const char* about) {
    record_.series.push_back(counter.to_series(name_ + suffix, "messages/s", about, seconds_));
  }
  void figure(const char* suffix, double value, const char* unit, const char* about) {
    record_.figures.push_back({name_ + suffix, value, unit, about, std::nullopt});
  }

  void add_checks() {
    const QueueCounts& c = sum_.counts;
    record_.checks.push_back(
        {name_ + ": every message that was put is delivered once, lost for good or still owed",
         c.put == c.delivered + c.given_up + sum_.owed,
         fmt::format("put {} = delivered {} + lost for good {} + still owed {}", c.put, c.delivered,
                     c.given_up, sum_.owed)});
    record_.checks.push_back(
        {name_ + ": whatever was put, or put again, ends once",
         c.put + c.reissued ==
             c.delivered + c.duplicates + c.lost + sum_.waiting + c.in_delivery + c.being_stored,
         fmt::format("put {} + again {} = delivered {} + duplicates {} + lost {} + waiting {} + "
                     "in delivery {} + being stored {}",
                     c.put, c.reissued, c.delivered, c.duplicates, c.lost, sum_.waiting,
                     c.in_delivery, c.being_stored)});
  }

  std::string name_;
  const Sum& sum_;
  std::size_t seconds_;
  measure::Record& record_;
};

}  // namespace

void add_queues(const World& world, bool measured, std::size_t seconds, measure::Record& record) {
  if (world.plan.queues.empty()) return;
  auto& table = record.tables["queues"];
  table.push_back({"queue", "put", "refused", "delivered", "lost", "put again", "duplicates",
                   "lost for good", "still owed", "longest backlog", "last delivery s"});
  for (std::uint32_t i = 0; i < world.plan.queues.size(); ++i) {
    const Sum sum(world, i, seconds);
    QueueResults results(world.plan.queues[i].name, sum, seconds, record);
    results.add(measured);
    table.push_back(results.row(world.plan.queues[i].name));
  }
}

}  // namespace springtide::models::chain
