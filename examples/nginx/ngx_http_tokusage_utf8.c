/*
 * Strict UTF-8. One wrong byte in a label makes Prometheus drop the whole scrape, and one in a line of JSON the line; a
 * key or the name of a model may have any bytes. nginx's own decoder takes every byte from 0x80 on for a continuation.
 */
#include "ngx_http_tokusage.h"

/*
 * RFC 3629 section 4: how long a character is depends on its first byte, and so does what its second byte may be (no
 * overlong forms, no surrogates, nothing above U+10FFFF); each further byte is 0x80 to 0xBF.
 */
typedef struct {
    u_char first, last; /* of the first byte */
    u_char low, high;   /* of the second */
    size_t length;
} form_t;

static const form_t forms[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

static bool has_form(const form_t *form, const u_char *bytes, size_t size) {
    if (size < form->length || bytes[1] < form->low || bytes[1] > form->high) {
        return false;
    }
    for (size_t i = 2; i < form->length; i++) {
        if (bytes[i] < 0x80 || bytes[i] > 0xBF) {
            return false;
        }
    }
    return true;
}

size_t ngx_http_tokusage_utf8_length(const u_char *bytes, size_t size) {
    if (bytes[0] < 0x80) {
        return 1;
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (bytes[0] >= forms[i].first && bytes[0] <= forms[i].last) {
            return has_form(&forms[i], bytes, size) ? forms[i].length : 0;
        }
    }
    return 0;
}
