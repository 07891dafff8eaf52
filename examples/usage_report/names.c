/*
 * Members whose values are numbers and whose names have `token` in them: each of a usage object is read by the library,
 * needs no count, or is a finding; where no usage is known, so is the first of them.
 */
#include "usage_report.h"

#include <string.h>
#include <strings.h>

/* They need no count: parts that are priced like their whole, limits of a request, what is not used or not charged. */
static const char no_counts[] =
    "text_tokens|accepted_prediction_tokens|rejected_prediction_tokens|prompt_cache_miss_tokens|"
    "ephemeral_5m_input_tokens|tokenCount|tokens|video_tokens|max_tokens|max_completion_tokens|max_output_tokens|"
    "maxTokens|maxOutputTokens|max_new_tokens|max_tokens_to_sample|budget_tokens|thinkingBudgetTokens|"
    "citation_tokens|search_tokens|textTokens|ephemeral5mInputTokens|noCacheTokens|min_tokens|max_input_tokens|"
    "max_prompt_tokens|input_text_tokens|output_text_tokens|context_tokens|tokens_per_second|token_limit|"
    "max_context_tokens|prompt_text_tokens|completion_text_tokens|cached_completion_tokens|eos_token_id|bos_token_id|"
    "pad_token_id|token_id";

/* In any case. */
static bool has_token(slice name) {
    size_t at = 0;
    while (at + 5 <= name.length && ((name.bytes[at] | 32) != 't' || strncasecmp(name.bytes + at, "token", 5) != 0)) {
        at++;
    }
    return at + 5 <= name.length;
}

bool may_be_count(slice name, slice value) {
    return json_is_number(value) && has_token(name) && !slice_is_one(name, no_counts);
}

/* Whether the library reads it: a usage that has nothing else has a count then. */
static bool library_reads(slice path) {
    text probe = {.bytes = NULL};
    tokusage usage = {.total_tokens = {.present = false}};
    size_t depth = 0;
    for (size_t at = 0; at < path.length; at++) {
        const bool opens = path.bytes[at] == '/';
        text_string(&probe, !opens ? "" : depth == 0 ? "{\"" : "\":{\"");
        text_bytes(&probe, path.bytes + at, !opens);
        depth += opens;
    }
    text_string(&probe, "\":1");
    for (; depth > 0; depth--) {
        text_string(&probe, "}");
    }
    tokusage_decode(probe.bytes, probe.used, &usage, NULL);
    text_free(&probe);
    return !is_empty(&usage);
}

static const size_t names_most = 1000; /* of a file: more would take memory without end */
static const unsigned depth_most = 12;

static void name_unknown(reading *in, slice path, const response *of) {
    const tally one = {.counters = {[UNKNOWN] = 1}};
    record at = of->kept;
    text reason = {.bytes = NULL};
    if (in->source->said.count == names_most || !remember(&in->source->said, path)) {
        return;
    }
    at.file = in->source->number;
    tally_add(&group_of(in, of)->tally, &one);
    text_safe(&reason, path);
    text_string(&reason, ": not known, so it is not counted");
    say_finding(in, &at, text_c(&reason));
    text_free(&reason);
}

/* Each of these members, by its path: it is named, or (`of` is NULL) the first one is looked for. */
static bool walk(reading *in, slice value, text *path, unsigned depth, const response *of) {
    slice inside = json_open(value);
    slice name = {NULL, 0};
    slice member = {NULL, 0};
    const size_t used = path->used;
    const bool object = json_is(value, '{');
    for (int64_t i = 0; depth < depth_most && json_next(&inside, object ? &name : NULL, &member); i++) {
        path->used = used;
        text_string(path, "/");
        if (object) {
            text_slice(path, name);
        } else {
            text_print(path, "%lld", (long long)i);
        }
        if (object && may_be_count(name, member)) {
            if (!of) {
                return true;
            }
            if (!library_reads(text_all(path))) {
                name_unknown(in, (slice){path->bytes + 1, path->used - 1}, of);
            }
        } else if ((json_is(member, '{') || (!of && json_is(member, '['))) && walk(in, member, path, depth + 1, of)) {
            return true;
        }
    }
    path->used = used;
    return false;
}

bool find_count(slice whole, text *pointer) {
    return walk(NULL, whole, pointer, 0, NULL);
}

static bool in_number(slice of, size_t at) {
    return at < of.length && ((unsigned char)(of.bytes[at] - '-') <= '9' - '-' || of.bytes[at] == 'e');
}

/* Whether the one is at the front of the other, except for the values of numbers. */
static bool begins_alike(slice one, slice other) {
    size_t i = 0;
    size_t k = 0;
    for (;;) {
        while (i + 8 <= one.length && k + 8 <= other.length && memcmp(one.bytes + i, other.bytes + k, 8) == 0) {
            i += 8;
            k += 8;
        }
        for (; i < one.length && k < other.length && one.bytes[i] == other.bytes[k]; i++, k++) {
        }
        if (!in_number(one, i) && !in_number(other, k)) {
            return i == one.length && i > 0;
        }
        for (; i > 0 && in_number(one, i - 1); i--, k--) {
        }
        if (i == 0 || (one.bytes[i - 1] != ':' && one.bytes[i - 1] != ' ')) {
            return false;
        }
        for (; in_number(one, i); i++) {
        }
        for (; in_number(other, k); k++) {
        }
    }
}

/* Most usages have the same members. */
void check_usage(reading *in, slice usage, const response *of) {
    source *const file = in->source;
    text path = {.bytes = NULL};
    size_t i = 0;
    while (i < USAGES && !begins_alike(text_all(&file->checked[i]), usage)) {
        i++;
    }
    if (json_is(usage, '{') && i == USAGES) {
        text *const checked = &file->checked[file->next_checked++ % USAGES];
        usage.length = json_skip(usage);
        walk(in, usage, &path, 0, of);
        checked->used = 0;
        text_slice(checked, usage);
    }
    text_free(&path);
}

/* Of the document, wherever services have it. */
void check_members(reading *in, const response *of) {
    static const char usages[] =
        "/usage /usageMetadata /message/usage /response/usage /interaction/usage /delta/usage /metadata/usage "
        "/response/usageMetadata /x_groq/usage /response/body/usage /result/message/usage /modelOutput/usage "
        "/result/usage "
        "/chatResponse/usage /output/outputBodyJson/usage /usage_metadata /response_body/usage /metadata/usage_object";
    check_usage(in, in->document.found.bytes ? in->document.found : document_at(&in->document, usages), of);
}
