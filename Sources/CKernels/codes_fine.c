// Fine codes of four bits a coordinate: making them, and their products with a query rounded to eight bits.
#include "codes.h"

#include <math.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// Between two numbers, as a part of a coordinate's standard deviation: the best step of 16 equal ones for a normal
// distribution (Max, "Quantizing for minimum distortion", 1960), which rotated coordinates are close to.
#define STEP 0.3352f

size_t codes_fine_bytes(size_t dimension) { return (dimension + 1) / 2; }

void codes_fine_encode(const float *rotated, size_t dimension, uint8_t *fine, float *scale, float *error) {
    const size_t bytes = codes_fine_bytes(dimension);
    float square = 0, product = 0, length = 0, rest = 0;
    for (size_t i = 0; i < dimension; i++) square += rotated[i] * rotated[i];
    const float deviation = sqrtf(square / (float)dimension);
    const float inverse = deviation > 0 ? 1 / (STEP * deviation) : 0;
    memset(fine, 0, bytes);
    for (size_t i = 0; i < dimension; i++) {
        const float rounded = rotated[i] * inverse + 8;
        const unsigned u = rounded > 0 ? (rounded < 15 ? (unsigned)rounded : 15) : 0;
        const float v = (float)(int)(2 * u) - 15;
        fine[i % bytes] |= (uint8_t)(i < bytes ? u : u << 4);
        product += v * rotated[i];
        length += v * v;
    }
    *scale = product > 0 ? square / product : 0;
    // |r - s v|^2 = |r|^2 - 2 s (v . r) + s^2 |v|^2, where s (v . r) = |r|^2
    rest = *scale * *scale * length - square;
    *error = product > 0 && rest > 0 ? sqrtf(rest) : 0;
}

int32_t codes_fine_query(const float *rotated, size_t dimension, int8_t *query, float *step) {
    float largest = 0;
    int32_t sum = 0;
    for (size_t i = 0; i < dimension; i++) largest = fabsf(rotated[i]) > largest ? fabsf(rotated[i]) : largest;
    *step = largest / 127;
    memset(query, 0, 2 * codes_fine_bytes(dimension));
    for (size_t i = 0; i < dimension; i++) {
        const float rounded = largest > 0 ? rotated[i] / largest * 127 : 0;
        const int whole = rounded >= -127 && rounded <= 127 ? (int)lrintf(rounded) : 0;
        query[i] = (int8_t)whole;
        sum += whole;
    }
    return sum;
}

INLINE int32_t sum_plain(const int8_t *query, size_t bytes, const uint8_t *fine, size_t from) {
    int32_t sum = 0;
    for (size_t i = from; i < bytes; i++) sum += query[i] * (fine[i] & 15) + query[bytes + i] * (fine[i] >> 4);
    return sum;
}

// Codes that are fetched before they are needed: they lie anywhere.
#define AHEAD 16

INLINE void fetch(const uint8_t *code, size_t bytes) {
    for (size_t at = 0; at < bytes; at += 64) __builtin_prefetch(code + at);
}

// The loop over the codes.
#define SCAN(level)                                                                                                    \
    static void scan_##level(const int8_t *query, size_t bytes, const uint8_t *fine, const uint16_t *slots,            \
                             size_t count, int32_t *sums) {                                                            \
        for (size_t i = 0; i < count && i < AHEAD; i++) fetch(fine + slots[i] * bytes, bytes);                         \
        for (size_t i = 0; i < count; i++) {                                                                           \
            if (i + AHEAD < count) fetch(fine + slots[i + AHEAD] * bytes, bytes);                                      \
            sums[i] = sum_##level(query, bytes, fine + slots[i] * bytes, 0);                                           \
        }                                                                                                              \
    }

SCAN(plain)

// A product of neighbours, two at most 15 * 127 each, stays within sixteen bits, and so does that of both halves.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
INLINE int32_t sum_avx2(const int8_t *query, size_t bytes, const uint8_t *fine, size_t from) {
    const __m256i mask = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
    __m256i all = _mm256_setzero_si256();
    size_t i = from;
    for (; i + 32 <= bytes; i += 32) {
        const __m256i code = _mm256_loadu_si256((const __m256i *)(fine + i));
        const __m256i low = _mm256_maddubs_epi16(_mm256_and_si256(code, mask),
                                                 _mm256_loadu_si256((const __m256i *)(query + i)));
        const __m256i high = _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(code, 4), mask),
                                                  _mm256_loadu_si256((const __m256i *)(query + bytes + i)));
        all = _mm256_add_epi32(all, _mm256_madd_epi16(_mm256_add_epi16(low, high), ones));
    }
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0xb1));
    return _mm_cvtsi128_si32(four) + sum_plain(query, bytes, fine, i);
}

SCAN(avx2)
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx2"))), apply_to = function)
INLINE int32_t sum_avx512(const int8_t *query, size_t bytes, const uint8_t *fine, size_t from) {
    const __m512i mask = _mm512_set1_epi8(15), ones = _mm512_set1_epi16(1);
    __m512i all = _mm512_setzero_si512();
    size_t i = from;
    for (; i + 64 <= bytes; i += 64) {
        const __m512i code = _mm512_loadu_si512(fine + i);
        const __m512i low = _mm512_maddubs_epi16(_mm512_and_si512(code, mask), _mm512_loadu_si512(query + i));
        const __m512i high = _mm512_maddubs_epi16(_mm512_and_si512(_mm512_srli_epi16(code, 4), mask),
                                                  _mm512_loadu_si512(query + bytes + i));
        all = _mm512_add_epi32(all, _mm512_madd_epi16(_mm512_add_epi16(low, high), ones));
    }
    return _mm512_reduce_add_epi32(all) + sum_plain(query, bytes, fine, i);
}

SCAN(avx512)
#pragma clang attribute pop

#elif defined(__aarch64__)
#include <arm_neon.h>

INLINE int32_t sum_neon(const int8_t *query, size_t bytes, const uint8_t *fine, size_t from) {
    int32x4_t all = vdupq_n_s32(0);
    size_t i = from;
    for (; i + 16 <= bytes; i += 16) {
        const uint8x16_t code = vld1q_u8(fine + i);
        const int8x16_t low = vreinterpretq_s8_u8(vandq_u8(code, vdupq_n_u8(15)));
        const int8x16_t high = vreinterpretq_s8_u8(vshrq_n_u8(code, 4));
        const int8x16_t first = vld1q_s8(query + i), second = vld1q_s8(query + bytes + i);
        all = vpadalq_s16(all, vmlal_s8(vmull_s8(vget_low_s8(low), vget_low_s8(first)), vget_low_s8(high),
                                        vget_low_s8(second)));
        all = vpadalq_s16(all, vmlal_s8(vmull_s8(vget_high_s8(low), vget_high_s8(first)), vget_high_s8(high),
                                        vget_high_s8(second)));
    }
    return vaddvq_s32(all) + sum_plain(query, bytes, fine, i);
}

SCAN(neon)
#endif

void codes_fine_scan(int level, const int8_t *query, size_t dimension, const uint8_t *fine, const uint16_t *slots,
                     size_t count, int32_t *sums) {
    const size_t bytes = codes_fine_bytes(dimension);
    switch (codes_has_level(level) ? level : CODES_PLAIN) {
#if defined(__aarch64__)
    case CODES_NEON: scan_neon(query, bytes, fine, slots, count, sums); return;
#elif defined(__x86_64__)
    case CODES_AVX512: scan_avx512(query, bytes, fine, slots, count, sums); return;
    case CODES_AVX2: scan_avx2(query, bytes, fine, slots, count, sums); return;
#endif
    default: scan_plain(query, bytes, fine, slots, count, sums);
    }
}
