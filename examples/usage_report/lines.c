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
    tokusage_error error;
    tokusage_find_all(of.bytes, of.length, NULL, 0, &error);
    tokusage_error_text(&error, reason, sizeof reason);
    if (in->asked->merge) {
        say_failure(in, line, "a report that is broken");
    } else {
        take_unread(in, line, MALFORMED, reason);
    }
}

/* Documents, one after another; in a list over lines with commas after them. */
static void take_json(reading *in, uint64_t line, slice of, bool event) {
    slice rest = {NULL, 0};
    for (; of.length > 0; of = rest) {
        if ((event && json_is(of, '[')) || !document_open(&in->document, in->asked->at, of, &rest)) {
            (event ? streams_malformed : take_malformed)(in, line, of);
            return;
        }
        if (in->asked->merge) {
            merge_document(in, line, in->document.whole);
        } else {
            take_document(in, line, event);
        }
        while (rest.length > 0 && (json_is_space(*rest.bytes) || memchr(",]", *rest.bytes, 2))) {
            rest = (slice){rest.bytes + 1, rest.length - 1};
        }
    }
}

/* JSON after other text could be what a user wrote. */
static void take_text(reading *in, uint64_t line, slice of) {
    text pointer = {.bytes = NULL};
    slice rest = {NULL, 0};
    slice at = of;
    for (unsigned tries = 0; tries < 16 && (at.bytes = memchr(at.bytes, '{', at.length)) != NULL; tries++) {
        at.length = of.length - (size_t)(at.bytes - of.bytes);
        if (document_open(&in->document, in->asked->at, at, &rest) && rest.length == 0) {
            put_pointer_of_count(&pointer, at);
            if (in->asked->prefix) {
                take_document(in, line, false);
            } else if (pointer.used > 0) {
                take_unread(in, line, PREFIXED, NULL);
            }
            text_free(&pointer);
            return;
        }
        at = (slice){at.bytes + 1, at.length - 1};
    }
    if (memchr(of.bytes, '{', of.length) || memchr(of.bytes, '}', of.length)) {
        take_malformed(in, line, of);
    }
}

static void take_line(reading *in, uint64_t line, slice bytes) {
    const slice trimmed = json_trim(bytes);
    const bool list = json_is(trimmed, '[');
    const slice inside = json_open(trimmed);
    if (trimmed.length > 0 && !in->asked->merge && take_field(in, bytes)) {
        return;
    }
    end_event(in, line > 1 ? line - 1 : line);
    if (trimmed.length == 0 || slice_is(trimmed, "[") || slice_is(trimmed, "]") || slice_is(trimmed, ",")) {
        return; /* a list over several lines: its elements are documents */
    }
    if (json_is(trimmed, '{') || (list && (in->asked->merge || json_is(inside, '{') || json_is(inside, '[') ||
                                           json_span(trimmed) == trimmed.length))) {
        take_json(in, line, trimmed, false);
    } else if (in->asked->merge) {
        merge_document(in, line, trimmed);
    } else if (list || !take_cri(in, line, trimmed)) { /* [INFO] ... */
        take_text(in, line, trimmed);
    }
}

/* ---- lines */

/* Whether a line begins a document that goes on in the next. */
static bool goes_on(slice line) {
    return (json_is(line, '{') || (json_is(line, '[') && line.length > 1)) &&
           memchr("{[,:", line.bytes[line.length - 1], 4);
}

/* The end of the document that begins here; or 0, and *broken is how far it can be read. */
static size_t document_end(input *with, size_t most, size_t *broken) {
    tokusage_error error;
    slice all = {NULL, 0};
    do {
        all = (slice){with->buffer + with->begin, with->end - with->begin};
        *broken = tokusage_find_all(all.bytes, all.length, NULL, 0, &error) == TOKUSAGE_OK ? all.length : error.offset;
    } while (*broken == all.length && all.length <= most && input_fill(with));
    all = (slice){with->buffer + with->begin, *broken};
    return *broken > 0 && *broken <= most && json_span(all) == all.length ? *broken : 0;
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
    in->found.kept.rule = CHUNK;
    take_response(in, &in->found);
}

static slice without_mark(slice of) {
    return slice_begins(of, "\xEF\xBB\xBF") ? (slice){of.bytes + 3, of.length - 3} : of;
}

/* However long it is. */
static void skip_line(input *with) {
    size_t end = 0;
    while ((end = input_line(with, 0)) == with->end - with->begin && !with->ended) {
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
        size_t end = input_line(with, most);
        if (with->broken && end == with->end - with->begin) {
            return; /* an interruption, or an error, came in this line */
        }
        if (end > most) {
            skip_line(with);
            take_unread(in, number, TOO_LONG, NULL);
            single = 0;
            continue;
        }
        slice line = without_mark((slice){with->buffer + with->begin, end});
        if (single == 0 && goes_on(json_trim(line))) {
            const size_t last = document_end(with, most, &single);
            end = last > 0 ? last : end;
            single = last > 0 ? 0 : single;
            line = without_mark((slice){with->buffer + with->begin, end});
            for (const char *at = line.bytes; (at = memchr(at, '\n', line.length - (size_t)(at - line.bytes))); at++) {
                with->line++;
            }
        }
        take_line(in, number, line);
        const bool line_end = end < with->end - with->begin && with->buffer[with->begin + end] == '\n';
        with->begin += end + line_end;
        with->line += line_end;
        end += line_end;
        single -= single > end ? end : single;
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

static void read_bytes(reading *in, input *with) {
    source *const file = in->source;
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
    if (!file->known && !empty && !with->broken && !in->asked->merge) {
        take_unread(in, 1, MALFORMED, "no response was found in this file");
    }
}

void read_file(reading *in, input *with, const char *name, uint32_t number) {
    source file = {.name = name, .number = number};
    text *const texts[] = {&file.event, &file.cut[0], &file.cut[1], &file.model, &file.session};
    in->source = &file;
    if (input_open(with, in, name)) {
        read_bytes(in, with);
        input_close(with);
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        text_free(texts[i]);
    }
    for (size_t i = 0; i < USAGES; i++) {
        text_free(&file.checked[i]);
    }
    catalog_free(&file.said);
    in->source = NULL;
}
