#include "base/random.h"

#include <Random123/philox.h>
#include <xxhash.h>

namespace springtide {

std::uint64_t stream_key(std::uint64_t seed, std::string_view name) {
  return XXH3_64bits_withSeed(name.data(), name.size(), seed);
}

Stream::Stream(std::uint64_t seed, std::string_view name, std::uint64_t entity)
    : entity_(entity), key_(stream_key(seed, name)) {}

void Stream::refill() {
  const r123::Philox4x32::key_type key = {
      {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32)}};
  for (std::size_t i = 0; i < buffer_.size(); i += 2, ++block_) {
    const r123::Philox4x32::ctr_type counter = {
        {static_cast<std::uint32_t>(block_), static_cast<std::uint32_t>(block_ >> 32),
         static_cast<std::uint32_t>(entity_), static_cast<std::uint32_t>(entity_ >> 32)}};
    const auto out = r123::Philox4x32{}(counter, key);
    buffer_[i] = out[0] | static_cast<std::uint64_t>(out[1]) << 32;
    buffer_[i + 1] = out[2] | static_cast<std::uint64_t>(out[3]) << 32;
  }
  next_ = 0;
}

std::uint64_t Stream::below(std::uint64_t n) {
  unsigned __int128 product = static_cast<unsigned __int128>(bits()) * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t threshold = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < threshold)
      product = static_cast<unsigned __int128>(bits()) * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace springtide
