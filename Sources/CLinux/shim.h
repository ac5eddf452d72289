#ifndef GEPETO_CLINUX_SHIM_H
#define GEPETO_CLINUX_SHIM_H
// What Swift's Glibc module leaves out.
#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

// `accept4` is declared for _GNU_SOURCE only.
int accept4(int, struct sockaddr *, socklen_t *, int);

// The soft limit on another process's address space; the hard one stays. 0, or -1 (see errno). With a structure of its own
// (prlimit64 of man 2 getrlimit), for <sys/resource.h> included here would hide its constants from whoever imports Glibc.
static inline int gepeto_limit_memory(pid_t process, uint64_t bytes) {
    struct { uint64_t current, most; } limit;
    const int address_space = 9; // RLIMIT_AS, the same on x86_64 and aarch64
    if (syscall(SYS_prlimit64, process, address_space, (void *)0, &limit) != 0) return -1;
    if (limit.current <= bytes) return 0;
    limit.current = bytes;
    return (int)syscall(SYS_prlimit64, process, address_space, &limit, (void *)0);
}

// `struct epoll_event` is packed and holds a union; Swift reads these plain fields instead.
struct gepeto_ready {
    uint64_t token;
    uint32_t events;
};

// EPOLL* are constants of an enum type, which Swift would not let be combined.
enum {
    GEPETO_EPOLL_ADD = EPOLL_CTL_ADD,
    GEPETO_EPOLL_CHANGE = EPOLL_CTL_MOD,
    GEPETO_EPOLL_REMOVE = EPOLL_CTL_DEL,
};
static const uint32_t GEPETO_READABLE = EPOLLIN;
static const uint32_t GEPETO_WRITABLE = EPOLLOUT;
static const uint32_t GEPETO_PEER_SHUT = EPOLLRDHUP;
static const uint32_t GEPETO_HUNG_UP = EPOLLHUP;
static const uint32_t GEPETO_FAILED = EPOLLERR;
static const uint32_t GEPETO_EXCLUSIVE = 1u << 28;
static const uint32_t GEPETO_EDGE = 1u << 31;

static inline int gepeto_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int gepeto_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event;
    memset(&event, 0, sizeof event);
    event.events = events;
    event.data.u64 = token;
    return epoll_ctl(epoll, operation, descriptor, &event);
}

// At most 256 a call. An interrupted wait is a wait without events.
static inline int gepeto_epoll_wait(int epoll, struct gepeto_ready *ready, int capacity, int milliseconds) {
    struct epoll_event events[256];
    int count = epoll_wait(epoll, events, capacity < 256 ? capacity : 256, milliseconds);
    for (int i = 0; i < count; i++) {
        ready[i].token = events[i].data.u64;
        ready[i].events = events[i].events;
    }
    return count < 0 && errno == EINTR ? 0 : count;
}

static inline int gepeto_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

// -1 with errno when nobody waits. The new socket does not block and is not inherited by child processes.
static inline int gepeto_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static inline int gepeto_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

// What the sandbox is made of. These are declared for _GNU_SOURCE only.
int setresuid(uid_t, uid_t, uid_t);
int setresgid(gid_t, gid_t, gid_t);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int); // since glibc 2.34

// `prctl` and `syscall` are variadic, which Swift cannot call. Unused arguments of prctl must be zero.
static inline int gepeto_prctl(int option, unsigned long value) { return prctl(option, value, 0, 0, 0); }

// Of the calling thread only, as unshare(2) says.
static inline int gepeto_unshare(unsigned long flags) { return (int)syscall(SYS_unshare, flags); }

// For all threads of the process (TSYNC); -1 with errno, or the number of a thread that could not be brought in.
static inline int gepeto_seccomp(const struct sock_filter *program, unsigned short count) {
    struct sock_fprog whole = {count, (struct sock_filter *)program};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &whole);
}

// Gives up every capability, ambient ones too: capset(2), version 3, all sets empty.
static inline int gepeto_drop_capabilities(void) {
    struct { uint32_t version; int process; } header = {0x20080522, 0};
    struct { uint32_t effective, permitted, inheritable; } none[2] = {{0, 0, 0}, {0, 0, 0}};
    return (int)syscall(SYS_capset, &header, none);
}

// Landlock, by number because Debian 12's glibc has no names for it (444 to 446 on every architecture).
struct gepeto_landlock_rules {
    uint64_t files, network, scopes;
};
// The version of the interface, or -1 where the kernel has none or it is switched off.
static inline int gepeto_landlock_version(void) { return (int)syscall(444, 0, 0, 1); }
static inline int gepeto_landlock_create(const struct gepeto_landlock_rules *rules, size_t size) {
    return (int)syscall(444, rules, size, 0);
}
static inline int gepeto_landlock_allow(int ruleset, uint64_t access, int folder) {
    struct { uint64_t access; int32_t folder; } __attribute__((packed)) beneath = {access, folder};
    return (int)syscall(445, ruleset, 1, &beneath, 0);
}
static inline int gepeto_landlock_restrict(int ruleset) { return (int)syscall(446, ruleset, 0); }
#endif
