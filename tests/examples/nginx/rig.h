/*
 * What the upstream and the client of the nginx tests share: bytes that grow, sockets of this machine, and the clock.
 * Both are programs of a test, so they end with a sentence where memory or the system fails them.
 */
#ifndef TOKUSAGE_TESTS_NGINX_RIG_H
#define TOKUSAGE_TESTS_NGINX_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bytes {
    char *at; /* NULL at first; a NUL follows what is used */
    size_t used;
    size_t room;
} bytes;

void bytes_add(bytes *to, const void *from, size_t length);
void bytes_text(bytes *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bytes_drop_front(bytes *of, size_t length);
void bytes_free(bytes *what);

/* Adds what a file holds. False when it cannot be read. */
bool bytes_file(bytes *to, const char *path);

/* Adds the body of a chunked message that begins at `from`. Returns where its trailers begin (they end in a blank line, also
   when there are none), or 0 when the last chunk is not there yet. */
size_t bytes_dechunk(bytes *to, const char *from, size_t length);

/* Where the head's blank line ends, or 0. */
size_t head_length(const char *message, size_t length);

/* The value of a header as it is in the head (not NUL-terminated), or NULL. The name is written with its colon. */
const char *head_value(const char *head, const char *name, size_t *length);

/* Sockets that never block. The name is an absolute path, or 127.0.0.1:PORT. */
int listen_at(const char *name);
int connect_to(const char *name);
int accept_from(int listener);

/* As many open files as the system lets this process have. */
void allow_many_files(void);

int64_t now_in_ms(void);

/* Prints the sentence and ends the program with status 2. */
_Noreturn void stop(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
