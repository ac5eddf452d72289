// The chunks of a window of POSTINGS_WINDOW ids in a row whose BM25 scores reach a threshold.
//
// A run is what a term has in one window: ascending entries of two bytes, place << 5 | frequency - base - 1, where the place
// is the chunk's in the window and the frequency is from base + 1 to base + 32. An entry adds
// weight * frequency / (frequency + constant + per_word * length) to the score of its place (Robertson, Zaragoza 2009); all
// in double precision, rounded operation by operation, so that every level gives the same bits.
//
// Nothing here allocates, locks or keeps state. Whatever the entries are, no place is beyond the window. Buffers have the
// alignment of their elements and do not overlap. The levels are those of codes.h. One that the processor lacks
// runs as CODES_PLAIN, the twin against which the others are held; so does CODES_NEON, which every 64-bit ARM compiler makes of
// it. CODES_AVX512 runs as CODES_AVX2: vectors of 64 bytes were no quicker, for a search waits for memory most of all.
#ifndef GEPETO_POSTINGS_H
#define GEPETO_POSTINGS_H

#include <stddef.h>
#include <stdint.h>

enum {
    POSTINGS_WINDOW = 2048,
    // Bits of an entry that are its frequency's.
    POSTINGS_FREQUENCY_BITS = 5,
};

struct postings_run {
    const uint16_t *entries;
    size_t count;
    uint32_t base; // below 2^31 - 32
    double weight; // above 0
    double bound;  // no entry adds more
};

// lengths[POSTINGS_WINDOW]: the words of the window's chunks. The other numbers are not negative.
struct postings_norm {
    const uint16_t *lengths;
    double constant, per_word;
};

// What a search works with, of one thread at a time.
struct postings_space {
    double *sums;      // [POSTINGS_WINDOW], all 0 before and after a search
    uint16_t *touched; // [POSTINGS_WINDOW + 1]
    uint16_t *places;  // [POSTINGS_WINDOW]: what was found, in no order
    double *scores;    // [POSTINGS_WINDOW]: the scores of `places`
};

// The most that an entry of the run adds; 0 when there is none. `bound` is not looked at.
double postings_most(int level, struct postings_run run, struct postings_norm norm);

// Has the memory of runs[count] fetched, for a search that comes next.
void postings_prefetch(const struct postings_run *runs, size_t count);

// Finds the places whose scores, summed over runs[count], are at least `threshold`, and above 0; returns how many there are.
// The runs come by ascending bound: the first ones, as long as they cannot reach the threshold together, are only asked
// about places that the others hold (MaxScore: Turtle, Flood 1995). Sums in another order may differ in their last bits.
size_t postings_search(int level, const struct postings_run *runs, size_t count, struct postings_norm norm,
                       double threshold, struct postings_space space);

#endif
