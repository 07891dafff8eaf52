/*
 * A program that includes the single file, with all of it private, and has names of its own that are common in the library,
 * too. No function of the library is global then.
 */
#include "tokusage.h"

#include "tokusage.c"

#include <stdio.h>

static int has = 5, set = 7, line, run, plan;

static int take(int value) {
    return value;
}

int main(void) {
    static const char body[] = "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}";
    tokusage usage;
    tokusage_error error;
    if (tokusage_extract(body, sizeof(body) - 1, NULL, &usage, &error) != TOKUSAGE_OK ||
        tokusage_settle(&usage, &error) != TOKUSAGE_CONSISTENT) {
        return 1;
    }
    line = take((int)usage.prompt_tokens.value == has);
    run = take((int)usage.completion_tokens.value == set);
    plan = (int)usage.total_tokens.value;
    printf("%d + %d = %d\n", has, set, plan);
    return line && run ? 0 : 1;
}
