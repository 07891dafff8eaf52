/* What the tests of cJSON trees share; see trees.h. */
#include "trees.h"

#include <stdlib.h>
#include <string.h>

cJSON *parsed(const char *shorthand) {
    cJSON *const tree = cJSON_Parse(quoted(shorthand).bytes);
    if (tree == NULL) {
        fail_msg("cJSON does not accept %s", shorthand);
    }
    return tree;
}

const char *from_tree(const cJSON *tree) {
    tokusage usage;
    tokusage_error error;
    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    heap_fail(NEVER, false);
    const tokusage_status status = tokusage_from_cjson(tree, &usage, &error);
    assert_int_equal(error.status, status);
    assert_int_equal(spoilt(&usage, sizeof usage), status != TOKUSAGE_OK);
    assert_int_equal(heap_calls(), 0);
    tokusage again = usage;
    assert_int_equal(tokusage_from_cjson(tree, &again, NULL), status);
    assert_memory_equal(&again, &usage, sizeof usage);
    return status == TOKUSAGE_OK ? usage_words(&usage) : error_words(&error);
}

void expect_printed(const char *what, const cJSON *tree, const char *shorthand) {
    char *const printed = cJSON_PrintUnformatted(tree);
    assert_non_null(printed);
    expect_words(what, quoted(shorthand).bytes, printed);
    cJSON_free(printed);
}

void expect_linked(const cJSON *tree) {
    const cJSON *last = NULL;
    for (const cJSON *item = tree->child; item != NULL; item = item->next) {
        if (last != NULL) {
            assert_ptr_equal(item->prev, last);
        }
        last = item;
        if ((item->type & cJSON_IsReference) == 0) {
            expect_linked(item);
        }
    }
    const bool left_out = strcmp(cJSON_Version(), "1.7.13") == 0 && tree->child != NULL && tree->child->prev == NULL;
    if (tree->child != NULL && !left_out) {
        assert_ptr_equal(tree->child->prev, last);
    }
}

/* ------------------------------------------------------------------------------------------------------ random */

tokusage random_counts(uint64_t limit) {
    tokusage usage;
    memset(&usage, 0, sizeof usage);
    const size_t rare = 1 + random_below(6);
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        if (random_below(rare) == 0) {
            *tokusage_count_at(&usage, i) =
                (tokusage_count){true, (int64_t)((random_bits() >> random_below(64)) % limit)};
        }
    }
    return usage;
}

#define ANY(list) (list)[random_below(LENGTH(list))]

static const name_row *random_row(void) {
    size_t count = 0;
    const name_row *const rows = rows_of("count", &count);
    for (;;) {
        const name_row *const row = &rows[random_below(count)];
        if (row_is_in(row, "usage")) {
            return row;
        }
    }
}

static const char *random_value(void) {
    static const char values[] =
        "null -1 1.5 2.0 3e2 \"x\" true [] {} [1,{\"a\":2}] 9007199254740991 9007199254740992 0";
    return random_below(8) > 0 ? line_of("%zu", random_below(100)) : word_in(values, random_below(words_in(values)));
}

/* Other members of the object that the row's count is in, and the row's. */
static void add_details(builder *to, const name_row *row) {
    const size_t length = strcspn(row->path, "/");
    add_format(to, "\"%.*s\":{\"a\":1", (int)length, row->path);
    for (size_t tries = random_below(200); tries > 0; tries--) {
        name_row inner = *random_row();
        if (strncmp(inner.path, row->path, length) == 0 && inner.path[length] == '/') {
            inner.path += length + 1;
            add_format(to, ",%s", member_of(&inner, random_value()));
            tries = tries < 20 ? 1 : tries - 19;
        }
    }
    add(to, 1, "}");
}

/* A list with random elements: of several tags, without one, in any order, or no objects at all. */
static void add_list(builder *to, const name_row *row) {
    static const char *const others[] = {"1", "\"AUDIO\"", "null", "{}", "[{\"modality\":\"AUDIO\",\"tokenCount\":5}]"};
    const size_t length = strcspn(row->path, "[");
    const size_t tag = strcspn(row->path + length, "=") - 1;
    add_format(to, "\"%.*s\":[", (int)length, row->path);
    for (size_t left = random_below(5); left > 0; left--) {
        const char *const name = strchr(row->path, ']') + 2;
        const char *const number = line_of("\"%s\":%s", name, random_value());
        const char *const label =
            line_of("\"%.*s\":\"%s\"", (int)tag, row->path + length + 1, tag_word(random_below(1000)));
        switch (random_below(8)) {
        case 0:
            add(to, 1, ANY(others));
            break;
        case 1:
            add_format(to, "{%s}", random_below(2) == 0 ? number : label);
            break;
        default:
            add_format(to, random_below(2) == 0 ? "{%s,\"a\":[],%s}" : "{%s,%s}", random_below(2) == 0 ? number : label,
                       random_below(4) == 0   ? "\"b\":1"
                       : random_below(2) == 0 ? number
                                              : label);
        }
        add(to, 1, left > 1 ? "," : "");
    }
    add(to, 1, "]");
}

builder random_usage_object(void) {
    static const char *const others[] = {"\"a\":1",
                                         "\"b\":{\"prompt_tokens\":1}",
                                         "\"Total_Tokens\":5",
                                         "\"\":[1,{}]",
                                         "\"type\":\"x\"",
                                         "\"prompt_tokens_details\":null",
                                         "\"input_tokens_details\":{}",
                                         "\"tokens\":5",
                                         "\"promptTokensDetails\":[]",
                                         "\"completion_tokens_details\":\"x\""};
    builder to = {NULL, 0, 0};
    add(&to, 1, "{");
    for (size_t left = random_below(9); left > 0; left--) {
        const name_row *const row = random_row();
        if (random_below(4) == 0) {
            add(&to, 1, ANY(others));
        } else if (strchr(row->path, '[') != NULL && random_below(2) == 0) {
            add_list(&to, row);
        } else if (strchr(row->path, '[') == NULL && strchr(row->path, '/') != NULL && random_below(2) == 0) {
            add_details(&to, row);
        } else {
            add(&to, 1, member_of(row, random_value()));
        }
        add(&to, 1, left > 1 ? "," : "");
    }
    add(&to, 1, "}");
    add_bytes(&to, "", 1);
    to.length--; /* the NUL is for cJSON */
    return to;
}
