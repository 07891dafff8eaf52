/* Whole bodies, read in the slow and plain way; see reference.h. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

#include "reference_document.h"

/* What the documents of a body say together. */
typedef struct body {
    const char *pointer;
    bool in_event;
    reference_columns columns;
    uint64_t reports;
    bool found;      /* a usage is there, perhaps without a count */
    bool message;    /* a usage was at /message/usage */
    bool open;       /* and no message_delta came after it */
    bool first_seen; /* the first document */
    bool ends, may_end, error, lost;
    bool labelled[REFERENCE_LABELS]; /* by a document with a usage */
    char label[REFERENCE_LABELS][TOKUSAGE_LABEL_SIZE];
} body;

/* What the end of some documents is like. */
typedef enum ending {
    BETWEEN,  /* nothing is open */
    WITHIN,   /* the bytes end within a document */
    MALFORMED, /* what is there is no document */
    END_MARK  /* [DONE] */
} ending;

/* ---- documents one after another */

static void take_labels(body *to, const reference_document *from) {
    for (size_t i = 0; i < REFERENCE_LABELS; i++) {
        if (from->label[i] != NULL && (from->usage || !to->first_seen)) {
            memcpy(to->label[i], from->label[i], from->label_length[i]);
            to->label[i][from->label_length[i]] = '\0';
        }
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
        to->columns = from->columns;
    } else if (to->message) {
        to->open = to->open && !from->delta;
        reference_override(&to->columns, &from->columns);
    } else if (to->reports == 1 || !reference_is_zero(&from->columns) || reference_is_zero(&to->columns)) {
        to->columns = from->columns;
    }
}

static void take_document(body *to, const json_node *root) {
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

/* Takes a document, or those of a list. Returns the one that is not closed, or NULL. */
static const json_node *take_documents(body *to, const json_node *root) {
    if (root == NULL || (!root->closed && root->kind != '[')) {
        return root;
    }
    if (root->kind != '[') {
        take_document(to, root);
        return NULL;
    }
    for (const json_node *item = root->first; item != NULL; item = item->next) {
        if (!item->closed) {
            return item;
        }
        take_document(to, item);
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
        const json_node *open = take_documents(to, document.root);
        if (document.status != TOKUSAGE_OK) {
            *begun = reference_begun(open, to->pointer, to->in_event);
            return document.ended ? WITHIN : MALFORMED;
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

static uint32_t number_at(const unsigned char *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* CRC-32 as gzip has it, a bit at a time. */
static uint32_t crc_of(const unsigned char *bytes, size_t length) {
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < 8 * length; i++) {
        const uint32_t bit = (crc ^ (uint32_t)bytes[i / 8] >> i % 8) & 1;
        crc = crc >> 1 ^ (bit != 0 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

/* RFC 4648, section 4, up to the closing quote. What is no base64 becomes a NUL, which is no JSON. Returns the length. */
static size_t decode(const char *text, size_t length, char *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t used = 0, count = 0;
    uint32_t bits = 0;
    size_t i = 0;
    const char *found = NULL;
    for (; i < length && text[i] != '\0' && (found = strchr(digits, text[i])) != NULL; i++) {
        bits = bits << 6 | (uint32_t)(found - digits);
        count++;
        if (count % 4 != 1) {
            out[used++] = (char)(unsigned char)(bits >> (count % 4 == 2 ? 4 : count % 4 == 3 ? 2 : 0) & 0xFF);
        }
    }
    size_t padding = 0;
    while (i + padding < length && text[i + padding] == '=') {
        padding++;
    }
    const bool ends = i + padding == length; /* the payload does, without the quote */
    const bool quoted = !ends && text[i + padding] == '"';
    const bool fits = padding == 0 || (count % 4 != 1 && (count + padding) % 4 == 0 && padding <= 2);
    if ((!ends && !quoted) || (padding > 0 && !fits && !(ends && (count + padding) % 4 != 0 && padding < 2)) ||
        (quoted && count % 4 == 1)) {
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
        const unsigned char *prelude = (const unsigned char *)bytes;
        if (length < 12) {
            out->within = true;
            return;
        }
        const size_t total = number_at(prelude), headers = number_at(prelude + 4);
        if (crc_of(prelude, 8) != number_at(prelude + 8) || total < 16 || headers > total - 16) {
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

/* White space and byte-order marks; part of a mark may be the end of the bytes. */
static size_t lead(const char *bytes, size_t length) {
    static const char mark[] = "\xEF\xBB\xBF";
    for (size_t at = 0;;) {
        at += json_space(bytes + at, length - at);
        const size_t left = length - at;
        if (left == 0 || memcmp(bytes + at, mark, left < 3 ? left : 3) != 0) {
            return at;
        }
        at += left < 3 ? left : 3;
    }
}

/* In the order of the manual. */
static reference_verdict judge(const body *in, const reference_result *usage, const finish *end, bool complete) {
    reference_verdict out;
    memset(&out, 0, sizeof out);
    if (usage->status == TOKUSAGE_OK) {
        out.usage = usage->usage;
        out.verdict = reference_settle(&out.usage, &out.error);
    } else {
        out.verdict = in->reports > 0 ? TOKUSAGE_INVALID : TOKUSAGE_MISSING;
        out.error = (tokusage_error){usage->status, usage->member, 0, 0, 0};
    }
    const bool done = end->end_mark || in->ends;
    const bool may_end = in->may_end || (end->frames && in->reports > 0);
    const bool too_early = end->within || (end->framed && ((!may_end && !complete) || in->open));
    if (in->error) {
        out.verdict = TOKUSAGE_FAILED;
    } else if (end->unreadable || in->lost) {
        out.verdict = TOKUSAGE_UNREADABLE;
    } else if (!done && too_early) {
        out.verdict = TOKUSAGE_TRUNCATED;
    }
    return out;
}

static reference_result result_of(const body *in) {
    reference_result out;
    memset(&out, 0, sizeof out);
    out.status = reference_counts(&in->columns, &out.usage, &out.member);
    return out;
}

reference_answer reference_stream(const char *pointer, const char *bytes, size_t length) {
    static body in;
    finish end;
    reference_answer out;
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
    out.usage = in.reports > 0 ? result_of(&in) : (reference_result){TOKUSAGE_ERR_NOT_FOUND, "usage", 0, {{0}}};
    out.reports = in.reports;
    out.done = end.end_mark || in.ends;
    out.taken = end.taken;
    out.open = judge(&in, &out.usage, &end, false);
    out.complete = judge(&in, &out.usage, &end, true);
    memcpy(out.label, in.label, sizeof out.label);
    return out;
}

/* ---- documents in memory */

static reference_result fail_with(tokusage_status status, const char *member, size_t offset) {
    reference_result out;
    memset(&out, 0, sizeof out);
    out.status = status;
    out.member = member;
    out.offset = offset;
    return out;
}

/* Reads the one document in the bytes, after a byte-order mark. OK or what is wrong with it. */
static reference_result read_one(const char *bytes, size_t length, json_document *out) {
    const size_t mark = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    *out = json_read(bytes + mark, length - mark);
    const size_t at = mark + out->at;
    if (out->status != TOKUSAGE_OK) {
        return fail_with(out->status, NULL, at);
    }
    const size_t after = at + json_space(bytes + at, length - at);
    return fail_with(after < length ? TOKUSAGE_ERR_SYNTAX : TOKUSAGE_OK, NULL, after < length ? after : 0);
}

reference_result reference_extract(const char *pointer, const char *bytes, size_t length) {
    static body in;
    json_document document;
    const reference_result read = read_one(bytes, length, &document);
    if (read.status != TOKUSAGE_OK) {
        return read;
    }
    const char kind = document.root->kind;
    if (pointer != NULL && *pointer == '\0' && kind != '{') {
        return fail_with(kind == 'n' ? TOKUSAGE_ERR_NOT_FOUND : TOKUSAGE_ERR_TYPE, "usage", 0);
    }
    memset(&in, 0, sizeof in);
    in.pointer = pointer;
    take_documents(&in, document.root);
    return in.found ? result_of(&in) : fail_with(TOKUSAGE_ERR_NOT_FOUND, "usage", 0);
}

reference_result reference_find(const char *pointer, const char *bytes, size_t length, size_t *begin, size_t *end) {
    json_document document;
    const reference_result read = read_one(bytes, length, &document);
    if (read.status != TOKUSAGE_OK) {
        return read;
    }
    const json_node *found = reference_pointed(document.root, pointer);
    if (found == NULL || found->also != NULL) {
        return fail_with(found == NULL ? TOKUSAGE_ERR_NOT_FOUND : TOKUSAGE_ERR_DUPLICATE, NULL, 0);
    }
    *begin = (size_t)(found->begin - bytes);
    *end = (size_t)(found->end - bytes);
    return read;
}
