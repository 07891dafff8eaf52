/*
 * Text that grows: everything the program prints is put together here, in bytes and without the locale. What is
 * printed, and where to, is decided elsewhere.
 */
#ifndef USAGE_REPORT_TEXT_H
#define USAGE_REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero bytes are an empty text. */
typedef struct text {
    char *bytes;
    size_t used, room;
} text;

/* Ends the program with a message. */
void memory_failed(void);

/* realloc, except that a failure ends the program. */
void *memory_resize(void *memory, size_t size);

void text_free(text *to);
void text_clear(text *to);
void text_bytes(text *to, const char *bytes, size_t length);
void text_string(text *to, const char *string);
void text_byte(text *to, char byte);
void text_set(text *to, const char *bytes, size_t length);
bool text_equal(const text *one, const char *bytes, size_t length);

/* Of a value that is not negative: 1234567, and with digit groups 1,234,567. */
void text_number(text *to, int64_t value);
void text_grouped(text *to, int64_t value);

/*
 * The line of a message. Where a file is read in parts, how many lines come before a part is known only when the
 * message is printed: text_place then adds them.
 */
void text_line(text *to, uint64_t line);
void text_place(text *to, const char *bytes, size_t length, uint64_t lines_before);

/* The length of the UTF-8 character (RFC 3629) that the bytes begin with, and which it is; 0 when they begin with none. */
size_t utf8_span(const char *bytes, size_t length, uint32_t *code);

/*
 * The bytes as a line of a terminal can show them: what is no UTF-8 and control characters as \xNN, characters that
 * show nothing or turn the direction of what follows as \uNNNN. So no key and no file name can move the cursor,
 * change a colour, begin a line of its own or look like another.
 */
void text_safe(text *to, const char *bytes, size_t length);

/* How many columns a terminal shows the bytes in: two for East Asian wide characters and emoji, none for combining marks. */
size_t text_width(const char *bytes, size_t length);

/* A JSON string, quotes included; what is no UTF-8 becomes U+FFFD. */
void text_json(text *to, const char *bytes, size_t length);

/* What the inside of a JSON string stands for, in UTF-8; half of a surrogate pair and what is no UTF-8 become U+FFFD. */
void text_decode(text *to, const char *json, size_t length);

#endif
