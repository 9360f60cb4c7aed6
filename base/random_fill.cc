// Many words of a stream at once: four blocks of Philox4x32-10 side by side where the
// processor has AVX2, eight where it has AVX-512. A 64-bit lane carries one 32-bit word of a
// block's counter in its low half, as in Stream::refill. Which processor it is changes nothing but
// the time.
#include "base/random_fill.h"

#include "base/random.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes registers whose old value does not matter for uninitialized (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

namespace springtide {
namespace {

#if defined(__x86_64__)

// Fills words from the front, sixteen by sixteen, and returns how many.
__attribute__((target("avx512f"))) std::size_t fill_sixteens(std::span<std::uint64_t> words,
                                                             std::uint64_t block,
                                                             std::uint64_t entity,
                                                             std::uint64_t key) {
  constexpr int three_way_xor = 0x96;
  const __m512i multiplier_0 = _mm512_set1_epi64(0xd2511f53);
  const __m512i multiplier_1 = _mm512_set1_epi64(0xcd9e8d57);
  const __m512i low = _mm512_set1_epi64(0xffffffff);
  const __m512i blocks_0_to_3 = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0);
  const __m512i blocks_4_to_7 = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
  std::size_t done = 0;
  for (; done + 16 <= words.size(); done += 16, block += 8) {
    __m512i x0 = _mm512_add_epi64(_mm512_set1_epi64(static_cast<long long>(block)),
                                  _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
    __m512i x1 = _mm512_srli_epi64(x0, 32);
    __m512i x2 = _mm512_set1_epi64(static_cast<long long>(entity));
    __m512i x3 = _mm512_srli_epi64(x2, 32);
    __m512i key_0 = _mm512_set1_epi64(static_cast<long long>(key & 0xffffffff));
    __m512i key_1 = _mm512_set1_epi64(static_cast<long long>(key >> 32));
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const __m512i p = _mm512_mul_epu32(x0, multiplier_0), q = _mm512_mul_epu32(x2, multiplier_1);
      x0 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(q, 32), x1, key_0, three_way_xor);
      x2 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p, 32), x3, key_1, three_way_xor);
      x1 = q;
      x3 = p;
      key_0 = _mm512_add_epi32(key_0, _mm512_set1_epi64(0x9e3779b9));
      key_1 = _mm512_add_epi32(key_1, _mm512_set1_epi64(0xbb67ae85));
    }
    const __m512i first = _mm512_or_si512(_mm512_and_si512(x0, low), _mm512_slli_epi64(x1, 32));
    const __m512i second = _mm512_or_si512(_mm512_and_si512(x2, low), _mm512_slli_epi64(x3, 32));
    _mm512_storeu_si512(&words[done], _mm512_permutex2var_epi64(first, blocks_0_to_3, second));
    _mm512_storeu_si512(&words[done + 8], _mm512_permutex2var_epi64(first, blocks_4_to_7, second));
  }
  return done;
}

// Likewise, eight by eight.
__attribute__((target("avx2"))) std::size_t fill_eights(std::span<std::uint64_t> words,
                                                        std::uint64_t block, std::uint64_t entity,
                                                        std::uint64_t key) {
  const __m256i multiplier_0 = _mm256_set1_epi64x(0xd2511f53);
  const __m256i multiplier_1 = _mm256_set1_epi64x(0xcd9e8d57);
  const __m256i low = _mm256_set1_epi64x(0xffffffff);
  std::size_t done = 0;
  for (; done + 8 <= words.size(); done += 8, block += 4) {
    __m256i x0 = _mm256_add_epi64(_mm256_set1_epi64x(static_cast<long long>(block)),
                                  _mm256_set_epi64x(3, 2, 1, 0));
    __m256i x1 = _mm256_srli_epi64(x0, 32);
    __m256i x2 = _mm256_set1_epi64x(static_cast<long long>(entity));
    __m256i x3 = _mm256_srli_epi64(x2, 32);
    __m256i key_0 = _mm256_set1_epi64x(static_cast<long long>(key & 0xffffffff));
    __m256i key_1 = _mm256_set1_epi64x(static_cast<long long>(key >> 32));
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const __m256i p = _mm256_mul_epu32(x0, multiplier_0), q = _mm256_mul_epu32(x2, multiplier_1);
      x0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(q, 32), x1), key_0);
      x2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p, 32), x3), key_1);
      x1 = q;
      x3 = p;
      key_0 = _mm256_add_epi32(key_0, _mm256_set1_epi64x(0x9e3779b9));
      key_1 = _mm256_add_epi32(key_1, _mm256_set1_epi64x(0xbb67ae85));
    }
    const __m256i first = _mm256_or_si256(_mm256_and_si256(x0, low), _mm256_slli_epi64(x1, 32));
    const __m256i second = _mm256_or_si256(_mm256_and_si256(x2, low), _mm256_slli_epi64(x3, 32));
    const __m256i even = _mm256_unpacklo_epi64(first, second);  // blocks 0 and 2
    const __m256i odd = _mm256_unpackhi_epi64(first, second);   // blocks 1 and 3
    auto* to = reinterpret_cast<__m256i*>(&words[done]);
    _mm256_storeu_si256(to, _mm256_permute2x128_si256(even, odd, 0x20));
    _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(even, odd, 0x31));
  }
  return done;
}

#endif

}  // namespace

std::size_t fill_rows(std::span<std::uint64_t> words, std::uint64_t block, std::uint64_t entity,
                      std::uint64_t key, int widest) {
#if defined(__x86_64__)
  static const bool avx512 = __builtin_cpu_supports("avx512f") != 0;
  static const bool avx2 = __builtin_cpu_supports("avx2") != 0;
  const std::size_t done = avx512 && widest >= 16 ? fill_sixteens(words, block, entity, key) : 0;
  if (!avx2 || widest < 8) return done;
  return done + fill_eights(words.subspan(done), block + done / 2, entity, key);
#else
  static_cast<void>(words), static_cast<void>(block), static_cast<void>(entity);
  static_cast<void>(key), static_cast<void>(widest);
  return 0;
#endif
}

void Stream::fill(std::span<std::uint64_t> words) {
  std::size_t at = 0;
  while (at < words.size() && next_ < buffer_.size()) words[at++] = bits();
  const std::size_t done = fill_rows(words.subspan(at), block_, entity_, key_);
  block_ += done / 2;
  draws_ += done;
  at += done;
  while (at < words.size()) words[at++] = bits();
}

}  // namespace springtide
