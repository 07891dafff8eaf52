/* Corrects the usage in a tree that the program holds, made with its own cJSON. */
#include <stdio.h>
#include <stdlib.h>

#include <cJSON.h>
#include <tokusage.h>

int main(void) {
    cJSON *tree = cJSON_Parse("{\"prompt_tokens\":5,\"cached\":true,\"completion_tokens\":7}");
    tokusage usage = {0};
    int failed = tokusage_from_cjson(tree, &usage, NULL) != TOKUSAGE_OK ||
                 tokusage_infer(&usage, NULL) != TOKUSAGE_OK || tokusage_update_cjson(tree, &usage) != TOKUSAGE_OK;

    if (!failed) {
        char *text = cJSON_PrintUnformatted(tree);
        failed = text == NULL || puts(text) < 0;
        free(text);
    }
    cJSON_Delete(tree);
    return failed;
}
