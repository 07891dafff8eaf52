/* Corrects the usage in a tree that the program has made with its own cJSON. */
#include <stdio.h>
#include <stdlib.h>

#include <cJSON.h>
#include <tokusage.h>

int main(void) {
    cJSON *tree = cJSON_Parse("{\"prompt_tokens\":5,\"cached\":true,\"completion_tokens\":7}");
    tokusage usage = {0};
    int failed = tokusage_from_cjson(tree, &usage, NULL) != TOKUSAGE_OK ||
                 tokusage_settle(&usage, NULL) != TOKUSAGE_CONSISTENT ||
                 tokusage_update_cjson(tree, &usage) != TOKUSAGE_OK;

    if (!failed) {
        char *json = cJSON_PrintUnformatted(tree);
        failed = json == NULL || puts(json) < 0;
        free(json);
    }
    cJSON_Delete(tree);
    return failed;
}
