/*
 * A second opinion on which counts a body tells: each text becomes a cJSON tree, and the rules of the manual in
 * tokusage.h are applied to the tree in the plainest way. Events are split here, too. Whether bytes are JSON at all is
 * left to `reference`, as cJSON is lax. It shares no code with the library and must never be mended to agree with it,
 * only with the manual. It needs the whole body, and is slow.
 */
#ifndef TOKUSAGE_TESTS_OPINION_H
#define TOKUSAGE_TESTS_OPINION_H

#include "support.h"

struct cJSON;

enum {
    OPINION_MODEL = 128 /* the longest name of a model and its NUL */
};

/* What a stream has to answer when it has been given these bytes and no more. */
typedef struct opinion {
    bool told; /* false: cJSON loses something of a text, such as a NUL in a name, so that nothing can be said */
    verdict usage;
    uint64_t reports;
    bool done;
    tokusage_body body;
    size_t taken;    /* of the bytes: all, except what follows [DONE] */
    bool model_told; /* false: whether the name is short enough hangs on its escapes */
    char model[OPINION_MODEL];
} opinion;

/* The pointer is valid or NULL. */
opinion opinion_stream(const char *pointer, const char *bytes, size_t length);

/* What tokusage_extract has to answer: `told` and `usage` alone are set. */
opinion opinion_extract(const char *pointer, const char *bytes, size_t length);

/*
 * The value in the tree that is the usage: NULL when there is none, or when a name on the way stands twice. Of an array
 * the usage of the last element that has a report.
 */
const struct cJSON *opinion_place(const char *pointer, const struct cJSON *text);

#endif
