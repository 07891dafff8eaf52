/*
 * The texts that the benchmark reads, made from our own words and a fixed seed in the shapes that services send. Their
 * usage is known from the making, so every engine is held against it. No measuring here.
 */
#include "bench.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- chance */

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled" (2016). */
static uint64_t chance_state;

static uint64_t chance(uint64_t below) {
    chance_state ^= chance_state >> 12;
    chance_state ^= chance_state << 25;
    chance_state ^= chance_state >> 27;
    return ((chance_state * UINT64_C(2685821657736338717)) >> 32) % below;
}

/* ---- a growing text */

static void put_bytes(work *to, const char *bytes, size_t length) {
    if (to->size + length + PADDING > to->room) {
        to->room = 2 * (to->size + length + PADDING);
        to->bytes = realloc(to->bytes, to->room);
        if (!to->bytes) {
            abort();
        }
    }
    memcpy(to->bytes + to->size, bytes, length);
    to->size += length;
}

#ifdef __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
static void
put(work *to, const char *format, ...) {
    char text[1024];
    va_list values;
    va_start(values, format);
    const int length = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (length < 0 || (size_t)length >= sizeof text) {
        abort();
    }
    put_bytes(to, text, (size_t)length);
}

static void begin_text(work *to) {
    if (to->count == TEXTS_MAX) {
        abort();
    }
    to->begin[to->count] = to->size;
}

static void end_text(work *to, report expected) {
    static const char padding[PADDING] = {0};
    to->length[to->count] = to->size - to->begin[to->count];
    to->expected[to->count] = expected;
    to->count++;
    put_bytes(to, padding, PADDING);
}

static void begin_work(work *made, kind kind, const char *name) {
    *made = (work){.kind = kind};
    chance_state = 20240229;
    snprintf(made->name, sizeof made->name, "%s", name);
}

/* ---- words */

static const char *const words[] = {
    "The",    " river",  " keeps",   " its",        " own",    " time",   " and",     " carries", " what",   " the",
    " hills", " gave",   " it",      " down",       " to",     " a",      " harbour", " where",   " boats",  " wait",
    ",",      ".",       " In",      " winter",     " frost",  " writes", " on",      " every",   " pane",   " ;",
    " seven", " lamps",  " were",    " lit",        " before", " dusk",   " 1848",    " miles",   " of",     " rope",
    " -",     " answer", " follows", ":",           " step",   " by",     " 42",      " %",       " tokens", " (",
    ")",      "\\n",     "\\n\\n",   " \\\"so\\\"", " usage",  " counts", " light",   " house",   " keeper", " smiled",
};

/* Letters as services write them that escape all that is not ASCII: Cyrillic, CJK, kana. */
static const struct alphabet { unsigned first, count; } alphabets[] = {{0x0430, 32}, {0x4E00, 8000}, {0x3042, 80}};

static void put_word(work *to) {
    const char *const word = words[chance(sizeof words / sizeof *words)];
    put_bytes(to, word, strlen(word));
}

static void put_words(work *to, size_t bytes) {
    const size_t end = to->size + bytes;
    while (to->size < end) {
        put_word(to);
    }
}

static void put_escaped(work *to, size_t letters) {
    const struct alphabet *const alphabet = &alphabets[chance(sizeof alphabets / sizeof *alphabets)];
    for (size_t i = 0; i < letters; i++) {
        put(to, "\\u%04x", alphabet->first + (unsigned)chance(alphabet->count));
        if (chance(6) == 0) {
            put(to, " ");
        }
    }
}

/* ---- usage */

static int64_t some_count(void) {
    static const uint64_t limits[] = {10, 100, 1000, 10000, 100000, 1000000};
    return (int64_t)(1 + chance(limits[chance(sizeof limits / sizeof *limits)]));
}

static counts some_counts(void) {
    counts made = {.prompt = some_count(), .completion = some_count()};
    made.total = made.prompt + made.completion;
    return made;
}

static void put_counts(work *to, counts usage) {
    put(to, "\"prompt_tokens\":%" PRId64 ",\"completion_tokens\":%" PRId64 ",\"total_tokens\":%" PRId64, usage.prompt,
        usage.completion, usage.total);
}

static void put_usage(work *to, counts usage) {
    put(to, "{");
    put_counts(to, usage);
    put(to, "}");
}

static void put_detailed_usage(work *to, counts usage) {
    put(to, "{");
    put_counts(to, usage);
    put(to,
        ",\"prompt_tokens_details\":{\"cached_tokens\":%" PRIu64 ",\"audio_tokens\":0},"
        "\"completion_tokens_details\":{\"reasoning_tokens\":%" PRIu64
        ",\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}",
        chance(1000), chance(1000));
}

static const struct usages {
    const char *name;
    kind kind;
    void (*put)(work *to, counts usage);
} usages[] = {
    {"decode, three counts", KIND_DECODE, put_usage},
    {"decode, with details", KIND_DECODE, put_detailed_usage},
    {"encode", KIND_ENCODE, put_usage},
};

/* Many different ones in one run, so that no branch is learned by heart. */
static void make_usages(work *made, const struct usages *set) {
    begin_work(made, set->kind, set->name);
    for (size_t i = 0; i < TEXTS_MAX; i++) {
        const counts usage = some_counts();
        begin_text(made);
        set->put(made, usage);
        end_text(made, (report){.usage = usage});
    }
}

/* ---- bodies: a response that is not streamed */

static const struct bodies {
    const char *name;
    size_t count, bytes;
    bool with_logprobs;
} bodies[] = {
    {"body of 2 KB", 200, 2000, false},
    {"body of 200 KB", 5, 200000, false},
    {"body of 200 KB, log probabilities", 5, 200000, true},
};

static void put_body_head(work *to) {
    put(to,
        "{\"id\":\"chatcmpl-%08" PRIx64 "%08" PRIx64 "\",\"object\":\"chat.completion\",\"created\":1764657993,"
        "\"model\":\"example-7b-instruct\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
        "\"",
        chance(UINT32_MAX), chance(UINT32_MAX));
}

static void put_logprobs(work *to, size_t bytes) {
    const size_t end = to->size + bytes;
    put(to, "\"logprobs\":{\"content\":[");
    do {
        put(to, "{\"token\":\"");
        put_word(to);
        put(to, "\",\"logprob\":-%" PRIu64 ".%06" PRIu64 ",\"bytes\":[%" PRIu64 ",%" PRIu64 ",%" PRIu64 "],", chance(9),
            chance(1000000), chance(256), chance(256), chance(256));
        put(to, "\"top_logprobs\":[]}%s", to->size < end ? "," : "");
    } while (to->bytes[to->size - 1] == ',');
    put(to, "]}");
}

static void make_bodies(work *made, const struct bodies *set) {
    begin_work(made, KIND_EXTRACT, set->name);
    for (size_t i = 0; i < set->count; i++) {
        const counts usage = some_counts();
        begin_text(made);
        put_body_head(made);
        put_words(made, set->with_logprobs ? 200 : set->bytes - 500);
        put(made, "\",\"refusal\":null},");
        if (set->with_logprobs) {
            put_logprobs(made, set->bytes - 900);
        } else {
            put(made, "\"logprobs\":null");
        }
        put(made, ",\"finish_reason\":\"stop\"}],\"usage\":");
        put_detailed_usage(made, usage);
        put(made, ",\"system_fingerprint\":\"fp_example\"}\n");
        end_text(made, (report){.usage = usage});
    }
}

/* ---- streams */

typedef enum shape {
    USAGE_NULL,   /* "usage":null in every event but the last */
    USAGE_AT_END, /* no usage in any event but the last */
    USAGE_RUNNING /* usage so far in every event, at its end */
} shape;

typedef struct flow {
    const char *name;
    shape shape;
    size_t bytes;       /* of the stream, about */
    size_t text, range; /* bytes (escaped: letters) of text in an event: between text and text + range */
    bool escaped;
} flow;

static const flow flows[] = {
    {"stream, usage null in each event", USAGE_NULL, 1000000, 1, 8, false},
    {"stream, usage at the end only", USAGE_AT_END, 1000000, 1, 8, false},
    {"stream, usage in each event", USAGE_RUNNING, 1000000, 1, 8, false},
    {"stream, events of 10 KB", USAGE_NULL, 1000000, 9800, 200, false},
    {"stream, escaped text, short events", USAGE_NULL, 1000000, 1, 6, true},
    {"stream, escaped text, events of 2 KB", USAGE_AT_END, 1000000, 250, 100, true},
    {"stream of 96 MB, usage null in each event", USAGE_NULL, 96000000, 1, 8, false},
};

static void put_event(work *to, const flow *flow, const char *id, bool first, const counts *running) {
    put(to,
        "data: "
        "{\"id\":\"%s\",\"object\":\"chat.completion.chunk\",\"created\":1764657993,\"model\":\"example-7b-instruct\","
        "\"system_fingerprint\":\"fp_44709d6fcb\",\"choices\":[{\"index\":0,\"delta\":{%s\"content\":\"",
        id, first ? "\"role\":\"assistant\"," : "");
    const size_t text = flow->text + chance(flow->range);
    if (flow->escaped) {
        put_escaped(to, text);
    } else {
        put_words(to, text);
    }
    put(to, "\"},\"logprobs\":null,\"finish_reason\":null}]");
    if (flow->shape == USAGE_NULL) {
        put(to, ",\"usage\":null");
    } else if (flow->shape == USAGE_RUNNING) {
        put(to, ",\"usage\":");
        put_usage(to, *running);
    }
    put(to, "}\n\n");
}

static void make_stream(work *made, const flow *flow) {
    char id[48];
    snprintf(id, sizeof id, "chatcmpl-%08" PRIx64 "%08" PRIx64 "%08" PRIx64, chance(UINT32_MAX), chance(UINT32_MAX),
             chance(UINT32_MAX));
    counts usage = {.prompt = some_count()};
    report expected = {.reports = 1};
    begin_work(made, KIND_STREAM, flow->name);
    begin_text(made);
    while (made->size < flow->bytes) {
        usage.completion++;
        usage.total = usage.prompt + usage.completion;
        put_event(made, flow, id, usage.completion == 1, &usage);
        expected.reports += flow->shape == USAGE_RUNNING;
    }
    put(made,
        "data: {\"id\":\"%s\",\"object\":\"chat.completion.chunk\",\"created\":1764657993,"
        "\"model\":\"example-7b-instruct\",\"choices\":[],\"usage\":",
        id);
    put_detailed_usage(made, usage);
    put(made, "}\n\ndata: [DONE]\n\n");
    expected.usage = usage;
    end_text(made, expected);
}

static const char early_name[] = "stream, usage early in each event";

/* As one service writes it: the running usage stands early in the event, with sources that are repeated each time. */
static void make_early_stream(work *made) {
    counts usage = {.prompt = some_count()};
    report expected = {.reports = 0};
    begin_work(made, KIND_STREAM, early_name);
    begin_text(made);
    while (made->size < 1000000) {
        usage.completion += 1 + (int64_t)chance(60);
        usage.total = usage.prompt + usage.completion;
        put(made, "data: {\"id\":\"0e5f6a1c\",\"model\":\"example-search\",\"created\":1764657993,\"usage\":");
        put_usage(made, usage);
        put(made, ",\"citations\":[");
        for (unsigned i = 0; i < 5; i++) {
            put(made, "%s\"https://example.org/%u/harbour-lights-and-the-boats-that-wait-in-winter/\"", i ? "," : "",
                i);
        }
        put(made, "],\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
                  "\"content\":\"");
        put_words(made, 60);
        put(made, "\"}}]}\r\n\r\n");
        expected.reports++;
    }
    put(made, "data: [DONE]\r\n\r\n");
    expected.usage = usage;
    end_text(made, expected);
}

/* ---- all of them */

void make_works(bool (*wanted)(const char *name), void (*take)(work *made)) {
    static work made;
    for (size_t i = 0; i < sizeof usages / sizeof *usages; i++) {
        if (wanted(usages[i].name)) {
            make_usages(&made, &usages[i]);
            take(&made);
        }
    }
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        if (wanted(bodies[i].name)) {
            make_bodies(&made, &bodies[i]);
            take(&made);
        }
    }
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) {
        if (wanted(flows[i].name)) {
            make_stream(&made, &flows[i]);
            take(&made);
        }
    }
    if (wanted(early_name)) {
        make_early_stream(&made);
        take(&made);
    }
}

bool load_recording(const char *folder, const char *name, work *made) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.sse", folder, name);
    FILE *const file = fopen(path, "rb");
    if (!file) {
        return false;
    }
    begin_work(made, KIND_STREAM, "recording ");
    strncat(made->name, name, sizeof made->name - strlen(made->name) - 1);
    begin_text(made);
    char buffer[16384];
    size_t length;
    while ((length = fread(buffer, 1, sizeof buffer, file)) > 0) {
        put_bytes(made, buffer, length);
    }
    fclose(file);
    end_text(made, (report){.reports = UINT64_MAX}); /* not known here: the engines are held against each other */
    return true;
}
