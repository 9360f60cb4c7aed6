// The state of a crowd as bytes, in the machine's byte order: for the same program to go on with,
// not for exchange. Every list is written with its length before it.
#include <cstring>
#include <type_traits>

#include "workload/crowd/crowd.h"

namespace springtide::workload {
namespace {

constexpr std::uint64_t mark = 0x3164776f'72430001;  // of this form of the bytes

class Writer {
 public:
  explicit Writer(std::vector<std::byte>& bytes) : bytes_(bytes) {}

  template <typename T>
  void one(const T& value) {
    static_assert(std::has_unique_object_representations_v<T>, "no padding in a checkpoint");
    const auto* from = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), from, from + sizeof(T));
  }
  template <typename T>
  void list(const std::vector<T>& values) {
    static_assert(std::has_unique_object_representations_v<T>, "no padding in a checkpoint");
    one<std::uint64_t>(values.size());
    const auto* from = reinterpret_cast<const std::byte*>(values.data());
    bytes_.insert(bytes_.end(), from, from + values.size() * sizeof(T));
  }

 private:
  std::vector<std::byte>& bytes_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte>& bytes) : bytes_(bytes) {}

  template <typename T>
  T one() {
    T value{};
    if (!enough(1, sizeof(T))) return value;
    std::memcpy(&value, bytes_.data(), sizeof(T));
    bytes_ = bytes_.subspan(sizeof(T));
    return value;
  }
  template <typename T>
  std::vector<T> list() {
    const auto size = one<std::uint64_t>();
    if (!enough(size, sizeof(T))) return {};
    std::vector<T> values(size);
    if (size > 0) std::memcpy(values.data(), bytes_.data(), size * sizeof(T));
    bytes_ = bytes_.subspan(size * sizeof(T));
    return values;
  }
  bool good() const { return good_; }

 private:
  bool enough(std::uint64_t count, std::size_t size) {
    if (count > bytes_.size() / size) good_ = false;
    return good_;
  }

  std::span<const std::byte>& bytes_;
  bool good_ = true;
};

// Whose state it is.
std::vector<std::uint64_t> identity(const CrowdSpec& spec, const CrowdPlan& plan) {
  return {mark,
          spec.seed,
          spec.server,
          spec.users,
          spec.online,
          static_cast<std::uint64_t>(spec.connections),
          plan.cues().size()};
}

}  // namespace

void Crowd::save(std::vector<std::byte>& bytes) const {
  Writer out(bytes);
  out.list(identity(spec_, *plan_));
  out.one(counts_);
  out.one(second_);
  out.one<std::uint64_t>(next_cue_);
  out.one(own_online_);
  out.one(local_end_);
  out.one(hand_rest_);
  out.one(lost_on_the_way_);
  out.list(blocks_);
  out.list(active_.words());
  out.list(gone_.words());
  out.list(unconnected_.words());
  std::vector<Calendar::Entry> prolonged;
  for (const UserSeconds::Entry& entry : prolonged_.sorted())
    prolonged.push_back({entry.second, entry.user});
  out.list(prolonged);
  out.list(calendar_.all());
}

bool Crowd::restore(std::span<const std::byte>& bytes) {
  Reader in(bytes);
  if (in.list<std::uint64_t>() != identity(spec_, *plan_)) return false;
  counts_ = in.one<CrowdCounts>();
  second_ = in.one<std::int64_t>();
  next_cue_ = in.one<std::uint64_t>();
  own_online_ = in.one<std::uint32_t>();
  local_end_ = in.one<std::uint32_t>();
  hand_rest_ = in.one<std::int64_t>();
  lost_on_the_way_ = in.one<std::int64_t>();
  blocks_ = in.list<Block>();
  active_.set_words(in.list<std::uint64_t>());
  gone_.set_words(in.list<std::uint64_t>());
  unconnected_.set_words(in.list<std::uint64_t>());
  prolonged_.clear();
  for (const Calendar::Entry& entry : in.list<Calendar::Entry>())
    prolonged_.raise(static_cast<std::uint32_t>(entry.word), entry.second);
  calendar_.clear();
  calendar_.set_next(second_ + 1);
  for (const Calendar::Entry& entry : in.list<Calendar::Entry>()) {
    if (entry.second <= second_) return false;
    calendar_.add(entry.second, entry.word);
  }
  return in.good();
}

}  // namespace springtide::workload
