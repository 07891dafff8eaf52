/*
 * What gzip has packed, unpacked by zlib: any number of members one after another (RFC 1952, section 2.2).
 */
#include "gzip.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    PACKED_ROOM = 1 << 16,
    GZIP_ONLY = 15 + 16 /* the largest window, and gzip's header */
};

typedef struct gzip {
    z_stream stream;
    bool within; /* a member */
    unsigned char *packed;
} gzip;

bool gzip_begin(input *of) {
    gzip *const begun = memory_resize(NULL, sizeof *begun);
    const size_t length = input_length(of);
    memset(begun, 0, sizeof *begun);
    begun->packed = memory_resize(NULL, length > PACKED_ROOM ? length : PACKED_ROOM);
    memcpy(begun->packed, input_bytes(of), length);
    begun->stream.next_in = begun->packed;
    begun->stream.avail_in = (uInt)length;
    of->begin = of->end = 0;
    of->gzip = begun;
    if (inflateInit2(&begun->stream, GZIP_ONLY) != Z_OK) {
        memory_failed();
    }
    return true;
}

/* More packed bytes; false at the end, which must not be within a member. */
static bool refill(input *of, gzip *from) {
    z_stream *const stream = &from->stream;
    if (stream->avail_in == 0) {
        stream->next_in = from->packed;
        stream->avail_in = (uInt)input_raw(of, (char *)from->packed, PACKED_ROOM);
    }
    if (stream->avail_in == 0 && from->within && !of->broken) {
        input_stop(of, "it is packed by gzip, and cut off");
    }
    return stream->avail_in > 0;
}

size_t gzip_read(input *of, char *to, size_t room) {
    gzip *const from = of->gzip;
    z_stream *const stream = &from->stream;
    const uInt wanted = room < UINT32_MAX / 2 ? (uInt)room : UINT32_MAX / 2;
    stream->next_out = (Bytef *)to;
    stream->avail_out = wanted;
    while (stream->avail_out == wanted && refill(of, from)) {
        const int result = inflate(stream, Z_NO_FLUSH);
        from->within = result != Z_STREAM_END;
        if (!from->within) {
            inflateReset(stream);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            input_stop(of, "it is packed by gzip, and broken");
            break;
        }
    }
    return wanted - stream->avail_out;
}

void gzip_end(input *of) {
    gzip *const over = of->gzip;
    if (over) {
        inflateEnd(&over->stream);
        free(over->packed);
        free(over);
    }
    of->gzip = NULL;
}
