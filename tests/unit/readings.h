/*
 * Texts, where to look in them, and the answers: what the tests of whole texts share. Each case goes through extract
 * and find, and through the scanner in pieces, and is compared with the reference.
 */
#ifndef TOKUSAGE_TESTS_READINGS_H
#define TOKUSAGE_TESTS_READINGS_H

#include "scan.h"
#include "support.h"

/* A text, where to look in it, and the answer. */
typedef struct reading_case {
    const char *what, *pointer;
    span json;
    verdict want;
} reading_case;

bool same_verdict(const verdict *a, const verdict *b);

/* Fails the test unless extract, find, the scanner and the reference answer as the case says. */
void expect_reading(const reading_case *one);
void expect_readings(const reading_case *cases, size_t count);

/* The same for find alone, compared with the reference. */
void expect_find(const char *what, const char *pointer, const char *bytes, size_t length);

/* One text that the scanner reads in pieces; it must not begin with a byte-order mark. */
typedef struct pieces {
    tokusage_scan scan;
    tokusage_reading reading;
    tokusage_model models[2];
    size_t at;              /* bytes of the text that are read, white space behind it included */
    tokusage_status status; /* OK, SYNTAX or DEPTH; the byte is `at` */
} pieces;

void pieces_begin(pieces *in, const char *pointer, tokusage_reading_mode mode);

/* The next piece, at the edge of unreadable memory. */
void pieces_feed(pieces *in, const char *bytes, size_t length);

void pieces_end(pieces *in);

/* Fails the test unless the pieces say the same as `want`. */
void expect_pieces(const char *what, const pieces *in, const verdict *want);

/* Reads the text whole, byte by byte, and cut in two behind every byte (behind some bytes when it is large). */
void expect_every_cut(const char *what, const char *pointer, const char *bytes, size_t length, const verdict *want);

/* Text built of parts that are repeated. */
typedef struct builder {
    char *text;
    size_t used, size;
} builder;

void add(builder *to, size_t times, const char *part);

#endif
