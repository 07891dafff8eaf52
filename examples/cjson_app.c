/*
 * A program that already holds a response as a cJSON tree. It reads the usage from the tree, settles it, and writes it
 * back in OpenAI's form. All other members stay unchanged.
 *
 *     cjson_app            corrects a sample
 *     cjson_app 'BODY'     corrects its argument: a response in JSON, with its usage at /usage
 *
 * cJSON stores numbers as doubles and prints counts of 16 digits inexactly. A program with such counts passes the
 * result of tokusage_encode to cJSON_AddRawToObject. Exit status: 0 if the corrected body was printed, else 1.
 *
 * To build: cc -o cjson_app cjson_app.c $(pkg-config --cflags --libs tokusage-cjson libcjson)
 */
#include <cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <tokusage.h>

/* This service does not include its reasoning in completion_tokens: 12 + 1 + 290 = 303. */
static const char sample[] = "{\"id\": \"sample-1\", \"choices\": [],"
                             " \"usage\": {\"prompt_tokens\": 12, \"cost\": \"0.02\", \"completion_tokens\": 1,"
                             " \"total_tokens\": 303, \"completion_tokens_details\": {\"reasoning_tokens\": 290}},"
                             " \"model\": \"a-reasoning-model\"}";

/* The three steps of this example: read, settle, write back. */
static tokusage_status correct(cJSON *body, tokusage_error *error) {
    cJSON *object = cJSON_GetObjectItemCaseSensitive(body, "usage");
    tokusage usage;
    if (tokusage_from_cjson(object, &usage, error) != TOKUSAGE_OK ||
        tokusage_settle(&usage, error) >= TOKUSAGE_CONTRADICTORY) {
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
        char sentence[TOKUSAGE_ERROR_SIZE];
        tokusage_error_text(&error, sentence, sizeof sentence);
        return complain(sentence);
    }
    char *json = cJSON_PrintUnformatted(body);
    if (!json) {
        return complain("no memory to print the body");
    }
    const bool printed = puts(json) >= 0 && fflush(stdout) == 0;
    if (!printed) {
        perror("cjson_app: standard output");
    }
    cJSON_free(json);
    return printed ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv) {
    /* cJSON_Parse would accept a body with anything after it. */
    cJSON *body = cJSON_ParseWithOpts(argc > 1 ? argv[1] : sample, NULL, true);
    const int result = run(body);
    cJSON_Delete(body);
    return result;
}
