/*
 * Writes a log of chat completions like that of a gateway, a response on each line, the same for the same size:
 *     report_log MEGABYTES >log.jsonl
 * Answers have 20 to 400 words, some with line breaks, quotes and letters beyond ASCII. Made up, like the bodies in
 * examples/data.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state = 1;

/* xorshift64*, so that every system writes the same log. */
static unsigned pick(unsigned below) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (unsigned)((state * UINT64_C(2685821657736338717) >> 33) % below);
}

static int put_answer(unsigned words) {
    static const char *const list[] = {
        "the",  "answer",  "of",     "a",         "model",    "to",         "is",    "that",   "you",   "can",
        "read", "every",   "line",   "and",       "count",    "what",       "it",    "says",   "about", "tokens",
        "then", "compare", "parts",  "with",      "total",    "which",      "not",   "always", "agree", "because",
        "some", "leave",   "reason", "reasoning", "\\n\\n- ", "\\\"so\\\"", "Grün,", "模型",   "1.5",   "end.",
    };
    int written = 0;
    for (unsigned i = 0; i < words; i++) {
        written += printf("%s%s", i > 0 ? " " : "", list[pick(sizeof list / sizeof *list)]);
    }
    return written;
}

static int put_response(uint64_t number) {
    static const char *const models[] = {"gpt-4o-2024-08-06", "gpt-4o-mini-2024-07-18", "meta-llama-3.1-8b-instruct"};
    const unsigned prompt = 10 + pick(4000);
    const unsigned words = 20 + pick(380);
    int written =
        printf("{\"id\":\"chatcmpl-%08x%08x\",\"object\":\"chat.completion\",\"created\":%" PRIu64
               ",\"model\":\"%s\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"",
               pick(1U << 31), pick(1U << 31), 1767225600 + number, models[pick(3)]);
    written += put_answer(words);
    written += printf("\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"%s\"}],\"usage\":{"
                      "\"prompt_tokens\":%u,\"completion_tokens\":%u,\"total_tokens\":%u,\"prompt_tokens_details\":{"
                      "\"cached_tokens\":0,\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0,"
                      "\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}},"
                      "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_%010x\"}\n",
                      pick(8) > 0 ? "stop" : "length", prompt, words, prompt + words, pick(1U << 31));
    return written;
}

int main(int argc, char **argv) {
    const long long bytes = 1000000 * (argc > 1 ? strtoll(argv[1], NULL, 10) : 100);
    uint64_t number = 0;
    for (long long written = 0; written < bytes;) {
        written += put_response(number++);
    }
    return fclose(stdout) == 0 ? 0 : 1;
}
