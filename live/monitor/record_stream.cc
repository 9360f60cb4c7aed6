#include "live/monitor/record_stream.h"

#include <algorithm>

namespace springtide::live::monitor {

std::optional<std::string> RecordStream::feed(std::span<const std::byte> bytes,
                                              const Visit& visit) {
  while (!fault_ && !bytes.empty()) {
    const std::size_t taken = std::min(bytes.size(), buffer_.size() - size_);
    std::copy_n(bytes.begin(), taken, buffer_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += taken;
    bytes = bytes.subspan(taken);
    if (!head_checked_ && size_ >= wire::monitor_record_head_bytes) {
      fault_ = wire::check_head(buffer_);
      head_checked_ = true;
    }
    if (fault_ || size_ < buffer_.size()) continue;
    fault_ = wire::check_counters(buffer_);
    if (!fault_) fault_ = visit(*wire::decode(buffer_));
    size_ = 0;
    head_checked_ = false;
  }
  return fault_;
}

}  // namespace springtide::live::monitor
