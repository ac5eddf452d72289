// One-bit codes of vectors, from which their dot products with a query are estimated at a thirtieth of the memory.
//
// RaBitQ (Gao and Long, SIGMOD 2024, arXiv 2405.12497): the difference d of a vector to a centre is rotated at random and
// only the signs of its coordinates are kept, b in {-1, 1}^dimension. With the factor |d|^2 / |d|_1 the product of b with a
// rotated query estimates d . query without bias, with an error of about 0.75 |d| |query| / sqrt(dimension).
//
// A code is ceil(dimension / 8) bytes, the first coordinate in the lowest bit. Codes stand in groups of CODES_GROUP: the
// first bytes of all its codes, then the second bytes, and so on, so that a byte of 64 codes is one register of AVX-512,
// two of AVX2, four of NEON, and a nibble of each is looked up in a table of the query by one shuffle (André, Kermarrec and
// Le Scouarnec, "Cache locality is not enough", VLDB 2015). The last bits of a code beyond the dimension are zero.
//
// Nothing here allocates, locks or keeps state. Buffers of floats need the alignment of a float, all others none; they must
// not overlap, but for `along` and `scale` of a scan, which may be the same. No number leads to undefined behaviour, an
// infinity or a NaN included; estimates that are no number are never hits.
#ifndef GEPETO_CODES_H
#define GEPETO_CODES_H

#include <stddef.h>
#include <stdint.h>

// Instruction sets of the scan, and of postings.h. Each gives the same hits and the same estimates to the last bit.
enum {
    CODES_PLAIN = 0,  // ordinary loops: the twin against which the others are held
    CODES_NEON = 1,   // 64-bit ARM
    CODES_AVX2 = 2,   // AVX2
    CODES_AVX512 = 3, // AVX-512 F and BW
};

enum {
    CODES_GROUP = 64,
    // Sums of a whole code stay within sixteen bits.
    CODES_MAX_DIMENSION = 4096,
    CODES_ROUNDS = 4,
    // What `along` holds for a code that must never be a hit: minus infinity.
    CODES_NEVER = 0xff80,
};

// Whether this processor and operating system can run a level.
int codes_has_level(int level);
// The fastest of them.
int codes_best_level(void);

// Rotates x[dimension] in place by a product of CODES_ROUNDS reflections, Hadamard transforms and rotations by 45 degrees;
// lengths and products stay. signs[CODES_ROUNDS * dimension] are -1 or 1. dimension > 0.
void codes_rotate(float *x, size_t dimension, const float *signs);

// Writes the code of x[dimension] as number `lane` (below CODES_GROUP) of `group`, of which it touches no other lane.
// along = centre . (x - centre) and scale = |x - centre|^2 / |rotated (x - centre)|_1, both as bfloat16 in the processor's
// order of bytes, 0 where x is the centre. `scratch` has `dimension` floats.
void codes_encode(const float *x, const float *centre, const float *signs, size_t dimension, float *scratch,
                  uint8_t *group, size_t lane, void *along, void *scale);

size_t codes_table_bytes(size_t dimension);

// The tables of a query that was rotated like the codes, rounded to 4 bits a coordinate: for each nibble of a code, the
// part of the sum s that each of its 16 values stands for. Then b . query is about *step * (2 s - 15 * dimension).
// Writes table[codes_table_bytes(dimension)].
void codes_table(const float *rotated, size_t dimension, uint8_t *table, float *step);

// The codes among the first `count` (at most 65,536) whose estimate along + scale * (b . query) is above `threshold`, in
// their order, into slots and estimates; returns how many there are.
// Reads whole groups of `codes` and `count` numbers of two bytes each of `along` and `scale`; slots[count] and
// estimates[count] have the alignment of their elements. A level that the processor lacks runs as CODES_PLAIN.
size_t codes_scan(int level, const uint8_t *table, size_t dimension, float step, const uint8_t *codes, const void *along,
                  const void *scale, size_t count, float threshold, uint16_t *slots, float *estimates);

// Fine codes of the same rotated difference, for a second look at what a scan finds: four bits a coordinate, whose number u
// stands for (2 u - 15) steps (extended RaBitQ, Gao et al., SIGMOD 2025, arXiv 2409.09913, with one step size for a vector
// in place of a search for the best). An error is a seventh of that of one bit.

// Bytes of a fine code: byte i holds coordinate i in its low half, coordinate i + codes_fine_bytes in its high half.
size_t codes_fine_bytes(size_t dimension);

// Writes the fine code of rotated[dimension] into fine[codes_fine_bytes(dimension)], with v = 2 u - 15:
// *scale = |rotated|^2 / (v . rotated), so that scale * (v . query) estimates rotated . query without bias, and *error =
// |rotated - scale * v|, the length of what the estimate leaves out. All are 0 where `rotated` is.
void codes_fine_encode(const float *rotated, size_t dimension, uint8_t *fine, float *scale, float *error);

// Rounds rotated[dimension] to multiples of *step from -127 to 127 in query[2 * codes_fine_bytes(dimension)], in the order of
// the coordinates, and returns their sum.
int32_t codes_fine_query(const float *rotated, size_t dimension, int8_t *query, float *step);

// sums[i] = u . query for the code with number slots[i], each by itself: v . query is *step * (2 sum - 15 * sum of query).
// Reads codes_fine_bytes(dimension) bytes of each. Sums of CODES_MAX_DIMENSION coordinates stay within 23 bits.
void codes_fine_scan(int level, const int8_t *query, size_t dimension, const uint8_t *fine, const uint16_t *slots,
                     size_t count, int32_t *sums);

#endif
