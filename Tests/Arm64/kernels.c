// Holds the kernels of another processor against their plain twins, where no Swift toolchain runs: scripts/arm64
// compiles this with them for 64-bit ARM and runs it in emulation. Odd sizes, addresses that are aligned to nothing.
#include "kernels.h"
#include "postings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 200, GROUPS = (MOST + CODES_GROUP - 1) / CODES_GROUP };

static uint32_t seed = 1;
static int wrong;

static uint32_t number(void) {
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

static float fraction(void) { return (float)number() / (float)(1 << 23) - 1; }

static void expect(int holds, const char *what, size_t size, size_t count) {
    if (holds) return;
    wrong++;
    printf("%s: wrong for size %zu, count %zu\n", what, size, count);
}

static void scan(int level, size_t dimension, size_t count) {
    static uint8_t table[2 * 16 * CODES_MAX_DIMENSION / 8];
    static uint8_t codes[1 + GROUPS * CODES_GROUP * CODES_MAX_DIMENSION / 8];
    static uint8_t along[1 + 2 * MOST], scale[1 + 2 * MOST];
    uint16_t slots[2][MOST];
    float rotated[CODES_MAX_DIMENSION], estimates[2][MOST], step;
    for (size_t i = 0; i < dimension; i++) rotated[i] = fraction();
    codes_table(rotated, dimension, table, &step);
    for (size_t i = 0; i < sizeof codes; i++) codes[i] = (uint8_t)number();
    for (size_t i = 0; i < count; i++) {
        // bfloat16 from 1 to 2.
        const uint16_t factors[2] = {(uint16_t)(0x3f80 | number() % 128), (uint16_t)(0x3f80 | number() % 128)};
        memcpy(along + 1 + 2 * i, &factors[0], 2);
        memcpy(scale + 1 + 2 * i, &factors[1], 2);
    }
    const float thresholds[] = {-INFINITY, -2, 0, 2, INFINITY};
    for (size_t i = 0; i < sizeof thresholds / sizeof *thresholds; i++) {
        size_t hits[2];
        for (int which = 0; which < 2; which++)
            hits[which] = codes_scan(which ? level : CODES_PLAIN, table, dimension, step, codes + 1, along + 1,
                                     scale + 1, count, thresholds[i], slots[which], estimates[which]);
        const int same = hits[0] == hits[1] && !memcmp(slots[0], slots[1], 2 * hits[0])
                         && !memcmp(estimates[0], estimates[1], 4 * hits[0]);
        expect(same && (i > 0 || hits[0] == count), "codes_scan", dimension, count);
    }
}

static void fine_scan(int level, size_t dimension) {
    static uint8_t fine[1 + 9 * CODES_MAX_DIMENSION];
    static int8_t query[1 + 2 * CODES_MAX_DIMENSION];
    const uint16_t slots[] = {8, 0, 3, 3, 1, 7, 2, 8, 5, 4, 0, 6, 6, 2, 1, 0, 3, 5};
    enum { COUNT = sizeof slots / sizeof *slots };
    int32_t sums[2][COUNT];
    for (size_t i = 0; i < sizeof fine; i++) fine[i] = (uint8_t)(i < 2 * CODES_MAX_DIMENSION ? 255 : number());
    for (size_t i = 0; i < sizeof query; i++) query[i] = (int8_t)((int)(number() % 255) - 127);
    for (int which = 0; which < 2; which++)
        codes_fine_scan(which ? level : CODES_PLAIN, query + 1, dimension, fine + 1, slots, COUNT, sums[which]);
    expect(!memcmp(sums[0], sums[1], sizeof sums[0]), "codes_fine_scan", dimension, COUNT);
}

static void dots(size_t dimension) {
    enum { ROWS = 7 };
    static float query[CODES_MAX_DIMENSION], rows[ROWS * CODES_MAX_DIMENSION];
    float scores[ROWS], plain[ROWS];
    for (size_t i = 0; i < dimension; i++) query[i] = fraction();
    for (size_t i = 0; i < ROWS * dimension; i++) rows[i] = fraction();
    kernels_dot_scan(query, rows, ROWS, dimension, scores);
    kernels_dot_scan_plain(query, rows, ROWS, dimension, plain);
    for (size_t i = 0; i < ROWS; i++)
        expect(fabsf(scores[i] - plain[i]) <= 1e-6f * (float)(dimension + 1), "kernels_dot_scan", dimension, ROWS);
}

// Against the sums of the formula in postings.h, entry by entry.
static void postings(int level, size_t count) {
    enum { RUNS = 3 };
    static double sums[POSTINGS_WINDOW], scores[POSTINGS_WINDOW], expected[POSTINGS_WINDOW];
    static uint16_t touched[POSTINGS_WINDOW + 1], places[POSTINGS_WINDOW], lengths[POSTINGS_WINDOW], entries[RUNS][MOST];
    const struct postings_norm norm = {lengths, 0.5, 0.01};
    const double threshold = 1.5;
    struct postings_run runs[RUNS];
    memset(expected, 0, sizeof expected);
    for (size_t i = 0; i < POSTINGS_WINDOW; i++) lengths[i] = (uint16_t)(number() % 300);
    for (int run = 0; run < RUNS; run++) {
        const double weight = run + 1;
        for (size_t i = 0; i < count; i++) {
            const uint32_t place = (uint32_t)i * 10 + number() % 10, frequency = 1 + number() % 32;
            entries[run][i] = (uint16_t)(place << POSTINGS_FREQUENCY_BITS | (frequency - 1));
            expected[place] += weight * frequency / (frequency + norm.constant + norm.per_word * lengths[place]);
        }
        runs[run] = (struct postings_run){entries[run], count, 0, weight, weight};
    }
    const size_t found = postings_search(level, runs, RUNS, norm, threshold,
                                         (struct postings_space){sums, touched, places, scores});
    size_t wanted = 0;
    for (size_t i = 0; i < POSTINGS_WINDOW; i++) {
        expect(sums[i] == 0, "postings_search, sums", count, i);
        wanted += expected[i] >= threshold;
    }
    expect(found == wanted, "postings_search, places", count, found);
    for (size_t i = 0; i < found; i++)
        expect(places[i] < POSTINGS_WINDOW && fabs(scores[i] - expected[places[i]]) < 1e-12, "postings_search", count, i);
}

int main(void) {
    const size_t sizes[] = {1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 255, 384, 385, 1000, 4096};
    const size_t counts[] = {0, 1, 5, 63, 64, 65, 128, 129, MOST};
    int tried = 0;
    for (int level = CODES_NEON; level <= CODES_AVX512; level++) {
        if (!codes_has_level(level)) continue;
        tried++;
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            for (size_t j = 0; j < sizeof counts / sizeof *counts; j++) scan(level, sizes[i], counts[j]);
            fine_scan(level, sizes[i]);
        }
        for (size_t count = 0; count <= MOST; count += 25) postings(level, count);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) dots(sizes[i]);
    // Products, GELU, layer norm and attention.
    expect(kernels_level_agrees(KERNELS_PORTABLE), "kernels_level_agrees, portable", 0, 0);
    expect(kernels_level_agrees(KERNELS_EMULATED), "kernels_level_agrees, tiles in plain C", 0, 0);
    expect(tried > 0, "no level but the plain one was there to be tried", 0, 0);
    printf("%d levels of codes and postings, the best is %d; %d wrong\n", tried, codes_best_level(), wrong);
    return wrong != 0;
}
