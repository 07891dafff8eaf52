/*
 * The table of src/names.h against tests/data/names.tsv, both ways, and its hash index. When the table has changed, this
 * prints the new src/hash.h; to write it: test_names_table hash > src/hash.h
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "notation.h"
#include "rows.h"

/* ------------------------------------------------------------------------------------------- names.tsv in names.h */

static bool visited[TOKUSAGE_KEYS + 1];

static tokusage_key find(const char *path, tokusage_node node, const char *name, size_t length) {
    const tokusage_key key = tokusage_name_find(node, name, length);
    if (key == 0) {
        fail_msg("names.h has no row for %.*s of %s", (int)length, name, path);
    }
    visited[key] = true;
    return key;
}

/* The node that a name opens: an object, or the elements of a list. */
static tokusage_node open(const char *path, tokusage_key key, bool list) {
    const tokusage_name *const name = tokusage_name_of(key);
    const bool meta = name->role == ROLE_PATH && (name->target == PATH_META || name->target == PATH_RESPONSE_META);
    switch (name->role) {
    case ROLE_PATH:
        assert_false(list);
        return meta ? NODE_META : NODE_USAGE;
    case ROLE_EITHER:
        return (tokusage_node)(name->target + list);
    default:
        if (name->role != (list ? ROLE_LIST : ROLE_OBJECT)) {
            fail_msg("%s of %s is no %s in names.h", tokusage_name_text(name), path, list ? "list" : "object");
        }
        return (tokusage_node)name->target;
    }
}

/* The row that a path leads to, from a node on: a/b, list[tag=value]/b, list/N/b. Sets the tag to "" or "tag=value]". */
static tokusage_key walk(const char *path, tokusage_node node, const char **tag) {
    const char *name = path + (*path == '/');
    *tag = "";
    for (;;) {
        const size_t length = strcspn(name, "/[=");
        const tokusage_key key = find(path, node, name, length);
        const char *const after = name + length;
        if (*after == '\0' || *after == '=') {
            return key;
        }
        const bool element = strncmp(after, "/N/", 3) == 0;
        node = open(path, key, *after == '[' || element);
        *tag = *after == '[' ? after + 1 : *tag;
        name = *after == '[' ? strchr(after, '/') + 1 : after + (element ? 3 : 1);
    }
}

#define COLUMN(column, count) {#column, COLUMN_##column},
static const struct {
    const char *name;
    unsigned column;
} columns[] = {TOKUSAGE_EACH_COLUMN(COLUMN)};

/* Whether both are the same letters, the first ones small. */
static bool is_small(const char *small, const char *large) {
    while (*small != '\0' && (*small == *large || *small - 'a' == *large - 'A')) {
        small++;
        large++;
    }
    return *small == *large;
}

static unsigned column_of(const char *name) {
    size_t i = 0;
    while (i < LENGTH(columns) && !is_small(name, columns[i].name)) {
        i++;
    }
    if (i == LENGTH(columns)) {
        fail_msg("names.h has no column %s", name);
    }
    return columns[i].column;
}

#define TAG(text, set, column) {text, column},
static const struct {
    const char *text;
    unsigned column;
} tags[] = {TOKUSAGE_EACH_TAG(TAG)};

static bool tagged[LENGTH(tags)];

/* The number of the tag m=v or m=v]. */
static size_t tag_of(const char *tag) {
    const char *const word = strchr(tag, '=') + 1;
    const size_t length = strcspn(word, "]");
    size_t i = 0;
    while (i < LENGTH(tags) && (strlen(tags[i].text) != length || memcmp(tags[i].text, word, length) != 0)) {
        i++;
    }
    if (i == LENGTH(tags)) {
        fail_msg("names.h has no tag %s", word);
    }
    return i;
}

static void check_count(const name_row *row, const char *where, tokusage_node node) {
    const char *tag = "";
    if (!row_is_in(row, where)) {
        return;
    }
    const tokusage_key key = walk(row->path, node, &tag);
    const tokusage_name *const name = tokusage_name_of(key);
    const unsigned moved = *tag != '\0' ? tags[tag_of(tag)].column - 1 : 0;
    if (name->role != (*tag != '\0' ? ROLE_NUMBER : ROLE_COUNT) || name->target + moved != column_of(row->column)) {
        fail_msg("%s is no count of the column %s in names.h", row->path, row->column);
    }
}

/* What each kind of row is in names.h, from the root on. */
static void check_other(const name_row *row) {
    static const struct {
        const char *kind;
        tokusage_role role;
    } kinds[] = {{"usage", ROLE_PATH}, {"label", ROLE_LABEL}, {"may_end", ROLE_MAY_END}, {"error", ROLE_ERROR}};
    const char *tag = "";
    const bool is_value = strchr(row->path, '=') != NULL; /* /type=error, /done=true */
    const tokusage_name *const name = tokusage_name_of(walk(row->path, NODE_ROOT, &tag));
    if (is_value) {
        assert_int_equal(name->role, strcmp(tokusage_name_text(name), "done") == 0 ? ROLE_DONE : ROLE_TYPE);
        return;
    }
    size_t i = 0;
    while (strcmp(kinds[i].kind, row->kind) != 0) {
        i++;
        assert_true(i < LENGTH(kinds));
    }
    assert_int_equal(name->role, kinds[i].role);
    if (name->role == ROLE_PATH && name->target + 1U != row->order) {
        fail_msg("%s is number %zu in names.tsv, and %u in names.h", row->path, row->order, name->target + 1U);
    }
}

/* A tag's name is read in the elements of every list, and its word is a tag. */
static void check_tag(const name_row *row) {
    tagged[tag_of(row->path)] = true;
    const size_t length = strcspn(row->path, "=");
    bool found = false;
    for (unsigned key = 1; key <= TOKUSAGE_KEYS; key++) {
        const tokusage_name *const name = tokusage_name_of((tokusage_key)key);
        if (name->role == ROLE_TAG && name->length == length &&
            memcmp(tokusage_name_text(name), row->path, length) == 0) {
            visited[key] = found = true;
        }
    }
    assert_true(found);
}

static void names_h_and_names_tsv_have_the_same_rows(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const rows = name_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].kind, "count") == 0) {
            check_count(&rows[i], "usage", NODE_USAGE);
            check_count(&rows[i], "root", NODE_ROOT);
            check_count(&rows[i], "meta", NODE_META);
        } else if (strcmp(rows[i].kind, "tag") == 0) {
            check_tag(&rows[i]);
        } else if (rows[i].path != NULL) {
            check_other(&rows[i]);
        }
    }
    for (size_t i = 0; i < LENGTH(tags); i++) {
        if (!tagged[i]) {
            fail_msg("names.tsv has no row for the tag %s of names.h", tags[i].text);
        }
    }
    for (unsigned key = 1; key <= TOKUSAGE_KEYS; key++) {
        if (!visited[key]) {
            fail_msg("names.tsv has no row for %s (key %u of names.h)",
                     tokusage_name_text(tokusage_name_of((tokusage_key)key)), key);
        }
    }
}

/* How many containers are open in the deepest path from a node on, itself included. */
static size_t levels(tokusage_node node) {
    size_t most = 0;
    for (unsigned key = 1; key <= TOKUSAGE_KEYS; key++) {
        const tokusage_name *const name = tokusage_name_of((tokusage_key)key);
        const bool list = name->role == ROLE_LIST || name->role == ROLE_EITHER;
        const bool object = name->role == ROLE_OBJECT || name->role == ROLE_PATH || name->role == ROLE_EITHER;
        if (name->node == node && (list || object)) {
            const size_t in_object = object ? levels(open("levels", (tokusage_key)key, false)) : 0;
            const size_t in_list = list ? 1 + levels(open("levels", (tokusage_key)key, true)) : 0;
            most = in_object > most ? in_object : most;
            most = in_list > most ? in_list : most;
        }
    }
    return 1 + most;
}

static void no_count_is_deeper_than_the_readers_remember(void **state) {
    (void)state;
    assert_int_equal(levels(NODE_USAGE), 3); /* LEVELS of cjson.c */
    assert_int_equal(levels(NODE_ROOT), 6);  /* nodes of json.h */
}

/* ------------------------------------------------------------------------------------------------------ the hash */

enum {
    FACTORS = 2
};

static uint64_t seed = UINT64_C(88172645463325252);

/* An odd one: so all letters count. */
static uint32_t next_factor(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 20) | 1;
}

static uint32_t letters(const tokusage_name *row) {
    return tokusage_name_letters(tokusage_name_text(row), row->length);
}

static unsigned hash(const uint32_t *factor, const tokusage_name *row) {
    return (letters(row) * factor[0] + ((uint32_t)row->node << 8 | row->length) * factor[1]) >> HASH_SHIFT;
}

/* Two rows that no factors can keep apart: the hash does not look at what differs. */
static bool are_alike(const tokusage_name *a, const tokusage_name *b) {
    return a->node == b->node && a->length == b->length && letters(a) == letters(b);
}

/* Fills the index; returns whether each row has a hash of its own. */
static bool fill(const uint32_t *factor, uint8_t index[TOKUSAGE_HASHES]) {
    memset(index, 0, TOKUSAGE_HASHES);
    for (unsigned key = 1; key <= TOKUSAGE_KEYS; key++) {
        uint8_t *const place = &index[hash(factor, tokusage_name_of((tokusage_key)key))];
        if (*place != 0) {
            return false;
        }
        *place = (uint8_t)key;
    }
    return true;
}

enum {
    WIDTH = 120 /* of a line, with " \\" at its end */
};

/* Only the places that are taken, in lines. */
static void print_index(const uint8_t index[TOKUSAGE_HASHES]) {
    size_t used = WIDTH;
    for (int i = 0; i < TOKUSAGE_HASHES; i++) {
        const char *const entry = index[i] != 0 ? line_of(" [%d]=%u,", i, index[i]) : "";
        if (used + strlen(entry) + 2 > WIDTH) {
            printf(" \\\n   ");
            used = 3;
        }
        printf("%s", entry);
        used += strlen(entry);
    }
}

static void print_header(const uint32_t *factor, const uint8_t index[TOKUSAGE_HASHES]) {
    printf("/* Made by test_names_table from the table in names.h. It checks that each row finds itself, and prints "
           "this file. */\n"
           "enum {\n    HASH_SHIFT = %d, /* leaves the bits of the index */\n    TOKUSAGE_HASHES = 1 << (32 - "
           "HASH_SHIFT)\n};\n"
           "#define HASH_LETTERS UINT32_C(%" PRIu32 ")\n#define HASH_KIND UINT32_C(%" PRIu32 ")\n"
           "/* clang-format off */\n#define TOKUSAGE_HASH_ROWS",
           HASH_SHIFT, factor[0], factor[1]);
    print_index(index);
    puts("\n/* clang-format on */");
}

/* Prints src/hash.h. Returns whether it could: two rows may look alike to the hash. */
static bool print_hash(void) {
    static uint8_t index[TOKUSAGE_HASHES];
    uint32_t factor[FACTORS];
    for (unsigned a = 1; a <= TOKUSAGE_KEYS; a++) {
        for (unsigned b = 1; b < a; b++) {
            if (are_alike(tokusage_name_of((tokusage_key)a), tokusage_name_of((tokusage_key)b))) {
                printf("no hash keeps the rows %u and %u of names.h apart: %s\n", a, b,
                       tokusage_name_text(tokusage_name_of((tokusage_key)a)));
                return false;
            }
        }
    }
    do {
        for (int i = 0; i < FACTORS; i++) {
            factor[i] = next_factor();
        }
    } while (!fill(factor, index));
    print_header(factor, index);
    return true;
}

/* ------------------------------------------------------------------------------------------------- looking names up */

static void each_row_finds_itself(void **state) {
    (void)state;
    for (unsigned key = 1; key <= TOKUSAGE_KEYS; key++) {
        const tokusage_name *const row = tokusage_name_of((tokusage_key)key);
        assert_int_equal(row->length, strlen(tokusage_name_text(row)));
        if (tokusage_name_find((tokusage_node)row->node, tokusage_name_text(row), row->length) != key) {
            (void)print_hash();
            fail_msg("the table of names.h has changed: above is its new src/hash.h");
        }
    }
}

/* Calls find with the name at unreadable memory: nothing after it is read. */
static tokusage_key find_at_the_end(tokusage_node node, const char *name, size_t length) {
    return tokusage_name_find(node, against_the_end(name, length), length);
}

static void names_that_differ_in_a_byte_or_in_the_object_are_not_found(void **state) {
    (void)state;
    char name[200];
    assert_int_equal(tokusage_name_find(NODE_USAGE, "", 0), 0);
    for (unsigned key = 1; key <= TOKUSAGE_KEYS; key++) {
        const tokusage_name *const row = tokusage_name_of((tokusage_key)key);
        const tokusage_node node = (tokusage_node)row->node;
        assert_int_equal(find_at_the_end(node, tokusage_name_text(row), row->length), key);
        for (size_t i = 0; i < row->length; i++) {
            memcpy(name, tokusage_name_text(row), row->length);
            name[i] ^= 1;
            const tokusage_key other = find_at_the_end(node, name, row->length);
            assert_true(other == 0 || memcmp(tokusage_name_text(tokusage_name_of(other)), name, row->length) == 0);
        }
        for (unsigned other = NODE_NONE; other <= NODE_ITERATIONS; other++) {
            const tokusage_key found = find_at_the_end((tokusage_node)other, tokusage_name_text(row), row->length);
            assert_true(found == 0 || tokusage_name_of(found)->node == other);
        }
        memcpy(name, tokusage_name_text(row), row->length);
        name[row->length] = 's';
        assert_int_equal(find_at_the_end(node, name, row->length + 1U), 0);
    }
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "hash") == 0) {
        return print_hash() ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_h_and_names_tsv_have_the_same_rows),
        cmocka_unit_test(no_count_is_deeper_than_the_readers_remember),
        cmocka_unit_test(each_row_finds_itself),
        cmocka_unit_test(names_that_differ_in_a_byte_or_in_the_object_are_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
