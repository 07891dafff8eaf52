/* A second opinion on response bodies; see reference_stream.h. */
#include "reference_stream.h"

#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

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

/* The next line, without its end; false when no byte is left. `ended`: there is a line end behind it. */
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

/* A field's line. One without a colon is a field only when it is whole. */
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

/* Reads up to the end of an event that has data; false when there is none: what is there of one stands in in->data. */
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

typedef struct finding {
    const char *pointer;
    char *latest; /* the latest report, without white space outside strings */
    size_t latest_length;
    uint64_t reports;
    bool done;
} finding;

static bool is_white(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool all_white(const char *bytes, size_t length) {
    while (length > 0 && is_white(bytes[length - 1])) {
        length--;
    }
    return length == 0;
}

/* A number at the top is complete only when something follows it, or the end is known. */
static bool closes(span text, const reference_place *place, bool ended) {
    size_t begin = 0;
    while (is_white(text.bytes[begin])) {
        begin++;
    }
    bool number = text.bytes[begin] == '-' || (text.bytes[begin] >= '0' && text.bytes[begin] <= '9');
    return !number || ended || place->after < text.length;
}

static void report(finding *out, const char *bytes, const reference_place *place) {
    if (place->duplicate || !place->found || bytes[place->begin] == 'n') {
        return;
    }
    free(out->latest);
    out->latest = malloc(place->end - place->begin);
    assert_non_null(out->latest);
    out->latest_length = reference_compact(bytes + place->begin, place->end - place->begin, out->latest);
    out->reports++;
}

static void event(finding *out, const framing *in, bool ended) {
    span text = {in->data, in->data_length};
    if (text.length == 6 && memcmp(text.bytes, "[DONE]", 6) == 0) {
        out->done = true;
        return;
    }
    reference_place place = reference_first(out->pointer, text.bytes, text.length);
    if (place.status == TOKUSAGE_OK && all_white(text.bytes + place.after, text.length - place.after) &&
        closes(text, &place, ended)) {
        report(out, text.bytes, &place);
    }
}

static void events(finding *out, const char *bytes, size_t length) {
    framing in;
    begin_framing(&in, bytes, length);
    while (!out->done && next_event(&in)) {
        event(out, &in, true);
    }
    if (!out->done && in.has_data) {
        event(out, &in, false);
    }
    end_framing(&in);
}

static void texts(finding *out, const char *bytes, size_t length) {
    span rest = {bytes, length};
    while (!all_white(rest.bytes, rest.length)) {
        reference_place place = reference_first(out->pointer, rest.bytes, rest.length);
        if (place.status != TOKUSAGE_OK || !closes(rest, &place, false)) {
            return;
        }
        report(out, rest.bytes, &place);
        rest.bytes += place.after;
        rest.length -= place.after;
    }
}

static bool begins_a_text(const char *bytes, size_t length) {
    size_t at = 0;
    while (at < length && is_white(bytes[at])) {
        at++;
    }
    return at < length && (bytes[at] == '{' || bytes[at] == '[');
}

/* ------------------------------------------------------------------------------------- what the reports say */

/* cJSON's opinion of a member. It cuts a name at an escaped NUL, so a usage object that has one never comes here. */
static int64_t by_cjson(const cJSON *object, const char *name) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : ABSENT;
}

static void hold_against_cjson(const char *bytes, size_t length, const int64_t counts[3]) {
    static const char *const names[3] = {"prompt_tokens", "completion_tokens", "total_tokens"};
    cJSON *object = cJSON_ParseWithLength(bytes, length);
    if (object == NULL) {
        fail_msg("cJSON cannot read %s", shown(bytes, length));
    }
    for (int i = 0; i < 3; i++) {
        if (by_cjson(object, names[i]) != counts[i]) {
            fail_msg("cJSON reads another %s in %s", names[i], shown(bytes, length));
        }
    }
    cJSON_Delete(object);
}

static verdict read_latest(const finding *in) {
    static const verdict nothing = ABOUT(NOT_FOUND, "usage");
    static const verdict too_long = ABOUT(SPACE, "usage");
    if (in->reports == 0) {
        return nothing;
    }
    if (in->latest_length > TOKUSAGE_STREAM_USAGE_MAX) {
        return too_long;
    }
    verdict usage = reference_extract("", in->latest, in->latest_length);
    if (usage.status == TOKUSAGE_OK) {
        hold_against_cjson(in->latest, in->latest_length, usage.counts);
    }
    return usage;
}

answer reference_stream(const char *pointer, const char *bytes, size_t length) {
    finding found;
    memset(&found, 0, sizeof found);
    found.pointer = pointer != NULL ? pointer : "/usage";
    size_t marked = mark_length(bytes, length);
    if (begins_a_text(bytes + marked, length - marked)) {
        texts(&found, bytes + marked, length - marked);
    } else {
        events(&found, bytes, length);
    }
    answer given = {read_latest(&found), found.reports, found.done};
    free(found.latest);
    return given;
}
