/* Bodies in files; see samples.h. Only this file uses what C does not have: the files of a folder. */
#define _DEFAULT_SOURCE

#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <dirent.h>
#endif

static tokusage_verdict verdict_of(const char *word) {
    int i = TOKUSAGE_CONSISTENT;
    while (i < TOKUSAGE_UNREADABLE && strcmp(word, tokusage_verdict_text((tokusage_verdict)i)) != 0) {
        i++;
    }
    expect_words("a verdict", word, tokusage_verdict_text((tokusage_verdict)i));
    return (tokusage_verdict)i;
}

/* A word of a column that the table need not have. */
static const char *optional(const table *in, size_t row, const char *column) {
    return table_has(in, column) ? table_word(in, row, column) : NULL;
}

static answer answer_of(const table *in, size_t row, const observation *got) {
    static const char *const labels[LABEL_COUNT] = {"model", "id", "service_tier"};
    const tokusage usage = table_usage(in, row);
    const char *error = optional(in, row, "error");
    answer want;
    memset(&want, 0, sizeof want);
    if (error == NULL && !table_has(in, "error") && got->reports > 0 && got->status != TOKUSAGE_OK) {
        error = error_words(&got->error); /* a table without this column does not say which one */
    }
    want.says = error != NULL ? error : usage_words(&usage);
    want.verdict = verdict_of(table_cell(in, row, "verdict"));
    want.verdict_complete = verdict_of(table_cell(in, row, "verdict_complete"));
    want.reports = (uint64_t)table_number(in, row, "reports");
    want.done = strcmp(table_cell(in, row, "done"), "yes") == 0;
    for (int i = 0; i < LABEL_COUNT; i++) {
        want.labels[i] = table_word(in, row, labels[i]);
    }
    return want;
}

static void expect_sample(const table *in, size_t row, const char *folder) {
    const char *const file = table_cell(in, row, "file");
    const char *pointer = optional(in, row, "pointer");
    if (pointer != NULL && strcmp(pointer, "\"\"") == 0) {
        pointer = "";
    }
    builder bytes = file_read(folder, file);
    if (bytes.bytes == NULL) {
        fail_msg("no file %s/%s", folder, file);
    }
    const observation got = expect_in_every_way(file, pointer, built(&bytes));
    const answer want = answer_of(in, row, &got);
    expect_answer(file, &got, got.taken, &want);
    free(bytes.bytes);
}

size_t expect_samples(const char *folder, const char *name) {
    table samples;
    if (!table_read(&samples, folder, name)) {
        return 0;
    }
    const size_t count = samples.rows;
    for (size_t i = 0; i < count; i++) {
        expect_sample(&samples, i, folder);
    }
    table_free(&samples);
    return count;
}

#ifndef _WIN32

static bool is_in_table(const table *in, const char *file) {
    size_t i = 0;
    while (i < in->rows && strcmp(table_cell(in, i, "file"), file) != 0) {
        i++;
    }
    return i < in->rows;
}

void expect_all_files_in_table(const char *folder, const char *name) {
    table samples;
    assert_true(table_read(&samples, folder, name));
    DIR *const files = opendir(folder);
    assert_non_null(files);
    for (const struct dirent *file = readdir(files); file != NULL; file = readdir(files)) {
        const char *const tail = strrchr(file->d_name, '.');
        const bool other =
            file->d_name[0] == '.' || tail == NULL || strcmp(tail, ".tsv") == 0 || strcmp(tail, ".md") == 0;
        if (!other && !is_in_table(&samples, file->d_name)) {
            fail_msg("%s/%s is not in the table", folder, file->d_name);
        }
    }
    (void)closedir(files);
    table_free(&samples);
}

#else

void expect_all_files_in_table(const char *folder, const char *name) {
    (void)folder;
    (void)name;
}

#endif
