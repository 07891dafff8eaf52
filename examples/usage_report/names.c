/*
 * The names that a price may have for a model: as it is written, and without what services and gateways put around it. The
 * fullest comes first.
 */
#include "usage_report.h"

#include <string.h>

static void drop_front(text *name, size_t length) {
    memmove(name->bytes, name->bytes + length, name->used - length);
    name->used -= length;
}

static bool is_digits(const char *at, size_t length) {
    size_t i = 0;
    while (i < length && at[i] >= '0' && at[i] <= '9') {
        i++;
    }
    return i == length;
}

/* Up to and including the last `byte`. */
static bool drop_through(text *name, char byte) {
    size_t at = name->used;
    while (at > 0 && name->bytes[at - 1] != byte) {
        at--;
    }
    if (at == 0 || at == name->used) {
        return false;
    }
    drop_front(name, at);
    return true;
}

/* ft:BASE:... */
static bool drop_tuning(text *name) {
    if (!slice_begins(text_all(name), "ft:")) {
        return false;
    }
    drop_front(name, 3);
    const char *const colon = memchr(name->bytes, ':', name->used);
    name->used = colon ? (size_t)(colon - name->bytes) : name->used;
    return true;
}

/* One of these, and a dot: us., anthropic. */
static bool drop_word(text *name, const char *const *words) {
    for (; *words; words++) {
        if (slice_begins(text_all(name), *words)) {
            drop_front(name, strlen(*words));
            return true;
        }
    }
    return false;
}

/* @..., :free and the like */
static bool drop_after(text *name, const char *bytes) {
    for (size_t at = 1; at < name->used; at++) {
        if (strchr(bytes, name->bytes[at])) {
            name->used = at;
            return true;
        }
    }
    return false;
}

/* -v1:0, -v1 */
static bool drop_version(text *name) {
    size_t at = name->used;
    while (at > 0 && (is_digits(name->bytes + at - 1, 1) || name->bytes[at - 1] == ':')) {
        at--;
    }
    if (at < 3 || at == name->used || name->bytes[at - 1] != 'v' || name->bytes[at - 2] != '-') {
        return false;
    }
    name->used = at - 2;
    return true;
}

/* -20251101, -2025-11-01, -preview-06-05, -latest */
static bool drop_date(text *name) {
    static const char *const ends[] = {"-latest", "-preview", "-exp", NULL};
    const size_t used = name->used;
    const char *const bytes = name->bytes;
    size_t span = 0;
    if (used > 9 && bytes[used - 9] == '-' && is_digits(bytes + used - 8, 8)) {
        span = 9;
    } else if (used > 11 && bytes[used - 11] == '-' && is_digits(bytes + used - 10, 4) && bytes[used - 6] == '-' &&
               is_digits(bytes + used - 5, 2) && bytes[used - 3] == '-' && is_digits(bytes + used - 2, 2)) {
        span = 11;
    } else if (used > 6 && bytes[used - 6] == '-' && is_digits(bytes + used - 5, 2) && bytes[used - 3] == '-' &&
               is_digits(bytes + used - 2, 2)) {
        span = 6;
    }
    for (const char *const *end = ends; span == 0 && *end; end++) {
        span = slice_ends(text_all(name), *end) && used > strlen(*end) ? strlen(*end) : 0;
    }
    name->used -= span;
    return span > 0;
}

void name_next(text *name, unsigned *step) {
    static const char *const regions[] = {"us.", "eu.", "apac.", "global.", "jp.", "au.", "ca.", "us-gov.", NULL};
    static const char *const vendors[] = {"anthropic.", "amazon.", "meta.", "mistral.", "cohere.", "deepseek.",
                                          "ai21.",      "openai.", "qwen.", "google.",  NULL};
    static const char *const variants[] = {"-codex", NULL};
    for (; *step < 8; ++*step) {
        const size_t used = name->used;
        bool dropped = false;
        switch (*step) {
        case 0:
            dropped = drop_tuning(name);
            break;
        case 1:
            dropped = slice_begins(text_all(name), "arn:") ? drop_through(name, '/')
                                                           : drop_word(name, (const char *const[]){"models/", NULL});
            break;
        case 2: { /* a provider, one at a time: openrouter/anthropic/NAME */
            const char *const slash = memchr(name->bytes, '/', used);
            dropped = slash && slash + 1 < name->bytes + used;
            if (dropped) {
                drop_front(name, (size_t)(slash - name->bytes) + 1);
            }
            break;
        }
        case 3:
            dropped = drop_word(name, regions);
            break;
        case 4:
            dropped = drop_word(name, vendors);
            break;
        case 5:
            dropped = drop_version(name);
            break;
        case 6:
            dropped = drop_after(name, "@:");
            break;
        default:
            dropped = drop_date(name);
            for (const char *const *each = variants; !dropped && *each; each++) {
                dropped = slice_ends(text_all(name), *each);
                name->used -= dropped ? strlen(*each) : 0;
            }
            break;
        }
        if (dropped) {
            return;
        }
    }
    name->used = 0;
}
