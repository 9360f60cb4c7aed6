#include "sim/replay.h"

#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>

namespace springtide::sim {
namespace {

struct Header {
  char magic[8] = {'S', 'T', 'R', 'E', 'P', 'L', 'A', '2'};
  std::int64_t period = 0, from = 0, to = 0;
  std::uint64_t every_event = 0, entries = 0;
};

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

Diagnostic problem(const std::string& file, std::string what) {
  Diagnostic diagnostic;
  diagnostic.file = file;
  diagnostic.what = std::move(what);
  return diagnostic;
}

std::string describe(const ReplayEntry& e) {
  const std::string state =
      fmt::format("fingerprint {:016x}, {} scheduled", e.fingerprint, e.scheduled);
  if (e.from == e.to)
    return fmt::format("event {} of kind {} at {} ns, {}", e.events, e.kind, e.from.ns, state);
  return fmt::format("{} events after the window [{}, {}) ns, {}", e.events, e.from.ns, e.to.ns,
                     state);
}

}  // namespace

std::optional<Diagnostic> ReplayLog::save(const std::string& file) const {
  const File out(std::fopen(file.c_str(), "wb"));
  if (out == nullptr) return problem(file, fmt::format("cannot be written: {}", strerror(errno)));
  Header header;
  header.period = period.ns;
  header.from = from.ns;
  header.to = to.ns;
  header.every_event = every_event;
  header.entries = entries.size();
  const bool written = std::fwrite(&header, sizeof header, 1, out.get()) == 1 &&
                       std::fwrite(entries.data(), sizeof(ReplayEntry), entries.size(),
                                   out.get()) == entries.size() &&
                       std::fflush(out.get()) == 0;
  if (!written) return problem(file, fmt::format("cannot be written: {}", strerror(errno)));
  return std::nullopt;
}

Result<ReplayLog> ReplayLog::load(const std::string& file) {
  const File in(std::fopen(file.c_str(), "rb"));
  if (in == nullptr) return problem(file, fmt::format("cannot be read: {}", strerror(errno)));
  Header header;
  const Header expected;
  if (std::fread(&header, sizeof header, 1, in.get()) != 1 ||
      std::memcmp(header.magic, expected.magic, sizeof header.magic) != 0)
    return problem(file, "is not a replay log of this version");
  ReplayLog log;
  log.period = {header.period};
  log.from = {header.from};
  log.to = {header.to};
  log.every_event = header.every_event != 0;
  ReplayEntry entry;
  while (std::fread(&entry, sizeof entry, 1, in.get()) == 1) log.entries.push_back(entry);
  if (log.entries.size() != header.entries) return problem(file, "the replay log is cut short");
  return log;
}

std::optional<Divergence> ReplayCursor::compare(const ReplayEntry& entry,
                                                const std::string& process) {
  if (exhausted())
    return Divergence{process, entry.from, entry.to,
                      fmt::format("process '{}' goes on where the recorded run had ended: {}",
                                  process, describe(entry))};
  const ReplayEntry& recorded = recorded_.entries[next_++];
  if (entry == recorded) return std::nullopt;
  if (entry.process != recorded.process)
    return Divergence{process, entry.from, entry.to,
                      fmt::format("process '{}' runs ({}) where process number {} ran ({})",
                                  process, describe(entry), recorded.process, describe(recorded))};
  return Divergence{process, entry.from, entry.to,
                    fmt::format("process '{}' differs: now {}, recorded {}", process,
                                describe(entry), describe(recorded))};
}

}  // namespace springtide::sim
