// Where the time of a request goes inside the server: a sampled share of connections is stamped.
//
//   arrival -----> read -----> enqueued -----> dequeued -----> written
//   the kernel     recv        in its SET's    a worker took   send returned
//   got the frame  returned    queue           it
//
// One connection in `sample_every` asks the kernel for arrival times (SO_TIMESTAMPNS); all its
// requests are stamped, the others cost nothing. All stamps are of the clock of the day, because
// the kernel's is; should somebody set it in between, a stage counts as 0.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "live/shared/histogram.h"
#include "live/shared/memory.h"

namespace springtide::live::server {

enum class Stage : std::size_t {
  arrival_to_read,
  read_to_enqueued,
  set_wait,  // enqueued to dequeued
  dequeued_to_written,
  arrival_to_written,
  end
};
inline constexpr std::size_t stages = static_cast<std::size_t>(Stage::end);

struct Stamps {  // nanoseconds of the unix clock; 0: not stamped
  std::int64_t arrival = 0, read = 0, enqueued = 0, dequeued = 0;
};

// Of one process, in shared memory.
class StageBook {
 public:
  static Result<StageBook> make() {
    auto histograms = shared::Memory<Histograms>::make();
    if (!histograms) return histograms.problems();
    StageBook book;
    book.histograms_ = std::move(histograms.value());
    return book;
  }

  void record(const Stamps& stamps, std::int64_t written) const {
    // Without an arrival stamp (the kernel starts to give them a moment after it was asked).
    if (stamps.arrival > 0) {
      at(Stage::arrival_to_read).record(stamps.read - stamps.arrival);
      at(Stage::arrival_to_written).record(written - stamps.arrival);
    }
    at(Stage::read_to_enqueued).record(stamps.enqueued - stamps.read);
    at(Stage::set_wait).record(stamps.dequeued - stamps.enqueued);
    at(Stage::dequeued_to_written).record(written - stamps.dequeued);
  }

  // Adds to histograms of these names: "server.arrival-to-read", "server.set-wait", ...
  void merge_into(std::map<std::string, measure::Histogram>& distributions) const {
    static constexpr std::array<const char*, stages> names = {
        "server.arrival-to-read", "server.read-to-enqueued", "server.set-wait",
        "server.dequeued-to-written", "server.arrival-to-written"};
    for (std::size_t i = 0; i < stages; ++i) (*histograms_)[i].merge_into(distributions[names[i]]);
  }

 private:
  using Histograms = std::array<shared::Histogram, stages>;
  shared::Histogram& at(Stage stage) const {
    return (*histograms_)[static_cast<std::size_t>(stage)];
  }
  shared::Memory<Histograms> histograms_;
};

}  // namespace springtide::live::server
