/*
 * The text of a usage object, before cJSON: read at once when it is plain, else made ready so that every cJSON reads
 * the same from it. No cJSON and no allocation here.
 */
#ifndef TOKUSAGE_SRC_OBJECT_H
#define TOKUSAGE_SRC_OBJECT_H

#include "tokusage.h"

/*
 * Reads a text that is one plain object and white space around it: objects of strings without escapes, of literals, and
 * of numbers without exponent and with at most 16 digits on each side of the point; the counts null or plain digits.
 * Such a text is JSON, and cJSON would read the same from it. True: *usage is set. False: the text is something else,
 * or in error; *usage is as it was.
 */
bool tokusage_object_plain(const char *text, size_t length, tokusage *usage);

/* The room that the digest of a text may need; SIZE_MAX, which no allocation gives, when there cannot be as much. */
size_t tokusage_digest_room(size_t length);

/*
 * From an object that is JSON, writes to `digest` what cJSON must see of it: its own members, the names as they are,
 * and in place of each value one that every cJSON reads alike, whatever the locale and its number code: null for null;
 * for a number the plain digits, or -1 when it is out of range, or 5e-1 when it has a fraction; for all else true.
 * *length gets the length of the digest.
 *   SYNTAX  half of a surrogate pair as an escape, or U+0000 in a name of its own, with the offset of the escape
 *   RANGE   a number of more than TOKUSAGE_NUMBER_MAX characters (member "usage")
 */
tokusage_status tokusage_object_digest(const char *text, char *digest, size_t *length, tokusage_error *error);

#endif
