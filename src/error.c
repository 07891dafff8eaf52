/*
 * Statuses and errors in words, and the library's version. Numbers are written here without printf, so that neither the
 * locale nor a small C library's missing formats can change a result. No JSON.
 */
#include "error.h"
#include "usage.h"

const char *tokusage_version(void) {
    return TOKUSAGE_VERSION;
}

static const char *const status_texts[] = {
    [TOKUSAGE_OK] = "no error",
    [TOKUSAGE_ERR_ARGUMENT] = "bad argument",
    [TOKUSAGE_ERR_MEMORY] = "out of memory",
    [TOKUSAGE_ERR_SPACE] = "does not fit",
    [TOKUSAGE_ERR_SYNTAX] = "not JSON",
    [TOKUSAGE_ERR_DEPTH] = "nested too deep",
    [TOKUSAGE_ERR_NOT_FOUND] = "missing or null",
    [TOKUSAGE_ERR_TYPE] = "wrong type",
    [TOKUSAGE_ERR_INTEGER] = "not a whole number",
    [TOKUSAGE_ERR_RANGE] = "out of range",
    [TOKUSAGE_ERR_DUPLICATE] = "given twice",
    [TOKUSAGE_ERR_TOTAL] = "contradicts its parts",
    [TOKUSAGE_ERR_PART] = "larger than its whole",
};

const char *tokusage_status_text(tokusage_status status) {
    const size_t count = sizeof status_texts / sizeof *status_texts;
    return (size_t)status < count ? status_texts[(size_t)status] : "unknown";
}

tokusage_status tokusage_fail_sum(tokusage_error *error, tokusage_status status, size_t member, int64_t expected,
                                  int64_t actual) {
    if (error) {
        *error = (tokusage_error){
            .status = status, .member = tokusage_member_name(member), .expected = expected, .actual = actual};
    }
    return status;
}

tokusage_status tokusage_fail(tokusage_error *error, tokusage_status status, size_t member) {
    return tokusage_fail_sum(error, status, member, 0, 0);
}

tokusage_status tokusage_succeed(tokusage_error *error) {
    return tokusage_fail(error, TOKUSAGE_OK, TOKUSAGE_NO_MEMBER);
}

tokusage_status tokusage_fail_at(tokusage_error *error, tokusage_status status, size_t offset) {
    if (error) {
        *error = (tokusage_error){.status = status, .offset = offset};
    }
    return status;
}

static size_t write_digits(uint64_t value, char *text) {
    char reversed[TOKUSAGE_DECIMAL_SIZE];
    size_t length = 0;
    do {
        reversed[length++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < length; i++) {
        text[i] = reversed[length - 1 - i];
    }
    text[length] = '\0';
    return length;
}

size_t tokusage_decimal(int64_t value, char text[TOKUSAGE_DECIMAL_SIZE]) {
    if (value >= 0) {
        return write_digits((uint64_t)value, text);
    }
    text[0] = '-';
    return 1 + write_digits(UINT64_C(0) - (uint64_t)value, text + 1);
}

/* A line that is being written into a buffer that may be too small; `length` counts all of it. */
typedef struct line {
    char *buffer;
    size_t size;
    size_t length;
} line;

static void add_text(line *to, const char *text) {
    for (; *text; text++) {
        if (to->length < to->size) {
            to->buffer[to->length] = *text;
        }
        to->length++;
    }
}

static void add_number(line *to, const char *before, int64_t value) {
    char digits[TOKUSAGE_DECIMAL_SIZE];
    tokusage_decimal(value, digits);
    add_text(to, before);
    add_text(to, digits);
}

static void add_offset(line *to, size_t offset) {
    char digits[TOKUSAGE_DECIMAL_SIZE];
    write_digits(offset, digits);
    add_text(to, " at byte ");
    add_text(to, digits);
}

size_t tokusage_error_text(const tokusage_error *error, char *buffer, size_t size) {
    const tokusage_status status = error ? error->status : TOKUSAGE_ERR_ARGUMENT;
    const size_t room = buffer ? size : 0;
    line to = {.buffer = buffer, .size = room};
    if (error && error->member) {
        add_text(&to, error->member);
        add_text(&to, ": ");
    }
    add_text(&to, tokusage_status_text(status));
    if (status == TOKUSAGE_ERR_SYNTAX || status == TOKUSAGE_ERR_DEPTH) {
        add_offset(&to, error->offset);
    }
    if (status == TOKUSAGE_ERR_TOTAL) {
        add_number(&to, ": they say ", error->expected);
        add_number(&to, ", it says ", error->actual);
    }
    if (status == TOKUSAGE_ERR_PART) {
        add_number(&to, ": it says ", error->actual);
        add_number(&to, ", the whole is ", error->expected);
    }
    if (room > 0) {
        buffer[to.length < room ? to.length : room - 1] = '\0';
    }
    return to.length;
}
