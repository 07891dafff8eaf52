/*
 * What the module has to say about bodies, found in another way: each file is read whole, by one call.
 *
 *     judge FOLDER [POINTER]
 *
 * For each file in FOLDER: its name, the verdict, prompt, completion, total, cached, written, reasoning and the model, with
 * tabs between them and "-" for what is absent.
 */
#include "rig.h"
#include "tokusage.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

/* Whether a count that was told has become another. */
static bool changed(tokusage_count before, tokusage_count after) {
    return before.present && before.value != after.value;
}

static const char *judge_counts(tokusage *usage) {
    const tokusage before = *usage;
    tokusage_error error;
    switch (tokusage_reconcile(usage, &error)) {
    case TOKUSAGE_OK:
        return changed(before.prompt_tokens, usage->prompt_tokens) ||
                       changed(before.completion_tokens, usage->completion_tokens)
                   ? "reconciled"
                   : "consistent";
    case TOKUSAGE_ERR_TOTAL:
    case TOKUSAGE_ERR_PART:
        return "contradictory";
    default:
        return "invalid";
    }
}

/* Events without their end were cut; of a service that tells none (Gemini), each report has a total. */
static const char *judge_report(tokusage *usage, tokusage_body body) {
    const bool cut = body == TOKUSAGE_BODY_OPEN && !usage->total_tokens.present;
    const char *const verdict = judge_counts(usage);
    return body == TOKUSAGE_BODY_BROKEN ? "invalid" : cut ? "cut" : verdict;
}

static const char *judge(const tokusage_stream *stream, tokusage *usage) {
    const tokusage_body body = tokusage_stream_body(stream);
    tokusage_error error;
    switch (tokusage_stream_usage(stream, usage, &error)) {
    case TOKUSAGE_OK:
        return judge_report(usage, body);
    case TOKUSAGE_ERR_NOT_FOUND:
        return body == TOKUSAGE_BODY_OPEN ? "cut" : body == TOKUSAGE_BODY_BROKEN ? "invalid" : "missing";
    default:
        return "invalid";
    }
}

static void print_count(tokusage_count count) {
    if (count.present) {
        printf("\t%lld", (long long)count.value);
    } else {
        printf("\t-");
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
    tokusage usage = {.total_tokens = {.present = false}};
    char model[TOKUSAGE_MODEL_SIZE];
    const char *const verdict = judge(&stream, &usage);
    printf("%s\t%s", name, verdict);
    print_count(usage.prompt_tokens);
    print_count(usage.completion_tokens);
    print_count(usage.total_tokens);
    print_count(usage.cached_tokens);
    print_count(usage.cache_write_tokens);
    print_count(usage.reasoning_tokens);
    printf("\t%s\n", tokusage_stream_model(&stream, model, sizeof model) > 0 ? model : "-");
    bytes_free(&body);
}

int main(int count, char **arguments) {
    DIR *const folder = count >= 2 ? opendir(arguments[1]) : NULL;
    if (!folder) {
        stop("usage: judge FOLDER [POINTER]");
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
