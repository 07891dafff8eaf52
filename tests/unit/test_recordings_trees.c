/*
 * Bodies as cJSON trees: for each usage object at a known path of a whole document, from_cjson says what decode says.
 * The bodies are those of tests/data/formats and of TOKUSAGE_RECORDINGS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "body.h"
#include "rows.h"

/* What from_cjson says of the tree. */
static const char *said_of(const cJSON *tree) {
    tokusage usage;
    tokusage_error error;
    spoil(&usage, sizeof usage);
    const tokusage_status status = tokusage_from_cjson(tree, &usage, &error);
    assert_int_equal(spoilt(&usage, sizeof usage), status != TOKUSAGE_OK);
    return status == TOKUSAGE_OK ? usage_words(&usage) : error_words(&error);
}

/* The bytes of the usage object, in a response: from_cjson takes the object alone. */
static void expect_both(const char *file, span bytes, const cJSON *usage) {
    builder json = {NULL, 0, 0};
    add(&json, 1, "{\"usage\":");
    add_bytes(&json, bytes.bytes, bytes.length);
    add(&json, 1, "}");
    expect_words(file, extracted(file, NULL, built(&json)), said_of(usage));
    free(json.bytes);
}

/* The value at a path from the root on, without arrays; NULL: none. */
static const cJSON *find(const cJSON *tree, const char *path) {
    while (tree != NULL && *path == '/') {
        char name[100];
        const size_t length = strcspn(++path, "/");
        (void)snprintf(name, sizeof name, "%.*s", (int)length, path);
        tree = cJSON_GetObjectItemCaseSensitive(tree, name);
        path += length;
    }
    return tree;
}

/* Returns how many usage objects there are in the document. */
static size_t expect_document(const char *file, const char *json) {
    size_t count = 0;
    size_t usages = 0;
    const name_row *const rows = usage_paths(&count);
    cJSON *const tree = cJSON_Parse(json);
    for (size_t i = 0; i < count; i++) {
        const cJSON *const usage = find(tree, rows[i].path);
        span bytes = {NULL, 0};
        if (cJSON_IsObject(usage) &&
            tokusage_find(json, strlen(json), rows[i].path, &bytes.bytes, &bytes.length, NULL) == TOKUSAGE_OK) {
            expect_both(file, bytes, usage);
            usages++;
        }
    }
    cJSON_Delete(tree);
    return usages;
}

/* Each document that is a whole file or a line. */
static size_t expect_file(const char *folder, const char *file) {
    builder bytes = file_read(folder, file);
    assert_non_null(bytes.bytes);
    size_t usages = 0;
    for (char *line = bytes.bytes; *line != '\0'; line += strlen(line) + 1) {
        const size_t length = strcspn(line, "\n");
        const bool last = line[length] == '\0';
        line[length] = '\0';
        usages += expect_document(file, line + (strncmp(line, "data: ", 6) == 0 ? 6 : 0));
        if (last) {
            break;
        }
    }
    free(bytes.bytes);
    return usages;
}

static size_t expect_folder(const char *folder, const char *name) {
    table bodies;
    if (!table_read(&bodies, folder, name)) {
        return 0;
    }
    size_t usages = 0;
    for (size_t i = 0; i < bodies.rows; i++) {
        usages += expect_file(folder, table_cell(&bodies, i, "file"));
    }
    table_free(&bodies);
    return usages;
}

static void trees_of_the_bodies_say_what_the_bytes_say(void **state) {
    (void)state;
    assert_true(expect_folder(TOKUSAGE_TEST_DATA "/formats", "expected.tsv") > 250);
}

static void trees_of_recordings_say_what_the_bytes_say(void **state) {
    (void)state;
    static const char *const folders[][2] = {
        {"", "expected-0.3.tsv"}, {"/../field", "expected.tsv"}, {"/../bodies", "expected.tsv"}};
    const char *const recordings = getenv("TOKUSAGE_RECORDINGS");
    size_t usages = 0;
    for (size_t i = 0; recordings != NULL && recordings[0] != '\0' && i < LENGTH(folders); i++) {
        char folder[1000];
        (void)snprintf(folder, sizeof folder, "%s%s", recordings, folders[i][0]);
        usages += expect_folder(folder, folders[i][1]);
    }
    if (usages == 0) {
        print_message("no recordings\n");
        skip();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_of_the_bodies_say_what_the_bytes_say),
        cmocka_unit_test(trees_of_recordings_say_what_the_bytes_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
