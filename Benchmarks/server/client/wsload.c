/* A WebSocket client that costs little: one thread, epoll, frames read where they lie. Loopback only.

   wsload echo PORT PATH SOCKETS DEPTH SECONDS SIZE
       Keeps DEPTH messages of SIZE bytes under way on each socket. Prints one line of JSON: messages, seconds, the
       percentiles of the time there and back in microseconds, and how many sockets broke.

   wsload hold PORT PATH SOCKETS SPEAKERS
       Opens all sockets, at most 256 handshakes at a time. Prints {"open": n, "seconds": s}, then the session ids of the
       first SPEAKERS sockets, one a line, from their `connected` frames. Answers pings and reads what comes until a line
       arrives on standard input: `reset` forgets what was counted, `report` prints messages, bytes, the percentiles in
       microseconds between the moment that a message carries (`@` and nanoseconds of CLOCK_MONOTONIC) and now, and how
       many sockets broke; `end` or the end of the input ends it. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { OPENING, SPEAKING, BROKEN };
enum { ROOM = 4096, AT_ONCE = 256, MOST_SENT = 1 << 16 };

typedef struct {
    int fd, state, speaker;
    size_t used;   /* bytes of an unfinished frame or head, in `rest` */
    char *rest;    /* ROOM bytes, only while something is unfinished */
    int64_t *sent; /* echo: a ring of the moments of sending */
    uint32_t first, last;
} Socket;

static int epoll_fd, port, depth, speakers, opened, broken;
static int size_of_message;
static const char *path;
static Socket *sockets;
static int wanted, begun;
static uint64_t messages, bytes;
static char sessions[2000][64];
static int sessions_known;

/* Times in a histogram of 1/16 octave; `slots[i]` holds values around 2^(i/16) microseconds. */
static uint64_t slots[64 * 16];

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void note(int64_t nanoseconds) {
    uint64_t value = nanoseconds < 1000 ? 1000 : (uint64_t)nanoseconds;
    int top = 63 - __builtin_clzll(value);
    int slot = top * 16 + (int)(top >= 4 ? (value >> (top - 4)) & 15 : 0);
    slots[slot]++;
}

static double percentile(double share) {
    uint64_t total = 0, seen = 0;
    for (int i = 0; i < 64 * 16; i++) total += slots[i];
    for (int i = 0; i < 64 * 16; i++)
        if ((seen += slots[i]) > 0 && seen >= share * total)
            return ((uint64_t)1 << (i / 16)) * (1 + (i % 16 + 1) / 16.0) / 1000;
    return 0;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void begin(Socket *socket_) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (fd < 0) fail("socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    char head[512];
    int length = snprintf(head, sizeof head,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                          path, port);
    if (write(fd, head, length) != length) fail("write");
    fcntl(fd, F_SETFL, O_NONBLOCK);
    socket_->fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = socket_};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
    begun++;
}

static void break_off(Socket *socket_) {
    if (socket_->state == BROKEN) return;
    if (socket_->state == OPENING) opened++;
    socket_->state = BROKEN;
    close(socket_->fd);
    broken++;
}

/* Masked with zeros: legal, and nothing to compute. */
static size_t frame(char *out, int opcode, const char *body, size_t length) {
    size_t head = 2;
    out[0] = (char)(0x80 | opcode);
    if (length < 126) {
        out[1] = (char)(0x80 | length);
    } else {
        out[1] = (char)(0x80 | 126), out[2] = (char)(length >> 8), out[3] = (char)length, head = 4;
    }
    memset(out + head, 0, 4);
    memcpy(out + head + 4, body, length);
    return head + 4 + length;
}

static void put(Socket *socket_, const char *data, size_t length) {
    while (length > 0) {
        ssize_t count = write(socket_->fd, data, length);
        if (count < 0 && errno == EAGAIN) {
            usleep(100);
            continue;
        }
        if (count <= 0) return break_off(socket_);
        data += count, length -= count;
    }
}

static void send_echoes(Socket *socket_, int count) {
    static char text[MOST_SENT], out[MOST_SENT];
    size_t length = 0;
    memset(text, 'x', size_of_message);
    for (int i = 0; i < count; i++) {
        socket_->sent[socket_->last++ % depth] = now();
        length += frame(out + length, 1, text, size_of_message);
    }
    put(socket_, out, length);
}

static void take(Socket *socket_, int opcode, const char *body, size_t length, int *echoes) {
    char out[256];
    if (opcode == 8) return break_off(socket_);
    if (opcode == 9) return put(socket_, out, frame(out, 10, body, length < 126 ? length : 0));
    if (opcode > 2) return;
    if (depth > 0) {
        messages++, bytes += length;
        note(now() - socket_->sent[socket_->first++ % depth]);
        ++*echoes;
        return;
    }
    if (socket_->speaker > 0 && !memmem(body, length, "message_delta", 13)) {
        const char *id = memmem(body, length, "\"sessionId\":\"", 13);
        if (id && sessions_known < 2000) {
            size_t most = length - (size_t)(id + 13 - body), n = 0;
            while (n < most && n < 63 && id[13 + n] != '"') n++;
            memcpy(sessions[sessions_known], id + 13, n);
            sessions[sessions_known++][n] = 0;
            socket_->speaker = 0;
        }
    }
    const char *stamp = memchr(body, '@', length);
    if (stamp) messages++, bytes += length, note(now() - strtoll(stamp + 1, NULL, 10));
}

/* Takes what is whole; returns how many bytes that was. */
static size_t take_whole(Socket *socket_, const char *data, size_t length, int *echoes) {
    size_t done = 0;
    if (socket_->state == OPENING) {
        const char *end = memmem(data, length, "\r\n\r\n", 4);
        if (!end) return 0;
        if (memcmp(data, "HTTP/1.1 101", 12) != 0) {
            fprintf(stderr, "refused: %.60s\n", data);
            break_off(socket_);
            return length;
        }
        socket_->state = SPEAKING, opened++;
        done = (size_t)(end + 4 - data);
        if (depth > 0) *echoes = depth;
    }
    while (socket_->state == SPEAKING && length - done >= 2) {
        const unsigned char *at = (const unsigned char *)data + done;
        size_t body = at[1] & 127, head = 2;
        if (body == 126) {
            if (length - done < 4) break;
            body = (size_t)at[2] << 8 | at[3], head = 4;
        } else if (body == 127) {
            fprintf(stderr, "a longer frame than this client takes\n");
            exit(1);
        }
        if (length - done < head + body) break;
        take(socket_, at[0] & 15, data + done + head, body, echoes);
        done += head + body;
    }
    return done;
}

static void read_from(Socket *socket_) {
    static char buffer[1 << 17];
    size_t used = socket_->used;
    int echoes = 0;
    if (used) memcpy(buffer, socket_->rest, used);
    ssize_t count = read(socket_->fd, buffer + used, sizeof buffer - used);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return break_off(socket_);
    used += (size_t)count;
    size_t done = take_whole(socket_, buffer, used, &echoes);
    if (echoes > 0 && socket_->state == SPEAKING) send_echoes(socket_, echoes);
    socket_->used = used - done;
    if (socket_->used > ROOM) exit(1);
    if (socket_->used && !socket_->rest) socket_->rest = malloc(ROOM);
    if (socket_->used) memcpy(socket_->rest, buffer + done, socket_->used);
    if (!socket_->used) free(socket_->rest), socket_->rest = NULL;
}

static void poll_sockets(int patience) {
    struct epoll_event events[512];
    int count = epoll_wait(epoll_fd, events, 512, patience);
    for (int i = 0; i < count; i++) {
        Socket *socket_ = events[i].data.ptr;
        if (socket_ && socket_->state != BROKEN) read_from(socket_);
    }
}

static void open_all(void) {
    sockets = calloc(wanted, sizeof *sockets);
    while (opened < wanted) {
        while (begun < wanted && begun - opened < AT_ONCE) {
            Socket *next = &sockets[begun];
            next->speaker = begun < speakers;
            if (depth > 0) next->sent = calloc(depth, sizeof *next->sent);
            begin(next);
        }
        poll_sockets(100);
    }
}

static void report(double seconds) {
    printf("{\"messages\": %lu, \"bytes\": %lu, \"seconds\": %.3f, \"p50\": %.0f, \"p99\": %.0f, \"p999\": %.0f, "
           "\"broken\": %d}\n",
           messages, bytes, seconds, percentile(.5), percentile(.99), percentile(.999), broken);
    fflush(stdout);
}

static void forget(void) {
    messages = bytes = 0;
    memset(slots, 0, sizeof slots);
}

static void hold(void) {
    int64_t start = now();
    open_all();
    while (sessions_known < speakers && broken == 0) poll_sockets(100);
    printf("{\"open\": %d, \"seconds\": %.2f}\n", opened - broken, (now() - start) / 1e9);
    for (int i = 0; i < sessions_known; i++) puts(sessions[i]);
    fflush(stdout);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &event);
    fcntl(0, F_SETFL, O_NONBLOCK);
    start = now();
    for (;;) {
        char line[64];
        poll_sockets(100);
        ssize_t count = read(0, line, sizeof line - 1);
        if (count == 0 || (count > 0 && strncmp(line, "end", 3) == 0)) return;
        if (count > 0 && strncmp(line, "reset", 5) == 0) forget(), start = now();
        if (count > 0 && strncmp(line, "report", 6) == 0) report((now() - start) / 1e9);
    }
}

int main(int count, char **words) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (count < 6) return fprintf(stderr, "see the head of wsload.c\n"), 2;
    epoll_fd = epoll_create1(0);
    port = atoi(words[2]), path = words[3], wanted = atoi(words[4]);
    if (strcmp(words[1], "hold") == 0) {
        speakers = atoi(words[5]);
        if (speakers > 2000) return 2;
        hold();
        return 0;
    }
    if (count < 8) return 2;
    depth = atoi(words[5]), size_of_message = atoi(words[7]);
    if (depth < 1 || size_of_message < 1 || (size_of_message + 8) * depth > MOST_SENT) return 2;
    open_all();
    forget();
    int64_t start = now(), end = start + (int64_t)(atof(words[6]) * 1e9);
    while (now() < end) poll_sockets(100);
    report((now() - start) / 1e9);
    return 0;
}
