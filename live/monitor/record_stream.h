// Records out of a stream of bytes that arrive in pieces of any size.
//
// At the first byte that cannot belong to a record the stream is malformed and stays so: records
// have no frame, so the place of the next one is not known. What was whole before it counts. The
// head is looked at before the rest arrives, so a browser or a scanner is known after 16 bytes.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "live/wire/monitor_record.h"

namespace springtide::live::monitor {

class RecordStream {
 public:
  // Calls `visit` for each record that is whole now, in order. Returns what makes the stream
  // malformed, in one sentence; `visit` may say so too, by returning it.
  using Visit = std::function<std::optional<std::string>(const wire::MonitorRecord&)>;
  std::optional<std::string> feed(std::span<const std::byte> bytes, const Visit& visit);

  // Bytes of a record that is not whole yet.
  std::size_t partial() const { return size_; }

 private:
  std::array<std::byte, wire::monitor_record_bytes> buffer_;
  std::size_t size_ = 0;
  bool head_checked_ = false;
  std::optional<std::string> fault_;
};

}  // namespace springtide::live::monitor
