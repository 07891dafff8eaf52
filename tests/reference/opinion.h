/*
 * A second opinion on which counts a body tells: each text becomes a cJSON tree, and the rules of the manual in
 * tokusage.h are applied to the tree in the plainest way. Events are split here, too. `reference` decides whether bytes
 * are JSON, because cJSON is lax. This shares no code with the library. Never change it to agree with the library, only
 * to agree with the manual. It needs the whole body, and is slow.
 */
#ifndef TOKUSAGE_TESTS_OPINION_H
#define TOKUSAGE_TESTS_OPINION_H

#include "support.h"

struct cJSON;

enum {
    OPINION_MODEL = 128 /* the longest name of a model and its NUL */
};

/* What a stream must answer after exactly these bytes. */
typedef struct opinion {
    bool told; /* false: cJSON loses something of a text, such as a NUL in a name, so there is no answer */
    verdict usage;
    uint64_t reports;
    bool done;
    tokusage_body body;
    size_t taken;    /* how many bytes: all, except those behind [DONE] */
    bool model_told; /* false: the name is short enough only with, or only without, its escapes */
    char model[OPINION_MODEL];
} opinion;

/* The pointer is valid or NULL. */
opinion opinion_stream(const char *pointer, const char *bytes, size_t length);

/* What tokusage_extract must answer: only `told` and `usage` are set. */
opinion opinion_extract(const char *pointer, const char *bytes, size_t length);

/*
 * The usage in the tree; NULL when there is none, or when a name on the way stands twice. In an array it is the usage
 * of the last element that has a report.
 */
const struct cJSON *opinion_place(const char *pointer, const struct cJSON *text);

#endif
