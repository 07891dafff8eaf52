/*
 * Strict UTF-8. One wrong byte in a label makes Prometheus drop the whole scrape, and one in a line of JSON the line; a
 * key or the name of a model may have any bytes. nginx's own decoder takes every byte from 0x80 on for a continuation.
 */
#include "ngx_http_tokusage.h"

size_t ngx_http_tokusage_utf8_length(const u_char *bytes, size_t size) {
    u_char *last = (u_char *)bytes;

    if (bytes[0] < 0x80) {
        return 1;
    }
    const uint32_t character = ngx_utf8_decode(&last, size); /* refuses overlong forms */
    const size_t length = (size_t)(last - bytes);
    if (character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF)) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return length;
}
