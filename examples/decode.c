/*
 * How to read a usage object: JSON -> counts -> verdict -> JSON. You don't tell it which provider wrote the object.
 *
 *     decode                          reads a sample
 *     decode '{"prompt_tokens": 5}'   reads its argument
 *
 * Exit status: 0 if the counts can be used (consistent, reconciled or assumed), else 1.
 *
 * To build: cc -o decode decode.c $(pkg-config --cflags --libs tokusage)
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tokusage.h>

static int complain(const char *verdict, const tokusage_error *error) {
    char sentence[TOKUSAGE_ERROR_SIZE];
    tokusage_error_text(error, sentence, sizeof sentence);
    fprintf(stderr, "decode: %s: %s\n", verdict, sentence);
    return 1;
}

int main(int argc, char **argv) {
    const char *json = argc > 1 ? argv[1] : "{\"prompt_tokens\": 5, \"completion_tokens\": 7}";
    tokusage usage;
    tokusage_error error;

    /* JSON to counts. For a usage object inside a response body, tokusage_extract does the same. */
    if (tokusage_decode(json, strlen(json), &usage, &error) != TOKUSAGE_OK) {
        return complain("unreadable", &error);
    }
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *count = tokusage_count_at(&usage, i);
        if (count->present) { /* an absent count is unknown; that is not the same as 0 */
            printf("%s: %" PRId64 "\n", tokusage_count_name(i), count->value);
        }
    }

    /* Do the counts agree? This also corrects what services count differently, and fills in the missing total. */
    const tokusage_verdict verdict = tokusage_settle(&usage, &error);
    if (verdict >= TOKUSAGE_CONTRADICTORY) {
        return complain(tokusage_verdict_text(verdict), &error);
    }

    /* Counts to JSON. A buffer of this size fits any usage. */
    char encoded[TOKUSAGE_JSON_SIZE];
    tokusage_encode(&usage, encoded, sizeof encoded, NULL);
    printf("%s: %s\n", tokusage_verdict_text(verdict), encoded);
    if (fclose(stdout) != 0) { /* a full disk often shows only here */
        perror("decode: standard output");
        return 1;
    }
    return 0;
}
