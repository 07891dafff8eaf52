/*
 * What a line is: JSON, a line of an event stream, what Docker or CRI put around a line, or other text. And documents
 * of several lines: bodies, and lists of them.
 */
#include "usage_report.h"

#include <string.h>

static void take_line(reading *in, uint64_t line, slice bytes);

/* ---- events: the lines of one are data of one document */

static void take_data(reading *in, uint64_t line, slice data) {
    const bool done = slice_ends(data, "[DONE]");
    data.length -= done ? strlen("[DONE]") : 0;
    data = json_trim(data);
    while (data.length > 0) { /* documents may be glued */
        const size_t span = json_span(data);
        document first = {.whole = json_trim((slice){data.bytes, span})};
        if (!json_is(data, '{') || span == 0) {
            streams_malformed(in, line, data);
            break;
        }
        take_document(in, line, &first, true);
        data = json_trim((slice){data.bytes + span, data.length - span});
    }
    if (done) {
        streams_end_mark(in, line);
    }
}

static void end_event(reading *in, uint64_t line) {
    text event = in->source->event;
    if (event.used > 0) {
        in->source->event = (text){.bytes = NULL};
        take_data(in, line, text_all(&event));
        text_free(&event);
    }
}

/* A field's name and a colon, or the colon of a comment. */
static bool take_field(reading *in, slice line) {
    static const char *const fields[] = {":", "data:", "event:", "id:", "retry:"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
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

static void take_wrapped(reading *in, uint64_t line, bool is_error, bool cut, slice content, slice time) {
    text *const whole = &in->source->cut[is_error];
    if (whole->used + content.length <= in->asked->max_line) {
        text_slice(whole, content);
    }
    if (cut) {
        return;
    }
    text taken = *whole;
    *whole = (text){.bytes = NULL};
    in->source->timed = moment_read(time, &in->source->time);
    take_line(in, line, text_all(&taken));
    in->source->timed = false;
    text_free(&taken);
}

/* Docker: {"log":"...\n","stream":"stdout","time":"..."} */
static bool take_docker(reading *in, uint64_t line, document *of) {
    const slice log = document_at(of, "/log");
    text content = {.bytes = NULL};
    if (!json_is(log, '"') || !document_find(of, "/stream /time").bytes) {
        return false;
    }
    const slice stream = document_at(of, "/stream");
    text_decode(&content, json_inside(log));
    /*
     * A part that is not the last has 16 KiB and no line end; who stores such lines may have taken the end of others
     * off.
     */
    const bool is_error = slice_is(stream, "\"stderr\"");
    const bool goes_on = in->source->cut[is_error].used > 0 || content.used >= 16384;
    const bool cut = goes_on && !slice_ends(text_all(&content), "\n") && json_span(text_all(&content)) != content.used;
    take_wrapped(in, line, is_error, cut, text_all(&content), document_at(of, "/time"));
    text_free(&content);
    return true;
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
    take_wrapped(in, line, is_error, rest.bytes[7] == 'P', (slice){rest.bytes + 9, rest.length - 9}, stamp);
    return true;
}

/* ---- JSON */

void take_malformed(reading *in, uint64_t line, slice of) {
    if (in->asked->merge) {
        say_failure(in, line, "a report that is broken");
        return;
    }
    char reason[TOKUSAGE_ERROR_SIZE];
    tokusage_error error;
    tokusage usage;
    tokusage_extract(of.bytes, of.length, NULL, &usage, &error);
    tokusage_error_text(&error, reason, sizeof reason);
    take_unread(in, line, MALFORMED, reason);
}

/* Documents, one after another; in a list over lines with commas after them. */
static void take_json(reading *in, uint64_t line, slice of) {
    for (;;) {
        document first = {.whole = of};
        const size_t span = document_span(&first);
        const slice rest = {of.bytes + span, of.length - span};
        if (span == 0 || (rest.length > 0 && !memchr("{[,]", *rest.bytes, 4))) {
            take_malformed(in, line, of);
            return;
        }
        first.whole.length = span;
        first.whole = json_trim(first.whole);
        if (in->asked->merge) {
            merge_document(in, line, first.whole);
        } else if (!take_docker(in, line, &first)) {
            take_document(in, line, &first, false);
        }
        of = rest;
        while (of.length > 0 && (json_is_space(*of.bytes) || memchr(",]", *of.bytes, 2))) {
            of = (slice){of.bytes + 1, of.length - 1};
        }
        if (!json_is(of, '{') && !json_is(of, '[')) {
            return;
        }
    }
}

/* JSON after other text could be what a user wrote. */
static void take_text(reading *in, uint64_t line, slice of) {
    text pointer = {.bytes = NULL};
    const char *brace = of.bytes;
    for (unsigned tries = 0; tries < 16 && (brace = memchr(brace, '{', (size_t)(of.bytes + of.length - brace)));
         tries++) {
        const slice rest = {brace, of.length - (size_t)(brace - of.bytes)};
        brace++;
        if (json_span(rest) != rest.length) {
            continue;
        }
        put_pointer_of_count(&pointer, rest);
        if (in->asked->prefix) {
            document of_rest = {.whole = rest};
            take_document(in, line, &of_rest, false);
        } else if (pointer.used > 0) {
            take_unread(in, line, PREFIXED, NULL);
        }
        text_free(&pointer);
        return;
    }
    if (memchr(of.bytes, '{', of.length) || memchr(of.bytes, '}', of.length)) {
        take_malformed(in, line, of);
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
        (json ? take_json : take_text)(in, line, trimmed); /* [INFO] ... */
    } else if (in->asked->merge) {
        merge_document(in, line, trimmed);
    } else if (!take_cri(in, line, trimmed)) {
        take_text(in, line, trimmed);
    }
}

/* ---- documents over several lines */

/* Whether a line begins a document that goes on in the next. */
static bool goes_on(slice line) {
    tokusage usage;
    tokusage_error error;
    if ((!json_is(line, '{') && !json_is(line, '[')) || line.length == 1) {
        return json_is(line, '{');
    }
    return memchr("{[,:", line.bytes[line.length - 1], 4) && json_span(line) == 0 &&
           tokusage_extract(line.bytes, line.length, "/\1", &usage, &error) == TOKUSAGE_ERR_SYNTAX &&
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
    tokusage_stream_init(&probe, "/\1");
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
    found_clear(&in->found);
    in->found.line = 1;
    in->found.rule = CHUNKED;
    verdict_of(&stream, false, &in->found);
    read_labels(&stream, &in->found);
    take_response(in, &in->found);
}

static slice without_mark(slice of) {
    return slice_begins(of, "\xEF\xBB\xBF") ? (slice){of.bytes + 3, of.length - 3} : of;
}

/* However long it is. */
static void skip_line(input *with) {
    size_t end = 0;
    while ((end = input_line(with, 0, 0)) == with->end - with->begin && !with->ended) {
        input_pass(with, end);
    }
    input_pass(with, end < with->end - with->begin ? end + 1 : end);
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
            end = last > 0 ? last : end;
        }
        take_line(in, number, without_mark((slice){with->buffer + with->begin, end}));
        const bool line_end = end < with->end - with->begin && with->buffer[with->begin + end] == '\n';
        const size_t length = end + line_end;
        single = single > length ? single - length : 0;
        input_pass(with, length);
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
            take_wrapped(in, with->line, i == 1, false, (slice){"", 0}, (slice){NULL, 0});
        }
    }
    streams_close(in);
    if (file->known == 0 && !empty && !with->broken && !in->asked->merge) {
        take_unread(in, 1, MALFORMED, "no response was found in this file");
    }
    input_close(with);
}
