/*
 * What the proof harnesses share: values that the analyser knows nothing about. Compiled by Frama-C's Eva, which follows
 * every value they can have at once, and reports each operation that some of them would make undefined behaviour.
 */
#ifndef TOKUSAGE_TESTS_PROOF_H
#define TOKUSAGE_TESTS_PROOF_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "__fc_builtin.h"

/* Eva has to show that this is never called. */
/*@ requires \false; */
static void broken(void) {
}

/* Any bytes at all. */
static void any_bytes(char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        bytes[i] = Frama_C_char_interval(CHAR_MIN, CHAR_MAX);
    }
}

static char touched;

/* Reads the bytes' first and last. */
static void touch(const char *bytes, size_t length) {
    if (length > 0) {
        touched = bytes[0];
        touched = bytes[length - 1];
    }
}

#endif
