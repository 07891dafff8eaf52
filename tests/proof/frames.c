/* AWS event-stream frames and their base64, one call from every state there is; see events.c for how that proves all. */
#include "../../src/frames.c"

#include "proof.h"

enum {
    CHUNK = 3
};

static char chunk[CHUNK];
static tokusage_frames_data data;

/* A digit of base64, of which 0, 2, 4 or 6 bits are left. */
static bool is_left(const tokusage_frames *frames) {
    return frames->bits < 64 && frames->rest <= 6 && frames->rest % 2 == 0;
}

static void between_calls(const tokusage_frames *frames) {
    if (frames->part > CHECKSUM || (frames->part == PRELUDE && frames->matched >= FRAMES_PRELUDE) ||
        (frames->part == PAYLOAD && frames->matched > PLAIN) || (frames->part != PRELUDE && !is_left(frames))) {
        broken();
    }
}

/* What is handed on is in the chunk, in the buffer, or the beginning of what base64 begins with. */
static void look(size_t length) {
    if (data.length > 0) {
        touch(data.bytes, data.length);
    }
    if (data.length > length && data.length > WRAPPER && data.length > FRAMES_BUFFER) {
        broken();
    }
}

static void call_once(tokusage_frames frames, size_t length) {
    char *const bytes = chunk + (CHUNK - length);
    size_t at = 0;
    any_bytes(chunk, CHUNK);
    const tokusage_frames_token token = tokusage_frames_next(&frames, bytes, length, &at, &data);
    if (at > length) {
        broken();
    }
    if (token == TOKUSAGE_FRAMES_DATA) {
        look(length);
    }
    if (token != TOKUSAGE_FRAMES_BROKEN) {
        between_calls(&frames);
    }
}

/* How many bytes are left matters only near the end of a part: each number there by itself. */
static uint32_t any_left(unsigned which) {
    return which < 4 ? which : Frama_C_unsigned_int_interval(4, UINT_MAX);
}

static void from_state(unsigned part, unsigned matched, unsigned which, unsigned kind, size_t longest) {
    tokusage_frames frames;
    frames.left = any_left(which % 5);
    frames.payload = any_left(which / 5);
    frames.bits = (uint8_t)Frama_C_unsigned_int_interval(0, 63);
    frames.rest = (uint8_t)(2 * kind);
    frames.part = (uint8_t)part;
    frames.matched = (uint8_t)matched;
    /*@ loop unroll 12; */
    for (size_t i = 0; i < FRAMES_PRELUDE; i++) {
        frames.prelude[i] = (uint8_t)Frama_C_unsigned_int_interval(0, UINT8_MAX);
    }
    /*@ loop unroll 3; */
    for (size_t length = 1; length <= longest; length++) {
        call_once(frames, length);
    }
}

int main(void) {
    /*@ loop unroll 20; */
    for (unsigned matched = 0; matched < FRAMES_PRELUDE; matched++) {
        from_state(PRELUDE, matched, 0, 0, 2);
    }
    /*@ loop unroll 30; */
    for (unsigned which = 0; which < 25; which++) {
        from_state(HEADERS, 0, which, 0, 2);
        from_state(CHECKSUM, 0, which, 0, 2);
    }
    /*@ loop unroll 20; */
    for (unsigned matched = 0; matched <= PLAIN; matched++) {
        /*@ loop unroll 6; */
        for (unsigned which = 0; which < 5; which++) {
            /*@ loop unroll 4; */
            for (unsigned kind = 0; kind < (matched == WRAPPER || matched == PADDING ? 4U : 1U); kind++) {
                from_state(PAYLOAD, matched, which, kind, 2);
            }
        }
    }
    return 0;
}
