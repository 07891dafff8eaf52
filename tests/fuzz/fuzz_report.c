/*
 * Any bytes as a log, and as a file of prices, for the program usage-report: its main is called as the shell calls it. Its
 * report must be the same each time (its tables are in an order that chance gives them), must be JSON where JSON was
 * asked for, and must be the same when it is merged.
 *
 * The first byte of the input chooses the options; a line "%%" is between the log and the prices.
 */
#define _GNU_SOURCE

#include "fuzz.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    WORDS = 12,
    PATH = 64
};

static const char *const choices[][WORDS] = {
    {"--format", "json"},
    {"--format", "json", "--by", "day", "--by", "/model", "--stated"},
    {"--format", "json", "--by", "/a", "--by", "file"},
    {"--format", "json", "--prefix", "--strict"},
    {"--format", "json", "--max-line", "64", "--max-ids", "2"},
    {"--format", "csv", "--each", "--by", "month"},
    {"--format", "tsv", "--sheet", "--by", "/model", "--by", "week"},
    {"--by", "/model", "--explain"},
    {"--at", "/a", "--model", "/m", "--time", "/t", "--by", "hour", "--tz", "Europe/Berlin"},
    {"--each", "--since", "2020-01-01", "--until", "2030-01-01"},
};

static char log_path[PATH], prices_path[PATH], report_path[PATH];
static FILE *printed;

/* The program with other names for two functions: see CMakeLists.txt and run.sh. */
int report_main(int argc, char **argv);
int report_fclose(FILE *file);

/* The program closes standard output, to see whether all was written. Here it is needed once more. */
int report_fclose(FILE *file) {
    return file == stdout ? fflush(file) : fclose(file);
}

static void remove_files(void) {
    (void)fclose(printed);
    (void)remove(log_path);
    (void)remove(prices_path);
    (void)remove(report_path);
    *strrchr(log_path, '/') = '\0';
    (void)rmdir(log_path);
}

/* In memory, where there is such a folder. */
static void name_files(void) {
    char folder[PATH / 2];
    (void)snprintf(folder, sizeof folder, "%s/tokusage-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(log_path, sizeof log_path, "%s/log.jsonl", folder);
    (void)snprintf(prices_path, sizeof prices_path, "%s/prices", folder);
    (void)snprintf(report_path, sizeof report_path, "%s/report.json", folder);
    printed = tmpfile();
    assert_non_null(printed);
    (void)atexit(remove_files);
}

static void write_file(const char *path, span bytes) {
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.bytes, 1, bytes.length, file), bytes.length);
    (void)fclose(file);
}

/* What was printed, which is forgotten then; freed by the caller. */
static builder read_back(void) {
    builder bytes = {NULL, 0, 0};
    char chunk[4096];
    size_t length = 0;
    rewind(printed);
    add(&bytes, 1, "");
    do {
        length = fread(chunk, 1, sizeof chunk, printed);
        add_bytes(&bytes, chunk, length);
    } while (length > 0);
    rewind(printed);
    assert_int_equal(ftruncate(fileno(printed), 0), 0);
    return bytes;
}

/* Runs the program with these words. Returns what it printed on standard output; freed by the caller. */
static builder run(const char *const *words, int *status) {
    char *argv[WORDS + 8];
    int argc = 0;
    for (; words[argc] != NULL; argc++) {
        argv[argc] = strdup(words[argc]);
    }
    argv[argc] = NULL;
    (void)fflush(stdout);
    const int kept = dup(STDOUT_FILENO);
    (void)dup2(fileno(printed), STDOUT_FILENO);
    optind = 0;
    *status = report_main(argc, argv);
    (void)fflush(stdout);
    (void)dup2(kept, STDOUT_FILENO);
    (void)close(kept);
    while (argc > 0) {
        free(argv[--argc]);
    }
    return read_back();
}

static void expect_same(const char *what, builder *a, builder *b) {
    expect_words(what, a->bytes, b->bytes);
    free(b->bytes);
}

static void expect_json(span report) {
    const char *value = NULL;
    size_t length = 0;
    tokusage_error error;
    if (tokusage_find(report.bytes, report.length, "", &value, &length, &error) != TOKUSAGE_OK) {
        fail_msg("no JSON, %s: %s", error_words(&error), shown(report.bytes, report.length));
    }
}

/* A report of JSON, merged, is that report; without prices and what services stated, which are not in it in full. */
static void expect_merged(builder *report) {
    static const char *const words[] = {"usage-report", "--merge", "--format", "json", report_path, NULL};
    int status = 0;
    write_file(report_path, built(report));
    builder merged = run(words, &status);
    assert_true(status >= 0 && status <= 2);
    expect_same("merged", report, &merged);
}

static void expect_report(const char *const *options, bool priced) {
    const char *words[WORDS + 8] = {"usage-report", "--max-errors", "0"};
    size_t count = 3;
    for (; *options != NULL; options++) {
        words[count++] = *options;
    }
    if (priced) {
        words[count++] = "--prices";
        words[count++] = prices_path;
    }
    words[count++] = log_path;
    int status = 0, again = 0;
    builder report = run(words, &status);
    builder second = run(words, &again);
    assert_true(status >= 0 && status <= 2);
    assert_int_equal(status, again);
    expect_same("a second time", &report, &second);
    if (strcmp(words[4], "json") == 0 && report.length > 0) {
        expect_json(built(&report));
        expect_merged(&report);
    }
    free(report.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char between[] = "\n%%\n";
    input in = {.at = data, .left = size};
    if (*log_path == '\0') {
        name_files();
    }
    const uint8_t choice = next_byte(&in);
    const span all = {(const char *)in.at, in.left};
    const char *const mark = in.left > 0 ? memmem(all.bytes, all.length, between, sizeof between - 1) : NULL;
    const span lines = {all.bytes, mark != NULL ? (size_t)(mark - all.bytes) : all.length};
    write_file(log_path, lines);
    if (mark != NULL) {
        const char *const prices = mark + sizeof between - 1;
        write_file(prices_path, (span){prices, (size_t)(all.bytes + all.length - prices)});
    }
    expect_report(choices[choice % LENGTH(choices)], mark != NULL);
    return 0;
}
