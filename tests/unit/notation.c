/* Errors as words; see notation.h. */
#include "notation.h"

#include <stdio.h>
#include <string.h>

enum {
    LINES = 32,
    WIDTH = 1200
};

static char *next_line(void) {
    static char lines[LINES][WIDTH];
    static size_t next = 0;
    return lines[next++ % LINES];
}

const char *line_of(const char *format, ...) {
    char *const line = next_line();
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, WIDTH, format, arguments);
    va_end(arguments);
    return line;
}

void expect_words(const char *what, const char *want, const char *got) {
    if (strcmp(want, got) != 0) {
        fail_msg("%s: expected '%s', got '%s'", what, want, got);
    }
}

/* ---------------------------------------------------------------------------------------------- numbers, names */

#define MAX TOKUSAGE_COUNT_MAX

/* These two write into the line of their caller, and return how many bytes they wrote. */
static size_t put_number(char *to, size_t room, int64_t number) {
    if (number == 2 * MAX) {
        return (size_t)snprintf(to, room, "2MAX");
    }
    if (number == MAX) {
        return (size_t)snprintf(to, room, "MAX");
    }
    const bool near_max = number >= MAX - 9 && number <= MAX + 9;
    return near_max ? (size_t)snprintf(to, room, "MAX%+lld", (long long)(number - MAX))
                    : (size_t)snprintf(to, room, "%lld", (long long)number);
}

static size_t put_name(char *to, size_t room, const char *member) {
    const char *const tail = member != NULL ? strstr(member, "_tokens") : NULL;
    const size_t length = tail != NULL ? (size_t)(tail - member) : member != NULL ? strlen(member) : 1;
    return (size_t)snprintf(to, room, "%.*s", (int)length, member != NULL ? member : "-");
}

const char *number_words(int64_t number) {
    char *const line = next_line();
    put_number(line, WIDTH, number);
    return line;
}

const char *short_name(const char *member) {
    char *const line = next_line();
    put_name(line, WIDTH, member);
    return line;
}

/* ------------------------------------------------------------------------------------------------------ errors */

const char *error_words(const tokusage_error *error) {
    char *const line = next_line();
    const bool unset = (size_t)error->status > TOKUSAGE_ERR_PART;
    size_t used = (size_t)snprintf(line, WIDTH, "%s", unset ? "unset" : status_word(error->status));
    if (error->member != NULL && !unset) {
        line[used++] = ' ';
        used += put_name(line + used, WIDTH - used, error->member);
    }
    if (error->offset > 0 || error->status == TOKUSAGE_ERR_SYNTAX || error->status == TOKUSAGE_ERR_DEPTH) {
        used += (size_t)snprintf(line + used, WIDTH - used, " @%zu", error->offset);
    }
    if (error->expected != 0 || error->actual != 0) {
        line[used++] = ' ';
        used += put_number(line + used, WIDTH - used, error->expected);
        line[used++] = ' ';
        put_number(line + used, WIDTH - used, error->actual);
    }
    return line;
}
