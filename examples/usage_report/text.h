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

/* realloc, but for that it ends the program with a message when there is no memory. */
void *memory_resize(void *memory, size_t size);

void text_free(text *to);
void text_clear(text *to);
void text_bytes(text *to, const char *bytes, size_t length);
void text_string(text *to, const char *string);
void text_byte(text *to, char byte);

/* Of a value that is not negative: 1234567, and with digit groups 1,234,567. */
void text_number(text *to, int64_t value);
void text_grouped(text *to, int64_t value);

/* The length of the UTF-8 sequence (RFC 3629) that the bytes begin with; 0 when they begin with none. */
size_t utf8_span(const char *bytes, size_t length);

/*
 * The bytes as a line of a terminal can show them: control characters (and what is no UTF-8) as \xNN, so that no key
 * and no file name can move the cursor, change a colour or begin a line of its own.
 */
void text_safe(text *to, const char *bytes, size_t length);

/* A JSON string, quotes included; what is no UTF-8 becomes U+FFFD. */
void text_json(text *to, const char *bytes, size_t length);

/* What a JSON string stands for, in UTF-8; half of a surrogate pair and what is no UTF-8 become U+FFFD. */
void text_decode(text *to, const char *json, size_t length);

#endif
