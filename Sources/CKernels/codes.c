// One-bit codes: making them, a query's tables, and the choice among the scans.
#include "codes.h"

#include <math.h>
#include <string.h>

// Products and sums are rounded one by one at every level, so that all levels agree to the last bit.
#pragma STDC FP_CONTRACT OFF

#include "codes_scan.inc"

static size_t bytes_of(size_t dimension) { return (dimension + 7) / 8; }

// To the nearest bfloat16, the even one of two.
static uint16_t narrow(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (value != value) return 0x7fc0;
    return (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

// The Hadamard transform of x[size], a power of two, times 1 / sqrt(size).
static void hadamard(float *x, size_t size) {
    for (size_t half = 1; half < size; half *= 2)
        for (size_t start = 0; start < size; start += 2 * half)
            for (size_t i = start; i < start + half; i++) {
                const float a = x[i], b = x[i + half];
                x[i] = a + b;
                x[i + half] = a - b;
            }
    const float scale = 1 / sqrtf((float)size);
    for (size_t i = 0; i < size; i++) x[i] *= scale;
}

// The transform spans a power of two, first from the one end, then from the other; turning each coordinate of the first
// half with its partner in the second mixes both ends.
void codes_rotate(float *x, size_t dimension, const float *signs) {
    size_t span = 1;
    while (2 * span <= dimension) span *= 2;
    const size_t half = dimension / 2;
    for (int round = 0; round < CODES_ROUNDS; round++, signs += dimension) {
        for (size_t i = 0; i < dimension; i++) x[i] *= signs[i];
        hadamard(round % 2 ? x + (dimension - span) : x, span);
        for (size_t i = 0; i < half; i++) {
            const float a = x[i], b = x[i + dimension - half];
            x[i] = (a + b) * 0.70710678f;
            x[i + dimension - half] = (a - b) * 0.70710678f;
        }
    }
}

void codes_encode(const float *x, const float *centre, const float *signs, size_t dimension, float *scratch,
                  uint8_t *group, size_t lane, void *along, void *scale) {
    float product = 0, square = 0, sum = 0;
    for (size_t i = 0; i < dimension; i++) {
        scratch[i] = x[i] - centre[i];
        product += centre[i] * scratch[i];
        square += scratch[i] * scratch[i];
    }
    codes_rotate(scratch, dimension, signs);
    for (size_t i = 0; i < dimension; i++) sum += fabsf(scratch[i]);
    for (size_t byte = 0; byte < bytes_of(dimension); byte++) {
        unsigned bits = 0;
        for (size_t i = 8 * byte; i < dimension && i < 8 * byte + 8; i++) bits |= (unsigned)(scratch[i] > 0) << (i % 8);
        group[byte * CODES_GROUP + lane] = (uint8_t)bits;
    }
    const uint16_t factors[2] = {narrow(product), narrow(sum > 0 ? square / sum : 0)};
    memcpy(along, &factors[0], sizeof factors[0]);
    memcpy(scale, &factors[1], sizeof factors[1]);
}

size_t codes_table_bytes(size_t dimension) { return 2 * 16 * bytes_of(dimension); }

// A coordinate is rounded to one of the 16 odd multiples of `step` from -15 to 15, number u. A bit of 1 stands for that
// value, a bit of 0 for its opposite, number 15 - u: the sum of these numbers is s.
void codes_table(const float *rotated, size_t dimension, uint8_t *table, float *step) {
    float largest = 0;
    for (size_t i = 0; i < dimension; i++) largest = fabsf(rotated[i]) > largest ? fabsf(rotated[i]) : largest;
    const float scale = largest > 0 ? 7.5f / largest : 0;
    *step = largest / 15;
    for (size_t nibble = 0; nibble < 2 * bytes_of(dimension); nibble++) {
        int level[4] = {0}, used[4] = {0};
        for (size_t k = 0; k < 4 && 4 * nibble + k < dimension; k++) {
            const float rounded = rotated[4 * nibble + k] * scale + 8;
            level[k] = rounded > 0 ? (rounded < 15 ? (int)rounded : 15) : 0;
            used[k] = 1;
        }
        for (int value = 0; value < 16; value++) {
            int sum = 0;
            for (int k = 0; k < 4; k++) sum += used[k] * ((value >> k) & 1 ? level[k] : 15 - level[k]);
            table[16 * nibble + (size_t)value] = (uint8_t)sum;
        }
    }
}

int codes_has_level(int level) {
    switch (level) {
    case CODES_PLAIN: return 1;
#if defined(__aarch64__)
    case CODES_NEON: return 1;
#elif defined(__x86_64__)
    case CODES_AVX2: return __builtin_cpu_supports("avx2");
    case CODES_AVX512: return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
#endif
    default: return 0;
    }
}

int codes_best_level(void) {
    int level = CODES_AVX512;
    while (!codes_has_level(level)) level--;
    return level;
}

size_t codes_scan(int level, const uint8_t *table, size_t dimension, float step, const uint8_t *codes, const void *along,
                  const void *scale, size_t count, float threshold, uint16_t *slots, float *estimates) {
    const struct codes_query query = {
        .table = table,
        .bytes = bytes_of(dimension),
        .slope = 2 * step,
        .offset = -15 * (float)dimension * step,
        .threshold = threshold,
    };
    switch (codes_has_level(level) ? level : CODES_PLAIN) {
#if defined(__aarch64__)
    case CODES_NEON: return scan_neon(&query, codes, along, scale, count, slots, estimates);
#elif defined(__x86_64__)
    case CODES_AVX512: return scan_avx512(&query, codes, along, scale, count, slots, estimates);
    case CODES_AVX2: return scan_avx2(&query, codes, along, scale, count, slots, estimates);
#endif
    default: return scan_plain(&query, codes, along, scale, count, slots, estimates);
    }
}
