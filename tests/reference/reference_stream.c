/* A second opinion on response bodies; see reference_stream.h. */
#include "reference_stream.h"

#include <stdlib.h>
#include <string.h>

#include "reference.h"

/* ------------------------------------------------------------------------------------------------ framing */

/* Lines and events of a stream, WHATWG HTML section 9.2.6. */
typedef struct framing {
    const char *bytes;
    size_t length, at;
    char *data; /* of the event that is being read */
    size_t data_length;
    bool has_data;
} framing;

static size_t mark_length(const char *bytes, size_t length) {
    return length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static void begin_framing(framing *in, const char *bytes, size_t length) {
    memset(in, 0, sizeof *in);
    in->bytes = bytes;
    in->length = length;
    in->at = mark_length(bytes, length);
    in->data = malloc(length + 1);
    assert_non_null(in->data);
}

static void end_framing(framing *in) {
    free(in->data);
}

/* The next line, without its end; false when no byte is left. `ended`: it has a line end. */
static bool next_line(framing *in, span *line, bool *ended) {
    if (in->at == in->length) {
        return false;
    }
    line->bytes = in->bytes + in->at;
    line->length = 0;
    while (in->at < in->length && in->bytes[in->at] != '\n' && in->bytes[in->at] != '\r') {
        line->length++;
        in->at++;
    }
    *ended = in->at < in->length;
    if (*ended) {
        bool two = in->bytes[in->at] == '\r' && in->at + 1 < in->length && in->bytes[in->at + 1] == '\n';
        in->at += two ? 2 : 1;
    }
    return true;
}

/* Takes a line. A line without a colon is a field only when it is whole. */
static void field(framing *in, span line, bool ended) {
    const char *colon = memchr(line.bytes, ':', line.length);
    size_t name_length = colon != NULL ? (size_t)(colon - line.bytes) : line.length;
    if (name_length != 4 || memcmp(line.bytes, "data", 4) != 0 || (colon == NULL && !ended)) {
        return;
    }
    size_t value = colon != NULL ? name_length + 1 : name_length;
    if (value < line.length && line.bytes[value] == ' ') {
        value++;
    }
    if (in->has_data) {
        in->data[in->data_length++] = '\n';
    }
    in->has_data = true;
    memcpy(in->data + in->data_length, line.bytes + value, line.length - value);
    in->data_length += line.length - value;
}

/* Reads up to the end of an event with data. False when no event is complete; in->data then has its first part. */
static bool next_event(framing *in) {
    span line;
    bool ended = false;
    in->data_length = 0;
    in->has_data = false;
    while (next_line(in, &line, &ended)) {
        if (line.length > 0) {
            field(in, line, ended);
        } else if (in->has_data) {
            return true;
        }
    }
    return false;
}

size_t reference_events(const char *bytes, size_t length, char *out) {
    framing in;
    size_t used = 0;
    begin_framing(&in, bytes, length);
    while (next_event(&in)) {
        memcpy(out + used, in.data, in.data_length);
        used += in.data_length;
        out[used++] = '|';
    }
    memcpy(out + used, in.data, in.data_length);
    used += in.data_length;
    end_framing(&in);
    return used;
}

/* ------------------------------------------------------------------------------------------------ reports */

/* What the texts so far have told. */
typedef struct state {
    const char *pointer; /* NULL: the known places */
    answer told;         /* its usage is in `slots`; its model only if a text with a report named one */
    verdict wrong;       /* in the latest report, or in the first wrong one of those that are laid over each other */
    int64_t slots[REFERENCE_SLOTS];
    bool behind_message; /* a report at /message/usage has come */
    bool first_seen;
    char first_model[REFERENCE_MODEL]; /* of the first text of the body */
} state;

static void clear_slots(state *out) {
    for (size_t i = 0; i < REFERENCE_SLOTS; i++) {
        out->slots[i] = ABSENT;
    }
}

static void lay_over(state *out, const reference_text *text) {
    for (size_t i = 0; i < REFERENCE_SLOTS; i++) {
        out->slots[i] = text->slots[i] != ABSENT ? text->slots[i] : out->slots[i];
    }
}

/* A report replaces the one before it, except behind one at /message/usage. */
static void merge(state *out, const reference_text *text) {
    if (text->at_message || !out->behind_message) {
        clear_slots(out);
        out->wrong = text->wrong;
    }
    if (out->wrong.status == TOKUSAGE_OK) {
        out->wrong = text->wrong;
    }
    if (text->wrong.status == TOKUSAGE_OK) {
        lay_over(out, text);
    }
}

static void report(state *out, const reference_text *text) {
    out->told.reports++;
    out->told.done = text->ends || (text->ends_message && out->behind_message);
    merge(out, text);
    out->behind_message = out->behind_message || text->at_message;
    if (text->model[0] != '\0') {
        memcpy(out->told.model, text->model, sizeof out->told.model);
    }
}

/* Takes a text; `good`: it is JSON, and has closed. */
static void take_text(state *out, const reference_text *text, bool good) {
    if (good && !out->first_seen) {
        memcpy(out->first_model, text->first_model, sizeof out->first_model);
    }
    out->first_seen = true;
    if (good && text->report) {
        report(out, text);
    }
}

/* ------------------------------------------------------------------------------------------------- bodies */

static bool is_white(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t white_length(const char *bytes, size_t length) {
    size_t at = 0;
    while (at < length && is_white(bytes[at])) {
        at++;
    }
    return at;
}

static bool all_white(const char *bytes, size_t length) {
    return white_length(bytes, length) == length;
}

/* A number at the top is complete only when something follows it, or when no byte can follow. */
static bool closes(const reference_text *text, size_t length, bool ended) {
    return !text->number || ended || text->after < length;
}

static bool is_end(const framing *in) {
    return in->data_length == 6 && memcmp(in->data, "[DONE]", 6) == 0;
}

static void event(state *out, const framing *in, bool ended) {
    reference_text text = reference_read(out->pointer, true, in->data, in->data_length);
    take_text(out, &text,
              text.status == TOKUSAGE_OK && all_white(in->data + text.after, in->data_length - text.after) &&
                  closes(&text, in->data_length, ended));
}

static void events(state *out, const char *bytes, size_t length) {
    framing in;
    begin_framing(&in, bytes, length);
    bool ended = next_event(&in);
    while (ended && !is_end(&in)) {
        event(out, &in, true);
        ended = next_event(&in);
    }
    if (in.has_data && is_end(&in)) {
        out->told.done = true;
        out->told.taken = in.at;
    } else if (in.has_data) {
        event(out, &in, false);
    }
    out->told.body = out->told.done ? TOKUSAGE_BODY_WHOLE : TOKUSAGE_BODY_OPEN;
    end_framing(&in);
}

static tokusage_body texts(state *out, const char *bytes, size_t length) {
    span rest = {bytes, length};
    while (!all_white(rest.bytes, rest.length)) {
        reference_text text = reference_read(out->pointer, false, rest.bytes, rest.length);
        bool good = text.status == TOKUSAGE_OK && closes(&text, rest.length, false);
        take_text(out, &text, good);
        if (text.status != TOKUSAGE_OK) {
            return text.offset == rest.length ? TOKUSAGE_BODY_OPEN : TOKUSAGE_BODY_BROKEN;
        }
        if (!good) {
            return TOKUSAGE_BODY_WHOLE;
        }
        rest.bytes += text.after;
        rest.length -= text.after;
    }
    return TOKUSAGE_BODY_WHOLE;
}

/* The kind of the body is not known yet; a byte-order mark may have begun. */
static bool is_empty(const char *bytes, size_t length) {
    const size_t mark = length < 3 ? length : 3;
    return all_white(bytes, length) ||
           (memcmp(bytes, "\xEF\xBB\xBF", mark) == 0 && all_white(bytes + mark, length - mark));
}

static bool begins_a_text(const char *bytes, size_t length) {
    const size_t at = white_length(bytes, length);
    return at < length && (bytes[at] == '{' || bytes[at] == '[');
}

/* ------------------------------------------------------------------------------------- what the reports say */

static verdict usage_of_reports(const state *in) {
    static const verdict nothing = ABOUT(NOT_FOUND, "usage");
    if (in->told.reports == 0) {
        return nothing;
    }
    return in->wrong.status != TOKUSAGE_OK ? in->wrong : reference_counts(in->slots);
}

answer reference_stream(const char *pointer, const char *bytes, size_t length) {
    state found;
    memset(&found, 0, sizeof found);
    found.pointer = pointer;
    found.told.taken = length;
    clear_slots(&found);
    const size_t marked = mark_length(bytes, length);
    if (is_empty(bytes, length)) {
        found.told.body = TOKUSAGE_BODY_EMPTY;
    } else if (begins_a_text(bytes + marked, length - marked)) {
        found.told.body = texts(&found, bytes + marked, length - marked);
    } else {
        events(&found, bytes, length);
    }
    found.told.usage = usage_of_reports(&found);
    if (found.told.model[0] == '\0') {
        memcpy(found.told.model, found.first_model, sizeof found.told.model);
    }
    return found.told;
}
