#include "live/server/shared_state.h"

namespace springtide::live::server {
namespace {

// Sent packets of one run: more than a day of the original's rate. Memory is taken as they come.
constexpr std::size_t most_sent_packets = 1 << 24;

// Moves what was made into its place, or its problems to the others.
template <typename T>
void keep(Result<T> made, T& place, Diagnostics& problems) {
  if (made)
    place = std::move(made.value());
  else
    problems.insert(problems.end(), made.problems().begin(), made.problems().end());
}

}  // namespace

Result<SharedState> SharedState::make(const ServerOptions& options, std::size_t workers,
                                      std::int64_t first_second) {
  const auto seconds = static_cast<std::size_t>(options.limit / second + 60);
  const auto sets = static_cast<std::size_t>(options.service.sets);
  SharedState state;
  Diagnostics problems;
  keep(SharedSecondLimit::make(options.service.overload_per_second, first_second, seconds),
       state.limit, problems);
  keep(PacketStore::make(sets, static_cast<std::size_t>(options.service.packet_queue),
                         most_sent_packets),
       state.store, problems);
  keep(SetLengths::make(sets), state.set_lengths, problems);
  keep(OrderBook::make(), state.orders, problems);
  keep(Book::make(first_second, seconds), state.issuer_book, problems);
  for (std::size_t i = 0; i < workers; ++i) {
    WorkerState& worker = state.workers.emplace_back();
    keep(Book::make(first_second, seconds), worker.book, problems);
    keep(SetLengths::make(sets), worker.set_lengths, problems);
    keep(StageBook::make(), worker.stages, problems);
  }
  if (!problems.empty()) return problems;
  return state;
}

}  // namespace springtide::live::server
