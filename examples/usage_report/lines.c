/*
 * What a line is: JSON, a line of an event stream, what Docker or CRI put around a line, or other text. And documents
 * of several lines: bodies, and lists of them.
 */
#include "usage_report.h"

#include <string.h>

static void take_line(reading *in, uint64_t line, slice bytes);
static void take_json(reading *in, uint64_t line, slice of, bool event);

/* ---- events: the lines of one are data of one document */

static void take_data(reading *in, uint64_t line, slice data) {
    const bool done = slice_drop_end(&data, "[DONE]");
    data = json_trim(data);
    if (data.length > 0) {
        take_json(in, line, data, true);
    }
    if (done) {
        streams_end_mark(in, line);
    }
}

static void end_event(reading *in, uint64_t line) {
    text *const event = &in->source->event;
    if (event->used > 0) {
        take_data(in, line, text_all(event));
        event->used = 0;
    }
}

/* A field's name and a colon, or the colon of a comment. */
static bool take_field(reading *in, slice line) {
    static const char *const fields[] = {":", "data:", "event:", "id:", "retry:"};
    for (size_t i = 0; *line.bytes != '{' && i < sizeof fields / sizeof *fields; i++) {
        if (slice_begins(line, fields[i])) {
            const slice data = {line.bytes + 5, line.length - 5};
            text *const event = &in->source->event;
            if (i == 1 && event->used < in->asked->max_line) {
                text_string(event, event->used > 0 ? "\n" : "");
                text_slice(event, data);
            }
            return true;
        }
    }
    return false;
}

/* ---- what a runtime puts around a line. It cuts long ones: all except the last part have no line end, or a P. */

static void take_part(reading *in, uint64_t line, bool is_error, bool cut, slice content, slice time) {
    text *const whole = &in->source->cut[is_error];
    if (whole->used + content.length <= in->asked->max_line) {
        text_slice(whole, content);
    }
    if (!cut) {
        text taken = *whole;
        *whole = (text){.bytes = NULL};
        in->source->timed = moment_read(time, &in->source->time);
        take_line(in, line, text_all(&taken));
        in->source->timed = false;
        text_free(&taken);
    }
}

/*
 * Docker. A part that is not the last has 16 KiB and no line end; who stores such lines may have taken the end of
 * others off.
 */
void take_wrapped(reading *in, uint64_t line) {
    document *const of = &in->document;
    const bool is_error = slice_is(document_at(of, "/stream"), "\"stderr\"");
    const slice time = document_at(of, "/time");
    text content = {.bytes = NULL};
    text_decode(&content, json_inside(document_at(of, "/log")));
    const bool goes_on = in->source->cut[is_error].used > 0 || content.used >= 16384;
    const bool cut = goes_on && !slice_ends(text_all(&content), "\n") && json_span(text_all(&content)) != content.used;
    take_part(in, line, is_error, cut, text_all(&content), time);
    text_free(&content);
}

/* CRI: TIME stdout F TEXT */
static bool take_cri(reading *in, uint64_t line, slice of) {
    const char *const space = of.length > 20 ? memchr(of.bytes, ' ', 40 < of.length ? 40 : of.length) : NULL;
    int64_t time = 0;
    if (!space) {
        return false;
    }
    const slice stamp = {of.bytes, (size_t)(space - of.bytes)};
    const slice rest = {space + 1, of.length - stamp.length - 1};
    const bool is_error = slice_begins(rest, "stderr ");
    if ((!is_error && !slice_begins(rest, "stdout ")) || rest.length < 9 || rest.bytes[8] != ' ' ||
        !memchr("PF", rest.bytes[7], 2) || !moment_read(stamp, &time)) {
        return false;
    }
    take_part(in, line, is_error, rest.bytes[7] == 'P', (slice){rest.bytes + 9, rest.length - 9}, stamp);
    return true;
}

/* ---- JSON */

static void take_malformed(reading *in, uint64_t line, slice of) {
    char reason[TOKUSAGE_ERROR_SIZE];
    document_open(&in->document, of);
    tokusage_error_text(&in->document.error, reason, sizeof reason);
    if (in->asked->merge) {
        say_failure(in, line, "a report that is broken");
    } else {
        take_unread(in, line, MALFORMED, reason);
    }
}

/* Documents, one after another; in a list over lines with commas after them. */
static void take_json(reading *in, uint64_t line, slice of, bool event) {
    document *const is = &in->document;
    while (json_is(of, '{') || (json_is(of, '[') && !event)) {
        if (!event && !in->asked->merge && take_quick(in, line, of)) {
            return;
        }
        bool good = document_open(is, of);
        slice rest = {NULL, 0};
        const size_t end = is->error.offset;
        if (is->status == TOKUSAGE_ERR_SYNTAX && end > 0 && end < of.length && memchr("{[,]", of.bytes[end], 4)) {
            rest = (slice){of.bytes + end, of.length - end};
            good = document_open(is, json_trim((slice){of.bytes, end}));
        }
        if (!good) {
            break;
        }
        if (in->asked->merge) {
            merge_document(in, line, is->whole);
        } else {
            take_document(in, line, event);
        }
        of = rest;
        while (of.length > 0 && (json_is_space(*of.bytes) || memchr(",]", *of.bytes, 2))) {
            of = (slice){of.bytes + 1, of.length - 1};
        }
        if (of.length == 0) {
            return;
        }
    }
    if (event) {
        streams_malformed(in, line, of);
    } else {
        take_malformed(in, line, of);
    }
}

/* JSON after other text could be what a user wrote. */
static void take_text(reading *in, uint64_t line, slice of) {
    const slice whole = of;
    for (unsigned tries = 0; tries < 16 && of.length > 0; tries++) {
        const char *const brace = memchr(of.bytes, '{', of.length);
        of = brace ? (slice){brace, of.length - (size_t)(brace - of.bytes)} : (slice){NULL, 0};
        if (brace && document_open(&in->document, of)) {
            text pointer = {.bytes = NULL};
            put_pointer_of_count(&pointer, of);
            if (in->asked->prefix) {
                take_document(in, line, false);
            } else if (pointer.used > 0) {
                take_unread(in, line, PREFIXED, NULL);
            }
            text_free(&pointer);
            return;
        }
        of = brace ? (slice){of.bytes + 1, of.length - 1} : of;
    }
    if (memchr(whole.bytes, '{', whole.length) || memchr(whole.bytes, '}', whole.length)) {
        take_malformed(in, line, whole);
    }
}

static void take_line(reading *in, uint64_t line, slice bytes) {
    const slice trimmed = json_trim(bytes);
    if (trimmed.length > 0 && !in->asked->merge && take_field(in, bytes)) {
        return;
    }
    end_event(in, line > 1 ? line - 1 : line);
    if (trimmed.length == 0 || slice_is(trimmed, "[") || slice_is(trimmed, "]") || slice_is(trimmed, ",")) {
        return; /* a list over several lines: its elements are documents */
    }
    if (json_is(trimmed, '{') || json_is(trimmed, '[')) {
        const slice inside = json_open(trimmed);
        const bool json = in->asked->merge || json_is(trimmed, '{') || json_is(inside, '{') || json_is(inside, '[') ||
                          json_span(trimmed) == trimmed.length;
        if (json) {
            take_json(in, line, trimmed, false);
        } else { /* [INFO] ... */
            take_text(in, line, trimmed);
        }
    } else if (in->asked->merge) {
        merge_document(in, line, trimmed);
    } else if (!take_cri(in, line, trimmed)) {
        take_text(in, line, trimmed);
    }
}

/* ---- documents over several lines */

/* Whether a line begins a document that goes on in the next. */
static bool goes_on(slice line) {
    tokusage_value none = {.pointer = ""};
    tokusage_error error;
    if ((!json_is(line, '{') && !json_is(line, '[')) || line.length == 1) {
        return json_is(line, '{');
    }
    return memchr("{[,:", line.bytes[line.length - 1], 4) &&
           tokusage_find_all(line.bytes, line.length, &none, 0, &error) == TOKUSAGE_ERR_SYNTAX &&
           error.offset == line.length;
}

/* The brackets that a line begins with. */
static size_t closing_span(slice line) {
    size_t span = 0;
    while (span < line.length && (line.bytes[span] == '}' || line.bytes[span] == ']')) {
        span++;
    }
    return span;
}

/*
 * The offset after a document over several lines; 0: there is none, and *broken is where it breaks. Its last line may
 * go on with another document, as where files without a line end were concatenated.
 */
static size_t join_lines(input *with, size_t end, size_t most, size_t *broken) {
    tokusage_stream probe;
    tokusage_verdict verdict = TOKUSAGE_TRUNCATED;
    tokusage_stream_init(&probe, "/ "); /* nothing is there, as far as that matters */
    for (size_t from = 0; end <= most && verdict == TOKUSAGE_TRUNCATED; end = input_line(with, from, most)) {
        const slice line = json_trim((slice){with->buffer + with->begin + from, end - from});
        const size_t closing = closing_span(line);
        const size_t comma = slice_ends(line, ",");
        tokusage_stream_feed(&probe, line.bytes, closing);
        if (closing > 0 && tokusage_stream_verdict(&probe, true, NULL, NULL) == TOKUSAGE_MISSING) {
            const size_t after = (size_t)(line.bytes - with->buffer) - with->begin + closing;
            return line.length > closing + comma ? after : end;
        }
        tokusage_stream_feed(&probe, line.bytes + closing, line.length - closing - (closing < line.length ? comma : 0));
        verdict = tokusage_stream_verdict(&probe, true, NULL, NULL);
        if (verdict == TOKUSAGE_MISSING && from > 0) {
            return end;
        }
        tokusage_stream_feed(&probe, comma > 0 ? ",\n" : "\n", 1 + comma);
        *broken = end;
        if (with->begin + end >= with->end && with->ended) {
            return 0;
        }
        from = end + 1;
    }
    return 0;
}

static void read_frames(reading *in, input *with) {
    tokusage_stream stream;
    tokusage_stream_init(&stream, in->asked->at);
    do {
        tokusage_stream_feed(&stream, with->buffer + with->begin, with->end - with->begin);
        with->begin = with->end;
    } while (input_fill(with));
    response_clear(&in->found);
    verdict_of(&stream, false, &in->found);
    in->found.kept.line = 1;
    in->found.kept.rule = CHUNKED;
    take_response(in, &in->found);
}

static slice without_mark(slice of) {
    return slice_begins(of, "\xEF\xBB\xBF") ? (slice){of.bytes + 3, of.length - 3} : of;
}

/* However long it is. */
static void skip_line(input *with) {
    size_t end = 0;
    while ((end = input_line(with, 0, 0)) == with->end - with->begin && !with->ended) {
        with->begin = with->end;
    }
    with->begin += end < with->end - with->begin ? end + 1 : end;
    with->line++;
}

static void read_lines(reading *in, input *with) {
    const size_t most = (size_t)in->asked->max_line;
    size_t single = 0; /* lines up to this offset from `begin` do not go on in the next */
    while (with->begin < with->end || input_fill(with)) {
        const uint64_t number = with->line;
        size_t end = input_line(with, 0, most);
        size_t broken = 0;
        if (with->broken && end == with->end - with->begin) {
            return; /* an interruption, or an error, came in this line */
        }
        if (end > most) {
            skip_line(with);
            take_unread(in, number, TOO_LONG, NULL);
            single = 0;
            continue;
        }
        if (single == 0 && goes_on(json_trim(without_mark((slice){with->buffer + with->begin, end})))) {
            const size_t last = join_lines(with, end, most, &broken);
            single = last > 0 ? 0 : broken;
            for (size_t at = end; at < last; at++) {
                with->line += with->buffer[with->begin + at] == '\n';
            }
            end = last > 0 ? last : end;
        }
        take_line(in, number, without_mark((slice){with->buffer + with->begin, end}));
        const bool line_end = end < with->end - with->begin && with->buffer[with->begin + end] == '\n';
        const size_t length = end + line_end;
        single = single > length ? single - length : 0;
        with->begin += length;
        with->line += line_end;
    }
}

/* What is packed in another way, or in two bytes for each character. */
static const char *unreadable(slice of) {
    static const struct {
        const char *begins, *reason;
    } kinds[] = {{"\x28\xB5\x2F\xFD", "packed by zstd, which is not read: unpack it first"},
                 {"\xFD"
                  "7zXZ",
                  "packed by xz, which is not read: unpack it first"},
                 {"BZh", "packed by bzip2, which is not read: unpack it first"},
                 {"PK\3\4", "packed by zip, which is not read: unpack it first"},
                 {"\xFF\xFE", "UTF-16, which is not read: make it UTF-8 first"},
                 {"\xFE\xFF", "UTF-16, which is not read: make it UTF-8 first"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (slice_begins(of, kinds[i].begins)) {
            return kinds[i].reason;
        }
    }
    return NULL;
}

void read_file(reading *in, input *with, const char *name) {
    source *const file = in->source;
    if (!input_open(with, in, name)) {
        return;
    }
    const bool empty = with->begin == with->end && !input_fill(with);
    const char *const reason = unreadable((slice){with->buffer + with->begin, with->end - with->begin});
    if (reason) {
        take_unread(in, 1, MALFORMED, reason);
    } else if (!empty && with->buffer[with->begin] == '\0') {
        read_frames(in, with);
    } else if (!empty) {
        read_lines(in, with);
        take_line(in, with->line, (slice){"", 0});
    }
    for (size_t i = 0; i < 2; i++) {
        if (file->cut[i].used > 0) {
            take_part(in, with->line, i == 1, false, (slice){"", 0}, (slice){NULL, 0});
        }
    }
    streams_close(in);
    if (file->known == 0 && !empty && !with->broken && !in->asked->merge) {
        take_unread(in, 1, MALFORMED, "no response was found in this file");
    }
    input_close(with);
}
