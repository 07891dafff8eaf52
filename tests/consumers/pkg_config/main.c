/*
 * Completes a usage object and writes it back. Built by one call of the compiler, with what pkg-config says: its version
 * and the library's must be one.
 */
#include <stdio.h>
#include <string.h>

#include <tokusage.h>

int main(void) {
    static const char json[] = "{\"prompt_tokens\":5,\"completion_tokens\":7}";
    char written[TOKUSAGE_JSON_SIZE];
    tokusage usage = {0};

    if (tokusage_decode(json, sizeof(json) - 1, &usage, NULL) != TOKUSAGE_OK ||
        tokusage_settle(&usage, NULL) != TOKUSAGE_CONSISTENT ||
        tokusage_encode(&usage, written, sizeof(written), NULL) != TOKUSAGE_OK) {
        return 1;
    }
    if (strcmp(tokusage_version(), EXPECTED_VERSION) != 0) {
        return 1;
    }
    puts(written);
    return 0;
}
