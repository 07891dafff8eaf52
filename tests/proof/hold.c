/*
 * A stream's own arithmetic, one piece from any state: how much of an event is held, in which room, and what is read again.
 * Lengths are those on both sides of every limit. The framing, the passing over and the scanner are stand-ins that do all
 * that their headers let them do, and use all the room they are given.
 */
#include "../../src/stream.c"

#include "proof.h"

enum {
    MAX = TOKUSAGE_STREAM_USAGE_MAX,
    ROOM = MAX * 2 + 8
};

static char piece[ROOM];
static bool calm; /* the framing finds data only, and the scanner nothing */

static bool maybe(void) {
    return !calm && Frama_C_interval(0, 1) != 0;
}

/* Any length up to this one, of those that matter: each is followed by itself. */
static size_t part_of(size_t length) {
    const size_t parts[] = {0, 1, HOLD_MIN, length / 2, length - MAX - 1, length - MAX, length - 1};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i] < length && Frama_C_interval(0, 1)) {
            return parts[i];
        }
    }
    return length;
}

/* ---- stand-ins */

bool tokusage_pointer_valid(const char *pointer) {
    (void)pointer;
    return true;
}

void tokusage_scan_begin(tokusage_scan *scan, const char *pointer) {
    (void)pointer;
    *scan = (tokusage_scan){.offset = 0};
}

static void keep_anything(tokusage_keep *keep) {
    keep->text[0] = Frama_C_char_interval(CHAR_MIN, CHAR_MAX);
    keep->text[keep->size - 1] = Frama_C_char_interval(CHAR_MIN, CHAR_MAX);
    keep->used = Frama_C_size_t_interval(0, SIZE_MAX);
}

size_t tokusage_scan_feed(tokusage_scan *scan, tokusage_keep *keep, const char *bytes, size_t length) {
    const size_t read = length > 1 && maybe() ? length / 2 : length;
    touch(bytes, length);
    keep_anything(keep);
    scan->offset += read;
    scan->found = maybe();
    scan->duplicate = maybe();
    scan->begin = maybe() ? read : 0;
    return read;
}

void tokusage_scan_end(tokusage_scan *scan, tokusage_keep *keep) {
    keep_anything(keep);
    scan->found = maybe();
}

tokusage_scan_result tokusage_scan_result_of(const tokusage_scan *scan) {
    const tokusage_scan_result results[] = {TOKUSAGE_SCAN_OPEN, TOKUSAGE_SCAN_CLOSED, TOKUSAGE_SCAN_SYNTAX};
    (void)scan;
    return results[calm ? 0 : Frama_C_interval(0, 2)];
}

tokusage_sse_token tokusage_sse_next(tokusage_sse *sse, const char *bytes, size_t length, size_t *at, size_t *begin) {
    const tokusage_sse_token found[] = {TOKUSAGE_SSE_MORE, TOKUSAGE_SSE_DATA, TOKUSAGE_SSE_BREAK, TOKUSAGE_SSE_EVENT};
    (void)sse;
    touch(bytes + *at, length - *at);
    *begin = *at;
    *at = length;
    return found[calm ? 1 : Frama_C_interval(0, 3)];
}

bool tokusage_sse_fresh(const tokusage_sse *sse) {
    (void)sse;
    return Frama_C_interval(0, 1) != 0;
}

void tokusage_sse_passed(tokusage_sse *sse) {
    (void)sse;
}

const char *tokusage_skip_name(const char *pointer) {
    return pointer;
}

size_t tokusage_skip(const char *bytes, size_t length, const char *name, bool *open) {
    (void)name;
    touch(bytes, length);
    const size_t passed = part_of(length);
    *open = passed < length && Frama_C_interval(0, 1) != 0;
    return passed;
}

tokusage_status tokusage_decode(const char *json, size_t length, tokusage *usage, tokusage_error *error) {
    (void)usage;
    (void)error;
    touch(json, length);
    return TOKUSAGE_OK;
}

/* ---- any state */

static void between_pieces(const tokusage_stream *stream) {
    if (stream->held >= MAX || stream->latest > 1 || stream->kind > SPOILED || stream->mark > NOT_DONE ||
        (stream->kind == UNKNOWN && stream->mark > TOKUSAGE_BYTE_ORDER_MARK_LENGTH) || stream->recall.text) {
        broken();
    }
}

static void feed(tokusage_stream *stream, size_t length) {
    tokusage usage;
    stream->reports = Frama_C_unsigned_long_long_interval(0, ULLONG_MAX);
    stream->counted = maybe();
    stream->used[0] = Frama_C_size_t_interval(0, SIZE_MAX);
    stream->used[1] = Frama_C_size_t_interval(0, SIZE_MAX);
    tokusage_stream_feed(stream, piece + (ROOM - length), length);
    between_pieces(stream);
    (void)tokusage_stream_usage(stream, &usage, NULL);
}

static const size_t lengths[] = {0, 1, HOLD_MIN - 1, HOLD_MIN, HOLD_MIN + 1, MAX - 1, MAX, MAX + 1, ROOM};

static void hold(size_t held, unsigned latest) {
    /*@ loop unroll 20; */
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        tokusage_stream stream = {
            .kind = EVENTS, .latest = (uint8_t)latest, .name = "u", .mark = NOT_DONE, .held = held};
        calm = true;
        feed(&stream, lengths[i]);
    }
}

static void read(unsigned kind, unsigned mark, unsigned latest) {
    /*@ loop unroll 20; */
    for (size_t length = 0; length <= 2; length++) {
        tokusage_stream stream = {.kind = (uint8_t)kind, .latest = (uint8_t)latest, .mark = (uint8_t)mark};
        calm = false;
        stream.running = maybe();
        any_bytes(piece + (ROOM - length), length);
        feed(&stream, length);
    }
}

int main(void) {
    static const size_t rooms[] = {0, 1, HOLD_MIN - 1, HOLD_MIN, MAX / 2, MAX - HOLD_MIN, MAX - 2, MAX - 1};
    /*@ loop unroll 20; */
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        hold(rooms[i], 0);
        hold(rooms[i], 1);
    }
    /*@ loop unroll 20; */
    for (unsigned mark = 0; mark <= NOT_DONE; mark++) {
        if (mark <= TOKUSAGE_BYTE_ORDER_MARK_LENGTH) {
            read(UNKNOWN, mark, mark & 1U);
        }
        read(EVENTS, mark, mark & 1U);
        read(TEXTS, mark, mark & 1U);
        read(SPOILED, mark, mark & 1U);
    }
    return 0;
}
