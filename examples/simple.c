/*
 * The shortest program: a usage object becomes three integers, they are checked, and they become JSON again.
 *
 * To build: cc -o simple simple.c $(pkg-config --cflags --libs tokusage)
 */
#include <stdio.h>
#include <string.h>

#include <tokusage.h>

int main(void) {
    const char *json = "{\"prompt_tokens\": 5, \"completion_tokens\": 7, \"total_tokens\": 12}";
    char encoded[TOKUSAGE_JSON_SIZE];
    tokusage usage;
    if (tokusage_decode(json, strlen(json), &usage, NULL) != TOKUSAGE_OK || /* JSON to counts */
        tokusage_validate(&usage, NULL) != TOKUSAGE_OK ||                   /* 5 + 7 = 12 */
        tokusage_encode(&usage, encoded, sizeof encoded, NULL) != TOKUSAGE_OK) {
        return 1;
    }
    printf("%d + %d = %d\n", (int)usage.prompt_tokens.value, (int)usage.completion_tokens.value,
           (int)usage.total_tokens.value);
    return puts(encoded) < 0 || fclose(stdout) != 0;
}
