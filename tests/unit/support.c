/*
 * What the test programs share; see support.h. Only this file uses what C does not have, for POSIX and for Windows:
 * memory protection, and making a locale.
 */
#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE

#include "support.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef _WIN32
#include <windows.h>
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

/* ------------------------------------------------------------------------------------------------- bytes */

enum {
    ROOM = 1 << 21 /* bytes between the unreadable pages; more than any document of the tests, and whole pages */
};

/* Makes the room, an unreadable page before it and one after it. */
static char *make_room(void) {
#ifdef _WIN32
    const size_t page = 4096;
    char *all = VirtualAlloc(NULL, ROOM + 2 * page, MEM_RESERVE, PAGE_NOACCESS);
    assert_non_null(all);
    assert_non_null(VirtualAlloc(all + page, ROOM, MEM_COMMIT, PAGE_READWRITE));
#else
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *all = mmap(NULL, ROOM + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(all != MAP_FAILED && ROOM % page == 0);
    assert_int_equal(mprotect(all + page, ROOM, PROT_READ | PROT_WRITE), 0);
#endif
    return all + page;
}

static char *room(void) {
    static char *begin = NULL;
    if (begin == NULL) {
        begin = make_room();
    }
    return begin;
}

const char *against_the_end(const char *bytes, size_t length) {
    assert_true(length <= ROOM);
    return memmove(room() + ROOM - length, bytes, length);
}

const char *against_the_beginning(const char *bytes, size_t length) {
    assert_true(length <= ROOM);
    return memmove(room(), bytes, length);
}

const char *shown(const char *bytes, size_t length) {
    enum {
        LINES = 8,
        WIDTH = 400
    };
    static char lines[LINES][WIDTH];
    static size_t next = 0;
    char *line = lines[next++ % LINES];
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (used > WIDTH - 32) {
            (void)snprintf(line + used, WIDTH - used, "... (%zu bytes)", length);
            return line;
        }
        if (byte < 0x20 || byte >= 0x7F) {
            used += (size_t)snprintf(line + used, WIDTH - used, "<%02X>", byte);
        } else {
            line[used++] = (char)byte;
        }
    }
    line[used] = '\0';
    return line;
}

span span_of(const char *string) {
    return (span){string, strlen(string)};
}

void add_bytes(builder *to, const void *bytes, size_t length) {
    if (length + 1 > to->size - to->length) {
        to->size = 2 * (to->size + length + 1);
        to->bytes = realloc(to->bytes, to->size);
        assert_non_null(to->bytes);
    }
    if (length > 0) {
        memcpy(to->bytes + to->length, bytes, length);
    }
    to->length += length;
    to->bytes[to->length] = '\0';
}

void add(builder *to, size_t times, const char *part) {
    for (size_t i = 0; i < times; i++) {
        add_bytes(to, part, strlen(part));
    }
}

void add_format(builder *to, const char *format, ...) {
    char line[4096];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    assert_true(length >= 0 && (size_t)length < sizeof line);
    add_bytes(to, line, (size_t)length);
}

span built(const builder *from) {
    return (span){from->bytes != NULL ? from->bytes : "", from->length};
}

/* ----------------------------------------------------------------------------------------------- outputs */

static tokusage_count count_of(int64_t value) {
    return (tokusage_count){value != ABSENT, value != ABSENT ? value : 0};
}

tokusage usage_of3(int64_t prompt, int64_t completion, int64_t total) {
    tokusage usage;
    memset(&usage, 0, sizeof usage);
    usage.prompt_tokens = count_of(prompt);
    usage.completion_tokens = count_of(completion);
    usage.total_tokens = count_of(total);
    return usage;
}

enum {
    SPOILT = 0x5A
};

void spoil(void *output, size_t size) {
    memset(output, SPOILT, size);
}

bool spoilt(const void *output, size_t size) {
    const unsigned char *bytes = output;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != SPOILT) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------------------------------------------ random */

static uint64_t random_state;

void random_seed_or(uint64_t seed) {
    const char *given = getenv("TOKUSAGE_SEED");
    random_state = given != NULL ? strtoull(given, NULL, 10) : seed;
    print_message("TOKUSAGE_SEED=%llu\n", (unsigned long long)random_state);
}

void random_seed(void) {
    random_seed_or((uint64_t)time(NULL));
}

size_t rounds(size_t usual) {
    const char *given = getenv("TOKUSAGE_EFFORT");
    const uint64_t percent = given != NULL ? strtoull(given, NULL, 10) : 100;
    const uint64_t count = usual * percent / 100;
    return count > 0 ? (size_t)count : 1;
}

size_t stride(void) {
    const size_t percent = rounds(100);
    return percent < 100 ? 1 + random_below(2 * (100 / percent) - 1) : 1;
}

/* SplitMix64: any seed will do. */
uint64_t random_bits(void) {
    random_state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t bits = random_state;
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94D049BB133111EB);
    return bits ^ (bits >> 31);
}

size_t random_below(size_t limit) {
    return (size_t)(random_bits() % limit);
}

/* ------------------------------------------------------------------------------------------------ locale */

static bool writes_commas(const char *name) {
    return setlocale(LC_ALL, name) != NULL && strcmp(localeconv()->decimal_point, ",") == 0;
}

#ifndef _WIN32

/* Makes a locale where the system has none: how numbers are written, and nothing else, so localedef ends in a warning. */
static bool make_comma_locale(void) {
    static const char numbers[] =
        "LC_NUMERIC\ndecimal_point \",\"\nthousands_sep \".\"\ngrouping 3;3\nEND LC_NUMERIC\n";
    char folder[] = "/tmp/tokusage-locale-XXXXXX";
    char command[200];
    if (mkdtemp(folder) == NULL) {
        return false;
    }
    (void)snprintf(command, sizeof command, "cd %s && echo '%s' >in && localedef -c -i ./in ./comma >/dev/null 2>&1",
                   folder, numbers);
    const bool made = setenv("LOCPATH", folder, 1) == 0 && system(command) != -1 && writes_commas("comma");
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 && made;
}

#else

static bool make_comma_locale(void) {
    return false;
}

#endif

bool comma_locale(void) {
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8",  "fr_FR.UTF-8",        "de_DE",
                                        "fr_FR",       "pl_PL.UTF-8", "German_Germany.1252"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (writes_commas(names[i])) {
            return true;
        }
    }
    const bool made = make_comma_locale();
    if (!made) {
        plain_locale();
    }
    return made;
}

void plain_locale(void) {
    (void)setlocale(LC_ALL, "C");
}
