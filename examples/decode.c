/*
 * How to read a usage object of any service: text -> counts -> verdict -> text.
 *
 *     decode                          reads a sample
 *     decode '{"prompt_tokens": 5}'   reads its argument
 *
 * Exit status: 0 if the counts are right, else 1.
 *
 * To build: cc -o decode decode.c $(pkg-config --cflags --libs tokusage)
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tokusage.h>

static void print_count(const char *name, tokusage_count count) {
    if (count.present) {
        printf("%s: %" PRId64 "\n", name, count.value);
    } else {
        printf("%s: not reported\n", name); /* this is not the same as 0 */
    }
}

static int complain(const tokusage_error *error) {
    char sentence[200];
    tokusage_error_text(error, sentence, sizeof sentence);
    fprintf(stderr, "decode: %s\n", sentence);
    return 1;
}

int main(int argc, char **argv) {
    const char *text = argc > 1 ? argv[1] : "{\"prompt_tokens\": 5, \"completion_tokens\": 7}";
    tokusage usage;
    tokusage_error error;

    /* Text to counts. For a usage object inside a response body, tokusage_extract does the same. */
    if (tokusage_decode(text, strlen(text), &usage, &error) != TOKUSAGE_OK) {
        return complain(&error);
    }
    print_count("prompt_tokens", usage.prompt_tokens);
    print_count("  cached_tokens", usage.cached_tokens); /* a part is inside its whole, always */
    print_count("  cache_write_tokens", usage.cache_write_tokens);
    print_count("completion_tokens", usage.completion_tokens);
    print_count("  reasoning_tokens", usage.reasoning_tokens);
    print_count("total_tokens", usage.total_tokens);

    /* The verdict. This corrects what services count differently, and infers the third count if two are known. */
    if (tokusage_reconcile(&usage, &error) != TOKUSAGE_OK) {
        return complain(&error);
    }

    /* Counts to text. A buffer of this size is always large enough. */
    char json[TOKUSAGE_JSON_SIZE];
    error = (tokusage_error){.status = tokusage_encode(&usage, json, sizeof json, NULL)};
    if (error.status != TOKUSAGE_OK) {
        return complain(&error);
    }
    puts(json);
    if (fclose(stdout) != 0) { /* a full disk often shows only here */
        perror("decode: standard output");
        return 1;
    }
    return 0;
}
