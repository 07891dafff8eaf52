/* The characters that JSON and server-sent events give a meaning to: each of the 256 bytes, by a list of its own. */
#include "support.h"

#include <string.h>

#include "chars.h"

static bool one_of(int byte, const char *list) {
    return byte != 0 && strchr(list, byte) != NULL;
}

static void each_byte_has_its_meaning_and_no_other(void **state) {
    (void)state;
    static const char hex[] = "0123456789abcdef";
    static const char capitals[] = "0123456789ABCDEF";
    for (int byte = 0; byte < 256; byte++) {
        char c = (char)byte;
        assert_int_equal(tokusage_is_space(c), one_of(byte, " \t\n\r"));
        assert_int_equal(tokusage_is_digit(c), one_of(byte, "0123456789"));
        assert_int_equal(tokusage_is_line_end(c), one_of(byte, "\n\r"));
        assert_int_equal(tokusage_is_plain(c), byte > 0x1F && !one_of(byte, "\"\\"));
        size_t value = 16;
        if (one_of(byte, hex)) {
            value = (size_t)(strchr(hex, byte) - hex);
        } else if (one_of(byte, capitals)) {
            value = (size_t)(strchr(capitals, byte) - capitals);
        }
        assert_int_equal(tokusage_hex_value(c), value);
    }
}

static void space_is_spanned_up_to_the_first_other_byte(void **state) {
    (void)state;
    char bytes[40];
    for (size_t at = 0; at < sizeof bytes; at++) {
        for (int byte = 0; byte < 256; byte++) {
            for (size_t i = 0; i < sizeof bytes; i++) {
                bytes[i] = " \t\r\n"[i % 4];
            }
            bytes[at] = (char)byte;
            size_t want = one_of(byte, " \t\n\r") ? sizeof bytes : at;
            assert_int_equal(tokusage_space_span(against_the_end(bytes, sizeof bytes), sizeof bytes), want);
            assert_int_equal(tokusage_space_span(against_the_end(bytes, at), at), at);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_has_its_meaning_and_no_other),
        cmocka_unit_test(space_is_spanned_up_to_the_first_other_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
