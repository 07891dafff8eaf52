/* The framing of server-sent events, one call from every state there is; see number.c for how that proves all of it. */
#include "../../src/sse.c"

#include "proof.h"

enum {
    PIECE = 3
};

static char piece[PIECE];

static void between_calls(const tokusage_sse *sse) {
    if (sse->state > LINE_OTHER || (sse->state == LINE_START && sse->matched >= TOKUSAGE_BYTE_ORDER_MARK_LENGTH) ||
        (sse->state == LINE_FIELD && sse->matched >= FIELD_LENGTH)) {
        broken();
    }
}

/* One step of the loop over a piece's bytes: what is alike, a line end, or one byte. */
static void read_once(tokusage_sse sse, size_t length, char first, char last) {
    char *const bytes = piece + (PIECE - length);
    size_t at = 0;
    any_bytes(piece, PIECE);
    *bytes = Frama_C_char_interval(first, last);
    (void)read(&sse, bytes, length, &at);
    if (at > length) {
        broken();
    }
    between_calls(&sse);
}

static void call_once(tokusage_sse sse) {
    size_t at = 0;
    char byte = Frama_C_char_interval(CHAR_MIN, CHAR_MAX);
    (void)tokusage_sse_next(&sse, &byte, 1, &at);
    if (at > 1) {
        broken();
    }
    between_calls(&sse);
    if (tokusage_sse_fresh(&sse)) {
        tokusage_sse_passed(&sse);
        between_calls(&sse);
    }
    if (tokusage_sse_rest(&sse, &byte, Frama_C_unsigned_int_interval(0, 1)) > 1) {
        broken();
    }
    between_calls(&sse);
}

static void from_state(unsigned state, unsigned matched) {
    for (unsigned flags = 0; flags < 4; flags++) {
        const tokusage_sse sse = {
            .state = (uint8_t)state, .matched = (uint8_t)matched, .data = (flags & 1) != 0, .cr = (flags & 2) != 0};
        call_once(sse);
        for (size_t length = 1; length <= PIECE; length++) {
            read_once(sse, length, CHAR_MIN, ' ' - 1);
            read_once(sse, length, ' ', ' ');
            read_once(sse, length, ' ' + 1, CHAR_MAX);
        }
    }
}

int main(void) {
    for (unsigned matched = 0; matched < TOKUSAGE_BYTE_ORDER_MARK_LENGTH; matched++) {
        from_state(LINE_START, matched);
    }
    for (unsigned matched = 0; matched < FIELD_LENGTH; matched++) {
        from_state(LINE_FIELD, matched);
    }
    for (unsigned state = LINE_COLON; state <= LINE_OTHER; state++) {
        from_state(state, Frama_C_unsigned_int_interval(0, UINT8_MAX));
    }
    return 0;
}
