/*
 * What the fuzz targets share. A target is one fuzz_NAME.c: a function that holds the library to its promises on any
 * bytes at all. clang's libFuzzer calls it with bytes it makes up; the program in replay.c with those of the corpus.
 */
#ifndef TOKUSAGE_TESTS_FUZZ_H
#define TOKUSAGE_TESTS_FUZZ_H

#include "reference.h"
#include "support.h"

/* libFuzzer's name for the target, and for what runs once before it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* The input as it is used up. Behind its end every byte is 0. */
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

#endif
