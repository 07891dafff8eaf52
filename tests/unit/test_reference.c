/*
 * The library against the second reader (reference.h): on the bodies of tests/data/formats, on the recordings if there
 * are any, and on bodies that are made of all names, mixed, truncated and damaged. The seed is fixed; TOKUSAGE_SEED and
 * TOKUSAGE_EFFORT ask for other bodies and for more. A body on which the two differ is first made as small as it can be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "random_body.h"
#include "table.h"

enum {
    ROUNDS = 6000
};

/* What the rounds have met. */
static struct { size_t bodies, with_usage, wrong, done, verdicts[TOKUSAGE_UNREADABLE + 1]; } seen;

static const char *difference(const char *pointer, span body, uint32_t seed) {
    const char *found = difference_of_stream(pointer, body, seed);
    return found == NULL ? difference_of_document(pointer, body) : found;
}

/* Takes out what is not needed for a difference. Returns how many bytes are left. */
static size_t shrink(const char *pointer, char *bytes, size_t length, uint32_t seed) {
    char *tried = malloc(length + 1);
    assert_non_null(tried);
    for (size_t step = length / 2 + 1; step > 0; step = step > 1 ? step / 2 : 0) {
        for (size_t at = 0; at < length;) {
            const size_t out = step < length - at ? step : length - at;
            memcpy(tried, bytes, at);
            memcpy(tried + at, bytes + at + out, length - at - out);
            if (difference(pointer, (span){tried, length - out}, seed) != NULL) {
                length -= out;
                memcpy(bytes, tried, length);
            } else {
                at += out;
            }
        }
    }
    free(tried);
    return length;
}

static void compare(const char *pointer, span body) {
    const uint32_t seed = (uint32_t)random_bits();
    if (difference(pointer, body, seed) != NULL) {
        char *bytes = malloc(body.length + 1);
        assert_non_null(bytes);
        memcpy(bytes, body.bytes, body.length);
        const size_t length = shrink(pointer, bytes, body.length, seed);
        const char *found = difference(pointer, (span){bytes, length}, seed);
        print_message("pointer %s, %zu bytes:\n  %s\n%s\n", pointer != NULL ? pointer : "NULL", length,
                      shown(bytes, length), found != NULL ? found : "(depends on the cuts)");
        free(bytes);
        if (getenv("TOKUSAGE_GO_ON") == NULL) {
            fail();
        }
    }
    (void)difference_of_stream(pointer, body, seed);
    const observation *said = last_observation();
    seen.bodies++;
    seen.with_usage += said->reports > 0;
    seen.wrong += said->reports > 0 && said->status != TOKUSAGE_OK;
    seen.done += said->done;
    seen.verdicts[said->ends[1].verdict]++;
}

/* ---- tests */

/* Compares every body of a folder, and the beginnings of each. Returns how many there are. */
static size_t compare_folder(const char *folder, const char *name) {
    table list;
    memset(&list, 0, sizeof list);
    if (folder == NULL || !table_read(&list, folder, name)) {
        return 0;
    }
    for (size_t i = 0; i < list.rows; i++) {
        builder body = file_read(folder, table_cell(&list, i, "file"));
        assert_non_null(body.bytes);
        compare(NULL, built(&body));
        compare("", built(&body));
        const size_t step = 1 + body.length / (1 + rounds(30));
        for (size_t length = 0; length < body.length; length += step) {
            compare(NULL, (span){body.bytes, length});
        }
        free(body.bytes);
    }
    const size_t count = list.rows;
    table_free(&list);
    return count;
}

static void library_agrees_with_the_second_reader_on_the_formats(void **state) {
    (void)state;
    assert_true(compare_folder(TOKUSAGE_TEST_DATA "/formats", "expected.tsv") > 0);
}

static void library_agrees_with_the_second_reader_on_the_recordings(void **state) {
    (void)state;
    if (compare_folder(getenv("TOKUSAGE_RECORDINGS"), "expected-0.3.tsv") == 0) {
        print_message("no recordings: TOKUSAGE_RECORDINGS does not name a folder with an expected-0.3.tsv\n");
        skip();
    }
}

static void library_agrees_with_the_second_reader_on_made_bodies(void **state) {
    (void)state;
    memset(&seen, 0, sizeof seen);
    const size_t count = rounds(ROUNDS);
    for (size_t i = 0; i < count; i++) {
        builder body = {NULL, 0, 0};
        const char *pointer = random_pointer();
        add_random_body(&body, pointer);
        compare(random_below(20) == 0 ? random_pointer() : pointer,
                (span){body.length > 0 ? body.bytes : "", body.length});
        free(body.bytes);
    }
    print_message("%zu bodies: %zu with a usage, %zu of these wrong, %zu done; complete, these are", seen.bodies,
                  seen.with_usage, seen.wrong, seen.done);
    for (int i = 0; i <= TOKUSAGE_UNREADABLE; i++) {
        print_message(" %zu %s%s", seen.verdicts[i], tokusage_verdict_text((tokusage_verdict)i),
                      i < TOKUSAGE_UNREADABLE ? "," : "\n");
        assert_true(count < 2000 || seen.verdicts[i] > 0);
    }
    assert_true(seen.with_usage > count / 4 && seen.wrong < seen.with_usage / 2);
}

static int begin(void **state) {
    (void)state;
    random_seed_or(2029);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(library_agrees_with_the_second_reader_on_the_formats),
        cmocka_unit_test(library_agrees_with_the_second_reader_on_the_recordings),
        cmocka_unit_test(library_agrees_with_the_second_reader_on_made_bodies),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
