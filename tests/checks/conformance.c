/*
 * Tests the reader of JSON with a folder of documents. The file names begin with what must happen, as in the public
 * JSONTestSuite: y_ must be read, n_ must be refused, i_ is the reader's choice. Run by conformance.sh.
 */
#include "tokusage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DOCUMENT_MAX = 1 << 24,
    LINE_MAX_LENGTH = 4096
};

typedef struct column {
    const char *name;
    tokusage_status (*read)(const char *json, size_t length, tokusage_error *error);
    unsigned refused_wrongly, accepted_wrongly;
} column;

static tokusage_status find(const char *json, size_t length, tokusage_error *error) {
    const char *value = NULL;
    size_t value_length = 0;
    return tokusage_find(json, length, "/usage", &value, &value_length, error);
}

static tokusage_status extract(const char *json, size_t length, tokusage_error *error) {
    tokusage usage;
    return tokusage_extract(json, length, NULL, &usage, error);
}

static tokusage_status decode(const char *json, size_t length, tokusage_error *error) {
    tokusage usage;
    return tokusage_decode(json, length, &usage, error);
}

/* A document that is JSON but not a usage is not refused as JSON. */
static bool is_refused(tokusage_status status) {
    return status == TOKUSAGE_ERR_SYNTAX || status == TOKUSAGE_ERR_DEPTH;
}

static void judge(column *by, const char *file, const char *json, size_t length) {
    tokusage_error error;
    const bool refused = is_refused(by->read(json, length, &error));
    char words[128];
    (void)tokusage_error_text(&error, words, sizeof words);
    if (file[0] == 'y' && refused) {
        by->refused_wrongly++;
        printf("%-8s %s: WRONGLY REFUSED: %s\n", by->name, file, words);
    } else if (file[0] == 'n' && !refused) {
        by->accepted_wrongly++;
        printf("%-8s %s: WRONGLY ACCEPTED\n", by->name, file);
    } else if (file[0] == 'i') {
        printf("%-8s %s: %s\n", by->name, file, refused ? words : "accepted");
    }
}

static size_t load(const char *path, char *json) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    const size_t length = fread(json, 1, DOCUMENT_MAX, file);
    (void)fclose(file);
    return length;
}

static const char *base_name(const char *path) {
    const char *const slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Standard input has the paths of the files, one a line. */
int main(void) {
    column columns[] = {{"extract", extract, 0, 0}, {"find", find, 0, 0}, {"decode", decode, 0, 0}};
    static const char kinds[] = "yni";
    unsigned files[] = {0, 0, 0};
    static char path[LINE_MAX_LENGTH];
    char *const json = malloc(DOCUMENT_MAX);
    if (json == NULL) {
        return 1;
    }
    while (fgets(path, sizeof path, stdin) != NULL) {
        path[strcspn(path, "\n")] = '\0';
        const char *const file = base_name(path);
        const char *const kind = *file != '\0' ? strchr(kinds, *file) : NULL;
        if (kind == NULL || file[1] != '_') {
            continue;
        }
        files[kind - kinds]++;
        const size_t length = load(path, json);
        char *const exact = malloc(length > 0 ? length : 1);
        if (exact == NULL) {
            return 1;
        }
        memcpy(exact, json, length);
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
            judge(&columns[i], file, exact, length);
        }
        free(exact);
    }
    free(json);

    printf("\n%u documents that must be read, %u that must be refused, %u of free choice\n", files[0], files[1],
           files[2]);
    printf("%-8s %16s %17s\n", "by", "wrongly refused", "wrongly accepted");
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        printf("%-8s %16u %17u\n", columns[i].name, columns[i].refused_wrongly, columns[i].accepted_wrongly);
        wrong += columns[i].refused_wrongly + columns[i].accepted_wrongly;
    }
    return wrong == 0 && files[0] > 0 && files[1] > 0 ? 0 : 1;
}
