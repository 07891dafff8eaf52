/*
 * Makes a mix of bodies of many providers, with numbers of which each is used once, as SQL:
 *
 *     mix NUMBER      INSERT INTO calls (body, and the counts that are true of it) VALUES ...
 *
 * The truth comes from the numbers alone. A template says how a provider writes them; it has these signs:
 *     $p prompt, all of it   $f fresh: without the cached and the written   $k cached   $w written to the cache
 *     $c completion, all of it   $o without the reasoning   $r reasoning   $t total   $m a model   $s some text
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tokusage.h>

typedef struct provider {
    const char *reported; /* of p k w c r t: the counts that can be known */
    const char *template;
} provider;

/* clang-format off */
static const provider providers[] = {
    {"pckrt", "{\"id\":\"chat-$s\",\"model\":\"$m\",\"choices\":[{\"message\":{\"content\":\"$s\"}}],\"usage\":{\"prompt_tokens\":$p,"
              "\"completion_tokens\":$c,\"total_tokens\":$t,\"prompt_tokens_details\":{\"cached_tokens\":$k},"
              "\"completion_tokens_details\":{\"reasoning_tokens\":$r}}}"},
    {"pckt",  "data: {\"model\":\"$m\",\"choices\":[{\"delta\":{\"content\":\"$s\"}}],\"usage\":null}\n\n"
              "data: {\"model\":\"$m\",\"choices\":[],\"usage\":{\"prompt_tokens\":$p,\"completion_tokens\":$c,\"total_tokens\":$t,"
              "\"prompt_tokens_details\":{\"cached_tokens\":$k}}}\n\ndata: [DONE]\n\n"},
    {"pckrt", "{\"object\":\"response\",\"model\":\"$m\",\"output\":[{\"text\":\"$s\"}],\"usage\":{\"input_tokens\":$p,"
              "\"input_tokens_details\":{\"cached_tokens\":$k},\"output_tokens\":$c,\"output_tokens_details\":{\"reasoning_tokens\":$r},"
              "\"total_tokens\":$t}}"},
    {"pckrt", "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"$s\"}\n\n"
              "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"model\":\"$m\",\"usage\":"
              "{\"input_tokens\":$p,\"input_tokens_details\":{\"cached_tokens\":$k},\"output_tokens\":$c,"
              "\"output_tokens_details\":{\"reasoning_tokens\":$r},\"total_tokens\":$t}}}\n\n"},
    {"pckwt", "{\"type\":\"message\",\"model\":\"$m\",\"content\":[{\"type\":\"text\",\"text\":\"$s\"}],\"usage\":{\"input_tokens\":$f,"
              "\"cache_creation_input_tokens\":$w,\"cache_read_input_tokens\":$k,\"output_tokens\":$c}}"},
    {"pckwt", "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"$m\",\"usage\":{\"input_tokens\":$f,"
              "\"cache_creation_input_tokens\":$w,\"cache_read_input_tokens\":$k,\"output_tokens\":1}}}\n\n"
              "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"$s\"}}\n\n"
              "event: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":$c}}\n\n"
              "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"},
    {"pckrt", "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"$s\"}]},\"finishReason\":\"STOP\"}],\"modelVersion\":\"$m\","
              "\"usageMetadata\":{\"promptTokenCount\":$p,\"cachedContentTokenCount\":$k,\"candidatesTokenCount\":$o,"
              "\"thoughtsTokenCount\":$r,\"totalTokenCount\":$t}}"},
    {"pcrt",  "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"$s\"}]}}],\"modelVersion\":\"$m\",\"usageMetadata\":"
              "{\"promptTokenCount\":$p,\"totalTokenCount\":$p}}\r\n\r\n"
              "data: {\"candidates\":[{\"finishReason\":\"STOP\"}],\"modelVersion\":\"$m\",\"usageMetadata\":{\"promptTokenCount\":$p,"
              "\"candidatesTokenCount\":$o,\"thoughtsTokenCount\":$r,\"totalTokenCount\":$t}}\r\n\r\n"},
    {"pckwt", "{\"output\":{\"message\":{\"content\":[{\"text\":\"$s\"}]}},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":$f,"
              "\"outputTokens\":$c,\"totalTokens\":$t,\"cacheReadInputTokens\":$k,\"cacheWriteInputTokens\":$w}}"},
    {"pct",   "{\"model\":\"$m\",\"message\":{\"content\":\"$s\"},\"done\":false}\n"
              "{\"model\":\"$m\",\"message\":{\"content\":\"\"},\"done\":true,\"prompt_eval_count\":$p,\"eval_count\":$c}\n"},
    {"pct",   "{\"id\":\"$s\",\"message\":{\"content\":[{\"text\":\"$s\"}]},\"usage\":{\"billed_units\":{\"input_tokens\":$p,"
              "\"output_tokens\":$c},\"tokens\":{\"input_tokens\":9$p,\"output_tokens\":9$c}}}"},
    {"pckrt", "{\"model\":\"$m\",\"choices\":[{\"message\":{\"content\":\"$s\"}}],\"usage\":{\"prompt_tokens\":$p,"
              "\"completion_tokens\":$o,\"total_tokens\":$t,\"prompt_tokens_details\":{\"cached_tokens\":$k},"
              "\"completion_tokens_details\":{\"reasoning_tokens\":$r}}}"},
    {"pckt",  "{\"model\":\"$m\",\"choices\":[{\"message\":{\"content\":\"$s\"}}],\"usage\":{\"prompt_tokens\":$p,"
              "\"completion_tokens\":$c,\"total_tokens\":$t,\"prompt_cache_hit_tokens\":$k,\"prompt_cache_miss_tokens\":1}}"},
    {"pct",   "data: {\"model\":\"$m\",\"choices\":[{\"delta\":{\"content\":\"$s\"}}]}\n\ndata: {\"model\":\"$m\",\"choices\":[],"
              "\"x_groq\":{\"usage\":{\"prompt_tokens\":$p,\"completion_tokens\":$c,\"total_tokens\":$t}}}\n\ndata: [DONE]\n\n"},
    {"",      "{\"error\":{\"message\":\"the model said it''s $s\",\"type\":\"overloaded\"}}"},
    {"",      "<html><body>502 Bad Gateway: $s</body></html>"},
};
/* clang-format on */

/* A sequence of numbers that looks like chance and is always the same. */
static int64_t next_number(uint64_t *state, int64_t limit) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)(*state >> 33) % limit + 1;
}

typedef struct call {
    int64_t fresh, cached, written, shown, reasoning;
} call;

static int64_t number_of(char sign, const call *of, const char *reported) {
    const int64_t written = strchr(reported, 'w') ? of->written : 0;
    const int64_t reasoning = strchr(reported, 'r') ? of->reasoning : 0;
    const int64_t prompt = of->fresh + of->cached + written;
    const int64_t completion = of->shown + reasoning;
    switch (sign) {
    case 'p':
        return prompt;
    case 'f':
        return of->fresh;
    case 'k':
        return of->cached;
    case 'w':
        return written;
    case 'c':
        return completion;
    case 'o':
        return of->shown;
    case 'r':
        return reasoning;
    case 't':
        return prompt + completion;
    default:
        return 0;
    }
}

static void print_body(const provider *of, const call *numbers, uint64_t *state) {
    putchar('\'');
    for (const char *at = of->template; *at != '\0'; at++) {
        if (*at != '$') {
            putchar(*at);
        } else if (*++at == 'm') {
            printf("model-%" PRId64, next_number(state, 5));
        } else if (*at == 's') {
            printf("%" PRId64 " usage:{prompt_tokens}", next_number(state, 100000));
        } else {
            printf("%" PRId64, number_of(*at, numbers, of->reported));
        }
    }
    putchar('\'');
}

/* The counts of a provider that says nothing are absent: NULL. */
static void print_truth(const provider *of, const call *numbers) {
    static const struct {
        const char *name;
        char sign;
    } signs[] = {{"prompt_tokens", 'p'}, {"completion_tokens", 'c'},  {"total_tokens", 't'},
                 {"cached_tokens", 'k'}, {"cache_write_tokens", 'w'}, {"reasoning_tokens", 'r'}};
    for (size_t count = 0; count < TOKUSAGE_COUNTS; count++) {
        size_t i = 0;
        while (i < sizeof signs / sizeof *signs && strcmp(signs[i].name, tokusage_count_name(count)) != 0) {
            i++;
        }
        if (i < sizeof signs / sizeof *signs && strchr(of->reported, signs[i].sign)) {
            printf(",%" PRId64, number_of(signs[i].sign, numbers, of->reported));
        } else {
            printf(",NULL");
        }
    }
}

int main(int count, char **arguments) {
    const long bodies = count == 2 ? strtol(arguments[1], NULL, 10) : 0;
    uint64_t state = 3;
    if (bodies < 1) {
        fputs("usage: mix NUMBER\n", stderr);
        return 2;
    }
    for (long i = 0; i < bodies; i++) {
        const provider *const of = &providers[next_number(&state, sizeof providers / sizeof *providers) - 1];
        const call numbers = {next_number(&state, 9000), next_number(&state, 50000), next_number(&state, 7000),
                              next_number(&state, 3000), next_number(&state, 5000)};
        fputs(i % 500 == 0 ? "INSERT INTO calls VALUES (" : "(", stdout);
        print_body(of, &numbers, &state);
        print_truth(of, &numbers);
        fputs(i % 500 == 499 || i == bodies - 1 ? ");\n" : "),\n", stdout);
    }
    return 0;
}
