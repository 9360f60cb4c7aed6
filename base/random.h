// Random streams: counter-based, by name, one per purpose and entity.
//
// A stream is a pure function of (seed, name, entity): adding an entity or a purpose disturbs no
// other stream, and no order of execution can change what one draws. The generator is
// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) from the
// Random123 library; key = 64-bit hash of (seed, name), counter = (block number, entity).
//
//   Stream service(seed, "server/service", 17);
//   double u = service.uniform();
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace springtide {

class Stream {
 public:
  Stream(std::uint64_t seed, std::string_view name, std::uint64_t entity = 0);

  // 64 uniform bits.
  std::uint64_t bits() {
    if (next_ == buffer_.size()) refill();
    ++draws_;
    return buffer_[next_++];
  }

  // The next words, as so many calls of bits() would give them; many at a time cost less.
  void fill(std::span<std::uint64_t> words);

  // Uniform on the open interval (0, 1): a multiple of 2^-53 plus 2^-54, so never 0 or 1.
  double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1.0p-53; }

  // Uniform on 0 .. n-1, without bias (Lemire 2019, "Fast random integer generation"). n > 0.
  std::uint64_t below(std::uint64_t n);

  bool chance(double probability) { return uniform() < probability; }

  // How many 64-bit words have been drawn: part of a run's fingerprint.
  std::uint64_t draws() const { return draws_; }

  // Its position, for checkpoints (base/bytes.h); of a stream of any name.
  static void state(auto& self, auto& bytes) {
    bytes(self.key_, self.entity_, self.block_, self.next_, self.draws_, self.buffer_);
    bytes.require(self.next_ <= self.buffer_.size());
  }

 private:
  void refill();

  std::array<std::uint64_t, 8> buffer_{};
  std::uint64_t next_ = 8;
  std::uint64_t draws_ = 0;
  std::uint64_t block_ = 0;
  std::uint64_t entity_;
  std::uint64_t key_;
};

// The 64-bit key of a named stream (XXH3 of the name, seeded).
std::uint64_t stream_key(std::uint64_t seed, std::string_view name);

// 64 uniform bits that depend on these two alone (XXH3): for what is asked of an individual again
// and again without being remembered.
std::uint64_t hashed(std::uint64_t key, std::uint64_t entity);

}  // namespace springtide
