/*
 * A growing row of texts, and the small language in which they are described. bodies.c knows the services.
 *
 * In a template, ' is ", and $ begins what varies:
 *     $p $c $o $k $v $r   counts: prompt, completion, total, cached, written to a cache, reasoning
 *     $i                  the text's id: 24 hexadecimal digits, the same each time
 *     $sN                 words inside a JSON string, about N bytes (N/2 to 3N/2)
 *     $uN $yN             about N letters beyond ASCII: as \u escapes, as UTF-8
 *     $xN $bN             N hexadecimal digits; about N letters of base64
 *     $nN $dN $f          a whole number of up to N digits; N digits; a fraction
 *     $[N ... $]          about N times the part between, with commas between them
 */
#ifndef TOKUSAGE_BENCH_TEMPLATE_H
#define TOKUSAGE_BENCH_TEMPLATE_H

#include "bench.h"

typedef struct values {
    int64_t prompt, completion, total, cached, written, reasoning;
    char id[25];
} values;

void begin_texts(texts *made, uint64_t seed);
/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled" (2016). */
uint64_t chance(uint64_t below);
void seed_chance(uint64_t seed);
values some_values(const form *form);

void begin_text(texts *to);
void put_bytes(texts *to, const char *bytes, size_t length);
void put_template(texts *to, const char *template, const values *values);
/* Breaks the open text into lines, as a pretty-printer does. */
void indent_text(texts *to, size_t step);
/* Without a form, the text has no usage. */
void end_text(texts *to, const form *form, const values *values, uint64_t reports);

#endif
