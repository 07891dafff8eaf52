/*
 * What a line is: JSON, a line of an event stream, what Docker or CRI put around a line, or other text. And documents
 * of several lines: bodies, and lists of them.
 */
#include "usage_report.h"

#include <string.h>

static void take_line(reading *in, uint64_t line, slice bytes);

/* ---- JSON */

static void take_malformed(reading *in, uint64_t line, slice of) {
    char reason[TOKUSAGE_ERROR_SIZE];
    tokusage_error error;
    tokusage_find_all(of.bytes, of.length, NULL, 0, &error);
    tokusage_error_text(&error, reason, sizeof reason);
    take_unread(in, line, MALFORMED, error.status == TOKUSAGE_OK ? "no JSON object" : reason);
}

/* Of the data of an event, where one that is cut is followed by another; or nothing. */
static slice last_line(slice of) {
    size_t at = of.length;
    while (at > 0 && of.bytes[at - 1] != '\t') {
        at--;
    }
    return at > 0 ? slice_after(of, at) : (slice){NULL, 0};
}

/* Documents, one after another; in a list over lines with commas after them. */
static void take_json(reading *in, uint64_t line, slice of, bool event) {
    for (slice rest = {NULL, 0}; of.length > 0; of = rest) {
        const bool good = !(event && json_is(of, '[')) && document_open(&in->document, in->asked->at, of, &rest);
        if (!good) {
            rest = event ? last_line(of) : (slice){NULL, 0};
            of.length -= rest.length;
        }
        if (in->asked->merge) {
            merge_document(in, line, good ? in->document.whole : (slice){NULL, 0});
        } else if (good) {
            take_document(in, line, event);
        } else if (!event || !streams_feed(in, of)) {
            take_malformed(in, line, of);
        }
        while (rest.length > 0 && memchr(" \t\r\n,]", *rest.bytes, 6)) {
            rest = slice_after(rest, 1);
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
        const bool good =
            document_open(&in->document, in->asked->at, at, &rest) && (rest.length == 0 || json_is(rest, '{'));
        if (good && in->asked->prefix) {
            take_document(in, line, false);
        } else if (good && find_count(in->document.whole, &pointer)) {
            take_unread(in, line, PREFIXED, NULL);
        }
        text_free(&pointer);
        if (good && rest.length == 0) {
            return;
        }
        at = good ? rest : slice_after(at, 1);
    }
    if (memchr(of.bytes, '{', of.length) || memchr(of.bytes, '}', of.length)) {
        take_malformed(in, line, of);
    }
}

/* ---- events: the lines of one are data of one document */

static void end_event(reading *in, uint64_t line) {
    text event = in->source->event;
    slice data = text_all(&event);
    if (event.used > 0) {
        in->source->event = (text){.bytes = NULL};
        const bool done = slice_drop_end(&data, "\"[DONE]\"") || slice_drop_end(&data, "[DONE]"); /* Coze quotes it */
        take_json(in, line, json_trim(data), true);
        if (done) {
            streams_end(in);
        }
        text_free(&event);
    }
}

/* A field's name and a colon, or the colon of a comment. */
static bool take_field(reading *in, slice line) {
    text *const event = &in->source->event;
    if (slice_begins(line, "data:") && event->used < in->asked->max_line) {
        slice_drop_end(&line, "\r");
        text_string(event, event->used > 0 ? "\t" : ""); /* white space of JSON, as a line end is */
        text_slice(event, slice_after(line, 5));
    }
    return slice_is_one(line, "data:*|event:*|id:*|retry:*|:*");
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
    const char *const space = memchr(of.bytes, ' ', of.length);
    const slice stamp = {of.bytes, space ? (size_t)(space - of.bytes) : 0};
    const slice rest = slice_after(of, stamp.length);
    const bool is_error = slice_begins(rest, " stderr ");
    int64_t time = 0;
    if ((!is_error && !slice_begins(rest, " stdout ")) || rest.length < 10 || rest.bytes[9] != ' ' ||
        !memchr("PF", rest.bytes[8], 2) || !moment_read(stamp, &time)) {
        return false;
    }
    take_part(in, line, is_error, rest.bytes[8] == 'P', slice_after(rest, 10), stamp);
    return true;
}

/* ---- lines */

static void take_line(reading *in, uint64_t line, slice bytes) {
    const slice trimmed = json_trim(bytes);
    const bool list = json_is(trimmed, '[');
    const slice inside = json_open(trimmed);
    if (in->asked->merge) {
        take_json(in, line, trimmed, false);
    } else if (trimmed.length > 0 && *bytes.bytes != '{' && take_field(in, bytes)) {
        return;
    }
    end_event(in, line > 1 ? line - 1 : line);
    if (in->asked->merge || trimmed.length == 0 || (trimmed.length == 1 && memchr("[],", *trimmed.bytes, 3))) {
        return; /* a list over several lines: its elements are documents */
    }
    if (json_is(trimmed, '{') ||
        (list && (json_is(inside, '{') || json_is(inside, '[') || json_span(trimmed) == trimmed.length))) {
        take_json(in, line, trimmed, false);
    } else if (list || !take_cri(in, line, trimmed)) { /* [INFO] ... */
        take_text(in, line, trimmed);
    }
}

/* Whether a line begins a document that goes on in the next. */
static bool goes_on(slice line) {
    return (json_is(line, '{') || (json_is(line, '[') && line.length > 1)) &&
           memchr("{[,:", line.bytes[line.length - 1], 4);
}

/* The end of the document that begins here; or 0, and *broken is how far it can be read. */
static size_t document_end(reading *in, size_t most, size_t *broken) {
    const source *const file = in->source;
    tokusage_error error;
    slice all = {NULL, 0};
    do {
        all = (slice){file->buffer + file->begin, file->end - file->begin};
        *broken = tokusage_find_all(all.bytes, all.length, NULL, 0, &error) == TOKUSAGE_OK ? all.length : error.offset;
    } while (*broken == all.length && all.length <= most && input_fill(in));
    all = (slice){file->buffer + file->begin, *broken};
    return *broken > 0 && *broken <= most && json_span(all) == all.length ? *broken : 0;
}

static slice without_mark(slice of) {
    return slice_begins(of, "\xEF\xBB\xBF") ? slice_after(of, 3) : of;
}

/* Passes so many bytes, and the line end after them. */
static void pass(source *file, size_t length) {
    const bool line_end = length < file->end - file->begin && file->buffer[file->begin + length] == '\n';
    file->begin += length + line_end;
    file->line += line_end;
}

static void read_lines(reading *in) {
    source *const file = in->source;
    const size_t most = (size_t)in->asked->max_line;
    size_t single = 0; /* lines up to this offset from `begin` do not go on in the next */
    while (file->begin < file->end || input_fill(in)) {
        const uint64_t number = file->line;
        slice line = input_line(in, most);
        if (line.length > most) {
            while (file->line == number && (file->begin < file->end || input_fill(in))) {
                pass(file, input_line(in, 0).length);
            }
            take_unread(in, number, TOO_LONG, NULL);
            single = 0;
            continue;
        }
        if (file->broken && file->begin + line.length == file->end) {
            return;
        }
        if (single == 0 && goes_on(json_trim(without_mark(line)))) {
            const size_t last = document_end(in, most, &single);
            line = (slice){file->buffer + file->begin, last > 0 ? last : line.length};
            single = last > 0 ? 0 : single;
            for (const char *at = line.bytes; (at = memchr(at, '\n', line.length - (size_t)(at - line.bytes))); at++) {
                file->line++;
            }
        }
        take_line(in, number, without_mark(line));
        const size_t begin = file->begin;
        pass(file, line.length);
        single -= single > file->begin - begin ? file->begin - begin : single;
    }
    take_line(in, file->line, (slice){"", 0});
}

/* ---- files */

static void read_frames(reading *in) {
    source *const file = in->source;
    tokusage_stream stream;
    tokusage_stream_init(&stream, in->asked->at);
    do {
        tokusage_stream_feed(&stream, file->buffer + file->begin, file->end - file->begin);
        file->begin = file->end;
    } while (input_fill(in));
    response_clear(&in->found);
    verdict_of(&stream, false, &in->found);
    in->found.kept.line = 1;
    in->found.kept.rule = CHUNK;
    take_response(in, &in->found);
}

void read_file(reading *in, const char *name, uint32_t number) {
    source file = {.name = name, .number = number, .line = 1};
    text *const texts[] = {&file.event, &file.cut[0], &file.cut[1], &file.model, &file.session};
    in->source = &file;
    if (input_open(in) && input_fill(in)) {
        /* A frame begins with its length, which takes no more than 24 bits; a log that was cut in place, with zeros. */
        const bool frames = *file.buffer == '\0' && file.end >= 4 && memcmp(file.buffer, "\0\0\0", 4) != 0;
        (frames ? read_frames : read_lines)(in);
        for (size_t i = 0; i < 2; i++) {
            if (file.cut[i].used > 0) {
                take_part(in, file.line, i == 1, false, (slice){"", 0}, (slice){NULL, 0});
            }
        }
        streams_close(in);
        if (!file.known && !file.broken && !in->asked->merge) {
            take_unread(in, 1, MALFORMED, "no response was found in this file");
        }
    }
    if (in->asked->merge && !file.known && !file.broken) {
        say_failure(in, 0, "no report is in this file");
    }
    input_close(in);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        text_free(texts[i]);
    }
    for (size_t i = 0; i < USAGES; i++) {
        text_free(&file.checked[i]);
    }
    catalog_free(&file.said);
    in->source = NULL;
}
