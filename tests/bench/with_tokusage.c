/* This library, used as its header says; compiled twice when another version is measured, too. */
#include "bench.h"

#include <tokusage.h>

static int64_t count_of(tokusage_count count) {
    return count.present ? count.value : -1;
}

static counts counts_of(const tokusage *usage) {
    return (counts){.prompt = count_of(usage->prompt_tokens),
                    .completion = count_of(usage->completion_tokens),
                    .total = count_of(usage->total_tokens)};
}

static bool read(char *text, size_t length, const form *form, counts *found) {
    tokusage usage;
    tokusage_error error;
    const tokusage_status status = form->bare ? tokusage_decode(text, length, &usage, &error)
                                              : tokusage_extract(text, length, NULL, &usage, &error);
    if (status != TOKUSAGE_OK) {
        return false;
    }
    *found = counts_of(&usage);
    return true;
}

static void stream(char *body, const cuts *cuts, findings *found) {
    static tokusage_stream stream;
    size_t begin = 0;
    tokusage_stream_init(&stream, NULL);
    for (size_t i = 0; i < cuts->count; begin = cuts->end[i++]) {
        tokusage_stream_feed(&stream, body + begin, cuts->end[i] - begin);
    }
    tokusage usage;
    tokusage_error error;
    if (tokusage_stream_usage(&stream, &usage, &error) == TOKUSAGE_OK) {
        found->usage = counts_of(&usage);
    }
    found->reports = tokusage_stream_reports(&stream);
}

static tokusage_count count_from(int64_t value) {
    return (tokusage_count){.present = value >= 0, .value = value >= 0 ? value : 0};
}

static size_t write(const counts *from, char *buffer, size_t size) {
    const tokusage usage = {.prompt_tokens = count_from(from->prompt),
                            .completion_tokens = count_from(from->completion),
                            .total_tokens = count_from(from->total)};
    size_t length = 0;
    return tokusage_encode(&usage, buffer, size, &length) == TOKUSAGE_OK ? length : 0;
}

#ifdef BENCH_AGAINST
const engine engine_against = {"against", tokusage_version, read, stream, write, true, false};
#else
const engine engine_tokusage = {"tokusage", tokusage_version, read, stream, write, true, false};
#endif
