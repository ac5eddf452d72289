// A wall clock that a test can set, for one process: preloaded, it adds the nanoseconds that stand in the file
// WALL_CLOCK_FILE (one signed 64-bit number, shared memory) to CLOCK_REALTIME. `wall_clock.py` compiles it and sets it.
//
// What a change of the machine's own clock leaves alone is left alone: monotonic clocks, their timers and every wait for
// a length of time. (libfaketime moves those as well: it shifts a timerfd of CLOCK_MONOTONIC with an absolute time, which
// is how libdispatch keeps all its timers.) No lock and no allocation: safe at any point of any thread.

#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <dlfcn.h>

static const int64_t second = 1000000000;
static _Atomic int64_t unmoved;
static _Atomic int64_t *wrong_by = &unmoved;
static int (*wait_until)(sem_t *, const struct timespec *);

__attribute__((constructor)) static void open_clock(void) {
    wait_until = (int (*)(sem_t *, const struct timespec *))dlsym(RTLD_NEXT, "sem_timedwait");
    const char *path = getenv("WALL_CLOCK_FILE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *memory = file < 0 ? MAP_FAILED : mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    // A check that believes to set a clock and does not would prove nothing.
    if (memory == MAP_FAILED || !wait_until) _exit(120);
    close(file);
    wrong_by = memory;
}

static struct timespec moved(struct timespec time, int64_t by) {
    int64_t nanoseconds = time.tv_nsec + by % second;
    time.tv_sec += by / second + (nanoseconds >= second) - (nanoseconds < 0);
    time.tv_nsec = (nanoseconds + second) % second;
    return time;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        *time = moved(*time, atomic_load_explicit(wrong_by, memory_order_relaxed));
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *time, int base) {
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

// Until a moment of the wall clock, made by whoever waits from the clock above; the kernel waits by its own. The only such
// wait in the program and its libraries (libdispatch's, of an idle thread); a length of time, so nothing is lost on it
// when the clock is set meanwhile.
int sem_timedwait(sem_t *semaphore, const struct timespec *end) {
    struct timespec real = moved(*end, -atomic_load_explicit(wrong_by, memory_order_relaxed));
    return wait_until(semaphore, &real);
}
