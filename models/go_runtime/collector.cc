#include "models/go_runtime/collector.h"

#include <algorithm>

namespace springtide::models::go {

Collector::Collector(const spec::GoRuntime& constants, std::int64_t processors)
    : constants_(constants),
      processors_(processors),
      dedicated_(static_cast<std::int64_t>(constants.background_share.value *
                                           static_cast<double>(processors))),
      heap_marked_(constants.least_heap.count / 2),
      trigger_(constants.least_heap.count),
      goal_(constants.least_heap.count),
      trigger_ratio_(constants.trigger_ratio.value) {}

void Collector::grow(std::int64_t live_bytes, std::int64_t scanned_bytes) {
  live_ += live_bytes;
  scanned_ += scanned_bytes;
  heap_live_ += live_bytes;
}

void Collector::start_cycle(std::int64_t goroutines, Instant now) {
  marking_ = true;
  began_ = now;
  goroutines_ = roots_ = goroutines;
  expected_ = scanned_;
  revealed_ = std::min(static_scan_, scanned_);
  hidden_ = scanned_ - revealed_;
  done_ = background_credit_ = 0;
  assisted_ = {};
  live_at_start_ = heap_live_;
  allocated_before_ = live_;
  goal_ = std::max(goal_, heap_live_ + 1'048'576);  // startCycle: at least 1 MB away
  credit_.assign(credit_.size(), 0);
}

void Collector::end_cycle(Instant now) {
  marking_ = false;
  ++cycles_;
  const double marked = static_cast<double>(std::max<std::int64_t>(live_, 1));
  const double time = static_cast<double>((now - began_).ns) * static_cast<double>(processors_);
  const double utilisation =
      constants_.background_share.value + (time > 0 ? static_cast<double>(assisted_.ns) / time : 0);
  const double growth = static_cast<double>(heap_live_) /
                            static_cast<double>(std::max<std::int64_t>(heap_marked_, 1)) -
                        1;
  const double percent = static_cast<double>(constants_.collect_percent) / 100;
  const double error = percent - trigger_ratio_ -
                       utilisation / constants_.background_share.value * (growth - trigger_ratio_);
  trigger_ratio_ =
      std::clamp(trigger_ratio_ + 0.5 * error, 0.0, constants_.trigger_ratio_most.value * percent);
  // What was allocated while marking is black: it counts as live until the next cycle.
  const std::int64_t garbage_during = heap_live_ - live_at_start_ - (live_ - allocated_before_);
  heap_marked_ = live_;
  heap_live_ = live_ + std::max<std::int64_t>(garbage_during, 0);
  goal_ = static_cast<std::int64_t>(marked * (1 + percent));
  trigger_ = std::max({static_cast<std::int64_t>(marked * (1 + trigger_ratio_)),
                       constants_.least_heap.count, heap_live_ + 1'048'576});
  goal_ = std::max(goal_, trigger_);
}

Duration Collector::mark_time(std::int64_t bytes) const {
  return {bytes * second.ns / constants_.mark_rate.count};
}

double Collector::assist_ratio() const {
  const auto expected = std::max<std::int64_t>(1000, expected_ - done_);
  const auto distance = std::max<std::int64_t>(1, goal_ - heap_live_);
  return static_cast<double>(expected) / static_cast<double>(distance);
}

Duration Collector::drain(Duration limit, std::vector<Goroutine>& woken) {
  Duration busy{};
  while (roots_ > 0 && busy < limit) {
    const std::int64_t revealed = hidden_ / roots_;
    --roots_;
    hidden_ -= revealed;
    revealed_ += revealed;
    busy += constants_.stack_scan;
  }
  if (revealed_ > 0 && busy < limit) {
    const std::int64_t per_limit =
        (limit - busy).ns * (constants_.mark_rate.count / 1'000'000) / 1000;
    const std::int64_t bytes = std::min(revealed_, std::max<std::int64_t>(per_limit, 1));
    revealed_ -= bytes;
    done_ += bytes;
    busy += mark_time(bytes);
    pay(bytes, woken);
  }
  return busy.ns > 0 || !has_work() ? busy : Duration{1};
}

Duration Collector::drain_all() {
  const std::int64_t bytes = revealed_ + hidden_;
  const Duration busy = constants_.stack_scan * roots_ + mark_time(bytes);
  roots_ = revealed_ = hidden_ = 0;
  done_ += bytes;
  return busy;
}

void Collector::pay(std::int64_t bytes, std::vector<Goroutine>& woken) {
  const double ratio = assist_ratio();
  while (bytes > 0 && !line_.empty()) {
    const Goroutine g = line_.pop();
    std::int64_t& credit = credit_of(g);
    const auto needed = static_cast<std::int64_t>(static_cast<double>(-credit) * ratio) + 1;
    if (bytes < needed) {  // partially paid: to the tail of the line
      credit += static_cast<std::int64_t>(static_cast<double>(bytes) / ratio);
      line_.push(g);
      return;
    }
    bytes -= needed;
    credit = 0;
    woken.push_back(g);
  }
  background_credit_ += bytes;
}

std::int64_t& Collector::credit_of(Goroutine g) {
  if (g >= credit_.size()) credit_.resize(g + 1, 0);
  return credit_[g];
}

Collector::Assist Collector::allocate_in_cycle(Goroutine g, std::int64_t bytes) {
  credit_of(g) -= bytes;
  return settle(g);
}

Collector::Assist Collector::settle(Goroutine g) {
  std::int64_t& credit = credit_of(g);
  if (!marking_ || credit >= 0) return {};
  const double ratio = assist_ratio();
  auto work = static_cast<std::int64_t>(static_cast<double>(-credit) * ratio);
  std::int64_t debt = -credit;
  if (work < constants_.least_assist.count) {
    work = constants_.least_assist.count;
    debt = static_cast<std::int64_t>(static_cast<double>(work) / ratio);
  }
  if (background_credit_ > 0) {
    const std::int64_t stolen = std::min(background_credit_, work);
    background_credit_ -= stolen;
    work -= stolen;
    credit += work == 0 ? debt : 1 + static_cast<std::int64_t>(static_cast<double>(stolen) / ratio);
    if (work == 0) return {};
  }
  Assist assist{Debt::marked, {}};
  std::int64_t done = 0;
  while (done < work && has_work()) {
    if (revealed_ > 0) {
      const std::int64_t part = std::min(revealed_, work - done);
      revealed_ -= part;
      done += part;
    } else {
      const std::int64_t revealed = hidden_ / roots_;
      --roots_;
      hidden_ -= revealed;
      revealed_ += revealed;
      assist.busy += constants_.stack_scan;
    }
  }
  done_ += done;
  assist.busy += mark_time(done);
  assisted_ += assist.busy;
  credit += 1 + static_cast<std::int64_t>(static_cast<double>(done) / ratio);
  if (credit < 0) {
    assist.debt = Debt::waits;
    line_.push(g);
  }
  return assist;
}

std::vector<Goroutine> Collector::release_waiting() {
  std::vector<Goroutine> released;
  while (!line_.empty()) released.push_back(line_.pop());
  return released;
}

}  // namespace springtide::models::go
