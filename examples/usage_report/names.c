/*
 * The names that a price may have for a model: as it is written, and without what services and gateways put around it.
 * The fullest comes first.
 */
#include "usage_report.h"

#include <string.h>

static bool drop_front(text *name, size_t length) {
    if (length == 0 || length >= name->used) {
        return false;
    }
    memmove(name->bytes, name->bytes + length, name->used - length);
    name->used -= length;
    return true;
}

/* What is in front: one of these words, separated by spaces. */
static bool drop_word(text *name, const char *words) {
    for (size_t span = 0; *words; words += span + (words[span] == ' ')) {
        span = strcspn(words, " ");
        if (name->used > span && memcmp(name->bytes, words, span) == 0) {
            return drop_front(name, span);
        }
    }
    return false;
}

static bool drop_after(text *name, const char *bytes) {
    size_t at = 1;
    while (at < name->used && !strchr(bytes, name->bytes[at])) {
        at++;
    }
    const bool dropped = at < name->used;
    name->used = dropped ? at : name->used;
    return dropped;
}

/* The end, if it looks so: 0 is a digit, * one or more digits or colons, and any other byte itself. */
static bool drop_end(text *name, const char *look) {
    size_t left = name->used;
    for (size_t i = strlen(look); i > 0; i--) {
        const char wanted = look[i - 1];
        size_t span = 0;
        while (span < left && (wanted == '0' || wanted == '*' ? strchr(wanted == '*' ? "0123456789:" : "0123456789",
                                                                       name->bytes[left - 1 - span]) != NULL
                                                              : name->bytes[left - 1 - span] == wanted)) {
            span++;
            if (wanted != '*') {
                break;
            }
        }
        if (span == 0) {
            return false;
        }
        left -= span;
    }
    name->used = left > 0 ? left : name->used;
    return left > 0;
}

/* Up to and including a slash: the last of an ARN, else the first. */
static bool drop_path(text *name) {
    size_t length = 0;
    for (size_t at = 0; at < name->used; at++) {
        length = name->bytes[at] == '/' ? at + 1 : length;
        if (length > 0 && !slice_begins(text_all(name), "arn:")) {
            break;
        }
    }
    return drop_front(name, length);
}

static bool drop(text *name, unsigned step) {
    static const char *const ends[] = {"-00000000", "-0000-00-00", "-00-00", "-latest", "-preview", "-exp", "-codex"};
    bool dropped = false;
    switch (step) {
    case 0:
        return drop_word(name, "ft:") && (drop_after(name, ":"), true);
    case 1:
        return drop_path(name);
    case 2:
        return drop_word(name, "us. eu. apac. global. jp. au. ca. us-gov.");
    case 3:
        return drop_word(name, "anthropic. amazon. meta. mistral. cohere. deepseek. ai21. openai. qwen. google.");
    case 4:
        return drop_end(name, "-v*");
    case 5:
        return drop_after(name, "@:");
    default:
        for (size_t i = 0; i < sizeof ends / sizeof *ends && !dropped; i++) {
            dropped = drop_end(name, ends[i]);
        }
        return dropped;
    }
}

void name_next(text *name, unsigned *step) {
    while (*step < 7 && !drop(name, *step)) {
        ++*step;
    }
    name->used = *step < 7 ? name->used : 0;
}
