/*
 * What the C library says about bodies, for the tests of the other hosts.
 *
 *     judge lines FILE...           for each body, and each length from 0 to all of it: what is said about its beginning
 *     judge counts FILE...          the same, with a column for each count instead of the JSON
 *     judge whole FILE...           only about all of it
 *     judge insert LITERAL FILE...  SQL that puts the bodies into the table bodies (name, body); LITERAL is how the
 *                                   database writes bytes, with %s where the hexadecimal digits are
 *
 * A line: name, length, verdict, model, counts as JSON, verdict of a complete body, error; with tabs, "-" for nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tokusage.h>

typedef struct body {
    const char *name;
    char *bytes;
    size_t length;
} body;

static body read_body(const char *path) {
    FILE *const file = fopen(path, "rb");
    const char *const slash = strrchr(path, '/');
    enum {
        ROOM = 1 << 20
    };
    body read = {slash ? slash + 1 : path, malloc(ROOM), 0};
    if (!file || !read.bytes) {
        perror(path);
        exit(2);
    }
    read.length = fread(read.bytes, 1, ROOM, file);
    fclose(file);
    return read;
}

/* How a count is printed where each has a column. */
static void print_counts(tokusage *usage) {
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count count = *tokusage_count_at(usage, i);
        if (count.present) {
            printf("\t%lld", (long long)count.value);
        } else {
            printf("\t-");
        }
    }
}

static void print_line(const body *of, const tokusage_stream *stream, size_t length, bool counts) {
    tokusage usage;
    tokusage_error error;
    char model[TOKUSAGE_LABEL_SIZE];
    char json[TOKUSAGE_JSON_SIZE];
    char words[TOKUSAGE_ERROR_SIZE] = "-";
    const tokusage_verdict complete = tokusage_stream_verdict(stream, true, NULL, NULL);
    const tokusage_verdict verdict = tokusage_stream_verdict(stream, false, &usage, &error);
    if (tokusage_stream_label(stream, TOKUSAGE_LABEL_MODEL, model, sizeof model) == 0) {
        strcpy(model, "-");
    }
    if (error.status != TOKUSAGE_OK) {
        tokusage_error_text(&error, words, sizeof words);
    }
    tokusage_encode(&usage, json, sizeof json, NULL);
    printf("%s\t%zu\t%s\t%s", of->name, length, tokusage_verdict_text(verdict), model);
    if (counts) {
        print_counts(&usage);
    } else {
        printf("\t%s", json);
    }
    printf("\t%s\t%s\n", tokusage_verdict_text(complete), words);
}

/* A copy of a stream goes on by itself, so each beginning is the one before and a byte. */
static void print_lines(const body *of, size_t from, bool counts) {
    tokusage_stream stream = {0};
    tokusage_stream_feed(&stream, of->bytes, from);
    print_line(of, &stream, from, counts);
    for (size_t at = from; at < of->length; at++) {
        tokusage_stream_feed(&stream, of->bytes + at, 1);
        print_line(of, &stream, at + 1, counts);
    }
}

static void print_insert(const body *of, const char *literal) {
    const char *const digits = strstr(literal, "%s");
    printf("INSERT INTO bodies VALUES ('%s', %.*s", of->name, (int)(digits - literal), literal);
    for (size_t at = 0; at < of->length; at++) {
        printf("%02x", (unsigned)(unsigned char)of->bytes[at]);
    }
    printf("%s);\n", digits + 2);
}

int main(int count, char **arguments) {
    const char *const what = count > 1 ? arguments[1] : "";
    const int insert = strcmp(what, "insert") == 0;
    if (count < 3 + insert || (insert && !strstr(arguments[2], "%s"))) {
        fputs("usage: judge lines|counts|whole FILE... | judge insert LITERAL FILE...\n", stderr);
        return 2;
    }
    for (int i = 2 + insert; i < count; i++) {
        const body read = read_body(arguments[i]);
        if (insert) {
            print_insert(&read, arguments[2]);
        } else {
            print_lines(&read, strcmp(what, "whole") == 0 ? read.length : 0, strcmp(what, "counts") == 0);
        }
        free(read.bytes);
    }
    return 0;
}
