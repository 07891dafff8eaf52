/*
 * A program into which two versions of the library came by two ways: its own, and an older one, whose public functions
 * were renamed to old_tokusage_... when it was compiled.
 */
#include "tokusage.h"

#include <stdio.h>
#include <string.h>

const char *old_tokusage_version(void);
tokusage_status old_tokusage_extract(const char *json, size_t length, const char *pointer, tokusage *usage,
                                     tokusage_error *error);

int main(void) {
    static const char body[] = "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}";
    tokusage usage;
    tokusage old;
    if (tokusage_extract(body, sizeof(body) - 1, NULL, &usage, NULL) != TOKUSAGE_OK ||
        old_tokusage_extract(body, sizeof(body) - 1, NULL, &old, NULL) != TOKUSAGE_OK ||
        !tokusage_equal(&usage, &old)) {
        return 1;
    }
    if (strcmp(tokusage_version(), EXPECTED_VERSION) != 0) {
        return 1;
    }
    puts(old_tokusage_version());
    return 0;
}
