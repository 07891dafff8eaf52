/* The framing of server-sent events, at any bytes in two pieces of any lengths up to PIECE. */
#include "proof.h"

#include "sse.h"

static char first[PIECE];
static char second[PIECE];

static void frame(tokusage_sse *sse, const char *bytes, size_t length) {
    size_t at = 0;
    size_t begin = 0;
    while (at < length) {
        if (tokusage_sse_fresh(sse) && Frama_C_interval(0, 1) == 1) {
            tokusage_sse_passed(sse);
        }
        (void)tokusage_sse_next(sse, bytes, length, &at, &begin);
    }
}

int main(void) {
    for (size_t i = 0; i <= PIECE; i++) {
        for (size_t k = 0; k <= PIECE; k++) {
            tokusage_sse sse = {.state = 0};
            any_bytes(first, PIECE);
            any_bytes(second, PIECE);
            frame(&sse, first + (PIECE - i), i);
            frame(&sse, second + (PIECE - k), k);
        }
    }
    return 0;
}
