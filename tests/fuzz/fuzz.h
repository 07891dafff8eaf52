/*
 * What the fuzz targets share. A target is one fuzz_NAME.c: a function that holds the library to its promises on any
 * bytes at all. clang's libFuzzer calls it with bytes it makes up; the program in replay.c with those of the corpus.
 */
#ifndef TOKUSAGE_TESTS_FUZZ_H
#define TOKUSAGE_TESTS_FUZZ_H

#include "compare.h"

/* libFuzzer's name for the target, and for what runs once before it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* The input as it is used up. After its end every byte is 0. */
typedef struct input {
    const uint8_t *at;
    size_t left;
} input;

static inline uint8_t next_byte(input *in) {
    if (in->left == 0) {
        return 0;
    }
    in->left--;
    return *in->at++;
}

/* A copy of exactly this size on the heap, where the sanitizer sees the first byte past it; never NULL. */
char *exact_copy(const void *bytes, size_t length);

/* Fails, with the difference, unless the library and the second reader say the same of the body, cut in three ways. */
void expect_same_stream(const char *pointer, span body, uint32_t dice);

/* The same for a document. */
void expect_same_document(const char *pointer, span document);

/* A valid pointer that the byte chooses, or NULL. */
const char *pointer_of(uint8_t which);

/* A usage that the input makes up: each count absent, small, large, or out of range. */
tokusage next_usage(input *in);

#endif
