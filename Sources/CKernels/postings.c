// The search of a window: the same loops for each level, and the choice among them.
#include "postings.h"

#include "codes.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Products and sums are rounded one by one at every level, so that all levels agree to the last bit.
#pragma STDC FP_CONTRACT OFF

#define FREQUENCY_MASK ((1 << POSTINGS_FREQUENCY_BITS) - 1)

enum {
    // Entries whose scores are reckoned together.
    STEP = 16,
    // Entries that are compared with a place together.
    STRIDE = 32,
    // Entries that are added in the time of searching for one place.
    SEARCHED = 8,
    // Entries of a line of the cache, and of a run that are fetched ahead: the processor sees by itself what follows.
    LINE = 32,
    AHEAD = 4 * LINE,
};

// Those of `count` candidates whose sums are at least `least`, and above 0, into `places`, which they may be themselves.
static size_t reaching(double least, const struct postings_space *space, const uint16_t *candidates, size_t count) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const uint16_t place = candidates[i];
        const double sum = space->sums[place];
        space->places[found] = place;
        found += (sum >= least) & (sum > 0);
    }
    return found;
}

// By a bit for each place.
static void sort(uint16_t *places, size_t count) {
    uint64_t bits[POSTINGS_WINDOW / 64] = {0};
    for (size_t i = 0; i < count; i++) bits[places[i] / 64] |= (uint64_t)1 << places[i] % 64;
    size_t sorted = 0;
    for (unsigned word = 0; word < POSTINGS_WINDOW / 64; word++)
        for (uint64_t left = bits[word]; left; left &= left - 1)
            places[sorted++] = (uint16_t)(64 * word + (unsigned)__builtin_ctzll(left));
}

// The places and scores of at most STEP entries; what is written beyond `count` means nothing. Inlined, it is made of
// the vectors of each level.
static inline __attribute__((always_inline)) void step(
    const struct postings_run *run, const struct postings_norm *norm, const uint16_t *entries, size_t count,
    int32_t *places, double *scores) {
    uint16_t padded[STEP] = {0};
    int32_t lengths[STEP];
    if (count < STEP) {
        memcpy(padded, entries, count * sizeof *entries);
        entries = padded;
    }
    const int32_t base = (int32_t)run->base + 1;
    for (int i = 0; i < STEP; i++) places[i] = entries[i] >> POSTINGS_FREQUENCY_BITS;
    for (int i = 0; i < STEP; i++) lengths[i] = norm->lengths[places[i]];
    for (int i = 0; i < STEP; i++) {
        const double frequency = (double)(base + (entries[i] & FREQUENCY_MASK));
        scores[i] = run->weight * frequency / (frequency + norm->constant + norm->per_word * (double)lengths[i]);
    }
}

// `below`: how many of the first STRIDE of ascending entries are below `first`.
static size_t below_plain(const uint16_t *entries, size_t count, uint16_t first) {
    size_t below = 0;
    while (below < count && below < STRIDE && entries[below] < first) below++;
    return below;
}

#define NAME(loop) loop##_plain
#include "postings_level.inc"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
static size_t below_avx2(const uint16_t *entries, size_t count, uint16_t first) {
    if (count < STRIDE) return below_plain(entries, count, first);
    const __m256i limit = _mm256_set1_epi16((short)first);
    uint64_t reaching = 0;
    for (int half = 1; half >= 0; half--) {
        const __m256i part = _mm256_loadu_si256((const __m256i *)(entries + 16 * half));
        const __m256i equal = _mm256_cmpeq_epi16(_mm256_max_epu16(part, limit), part);
        reaching = reaching << 32 | (uint32_t)_mm256_movemask_epi8(equal);
    }
    return reaching ? (size_t)__builtin_ctzll(reaching) / 2 : STRIDE;
}

#define NAME(loop) loop##_avx2
#include "postings_level.inc"
#pragma clang attribute pop
#endif

double postings_most(int level, struct postings_run run, struct postings_norm norm) {
    switch (codes_has_level(level) ? level : CODES_PLAIN) {
#if defined(__x86_64__)
    case CODES_AVX512:
    case CODES_AVX2: return most_avx2(&run, &norm);
#endif
    default: return most_plain(&run, &norm);
    }
}

void postings_prefetch(const struct postings_run *runs, size_t count) {
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at < runs[i].count && at < AHEAD; at += LINE) __builtin_prefetch(runs[i].entries + at);
}

size_t postings_search(int level, const struct postings_run *runs, size_t count, struct postings_norm norm,
                       double threshold, struct postings_space space) {
    switch (codes_has_level(level) ? level : CODES_PLAIN) {
#if defined(__x86_64__)
    case CODES_AVX512:
    case CODES_AVX2: return search_avx2(runs, count, &norm, threshold, &space);
#endif
    default: return search_plain(runs, count, &norm, threshold, &space);
    }
}
