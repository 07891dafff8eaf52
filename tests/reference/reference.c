/* Whole bodies, read in the slow and plain way; see reference.h. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

#include "reference_document.h"
#include "shorthand.h"

/* What the documents of a body say together. */
typedef struct body {
    const char *pointer;
    bool in_event;
    reference_usage said;
    uint64_t reports;
    bool found;      /* a usage is there, perhaps without a count */
    bool message;    /* a usage was at /message/usage */
    bool open;       /* and no message_delta came after it */
    bool first_seen; /* the first document */
    bool ends, may_end, error, lost;
    char label[LABEL_COUNT][TOKUSAGE_LABEL_SIZE];
} body;

/* What the end of some documents is like. */
typedef enum ending {
    BETWEEN,   /* nothing is open */
    WITHIN,    /* the bytes end within a document */
    MALFORMED, /* what is there is no document */
    END_MARK   /* [DONE] */
} ending;

/* ---- documents one after another */

static void take_labels(body *to, const reference_document *from) {
    for (size_t i = 0; i < LABEL_COUNT; i++) {
        if (from->label[i].length > 0 && (from->usage || !to->first_seen)) {
            memcpy(to->label[i], from->label[i].bytes, from->label[i].length);
            to->label[i][from->label[i].length] = '\0';
        }
    }
    if (from->other_tier) {
        memcpy(to->label[TOKUSAGE_LABEL_SERVICE_TIER], REFERENCE_ANY, sizeof REFERENCE_ANY);
    }
}

static void take_usage(body *to, const reference_document *from) {
    to->reports++;
    to->ends = from->ends;
    to->may_end = from->may_end;
    to->error = from->error;
    to->lost = false;
    if (from->message) {
        to->message = to->open = true;
        to->said = from->said;
    } else if (to->message) {
        to->open = to->open && !from->delta;
        reference_override(&to->said, &from->said);
    } else if (to->reports == 1 || !reference_is_zero(&from->said) || reference_is_zero(&to->said)) {
        to->said = from->said;
    }
}

static void take_document(body *to, json_node *root) {
    reference_document document;
    reference_read(root, to->pointer, to->in_event, &document);
    take_labels(to, &document);
    to->first_seen = true;
    to->found = to->found || document.found;
    if (document.usage) {
        take_usage(to, &document);
    } else {
        to->error = to->error || document.error;
    }
}

/* Takes a document, or the objects of a list. Returns the one that is not closed, or NULL. */
static json_node *take_documents(body *to, json_node *root) {
    if (root == NULL || (!root->closed && root->kind != '[')) {
        return root;
    }
    for (json_node *item = root->kind == '[' ? root->first : NULL; item != NULL; item = item->next) {
        if (!item->closed) {
            return item;
        }
        if (item->kind == '{') {
            take_document(to, item);
        }
    }
    if (root->closed) {
        take_document(to, root); /* an array is one, too, which says nothing */
    }
    return NULL;
}

/* Reads documents to the end of the bytes. *begun: a usage has begun in the one that is not closed. */
static ending read_documents(body *to, const char *bytes, size_t length, bool *begun) {
    *begun = false;
    for (size_t at = 0;;) {
        at += json_space(bytes + at, length - at);
        if (at == length) {
            return BETWEEN;
        }
        if (to->in_event && length - at >= 2 && memcmp(bytes + at, "[D", 2) == 0) {
            return END_MARK;
        }
        const json_document document = json_read(bytes + at, length - at);
        json_node *open = take_documents(to, document.root);
        if (document.status != TOKUSAGE_OK) {
            *begun = reference_begun(open, to->pointer, to->in_event);
            return document.status == TOKUSAGE_ERR_SYNTAX && at + document.at == length ? WITHIN : MALFORMED;
        }
        at += document.at;
    }
}

/* ---- server-sent events (WHATWG HTML, section 9.2.6) */

typedef struct events {
    const char *at, *end;
    char *data; /* of the event that is open */
    size_t length;
    bool has_data;
    bool seen; /* a line begins like one of an event */
} events;

static bool begins(const char *line, size_t length, const char *word) {
    return length >= strlen(word) && memcmp(line, word, strlen(word)) == 0;
}

static void take_line(events *in, const char *line, size_t length, bool whole) {
    static const char *const fields[] = {"data:", "event:", "id:", "retry:", ":"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        in->seen = in->seen || begins(line, length, fields[i]);
    }
    const bool bare = whole && length == 4 && begins(line, length, "data");
    if (!bare && !begins(line, length, "data:")) {
        return;
    }
    size_t skipped = bare ? 4 : 5;
    skipped += skipped < length && line[skipped] == ' ';
    if (in->has_data) {
        in->data[in->length++] = '\n';
    }
    memcpy(in->data + in->length, line + skipped, length - skipped);
    in->length += length - skipped;
    in->has_data = true;
}

/* Reads on to the end of an event; false when the bytes end before. */
static bool next_event(events *in) {
    in->length = 0;
    in->has_data = false;
    while (in->at < in->end) {
        const char *line = in->at;
        while (in->at < in->end && *in->at != '\n' && *in->at != '\r') {
            in->at++;
        }
        const size_t length = (size_t)(in->at - line);
        const bool whole = in->at < in->end;
        if (whole) {
            in->at += in->end - in->at >= 2 && memcmp(in->at, "\r\n", 2) == 0 ? 2 : 1;
        }
        take_line(in, line, length, whole);
        if (whole && length == 0 && in->has_data) {
            return true;
        }
    }
    return false;
}

static events begin_events(const char *bytes, size_t length) {
    char *data = malloc(length + 1);
    if (data == NULL) {
        abort();
    }
    return (events){bytes, bytes + length, data, 0, false, false};
}

size_t reference_events(const char *bytes, size_t length, char *out) {
    events in = begin_events(bytes, length);
    size_t used = 0;
    for (bool whole = true; whole;) {
        whole = next_event(&in);
        memcpy(out + used, in.data, in.length);
        used += in.length;
        if (whole) {
            out[used++] = '|';
        }
    }
    free(in.data);
    return used;
}

/* How a body ends. */
typedef struct finish {
    bool framed;     /* events or frames: they need an end, or the word of the transport */
    bool frames;     /* with a usage they may end anywhere */
    bool unreadable; /* not what it began as */
    bool within;     /* too early */
    bool end_mark;
    size_t taken;
} finish;

static void read_events(body *to, const char *bytes, size_t length, finish *out) {
    events in = begin_events(bytes, length);
    bool whole = true;
    to->in_event = true;
    out->framed = true;
    out->taken = length;
    while (whole && !out->end_mark) {
        bool begun = false;
        whole = next_event(&in);
        const ending end = read_documents(to, in.data, in.length, &begun);
        out->end_mark = end == END_MARK;
        out->within = end == WITHIN && !whole && begun;
        to->lost = to->lost || (begun && (end == MALFORMED || (end == WITHIN && whole)));
    }
    out->unreadable = !in.seen;
    out->taken = (size_t)(in.at - bytes);
    free(in.data);
}

/* ---- AWS event-stream frames */

static size_t number_at(const char *bytes) {
    size_t number = 0;
    for (size_t i = 0; i < 4; i++) {
        number = number << 8 | (unsigned char)bytes[i];
    }
    return number;
}

/*
 * RFC 4648, section 4, up to the closing quote; of the padding a part may be there. Other bytes become a NUL,
 * which is no JSON. Returns the length.
 */
static size_t decode(const char *text, size_t length, char *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t at = 0, used = 0, padding = 0;
    uint32_t bits = 0;
    for (; at < length && text[at] != '\0' && strchr(digits, text[at]) != NULL; at++) {
        bits = bits << 6 | (uint32_t)(strchr(digits, text[at]) - digits);
        if (at % 4 != 0) {
            out[used++] = (char)(unsigned char)(bits >> (6 - 2 * (at % 4)) & 0xFF);
        }
    }
    while (at + padding < length && text[at + padding] == '=') {
        padding++;
    }
    const size_t room = at % 4 == 2 ? 2 : at % 4 == 3 ? 1 : 0; /* for padding */
    const bool ends = at + padding == length;
    const bool quoted = !ends && text[at + padding] == '"';
    if (padding > room || (!ends && !quoted) || (quoted && at % 4 == 1)) {
        out[used++] = '\0';
    }
    return used;
}

/* Reads a payload, or what there is of it. *begun: its usage was lost. */
static void read_payload(body *to, const char *payload, size_t length, bool whole) {
    static const char wrapper[] = "{\"bytes\":\"";
    char *data = malloc(length + 1);
    bool begun = false;
    if (data == NULL) {
        abort();
    }
    const size_t skipped = begins(payload, length, wrapper) ? sizeof wrapper - 1 : 0;
    if (skipped > 0) {
        length = decode(payload + skipped, length - skipped, data);
    } else {
        memcpy(data, payload, length);
    }
    const ending end = read_documents(to, data, length, &begun);
    to->lost = to->lost || (begun && (end == MALFORMED || (end == WITHIN && whole)));
    free(data);
}

static void read_frames(body *to, const char *bytes, size_t length, finish *out) {
    out->framed = out->frames = true;
    while (length > 0 && !out->within) {
        if (length < 12) {
            out->within = true;
            return;
        }
        const size_t total = number_at(bytes), headers = number_at(bytes + 4);
        if (crc_of(bytes, 8) != number_at(bytes + 8) || total < 16 || headers > total - 16) {
            out->unreadable = true;
            return;
        }
        const size_t there = length < total - 4 ? length : total - 4;
        if (there >= 12 + headers) {
            read_payload(to, bytes + 12 + headers, there - 12 - headers, there == total - 4);
        }
        out->within = length < total;
        bytes += out->within ? length : total;
        length -= out->within ? length : total;
    }
}

/* ---- bodies */

static void read_plain(body *to, const char *bytes, size_t length, finish *out) {
    bool begun = false;
    const ending end = read_documents(to, bytes, length, &begun);
    out->within = end == WITHIN;
    out->unreadable = end == MALFORMED;
}

/* White space and the bytes of byte-order marks, in any order. */
static size_t lead(const char *bytes, size_t length) {
    size_t at = 0;
    while (at < length && bytes[at] != '\0' && strchr(" \t\n\r\xEF\xBB\xBF", bytes[at]) != NULL) {
        at++;
    }
    return at;
}

/* Settles what was reported, and says how the body ended, in the order of the manual. */
static void judge(const body *in, const finish *end, bool complete, observation *out) {
    tokusage_verdict verdict = in->reports > 0 ? TOKUSAGE_INVALID : TOKUSAGE_MISSING;
    tokusage_error *error = &out->ends[complete].error;
    tokusage *usage = &out->ends[complete].usage;
    *usage = out->usage;
    *error = out->error;
    if (out->status == TOKUSAGE_OK) {
        verdict = reference_settle(usage, error);
    }
    const bool may_end = in->may_end || (end->frames && in->reports > 0);
    const bool too_early = end->within || (end->framed && ((!may_end && !complete) || in->open));
    if (in->error) {
        verdict = TOKUSAGE_FAILED;
    } else if (end->unreadable || in->lost) {
        verdict = TOKUSAGE_UNREADABLE;
    } else if (!out->done && too_early) {
        verdict = TOKUSAGE_TRUNCATED;
    }
    out->ends[complete].verdict = verdict;
}

static tokusage_status fail_with(tokusage_error *error, tokusage_status status, const char *member, size_t offset) {
    *error = (tokusage_error){status, member, offset, 0, 0};
    return status;
}

observation reference_stream(const char *pointer, const char *bytes, size_t length) {
    static body in;
    observation out;
    finish end;
    memset(&in, 0, sizeof in);
    memset(&end, 0, sizeof end);
    memset(&out, 0, sizeof out);
    in.pointer = pointer;
    end.taken = length;
    const size_t skipped = lead(bytes, length);
    const char *first = bytes + skipped;
    if (skipped < length && (*first == '{' || *first == '[')) {
        read_plain(&in, first, length - skipped, &end);
    } else if (skipped < length && *first == '\0') {
        read_frames(&in, first, length - skipped, &end);
    } else if (skipped < length) {
        read_events(&in, first, length - skipped, &end);
        end.taken += skipped;
    }
    out.status = in.reports > 0 ? reference_counts(&in.said, &out.usage, &out.error)
                                : fail_with(&out.error, TOKUSAGE_ERR_NOT_FOUND, "usage", 0);
    out.reports = in.reports;
    out.done = end.end_mark || in.ends;
    out.taken = end.taken;
    memcpy(out.labels, in.label, sizeof out.labels);
    judge(&in, &end, false, &out);
    judge(&in, &end, true, &out);
    return out;
}

/* ---- documents in memory */

/* Reads the one document in the bytes, after a byte-order mark. */
static tokusage_status read_one(const char *bytes, size_t length, json_node **root, tokusage_error *error) {
    const size_t mark = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    const json_document document = json_read(bytes + mark, length - mark);
    size_t at = mark + document.at;
    *root = document.root;
    if (document.status != TOKUSAGE_OK) {
        return fail_with(error, document.status, NULL, at);
    }
    at += json_space(bytes + at, length - at);
    return at < length ? fail_with(error, TOKUSAGE_ERR_SYNTAX, NULL, at) : fail_with(error, TOKUSAGE_OK, NULL, 0);
}

tokusage_status reference_extract(const char *pointer, const char *bytes, size_t length, tokusage *usage,
                                  tokusage_error *error) {
    static body in;
    json_node *root = NULL;
    if (read_one(bytes, length, &root, error) != TOKUSAGE_OK) {
        return error->status;
    }
    if (pointer != NULL && *pointer == '\0' && root->kind != '{') {
        return fail_with(error, root->kind == 'n' ? TOKUSAGE_ERR_NOT_FOUND : TOKUSAGE_ERR_TYPE, "usage", 0);
    }
    memset(&in, 0, sizeof in);
    in.pointer = pointer;
    take_documents(&in, root);
    return in.found ? reference_counts(&in.said, usage, error) : fail_with(error, TOKUSAGE_ERR_NOT_FOUND, "usage", 0);
}

tokusage_status reference_find(const char *pointer, const char *bytes, size_t length, span *value,
                               tokusage_error *error) {
    json_node *root = NULL;
    if (read_one(bytes, length, &root, error) != TOKUSAGE_OK) {
        return error->status;
    }
    const json_node *found = reference_values(root, pointer, "");
    if (found == NULL || found->also != NULL) {
        return fail_with(error, found == NULL ? TOKUSAGE_ERR_NOT_FOUND : TOKUSAGE_ERR_DUPLICATE, NULL, 0);
    }
    *value = (span){found->begin, (size_t)(found->end - found->begin)};
    return TOKUSAGE_OK;
}
