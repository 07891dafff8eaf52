/*
 * A program that already holds a response as a cJSON tree. It reads the usage from the tree, reconciles it, and writes
 * it back in OpenAI's form. All other members stay unchanged.
 *
 *     cjson_app            corrects a sample
 *     cjson_app 'BODY'     corrects its argument, the JSON text of a response with its usage at /usage
 *
 * cJSON 1.7.15 prints counts of 16 digits inexactly. A program with such counts gives cJSON_AddRawToObject the text of
 * tokusage_encode. Exit status: 0 if the corrected body was printed, else 1.
 *
 * To build: cc -o cjson_app cjson_app.c $(pkg-config --cflags --libs tokusage libcjson)
 */
#include <cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <tokusage.h>

/* This service has the reasoning beside completion_tokens: 12 + 1 + 290 = 303. */
static const char sample[] = "{\"id\": \"sample-1\", \"choices\": [],"
                             " \"usage\": {\"prompt_tokens\": 12, \"cost\": \"0.02\", \"completion_tokens\": 1,"
                             " \"total_tokens\": 303, \"completion_tokens_details\": {\"reasoning_tokens\": 290}},"
                             " \"model\": \"a-reasoning-model\"}";

/* The three steps of this example: read, reconcile, write back. */
static tokusage_status correct(cJSON *body, tokusage_error *error) {
    cJSON *object = cJSON_GetObjectItemCaseSensitive(body, "usage");
    tokusage usage;
    if (tokusage_from_cjson(object, &usage, error) != TOKUSAGE_OK || tokusage_reconcile(&usage, error) != TOKUSAGE_OK) {
        return error->status;
    }
    *error = (tokusage_error){.status = tokusage_update_cjson(object, &usage)};
    return error->status;
}

static int complain(const char *reason) {
    fprintf(stderr, "cjson_app: %s\n", reason);
    return EXIT_FAILURE;
}

static int run(cJSON *body) {
    tokusage_error error;
    if (!body) {
        return complain("the body is not JSON");
    }
    if (correct(body, &error) != TOKUSAGE_OK) {
        char sentence[200];
        tokusage_error_text(&error, sentence, sizeof sentence);
        return complain(sentence);
    }
    char *text = cJSON_PrintUnformatted(body);
    if (!text) {
        return complain("no memory to print the body");
    }
    const bool printed = puts(text) >= 0 && fflush(stdout) == 0;
    if (!printed) {
        perror("cjson_app: standard output");
    }
    cJSON_free(text);
    return printed ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv) {
    /* cJSON_Parse would take what follows the body for nothing. */
    cJSON *body = cJSON_ParseWithOpts(argc > 1 ? argv[1] : sample, NULL, true);
    const int result = run(body);
    cJSON_Delete(body);
    return result;
}
