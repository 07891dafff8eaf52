/*
 * The framing of server-sent events, one call from every state there is, so that by induction nothing that is read in
 * any number of chunks is undefined behaviour. `between_calls` says what holds between two calls, and each step is shown
 * to keep it; what is not said there is anything at all.
 */
#include "../../src/events.c"

#include "proof.h"

enum {
    CHUNK = 3
};

static char chunk[CHUNK];

static void between_calls(const tokusage_events *events) {
    if (events->state > LINE_OTHER || events->field >= FIELDS ||
        (events->state == LINE_FIELD && events->matched >= strlen(fields[events->field]))) {
        broken();
    }
}

/* The chunk's first byte is from `first` to `last`, the others are any. */
static void call_once(tokusage_events events, size_t length, char first, char last) {
    char *const bytes = chunk + (CHUNK - length);
    size_t at = 0;
    any_bytes(chunk, CHUNK);
    *bytes = Frama_C_char_interval(first, last);
    (void)tokusage_events_next(&events, bytes, length, &at);
    if (at > length) {
        broken();
    }
    between_calls(&events);
    if (tokusage_events_fresh(&events)) {
        tokusage_events_passed(&events);
        between_calls(&events);
    }
}

static void from_state(unsigned state, unsigned field, unsigned matched) {
    for (unsigned flags = 0; flags < 4; flags++) {
        const tokusage_events events = {.state = (uint8_t)state,
                                        .field = (uint8_t)field,
                                        .matched = (uint8_t)matched,
                                        .seen = Frama_C_interval(0, 1) != 0,
                                        .data = (flags & 1) != 0,
                                        .cr = (flags & 2) != 0};
        for (size_t length = 1; length <= CHUNK; length++) {
            call_once(events, length, CHAR_MIN, ' ' - 1);
            call_once(events, length, ' ', CHAR_MAX);
        }
    }
}

int main(void) {
    /*@ loop unroll 8; */
    for (unsigned field = 0; field < FIELDS; field++) {
        /*@ loop unroll 8; */
        for (unsigned matched = 0; matched < strlen(fields[field]); matched++) {
            from_state(LINE_FIELD, field, matched);
        }
    }
    for (unsigned state = LINE_DATA; state <= LINE_OTHER; state++) {
        from_state(state, Frama_C_unsigned_int_interval(0, FIELDS - 1), Frama_C_unsigned_int_interval(0, UINT8_MAX));
    }
    return 0;
}
