// The hot loops: arithmetic over floats, and nothing else.
//
// Each loop is compiled for several instruction sets ("levels") from one source and chosen at run time; beside it
// stands its plain twin of the same meaning, an ordinary loop against which the tests hold every level. Nothing here
// allocates, locks or keeps state, so all of it may be called from any number of threads at once. Buffers need no
// more than the alignment of a float unless said otherwise, and must not overlap unless said otherwise.
#ifndef GEPETO_KERNELS_H
#define GEPETO_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Instruction sets, from the one that always works upwards.
enum {
    KERNELS_PORTABLE = 0, // four floats at a time: SSE2, NEON
    KERNELS_AVX2 = 1,     // AVX2 and FMA
    KERNELS_AVX512 = 2,   // AVX-512 F, BW, DQ, VL
};

// The best level of this processor and operating system. Every level up to it may be asked for; a function that gets
// a higher one uses the best.
int kernels_best_level(void);

// Vector scan: scores[i] = query . rows[i] for `count` rows of `dimension` floats each, one after another.
// Reads query[0, dimension) and rows[0, count * dimension), writes scores[0, count). Zero counts are fine.
// The sum runs in another order at each level: scores agree with the twin to about dimension * 6e-8 relative to
// |query| * |row|. The level is this processor's best.
void kernels_dot_scan(const float *query, const float *rows, size_t count, size_t dimension, float *scores);
// The same at a chosen level.
void kernels_dot_scan_at(int level, const float *query, const float *rows, size_t count, size_t dimension,
                         float *scores);
void kernels_dot_scan_plain(const float *query, const float *rows, size_t count, size_t dimension, float *scores);

#endif
