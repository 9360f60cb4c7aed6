#include "base/random.h"

#include <Random123/philox.h>
#include <xxhash.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace springtide {

std::uint64_t stream_key(std::uint64_t seed, std::string_view name) {
  return XXH3_64bits_withSeed(name.data(), name.size(), seed);
}

std::uint64_t hashed(std::uint64_t key, std::uint64_t entity) {
  return XXH3_64bits_withSeed(&entity, sizeof entity, key);
}

Stream::Stream(std::uint64_t seed, std::string_view name, std::uint64_t entity)
    : entity_(entity), key_(stream_key(seed, name)) {}

// Four blocks of Philox4x32-10 at a time. Where the processor has SSE2 (every x86-64), two blocks
// share each operation: a 64-bit lane carries one 32-bit word of the counter in its low half, and
// what stands in its high half never matters, because the multiplication ignores it.
#if defined(__SSE2__)

void Stream::refill() {
  const __m128i multiplier_0 = _mm_set1_epi64x(0xd2511f53);
  const __m128i multiplier_1 = _mm_set1_epi64x(0xcd9e8d57);
  const __m128i low = _mm_set1_epi64x(0xffffffff);
  const __m128i step = _mm_set_epi64x(0xbb67ae85, 0x9e3779b9);  // added to the two key words
  const auto b = static_cast<long long>(block_);
  __m128i x0 = _mm_set_epi64x(b + 1, b), y0 = _mm_set_epi64x(b + 3, b + 2);
  __m128i x1 = _mm_srli_epi64(x0, 32), y1 = _mm_srli_epi64(y0, 32);
  __m128i x2 = _mm_set1_epi64x(static_cast<long long>(entity_)), y2 = x2;
  __m128i x3 = _mm_srli_epi64(x2, 32), y3 = x3;
  __m128i keys = _mm_set_epi64x(static_cast<long long>(key_ >> 32), static_cast<long long>(key_));
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round, keys = _mm_add_epi32(keys, step)) {
    const __m128i key_0 = _mm_unpacklo_epi64(keys, keys), key_1 = _mm_unpackhi_epi64(keys, keys);
    const __m128i xp = _mm_mul_epu32(x0, multiplier_0), xq = _mm_mul_epu32(x2, multiplier_1);
    const __m128i yp = _mm_mul_epu32(y0, multiplier_0), yq = _mm_mul_epu32(y2, multiplier_1);
    x0 = _mm_xor_si128(_mm_xor_si128(_mm_srli_epi64(xq, 32), x1), key_0);
    y0 = _mm_xor_si128(_mm_xor_si128(_mm_srli_epi64(yq, 32), y1), key_0);
    x2 = _mm_xor_si128(_mm_xor_si128(_mm_srli_epi64(xp, 32), x3), key_1);
    y2 = _mm_xor_si128(_mm_xor_si128(_mm_srli_epi64(yp, 32), y3), key_1);
    x1 = xq, x3 = xp, y1 = yq, y3 = yp;
  }
  const auto store = [&](__m128i w0, __m128i w1, __m128i w2, __m128i w3, std::size_t at) {
    const __m128i first = _mm_or_si128(_mm_and_si128(w0, low), _mm_slli_epi64(w1, 32));
    const __m128i second = _mm_or_si128(_mm_and_si128(w2, low), _mm_slli_epi64(w3, 32));
    auto* to = reinterpret_cast<__m128i*>(&buffer_[at]);
    _mm_storeu_si128(to, _mm_unpacklo_epi64(first, second));
    _mm_storeu_si128(to + 1, _mm_unpackhi_epi64(first, second));
  };
  store(x0, x1, x2, x3, 0);
  store(y0, y1, y2, y3, 4);
  block_ += 4;
  next_ = 0;
}

#else

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

#endif

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
