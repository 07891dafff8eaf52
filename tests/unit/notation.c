/* Usages and errors as words; see notation.h. */
#include "notation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINES = 64,
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

size_t words_in(const char *words) {
    size_t count = 1;
    for (; *words != '\0'; words++) {
        count += *words == ' ';
    }
    return count;
}

const char *word_in(const char *words, size_t number) {
    for (; number > 0; number--) {
        words += strcspn(words, " ") + 1;
    }
    return line_of("%.*s", (int)strcspn(words, " "), words);
}

void expect_words(const char *what, const char *want, const char *got) {
    if (strcmp(want, got) != 0) {
        fail_msg("%s: expected '%s', got '%s'", what, want, got);
    }
}

/* ---------------------------------------------------------------------------------------------- numbers, names */

#define MAX TOKUSAGE_COUNT_MAX

enum {
    NUMBER = 24 /* the most bytes of a number in words */
};

/* Writes the words of a number; returns how many bytes. By hand, as most of what the tests print is compared, often. */
static size_t put_number(char *to, int64_t number) {
    char digits[NUMBER];
    size_t count = 0;
    if (number == MAX || number == 2 * MAX) {
        return (size_t)snprintf(to, NUMBER, "%s", number == MAX ? "MAX" : "2MAX");
    }
    if (number < 0 || (number >= MAX - 9 && number <= MAX + 9)) {
        return (size_t)snprintf(to, NUMBER, number < 0 ? "%lld" : "MAX%+lld",
                                (long long)(number < 0 ? number : number - MAX));
    }
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    for (size_t i = 0; i < count; i++) {
        to[i] = digits[count - 1 - i];
    }
    to[count] = '\0';
    return count;
}

const char *number_words(int64_t number) {
    char *const line = next_line();
    (void)put_number(line, number);
    return line;
}

static int64_t number_in(const char *word) {
    char *end = NULL;
    int64_t number = strtoll(word, &end, 10);
    if (strncmp(end, "MAX", 3) == 0) {
        number = (end > word ? number : 1) * MAX;
        end += strlen("MAX");
        number += *end == '+' || *end == '-' ? strtoll(end, &end, 10) : 0;
    }
    if (*end != '\0' && *end != ' ') {
        fail_msg("not a number: %s", word);
    }
    return number;
}

static size_t put_text(char *to, const char *text, size_t length) {
    memcpy(to, text, length);
    to[length] = '\0';
    return length;
}

/* Writes a name without "_tokens". */
static size_t put_name(char *to, const char *member) {
    const size_t length = strlen(member), tail = strlen("_tokens");
    const bool whole = length < tail || memcmp(member + length - tail, "_tokens", tail) != 0;
    return put_text(to, member, whole ? length : length - tail);
}

const char *short_name(const char *member) {
    char *const line = next_line();
    (void)put_name(line, member != NULL ? member : "-");
    return line;
}

/* ------------------------------------------------------------------------------------------------------ usages */

size_t count_named(const char *word) {
    const size_t length = strcspn(word, " ");
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const char *const name = tokusage_count_name(i);
        if (strlen(name) == length + strlen("_tokens") && strncmp(name, word, length) == 0) {
            return i;
        }
    }
    fail_msg("no count: %s", word);
    return 0;
}

tokusage usage_in(const char *words) {
    tokusage usage;
    memset(&usage, 0, sizeof usage);
    while (*words != '\0') {
        const size_t length = strcspn(words, " ");
        tokusage_count *const count = tokusage_count_at(&usage, count_named(words));
        words += length;
        words += strspn(words, " ");
        count->present = true;
        count->value = number_in(words);
        words += strcspn(words, " ");
        words += strspn(words, " ");
    }
    return usage;
}

/* In both, `present` is read as a byte: one that was spoilt is no valid bool. */
bool same_counts(const tokusage *a, const tokusage *b) {
    tokusage copies[] = {*a, *b};
    bool same = true;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *const one = tokusage_count_at(&copies[0], i), *const other =
                                                                                tokusage_count_at(&copies[1], i);
        same = same && one->value == other->value && memcmp(&one->present, &other->present, 1) == 0;
    }
    return same;
}

/* An absent count must be 0. */
const char *usage_words(const tokusage *usage) {
    char *const line = next_line();
    tokusage copy = *usage;
    size_t used = 0;
    line[0] = '\0';
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *const count = tokusage_count_at(&copy, i);
        unsigned char present = 0;
        memcpy(&present, &count->present, 1);
        if (present != 0 || count->value != 0) {
            const char *const flag = present == 0 ? "absent:" : present > 1 ? "unset:" : "";
            used += put_text(line + used, " ", used > 0);
            used += put_text(line + used, flag, strlen(flag));
            used += put_name(line + used, tokusage_count_name(i));
            used += put_text(line + used, " ", 1);
            used += put_number(line + used, count->value);
        }
    }
    return line;
}

const char *in_order(const char *words) {
    const tokusage usage = usage_in(words);
    return usage_words(&usage);
}

/* ------------------------------------------------------------------------------------------------------ errors */

const char *error_words(const tokusage_error *error) {
    static const char *const statuses[] = {"OK",   "ARGUMENT", "MEMORY", "SPACE",     "SYNTAX", "DEPTH", "NOT_FOUND",
                                           "TYPE", "INTEGER",  "RANGE",  "DUPLICATE", "TOTAL",  "PART"};
    char *const line = next_line();
    const size_t status = (size_t)error->status;
    const char *const word = status < LENGTH(statuses) ? statuses[status] : "unset";
    size_t used = put_text(line, word, strlen(word));
    if (error->member != NULL && status < LENGTH(statuses)) {
        used += put_text(line + used, " ", 1);
        used += put_name(line + used, error->member);
    }
    if (error->offset > 0 || error->status == TOKUSAGE_ERR_SYNTAX || error->status == TOKUSAGE_ERR_DEPTH) {
        used += (size_t)snprintf(line + used, WIDTH - used, " @%zu", error->offset);
    }
    if (error->expected != 0 || error->actual != 0) {
        line[used++] = ' ';
        used += put_number(line + used, error->expected);
        line[used++] = ' ';
        (void)put_number(line + used, error->actual);
    }
    return line;
}
