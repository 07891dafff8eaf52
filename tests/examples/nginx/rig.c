/* Bytes that grow, sockets and the clock; rig.h says what each does. */
#include "rig.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

_Noreturn void stop(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}

/* ---- bytes */

static void make_room(bytes *in, size_t length) {
    if (in->room - in->used > length) {
        return;
    }
    if (length > SIZE_MAX / 4 || in->used > SIZE_MAX / 4) {
        stop("too many bytes");
    }
    in->room = (in->used + length + 64) * 2;
    in->at = realloc(in->at, in->room);
    if (!in->at) {
        stop("no memory");
    }
}

void bytes_add(bytes *to, const void *from, size_t length) {
    make_room(to, length);
    if (length > 0) {
        memcpy(to->at + to->used, from, length);
    }
    to->used += length;
    to->at[to->used] = '\0';
}

void bytes_text(bytes *to, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof text) {
        stop("a text is too long");
    }
    bytes_add(to, text, (size_t)length);
}

void bytes_drop_front(bytes *of, size_t length) {
    of->used -= length;
    memmove(of->at, of->at + length, of->used + 1);
}

void bytes_free(bytes *what) {
    free(what->at);
    *what = (bytes){.at = NULL};
}

bool bytes_file(bytes *to, const char *path) {
    FILE *const file = fopen(path, "rb");
    if (!file) {
        return false;
    }
    char chunk[16384];
    size_t length;
    while ((length = fread(chunk, 1, sizeof chunk, file)) > 0) {
        bytes_add(to, chunk, length);
    }
    const bool read = !ferror(file);
    fclose(file);
    return read;
}

/* ---- messages */

size_t bytes_dechunk(bytes *to, const char *from, size_t length) {
    size_t at = 0;
    for (;;) {
        const char *const line_end = memchr(from + at, '\n', length - at);
        if (!line_end) {
            return 0;
        }
        const size_t size = strtoul(from + at, NULL, 16);
        at = (size_t)(line_end - from) + 1;
        if (size == 0) {
            return at;
        }
        if (size > length - at || length - at - size < 2) {
            bytes_add(to, from + at, size < length - at ? size : length - at);
            return 0;
        }
        bytes_add(to, from + at, size);
        at += size + 2;
    }
}

size_t head_length(const char *message, size_t length) {
    for (size_t at = 3; at < length; at++) {
        if (message[at] == '\n' && memcmp(message + at - 3, "\r\n\r", 3) == 0) {
            return at + 1;
        }
    }
    return 0;
}

const char *head_value(const char *head, const char *name, size_t *length) {
    const size_t name_length = strlen(name);
    const char *line = strstr(head, "\r\n");
    while (line && strncmp(line, "\r\n\r\n", 4) != 0) {
        line += 2;
        const char *const end = strstr(line, "\r\n");
        if (end && strncasecmp(line, name, name_length) == 0) {
            const char *const value = line + name_length + strspn(line + name_length, " ");
            *length = (size_t)(end - value);
            return value;
        }
        line = end;
    }
    return NULL;
}

/* ---- sockets */

typedef struct address {
    union {
        struct sockaddr any;
        struct sockaddr_un path;
        struct sockaddr_in port;
    } socket;
    socklen_t length;
} address;

static address address_of(const char *name) {
    address found = {.length = sizeof found.socket.path};
    if (name[0] != '/') {
        const char *const colon = strchr(name, ':');
        found.socket.port.sin_family = AF_INET;
        found.socket.port.sin_port = htons((uint16_t)strtoul(colon ? colon + 1 : name, NULL, 10));
        found.socket.port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        found.length = sizeof found.socket.port;
        return found;
    }
    found.socket.path.sun_family = AF_UNIX;
    if (strlen(name) >= sizeof found.socket.path.sun_path) {
        stop("the path of the socket is too long: %s", name);
    }
    memcpy(found.socket.path.sun_path, name, strlen(name) + 1);
    return found;
}

/* And no small write waits for the one before it to be acknowledged; a socket with a path knows no such thing. */
static void never_block(int fd) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
        stop("fcntl: %s", strerror(errno));
    }
}

int listen_at(const char *name) {
    const address at = address_of(name);
    const int on = 1;
    const int fd = socket(at.socket.any.sa_family, SOCK_STREAM, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, &at.socket.any, at.length) < 0 || listen(fd, 4096) < 0) {
        stop("cannot listen at %s: %s", name, strerror(errno));
    }
    never_block(fd);
    return fd;
}

int connect_to(const char *name) {
    const address at = address_of(name);
    const int fd = socket(at.socket.any.sa_family, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, &at.socket.any, at.length) < 0) {
        stop("cannot connect to %s: %s", name, strerror(errno));
    }
    never_block(fd);
    return fd;
}

int accept_from(int listener) {
    const int fd = accept(listener, NULL, NULL);
    if (fd >= 0) {
        never_block(fd);
    }
    return fd;
}

void allow_many_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int64_t now_in_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
