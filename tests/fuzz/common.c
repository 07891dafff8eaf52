/* What every fuzz target is linked with; see fuzz.h. What compares with the second reader is in expect.c. */
#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

/* A failed expectation must end the process as a crash does: there is no cmocka test to go on with. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
#ifdef _WIN32
    return _putenv("CMOCKA_TEST_ABORT=1");
#else
    return setenv("CMOCKA_TEST_ABORT", "1", 1);
#endif
}

char *exact_copy(const void *bytes, size_t length) {
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    return copy;
}
