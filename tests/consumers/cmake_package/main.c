/*
 * Reads the usage of a response body; knows nothing of cJSON. The version that the package states, the header's and the
 * library's must be one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tokusage.h>

int main(void) {
    static const char body[] =
        "{\"id\":\"x\",\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}";
    tokusage usage = {0};
    tokusage_error error;

    if (tokusage_extract(body, sizeof(body) - 1, NULL, &usage, &error) != TOKUSAGE_OK) {
        return 1;
    }
    if (tokusage_settle(&usage, &error) != TOKUSAGE_CONSISTENT) {
        return 1;
    }
    if (strcmp(tokusage_version(), TOKUSAGE_VERSION) != 0 || strcmp(tokusage_version(), EXPECTED_VERSION) != 0) {
        return 1;
    }
    printf("%" PRId64 " + %" PRId64 " = %" PRId64 "\n", usage.prompt_tokens.value, usage.completion_tokens.value,
           usage.total_tokens.value);
    return 0;
}
