// Sessions beside a map: who is in one, and until when it was prolonged.
#include "workload/crowd/sessions.h"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/random.h"

namespace springtide::workload {
namespace {

constexpr std::uint32_t own = 300, others_begin = 1000, others = 200;

std::uint32_t any_user(Stream& stream) {
  const auto user = static_cast<std::uint32_t>(stream.below(own + others));
  return user < own ? user : others_begin + user - own;
}

// Below, around and far above what 16 bits hold.
std::int64_t any_second(Stream& stream) {
  return static_cast<std::int64_t>(stream.below(3) * 65'000 + stream.below(1'000));
}

TEST_CASE("sessions are those of a map, however far they are prolonged") {
  Stream stream(3, "test/sessions");
  Sessions sessions(own, others_begin);
  std::map<std::uint32_t, std::int64_t> wanted;  // user -> until when; -1: not prolonged
  for (int step = 0; step < 40'000; ++step) {
    const std::uint32_t user = any_user(stream);
    const auto found = wanted.find(user);
    REQUIRE(sessions.has(user) == (found != wanted.end()));
    if (found == wanted.end()) {
      sessions.begin(user);
      wanted[user] = -1;
    } else if (stream.below(3) > 0) {
      const std::int64_t second = any_second(stream);
      sessions.prolong(user, second);
      found->second = std::max(found->second, second);
    } else if (stream.below(2) == 0) {
      REQUIRE(sessions.take_prolonged(user) == found->second);
      found->second = -1;
    } else {
      sessions.end(user);
      wanted.erase(found);
    }
  }
  std::erase_if(wanted, [](const auto& entry) { return entry.second < 0; });
  REQUIRE(wanted.size() > 50);
  ByteWriter saved;
  saved(sessions);
  Sessions restored(own, others_begin);
  ByteReader bytes(saved.bytes());
  bytes(restored);
  CHECK(bytes.good());
  for (const Sessions* one : {&sessions, &restored}) {
    const auto prolonged = one->prolonged();
    CHECK(std::equal(prolonged.begin(), prolonged.end(), wanted.begin(), wanted.end(),
                     [](const UserSeconds::Entry& a, const auto& b) {
                       return a.user == b.first && a.second == b.second;
                     }));
  }
}

TEST_CASE("sessions take no memory before the first and after the last") {
  Sessions sessions(own, others_begin);
  CHECK(sessions.memory_bytes() == 0);
  sessions.begin(7);
  sessions.prolong(7, 1'000'000);
  CHECK(sessions.memory_bytes() >= own * sizeof(std::uint16_t));
  sessions.clear();
  CHECK(sessions.memory_bytes() == 0);
  CHECK_FALSE(sessions.has(7));
}

}  // namespace
}  // namespace springtide::workload
