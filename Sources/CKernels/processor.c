// Which levels this processor and operating system have, and which of them is the best for the encoder.
#include "kernels.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

// XCR0 says which registers the operating system saves; bits 17 and 18 are the tiles' configuration and data.
static int saves_tiles(void) {
    unsigned low, high, a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 27)) return 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 3u << 17) == 3u << 17;
}

// CPUID says that the instructions are there, and the system lets this process use them. It has to be asked once
// (Linux, Documentation/arch/x86/xstate.rst); its answer holds for all threads.
static int may_use_tiles(void) {
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, TILE_DATA = 18 };
    unsigned a, b, c, d;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d & 1u << 24) || !(d & 1u << 22) || !saves_tiles()) return 0;
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, TILE_DATA) == 0;
}

static int has_tiles(void) {
    // 0 not known yet, 1 yes, 2 no. Two threads that ask at once find the same.
    static atomic_int known;
    int found = atomic_load(&known);
    if (found == 0) {
        found = may_use_tiles() ? 1 : 2;
        atomic_store(&known, found);
    }
    return found == 1;
}

static int has_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
           && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

// The compiler's run-time library asks cpuid and XCR0 once, before main.
int kernels_has_level(int level) {
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    switch (level) {
    case KERNELS_PORTABLE:
    case KERNELS_EMULATED: return 1;
    case KERNELS_AVX2: return avx2;
    case KERNELS_AVX512: return avx2 && has_avx512();
    case KERNELS_BF16: return avx2 && has_avx512() && __builtin_cpu_supports("avx512bf16");
    case KERNELS_AMX: return avx2 && has_avx512() && __builtin_cpu_supports("avx512bf16") && has_tiles();
    default: return 0;
    }
}

int kernels_best_level(void) {
    if (kernels_has_level(KERNELS_AMX) && kernels_level_agrees(KERNELS_AMX)) return KERNELS_AMX;
    // AMD's vdpbf16ps does twice the work of a multiply-add in the same time; Intel's takes several times as long.
    if (__builtin_cpu_is("amd") && kernels_has_level(KERNELS_BF16) && kernels_level_agrees(KERNELS_BF16))
        return KERNELS_BF16;
    for (int level = KERNELS_AVX512; level > KERNELS_PORTABLE; level--)
        if (kernels_has_level(level)) return level;
    return KERNELS_PORTABLE;
}
#else
int kernels_has_level(int level) { return level == KERNELS_PORTABLE || level == KERNELS_EMULATED; }
int kernels_best_level(void) { return KERNELS_PORTABLE; }
#endif
