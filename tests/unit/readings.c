/* Texts and the answers; see readings.h. */
#include "readings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "reference.h"

#define MARK "\xEF\xBB\xBF"

bool same_verdict(const verdict *a, const verdict *b) {
    bool same_member = a->member == b->member || (a->member && b->member && strcmp(a->member, b->member) == 0);
    return a->status == b->status && same_member && a->offset == b->offset &&
           (a->status != TOKUSAGE_OK || memcmp(a->counts, b->counts, sizeof a->counts) == 0);
}

/* ------------------------------------------------------------------------------------------------- in pieces */

void pieces_begin(pieces *in, const char *pointer, tokusage_reading_mode mode) {
    spoil(in, sizeof *in);
    in->at = 0;
    in->status = TOKUSAGE_OK;
    tokusage_reading_begin(&in->reading, pointer, mode, in->models);
    tokusage_scan_begin(&in->scan);
}

/* How many bytes of white space the bytes begin with. */
static size_t white_length(const char *bytes, size_t length) {
    size_t white = 0;
    while (white < length && bytes[white] != '\0' && strchr(" \t\r\n", bytes[white]) != NULL) {
        white++;
    }
    return white;
}

void pieces_feed(pieces *in, const char *bytes, size_t length) {
    if (in->status != TOKUSAGE_OK) {
        return;
    }
    const char *copy = against_the_end(bytes, length);
    in->reading.models = in->models; /* it may be a copy */
    size_t used = tokusage_scan_feed(&in->scan, &in->reading, copy, length, false);
    assert_true(used <= length);
    in->at += used;
    if (tokusage_scan_open(&in->scan)) {
        assert_int_equal(used, length);
        return;
    }
    if (in->scan.state == SCAN_CLOSED) {
        const size_t white = white_length(copy + used, length - used);
        in->at += white;
        in->status = used + white < length ? TOKUSAGE_ERR_SYNTAX : TOKUSAGE_OK;
        return;
    }
    in->status = in->scan.state == SCAN_TOO_DEEP ? TOKUSAGE_ERR_DEPTH : TOKUSAGE_ERR_SYNTAX;
}

void pieces_end(pieces *in) {
    if (in->status != TOKUSAGE_OK) {
        return;
    }
    tokusage_scan_end(&in->scan, &in->reading);
    assert_false(tokusage_scan_open(&in->scan));
    in->status = in->scan.state == SCAN_CLOSED ? TOKUSAGE_OK : TOKUSAGE_ERR_SYNTAX;
}

static tokusage_status answer_of(const pieces *in, tokusage *usage, tokusage_error *error) {
    if (in->status != TOKUSAGE_OK) {
        return tokusage_fail_at(error, in->status, in->at);
    }
    if (in->reading.twice) {
        return tokusage_fail(error, TOKUSAGE_ERR_DUPLICATE, TOKUSAGE_OBJECT);
    }
    const tokusage_slots *const slots = tokusage_reading_slots(&in->reading);
    if (slots == NULL) {
        return tokusage_fail(error, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_OBJECT);
    }
    return tokusage_slots_usage(slots, usage, error);
}

void expect_pieces(const char *what, const pieces *in, const verdict *want) {
    tokusage usage;
    tokusage_error error;
    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    const tokusage_status status = answer_of(in, &usage, &error);
    expect_verdict(what, want, status, &error, &usage);
}

void expect_every_cut(const char *what, const char *pointer, const char *bytes, size_t length, const verdict *want) {
    char label[700];
    pieces in;
    const char *const where = pointer != NULL ? pointer : "NULL";
    pieces_begin(&in, pointer, READ_TEXT);
    for (size_t i = 0; i < length; i++) {
        pieces_feed(&in, bytes + i, 1);
    }
    pieces_end(&in);
    (void)snprintf(label, sizeof label, "%s, byte by byte: %s in %s", what, where, shown(bytes, length));
    expect_pieces(label, &in, want);

    const size_t stride = length <= 4096 ? 1 : length / 16;
    for (size_t cut = 0; cut <= length; cut += stride) {
        pieces_begin(&in, pointer, READ_TEXT);
        pieces_feed(&in, bytes, cut);
        pieces_feed(&in, bytes + cut, length - cut);
        pieces_end(&in);
        (void)snprintf(label, sizeof label, "%s, cut at %zu: %s in %s", what, cut, where, shown(bytes, length));
        expect_pieces(label, &in, want);
    }
}

/* ---------------------------------------------------------------------------------------------------- whole */

/* Behind something that may come first every answer is the same, except the offset. */
static void expect_behind(const char *first, const reading_case *one) {
    size_t shift = strlen(first);
    char *longer = malloc(shift + one->json.length);
    assert_non_null(longer);
    memcpy(longer, first, shift);
    memcpy(longer + shift, one->json.bytes, one->json.length);
    verdict want = one->want;
    if (want.status == TOKUSAGE_ERR_SYNTAX || want.status == TOKUSAGE_ERR_DEPTH) {
        want.offset += shift;
    }
    expect_extract(one->what, one->pointer, longer, shift + one->json.length, &want);
    free(longer);
}

static size_t mark_length(const char *bytes, size_t length) {
    return length >= 3 && memcmp(bytes, MARK, 3) == 0 ? 3 : 0;
}

/* What find must answer. */
static tokusage_status found_status(const reference_place *place) {
    if (place->status != TOKUSAGE_OK) {
        return place->status;
    }
    if (place->duplicate) {
        return TOKUSAGE_ERR_DUPLICATE;
    }
    return place->found ? TOKUSAGE_OK : TOKUSAGE_ERR_NOT_FOUND;
}

/* Calls tokusage_find on a copy of the text. */
static void expect_found(const char *what, const char *pointer, const char *copy, size_t length,
                         const reference_place *place) {
    const tokusage_status want = found_status(place);
    const size_t mark = mark_length(copy, length);
    const size_t offset = place->status != TOKUSAGE_OK ? place->offset + mark : 0;
    const char *value = what;
    size_t value_length = 77;
    tokusage_error error;
    spoil(&error, sizeof error);
    tokusage_status status = tokusage_find(copy, length, pointer, &value, &value_length, &error);
    if (status != want || error.status != want || error.member != NULL || error.expected != 0 || error.actual != 0 ||
        error.offset != offset) {
        fail_msg("%s: find says '%s' (%zu) for '%s' (%zu), %s in %s", what, tokusage_status_text(status), error.offset,
                 tokusage_status_text(want), offset, pointer, shown(copy, length));
    }
    if (status != TOKUSAGE_OK) {
        assert_ptr_equal(value, what);
        assert_int_equal(value_length, 77);
    } else if (value != copy + mark + place->begin || value_length != place->end - place->begin) {
        fail_msg("%s: find gives %zu bytes from %td on for %zu to %zu, %s in %s", what, value_length, value - copy,
                 mark + place->begin, mark + place->end, pointer, shown(copy, length));
    }
}

void expect_find(const char *what, const char *pointer, const char *bytes, size_t length) {
    const size_t mark = mark_length(bytes, length);
    const reference_place place = reference_find(pointer, bytes + mark, length - mark);
    expect_found(what, pointer, against_the_end(bytes, length), length, &place);
    expect_found(what, pointer, against_the_beginning(bytes, length), length, &place);
}

void expect_reading(const reading_case *one) {
    verdict second = reference_extract(one->pointer, one->json.bytes, one->json.length);
    if (!same_verdict(&second, &one->want)) {
        fail_msg("the table and the reference disagree about %s: %s: '%s' and '%s'", one->what,
                 shown(one->json.bytes, one->json.length), tokusage_status_text(one->want.status),
                 tokusage_status_text(second.status));
    }
    expect_extract(one->what, one->pointer, one->json.bytes, one->json.length, &one->want);
    expect_find(one->what, one->pointer != NULL ? one->pointer : "/usage", one->json.bytes, one->json.length);
    if (one->json.length > 0 && one->json.bytes[0] == MARK[0]) {
        return; /* it begins with a mark of its own */
    }
    expect_behind(MARK, one);
    expect_behind(MARK " \n", one);
    expect_behind(" \t\r\n", one);
    expect_every_cut(one->what, one->pointer, one->json.bytes, one->json.length, &one->want);
}

void expect_readings(const reading_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_reading(&cases[i]);
    }
}

void add(builder *to, size_t times, const char *part) {
    size_t length = strlen(part);
    for (size_t i = 0; i < times; i++) {
        assert_true(to->used + length <= to->size);
        memcpy(to->text + to->used, part, length);
        to->used += length;
    }
}
