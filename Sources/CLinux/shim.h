#ifndef GEPETO_CLINUX_SHIM_H
#define GEPETO_CLINUX_SHIM_H
// What Swift's Glibc module leaves out.
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

// `accept4` is declared for _GNU_SOURCE only.
int accept4(int, struct sockaddr *, socklen_t *, int);

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
#endif
