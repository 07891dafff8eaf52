/*
 * What the module must find in bodies, found in another way: each file is read whole, by one call.
 *
 *     judge FOLDER [POINTER]
 *
 * For each file in FOLDER: its name, the verdict when the transport says that the body is whole, the verdict when it
 * does not, the model, and each count in the library's order, with tabs between them and "-" for what is absent.
 */
#include "rig.h"
#include "tokusage.h"

#include <dirent.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

/* In the words of the module's logs. */
static const char *word_of(tokusage_verdict verdict) {
    switch (verdict) {
    case TOKUSAGE_FAILED:
        return "error";
    case TOKUSAGE_TRUNCATED:
        return "cut";
    case TOKUSAGE_UNREADABLE:
        return "invalid";
    default:
        return tokusage_verdict_text(verdict);
    }
}

/* Bytes that the C library does not take for UTF-8 become \\xHH, which JSON reads as \xHH. */
static void print_model(const tokusage_stream *stream) {
    char model[TOKUSAGE_LABEL_SIZE];
    const size_t length = tokusage_stream_label(stream, TOKUSAGE_LABEL_MODEL, model, sizeof model);
    fputs(length == 0 ? "\t-" : "\t", stdout);
    for (size_t at = 0; at < length;) {
        mbstate_t state = {0};
        const size_t taken = mbrlen(model + at, length - at, &state);
        if (taken <= length - at) {
            fwrite(model + at, 1, taken, stdout);
            at += taken;
        } else {
            printf("\\\\x%02X", (unsigned)(unsigned char)model[at++]);
        }
    }
}

static void judge_file(const char *folder, const char *name, const char *pointer) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    bytes body = {.at = NULL};
    if (!bytes_file(&body, path)) {
        stop("cannot read %s", path);
    }
    tokusage_stream stream;
    tokusage_stream_init(&stream, pointer);
    tokusage_stream_feed(&stream, body.at, body.used);
    tokusage usage;
    const tokusage_verdict incomplete = tokusage_stream_verdict(&stream, false, &usage, NULL);
    const tokusage_verdict complete = tokusage_stream_verdict(&stream, true, &usage, NULL);
    printf("%s\t%s\t%s", name, word_of(complete), word_of(incomplete));
    print_model(&stream);
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *const count = tokusage_count_at(&usage, i);
        if (count->present) {
            printf("\t%lld", (long long)count->value);
        } else {
            printf("\t-");
        }
    }
    putchar('\n');
    bytes_free(&body);
}

int main(int count, char **arguments) {
    DIR *const folder = count >= 2 ? opendir(arguments[1]) : NULL;
    if (!folder || !setlocale(LC_CTYPE, "C.UTF-8")) {
        stop("usage: judge FOLDER [POINTER], with the locale C.UTF-8");
    }
    const struct dirent *each;
    while ((each = readdir(folder))) {
        const char *const dot = strrchr(each->d_name, '.');
        if (each->d_name[0] != '.' && !(dot && strcmp(dot, ".gz") == 0)) {
            judge_file(arguments[1], each->d_name, count > 2 ? arguments[2] : NULL);
        }
    }
    return closedir(folder);
}
