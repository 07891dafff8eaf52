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

#include <cJSON.h>

/* ------------------------------------------------------------------------------------------------- texts */

enum {
    ROOM = 1 << 21 /* bytes between the unreadable pages; more than any text of the tests, and whole pages */
};

/* Makes the room, an unreadable page before it and one behind it. */
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

/* ---------------------------------------------------------------------------------------------- verdicts */

static tokusage_count count_of(int64_t value) {
    tokusage_count count = {value != ABSENT, value != ABSENT ? value : 0};
    return count;
}

tokusage usage_of6(int64_t prompt, int64_t completion, int64_t total, int64_t cached, int64_t cache_write,
                   int64_t reasoning) {
    tokusage usage;
    memset(&usage, 0, sizeof usage);
    usage.prompt_tokens = count_of(prompt);
    usage.completion_tokens = count_of(completion);
    usage.total_tokens = count_of(total);
    usage.cached_tokens = count_of(cached);
    usage.cache_write_tokens = count_of(cache_write);
    usage.reasoning_tokens = count_of(reasoning);
    return usage;
}

tokusage usage_of(int64_t prompt, int64_t completion, int64_t total) {
    return usage_of6(prompt, completion, total, ABSENT, ABSENT, ABSENT);
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

static const char *named(const char *member) {
    return member != NULL ? member : "no member";
}

static bool same_name(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The member as a byte of 0 or 1. It is read as a byte, because a spoilt one is not a valid bool. */
static bool count_is(const tokusage_count *count, const tokusage_count *want) {
    return memcmp(&count->present, &want->present, sizeof count->present) == 0 && count->value == want->value;
}

static bool usage_is(const tokusage *usage, const tokusage *want) {
    return count_is(&usage->prompt_tokens, &want->prompt_tokens) &&
           count_is(&usage->completion_tokens, &want->completion_tokens) &&
           count_is(&usage->total_tokens, &want->total_tokens) &&
           count_is(&usage->cached_tokens, &want->cached_tokens) &&
           count_is(&usage->cache_write_tokens, &want->cache_write_tokens) &&
           count_is(&usage->reasoning_tokens, &want->reasoning_tokens);
}

/* A count in words; valid until the next call for the same count. */
static const char *count_text(const tokusage_count *count, size_t place) {
    static char words[6][24];
    unsigned char present = 0;
    memcpy(&present, &count->present, 1);
    const char *form = present == 1 || count->value != 0 ? "%lld" : "-";
    if (present > 1) {
        form = "?%lld";
    }
    (void)snprintf(words[place], sizeof words[place], form, (long long)count->value);
    return words[place];
}

static const char *usage_text(const tokusage *usage) {
    static char lines[2][160];
    static size_t next = 0;
    char *line = lines[next++ % 2];
    (void)snprintf(line, sizeof lines[0], "%s %s %s (%s %s %s)", count_text(&usage->prompt_tokens, 0),
                   count_text(&usage->completion_tokens, 1), count_text(&usage->total_tokens, 2),
                   count_text(&usage->cached_tokens, 3), count_text(&usage->cache_write_tokens, 4),
                   count_text(&usage->reasoning_tokens, 5));
    return line;
}

static void expect_counts(const char *what, const tokusage *usage, const tokusage *want) {
    if (!usage_is(usage, want)) {
        fail_msg("%s: expected the counts %s, got %s", what, usage_text(want), usage_text(usage));
    }
}

void expect_verdict(const char *what, const verdict *want, tokusage_status status, const tokusage_error *error,
                    const tokusage *usage) {
    if (status != want->status) {
        fail_msg("%s: expected '%s' (%s, %zu), got '%s' (%s, %zu)", what, tokusage_status_text(want->status),
                 named(want->member), want->offset, tokusage_status_text(status),
                 error != NULL ? named(error->member) : "?", error != NULL ? error->offset : 0);
    }
    if (status != TOKUSAGE_OK && !spoilt(usage, sizeof *usage)) {
        fail_msg("%s: it failed ('%s'), but it wrote the usage", what, tokusage_status_text(status));
    }
    if (status == TOKUSAGE_OK) {
        const int64_t *counts = want->counts;
        const tokusage wanted = usage_of6(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
        expect_counts(what, usage, &wanted);
    }
    if (error == NULL) {
        return;
    }
    if (error->status != status || !same_name(error->member, want->member) || error->offset != want->offset ||
        error->expected != 0 || error->actual != 0) {
        fail_msg("%s: '%s' as expected, but with an error about %s at %zu in place of %s at %zu (or not zero)", what,
                 tokusage_status_text(status), named(error->member), error->offset, named(want->member), want->offset);
    }
}

void expect_error(const char *what, const tokusage_error *error, tokusage_status status, const char *member) {
    if (error->status != status || !same_name(error->member, member) || error->offset != 0 || error->expected != 0 ||
        error->actual != 0) {
        fail_msg("%s: expected the error '%s' about %s, got '%s' about %s, %zu, %lld, %lld", what,
                 tokusage_status_text(status), named(member), tokusage_status_text(error->status), named(error->member),
                 error->offset, (long long)error->expected, (long long)error->actual);
    }
}

void expect_extract(const char *what, const char *pointer, const char *bytes, size_t length, const verdict *want) {
    char label[700];
    (void)snprintf(label, sizeof label, "%s: %s in %s", what, pointer != NULL ? pointer : "NULL", shown(bytes, length));
    tokusage usage;
    tokusage_error error;

    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    tokusage_status status = tokusage_extract(against_the_end(bytes, length), length, pointer, &usage, &error);
    expect_verdict(label, want, status, &error, &usage);

    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    status = tokusage_extract(against_the_beginning(bytes, length), length, pointer, &usage, &error);
    expect_verdict(label, want, status, &error, &usage);

    spoil(&usage, sizeof usage);
    status = tokusage_extract(bytes, length, pointer, &usage, NULL);
    expect_verdict(label, want, status, NULL, &usage);

    if (pointer != NULL && pointer[0] == '\0') {
        spoil(&usage, sizeof usage);
        spoil(&error, sizeof error);
        status = tokusage_decode(against_the_end(bytes, length), length, &usage, &error);
        expect_verdict(label, want, status, &error, &usage);
    }
}

/* -------------------------------------------------------------------------------------------------- heap */

static struct {
    size_t calls, live, nth;
    bool onwards;
} heap;

static void *counting_malloc(size_t size) {
    size_t number = heap.calls++;
    if (number == heap.nth || (heap.onwards && number > heap.nth)) {
        return NULL;
    }
    void *block = malloc(size);
    assert_non_null(block);
    heap.live++;
    return block;
}

static void counting_free(void *block) {
    if (block != NULL) {
        heap.live--;
    }
    free(block);
}

int watch_heap(void **state) {
    (void)state;
    cJSON_Hooks hooks = {counting_malloc, counting_free};
    cJSON_InitHooks(&hooks);
    heap.live = 0;
    heap_fail(NEVER, false);
    return 0;
}

int unwatch_heap(void **state) {
    (void)state;
    cJSON_InitHooks(NULL);
    return heap.live == 0 ? 0 : -1;
}

void heap_fail(size_t nth, bool onwards) {
    heap.calls = 0;
    heap.nth = nth;
    heap.onwards = onwards;
}

size_t heap_calls(void) {
    return heap.calls;
}

size_t heap_live(void) {
    return heap.live;
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
