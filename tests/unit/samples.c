/* Bodies in files, and what each of them tells; see samples.h. */
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "opinion.h"

/* ------------------------------------------------------------------------------------------------------ the table */

enum {
    COLUMNS = 20,
    LINE = 4000
};

static FILE *open_in(const char *folder, const char *name) {
    char path[LINE];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, "rb");
}

/* Splits a line at its tabulators, within the line itself; returns how many fields it has. */
static size_t split(char *line, char **fields) {
    size_t count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at != NULL;) {
        assert_true(count < COLUMNS);
        fields[count++] = at;
        at = strchr(at, '\t');
        if (at != NULL) {
            *at++ = '\0';
        }
    }
    return count;
}

static int64_t number_of(const char *word) {
    char *end = NULL;
    long long value = strtoll(word, &end, 10);
    if (end == word || *end != '\0') {
        fail_msg("expected.tsv: %s is not a number", word);
    }
    return value;
}

static size_t index_of(const char *word, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, list[i]) == 0) {
            return i;
        }
    }
    fail_msg("expected.tsv: unknown word %s", word);
    return 0;
}

static tokusage_status status_of(const char *word) {
    static const char *const statuses[] = {"OK",   "ARGUMENT", "MEMORY", "SPACE",     "SYNTAX", "DEPTH", "NOT_FOUND",
                                           "TYPE", "INTEGER",  "RANGE",  "DUPLICATE", "TOTAL",  "PART"};
    return (tokusage_status)index_of(word, statuses, LENGTH(statuses));
}

static tokusage_body body_of(const char *word) {
    static const char *const names[] = {"EMPTY", "OPEN", "WHOLE", "BROKEN"};
    return (tokusage_body)index_of(word, names, LENGTH(names));
}

static void copy_word(char *to, const char *word) {
    assert_true(strlen(word) < SAMPLE_WORD);
    (void)strcpy(to, word);
}

static bool set_count(sample *out, const char *column, const char *word) {
    static const char *const names[] = {"prompt", "completion", "total", "cached", "cache_write", "reasoning"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (strcmp(column, names[i]) == 0) {
            out->counts[i] = strcmp(word, "-") == 0 ? ABSENT : number_of(word);
            return true;
        }
    }
    return false;
}

static void set_text(sample *out, const char *word) {
    out->text = strcmp(word, "-") != 0;
    out->text_status = out->text ? status_of(word) : TOKUSAGE_OK;
}

static void set_reports(sample *out, const char *word) {
    out->reports_told = strcmp(word, "-") != 0;
    out->reports = out->reports_told ? (unsigned long long)number_of(word) : 0;
}

static void set_done(sample *out, const char *word) {
    static const char *const words[] = {"no", "yes"};
    out->end_told = true;
    out->done = index_of(word, words, LENGTH(words)) == 1;
}

static void set_field(sample *out, const char *column, const char *word) {
    if (set_count(out, column, word) || strcmp(column, "about") == 0) {
        return;
    }
    if (strcmp(column, "file") == 0) {
        copy_word(out->file, word);
    } else if (strcmp(column, "pointer") == 0) {
        copy_word(out->place, strcmp(word, "\"\"") == 0 ? "" : word);
    } else if (strcmp(column, "status") == 0) {
        out->status = status_of(word);
    } else if (strcmp(column, "member") == 0) {
        copy_word(out->member, word);
    } else if (strcmp(column, "reports") == 0) {
        set_reports(out, word);
    } else if (strcmp(column, "model") == 0) {
        copy_word(out->model, word);
    } else if (strcmp(column, "done") == 0) {
        set_done(out, word);
    } else if (strcmp(column, "body") == 0) {
        out->body = body_of(word);
    } else if (strcmp(column, "text") == 0) {
        set_text(out, word);
    } else {
        fail_msg("expected.tsv: unknown column %s", column);
    }
}

/* The values for columns that the table does not have. */
static sample plain_sample(const char *file) {
    sample out;
    memset(&out, 0, sizeof out);
    size_t length = strlen(file);
    out.text = length > 5 && strcmp(file + length - 5, ".json") == 0;
    copy_word(out.place, "-");
    copy_word(out.member, "-");
    return out;
}

size_t samples_read(const char *folder, sample *list) {
    FILE *file = folder != NULL ? open_in(folder, "expected.tsv") : NULL;
    if (file == NULL) {
        return 0;
    }
    static char head[LINE];
    static char line[LINE];
    char *columns[COLUMNS];
    char *fields[COLUMNS];
    assert_non_null(fgets(head, sizeof head, file));
    size_t column_count = split(head, columns);
    size_t count = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        assert_true(count < SAMPLES);
        assert_int_equal(split(line, fields), column_count);
        list[count] = plain_sample(fields[0]);
        for (size_t i = 0; i < column_count; i++) {
            set_field(&list[count], columns[i], fields[i]);
        }
        count++;
    }
    (void)fclose(file);
    return count;
}

span sample_bytes(const char *folder, const sample *in) {
    static char bytes[SAMPLE_SIZE];
    FILE *file = open_in(folder, in->file);
    if (file == NULL) {
        fail_msg("cannot read %s", in->file);
    }
    span out = {bytes, fread(bytes, 1, sizeof bytes, file)};
    assert_true(out.length < sizeof bytes);
    (void)fclose(file);
    return out;
}

const char *sample_pointer(const sample *in) {
    return strcmp(in->place, "-") == 0 ? NULL : in->place;
}

/* ---------------------------------------------------------------------------------------------------- the answers */

static void expect_counts(const char *what, const sample *in, const tokusage *usage) {
    const tokusage_count *const counts[] = {&usage->prompt_tokens,      &usage->completion_tokens,
                                            &usage->total_tokens,       &usage->cached_tokens,
                                            &usage->cache_write_tokens, &usage->reasoning_tokens};
    for (size_t i = 0; i < LENGTH(counts); i++) {
        int64_t value = counts[i]->present ? counts[i]->value : ABSENT;
        if (value != in->counts[i]) {
            fail_msg("%s: count %zu is %lld, not %lld (%lld is absent)", what, i, (long long)value,
                     (long long)in->counts[i], (long long)ABSENT);
        }
    }
}

/* An encoded usage is decoded to the same usage, as a text and as a tree. */
static void expect_encoded(const char *what, const tokusage *usage) {
    char json[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    tokusage again;
    assert_int_equal(tokusage_encode(usage, json, sizeof json, &length), TOKUSAGE_OK);
    assert_int_equal(tokusage_decode(json, length, &again, NULL), TOKUSAGE_OK);
    if (!tokusage_equal(&again, usage)) {
        fail_msg("%s: decoded again, %s gives another usage", what, json);
    }
    cJSON *tree = tokusage_to_cjson(usage);
    assert_non_null(tree);
    assert_int_equal(tokusage_from_cjson(tree, &again, NULL), TOKUSAGE_OK);
    cJSON_Delete(tree);
    if (!tokusage_equal(&again, usage)) {
        fail_msg("%s: the tree of %s gives another usage", what, json);
    }
}

/* Reconciles a usage that was read, and compares all of it with the sample. */
static void expect_reading(const char *what, const sample *in, tokusage_status want, tokusage_status status,
                           tokusage *usage, tokusage_error *error) {
    if (status == TOKUSAGE_OK) {
        expect_encoded(what, usage);
        status = tokusage_reconcile(usage, error);
        expect_encoded(what, usage);
    }
    if (status != want) {
        fail_msg("%s: '%s', not '%s'", what, tokusage_status_text(status), tokusage_status_text(want));
    }
    if (status == TOKUSAGE_OK || status == TOKUSAGE_ERR_TOTAL || status == TOKUSAGE_ERR_PART) {
        expect_counts(what, in, usage);
    }
    if (status != TOKUSAGE_OK && want == in->status && strcmp(in->member, "-") != 0) {
        assert_non_null(error->member);
        assert_string_equal(error->member, in->member);
    }
}

static void expect_stream(const char *how, const sample *in, const tokusage_stream *stream) {
    char what[SAMPLE_WORD + 100];
    char model[SAMPLE_WORD] = "";
    tokusage usage;
    tokusage_error error;
    (void)snprintf(what, sizeof what, "%s, %s", in->file, how);
    tokusage_status status = tokusage_stream_usage(stream, &usage, &error);
    expect_reading(what, in, in->status, status, &usage, &error);
    unsigned long long reports = tokusage_stream_reports(stream);
    if (in->reports_told && reports != in->reports) {
        fail_msg("%s: %llu reports, not %llu", what, reports, in->reports);
    }
    size_t length = tokusage_stream_model(stream, model, sizeof model);
    if (in->reports_told && strcmp(length == 0 ? "-" : model, in->model) != 0) {
        fail_msg("%s: the model is '%s', not '%s'", what, model, in->model);
    }
    if (in->end_told && tokusage_stream_done(stream) != in->done) {
        fail_msg("%s: it is%s done", what, in->done ? " not" : "");
    }
    if (in->end_told && tokusage_stream_body(stream) != in->body) {
        fail_msg("%s: the body's state is %d, not %d", what, (int)tokusage_stream_body(stream), (int)in->body);
    }
}

/* ---------------------------------------------------------------------------------------------------- many readings */

/* Feeds pieces of `longest` bytes, or random ones up to that length. Only bytes behind [DONE] may not be taken. */
static void feed_pieces(tokusage_stream *stream, const sample *in, span bytes, size_t longest, bool randomly) {
    assert_int_equal(tokusage_stream_init(stream, sample_pointer(in)), TOKUSAGE_OK);
    for (size_t at = 0; at < bytes.length;) {
        size_t piece = randomly ? 1 + random_below(longest) : longest;
        piece = piece < bytes.length - at ? piece : bytes.length - at;
        size_t taken = tokusage_stream_feed(stream, bytes.bytes + at, piece);
        if (taken != piece && !tokusage_stream_done(stream)) {
            fail_msg("%s: %zu bytes of %zu were taken, and it is not done", in->file, taken, piece);
        }
        at += piece;
    }
}

void expect_sample_as_stream(const sample *in, span bytes) {
    static const size_t longest[] = {3, 16, 100, 1400, 16384};
    tokusage_stream stream;
    assert_int_equal(tokusage_stream_init(&stream, sample_pointer(in)), TOKUSAGE_OK);
    size_t taken = tokusage_stream_feed(&stream, against_the_end(bytes.bytes, bytes.length), bytes.length);
    if (taken != bytes.length && !tokusage_stream_done(&stream)) {
        fail_msg("%s: %zu bytes of %zu were taken, and it is not done", in->file, taken, bytes.length);
    }
    expect_stream("whole", in, &stream);
    feed_pieces(&stream, in, bytes, 1, false);
    expect_stream("byte by byte", in, &stream);
    feed_pieces(&stream, in, bytes, 1400, false);
    expect_stream("in pieces of 1,400 bytes", in, &stream);
    for (size_t i = 0; i < 4 * LENGTH(longest); i++) {
        feed_pieces(&stream, in, bytes, longest[i % LENGTH(longest)], true);
        expect_stream("in random pieces", in, &stream);
    }
}

/* Removes all members of a root except the two that count there. */
static void strip_root(cJSON *root) {
    for (cJSON *item = root->child; item != NULL;) {
        cJSON *next = item->next;
        if (strcmp(item->string, "prompt_eval_count") != 0 && strcmp(item->string, "eval_count") != 0) {
            cJSON_Delete(cJSON_DetachItemViaPointer(root, item));
        }
        item = next;
    }
}

static bool is_root(const sample *in, const cJSON *tree, const cJSON *usage) {
    return usage == tree && sample_pointer(in) == NULL;
}

static void expect_tree(const sample *in, cJSON *tree) {
    char what[SAMPLE_WORD + 100];
    tokusage usage;
    tokusage_error error;
    const cJSON *object = opinion_place(sample_pointer(in), tree);
    if (is_root(in, tree, object)) {
        strip_root(tree);
    }
    (void)snprintf(what, sizeof what, "%s, as a tree", in->file);
    tokusage_status status = tokusage_from_cjson(object, &usage, &error);
    tokusage_status want =
        in->text_status != TOKUSAGE_ERR_DUPLICATE || object != NULL ? in->text_status : TOKUSAGE_ERR_NOT_FOUND;
    expect_reading(what, in, want, status, &usage, &error);
}

void expect_sample_as_text(const sample *in, span bytes) {
    char what[SAMPLE_WORD + 100];
    tokusage usage;
    tokusage_error error;
    (void)snprintf(what, sizeof what, "%s, as a text", in->file);
    const char *copy = against_the_end(bytes.bytes, bytes.length);
    tokusage_status status = tokusage_extract(copy, bytes.length, sample_pointer(in), &usage, &error);
    expect_reading(what, in, in->text_status, status, &usage, &error);
    if (in->text_status == TOKUSAGE_ERR_SYNTAX || in->text_status == TOKUSAGE_ERR_DEPTH) {
        return;
    }
    cJSON *tree = cJSON_ParseWithLengthOpts(bytes.bytes, bytes.length, NULL, false);
    assert_non_null(tree);
    expect_tree(in, tree);
    cJSON_Delete(tree);
}
