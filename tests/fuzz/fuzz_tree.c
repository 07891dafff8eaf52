/*
 * A cJSON tree and a usage made up from the bytes, the tree with nodes that no parser makes: items without a name, raw
 * text, numbers that are none, references, names that are not the tree's own. What from_cjson reads and update_cjson
 * leaves behind is held against plain lists; and memory fails at each allocation in turn.
 */
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

enum {
    ITEMS_MAX = 24
};

static const char *const count_names[3] = {"prompt_tokens", "completion_tokens", "total_tokens"};

/* ---- out of bytes */

static double next_double(input *in) {
    static const double odd[] = {
        0,
        -0.0,
        1,
        5,
        12,
        0.5,
        -1,
        1e15,
        4294967296.0,
        2147483647.0,
        1e16,
        1e18,
        1e19,
        1e300,
        1e-300,
        5e-324,
        -0.1,
        9007199254740990.0,
        9007199254740991.0,
        9007199254740992.0,
    };
    const uint8_t kind = next_byte(in);
    if (kind < LENGTH(odd)) {
        return odd[kind];
    }
    if (kind == 250) {
        return NAN;
    }
    if (kind >= 251) {
        return kind % 2 == 0 ? INFINITY : -INFINITY;
    }
    uint8_t bytes[sizeof(double)];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = next_byte(in);
    }
    double value = 0;
    memcpy(&value, bytes, sizeof value);
    return kind % 2 == 0 ? value : floor(fabs(value));
}

static cJSON *make_value(input *in, const cJSON *other) {
    switch (next_byte(in) % 16) {
    case 0:
        return cJSON_CreateNull();
    case 1:
        return cJSON_CreateString("5");
    case 2:
        return cJSON_CreateRaw("7");
    case 3:
        return cJSON_CreateTrue();
    case 4:
        return cJSON_CreateFalse();
    case 5:
        return cJSON_CreateObject();
    case 6:
        return cJSON_CreateArrayReference(other);
    case 7:
        return cJSON_CreateObjectReference(other);
    case 8:
        return cJSON_CreateStringReference("total_tokens");
    case 9:
        return cJSON_CreateIntArray((const int[]){1, 2, 3}, 3);
    case 10: {
        cJSON *invalid = cJSON_CreateNull();
        assert_non_null(invalid);
        invalid->type = cJSON_Invalid;
        return invalid;
    }
    default:
        return cJSON_CreateNumber(next_double(in));
    }
}

static void add_item(cJSON *object, input *in, cJSON *other) {
    static const char *const names[] = {
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "Prompt_Tokens",
        "total_token",
        "total_tokens_and_more",
        "",
        "usage",
        "a",
    };
    const uint8_t which = next_byte(in);
    cJSON *item = make_value(in, other->child);
    assert_non_null(item);
    const char *const name = names[which % LENGTH(names)];
    switch (which / LENGTH(names) % 4) {
    case 0:
        cJSON_AddItemToArray(object, item); /* no name */
        break;
    case 1:
        cJSON_AddItemToObjectCS(object, name, item);
        break;
    case 2:
        cJSON_Delete(item);
        cJSON_AddItemReferenceToObject(object, name, cJSON_GetObjectItem(other, "total_tokens"));
        break;
    default:
        cJSON_AddItemToObject(object, name, item);
    }
}

static tokusage next_usage(input *in) {
    static const int64_t values[] = {
        ABSENT,    ABSENT,     0, 1, 5, 12, TOKUSAGE_COUNT_MAX, TOKUSAGE_COUNT_MAX - 1, -1, TOKUSAGE_COUNT_MAX + 1,
        INT64_MAX, 2147483648,
    };
    const int64_t prompt = values[next_byte(in) % LENGTH(values)];
    const int64_t completion = values[next_byte(in) % LENGTH(values)];
    const int64_t total = values[next_byte(in) % LENGTH(values)];
    return usage_of(prompt, completion,
                    total == 12 && prompt >= 0 && completion >= 0 ? prompt / 2 + completion / 2 : total);
}

/* ---- what must be read from a list of items */

static size_t member_of(const cJSON *item) {
    size_t member = 0;
    while (member < 3 && (item->string == NULL || strcmp(item->string, count_names[member]) != 0)) {
        member++;
    }
    return member;
}

static tokusage_status judge(const cJSON *item, int64_t *count) {
    const int type = item->type & 0xFF;
    if (type == cJSON_NULL) {
        return TOKUSAGE_OK;
    }
    if (type != cJSON_Number) {
        return TOKUSAGE_ERR_TYPE;
    }
    const double value = item->valuedouble;
    if (isnan(value) || value < 0 || value > 9007199254740991.0) {
        return TOKUSAGE_ERR_RANGE;
    }
    if (floor(value) != value) {
        return TOKUSAGE_ERR_INTEGER;
    }
    *count = (int64_t)value;
    return TOKUSAGE_OK;
}

static verdict read_list(const cJSON *object) {
    verdict want = {TOKUSAGE_OK, NULL, 0, {ABSENT, ABSENT, ABSENT}};
    bool given[4] = {false};
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        const size_t member = member_of(item);
        if (member == 3) {
            continue;
        }
        const tokusage_status status = given[member] ? TOKUSAGE_ERR_DUPLICATE : judge(item, &want.counts[member]);
        given[member] = true;
        if (status != TOKUSAGE_OK) {
            return (verdict){status, count_names[member], 0, {0, 0, 0}};
        }
    }
    return want;
}

static void expect_reading(const char *what, const cJSON *object, const verdict *want) {
    tokusage usage;
    tokusage_error error;
    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    const tokusage_status status = tokusage_from_cjson(object, &usage, &error);
    expect_verdict(what, want, status, &error, &usage);
}

/* ---- the tree as it was */

typedef struct record {
    const cJSON *item;
    size_t member;
    cJSON content; /* a copy of the struct */
} record;

typedef struct records {
    size_t count;
    record items[ITEMS_MAX];
} records;

static records record_of(const cJSON *object) {
    records all = {.count = 0};
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        assert_true(all.count < ITEMS_MAX);
        all.items[all.count++] = (record){.item = item, .member = member_of(item), .content = *item};
    }
    return all;
}

static bool same_item(const record *was, const cJSON *item) {
    const cJSON *const old = &was->content;
    return item == was->item && item->type == old->type && item->child == old->child &&
           item->valuestring == old->valuestring && item->valueint == old->valueint && item->string == old->string &&
           memcmp(&item->valuedouble, &old->valuedouble, sizeof old->valuedouble) == 0;
}

static void expect_unchanged(const cJSON *object, const records *was) {
    const cJSON *item = object->child;
    for (size_t i = 0; i < was->count; i++) {
        assert_true(item != NULL && same_item(&was->items[i], item));
        assert_true(item->next == was->items[i].content.next && item->prev == was->items[i].content.prev);
        item = item->next;
    }
    assert_null(item);
}

/* cJSON's list: each item knows the one before it, the first one the last. */
static void expect_list(const cJSON *object) {
    const cJSON *last = NULL;
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        assert_true(last == NULL || item->prev == last);
        last = item;
    }
    assert_true(object->child == NULL || object->child->prev == last);
}

/* Others stay as and where they were; a count stands where it first stood, a new one behind all others in turn. */
static void expect_updated(const cJSON *object, const records *was, const tokusage *usage) {
    const tokusage_count counts[3] = {usage->prompt_tokens, usage->completion_tokens, usage->total_tokens};
    bool placed[4] = {false};
    const cJSON *item = object->child;
    for (size_t i = 0; i < was->count; i++) {
        const size_t member = was->items[i].member;
        if (member < 3 && (placed[member] || !counts[member].present)) {
            continue;
        }
        assert_non_null(item);
        if (member == 3) {
            assert_true(same_item(&was->items[i], item));
        } else {
            placed[member] = true;
            assert_int_equal(member_of(item), member);
        }
        item = item->next;
    }
    for (size_t member = 0; member < 3; member++) {
        if (counts[member].present && !placed[member]) {
            assert_true(item != NULL && member_of(item) == member);
            item = item->next;
        }
    }
    assert_null(item);
}

static void expect_counts(const cJSON *object, const tokusage *usage) {
    tokusage read;
    assert_int_equal(tokusage_from_cjson(object, &read, NULL), TOKUSAGE_OK);
    assert_true(tokusage_equal(&read, usage));
}

static bool in_range(tokusage_count count) {
    return !count.present || (count.value >= 0 && count.value <= TOKUSAGE_COUNT_MAX);
}

static tokusage_status expected_update(const cJSON *object, const tokusage *usage) {
    if ((object->type & cJSON_IsReference) != 0) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    if ((object->type & 0xFF) != cJSON_Object) {
        return TOKUSAGE_ERR_TYPE;
    }
    return in_range(usage->prompt_tokens) && in_range(usage->completion_tokens) && in_range(usage->total_tokens)
               ? TOKUSAGE_OK
               : TOKUSAGE_ERR_RANGE;
}

/* Until it succeeds, one more allocation each time; before that it must fail and change nothing. */
static void update(cJSON *object, const tokusage *usage) {
    const records was = record_of(object);
    const tokusage_status want = expected_update(object, usage);
    tokusage_status status = TOKUSAGE_ERR_MEMORY;
    for (size_t nth = 0; status == TOKUSAGE_ERR_MEMORY; nth++) {
        const size_t live = heap_live();
        assert_true(nth < 16);
        heap_fail(nth, nth % 2 == 0);
        status = tokusage_update_cjson(object, usage);
        heap_fail(NEVER, false);
        if (status != TOKUSAGE_OK) {
            assert_int_equal(heap_live(), live);
            expect_unchanged(object, &was);
        }
    }
    assert_int_equal(status, want);
    expect_list(object);
    if (status == TOKUSAGE_OK) {
        expect_updated(object, &was, usage);
        expect_counts(object, usage);
    }
}

static void make_tree(const tokusage *usage) {
    const bool good = expected_update(&(cJSON){.type = cJSON_Object}, usage) == TOKUSAGE_OK;
    cJSON *tree = NULL;
    for (size_t nth = 0; tree == NULL && nth < 8; nth++) {
        const size_t live = heap_live();
        heap_fail(nth, false);
        tree = tokusage_to_cjson(usage);
        heap_fail(NEVER, false);
        assert_true(tree != NULL || heap_live() == live);
    }
    assert_int_equal(tree != NULL, good);
    if (good) {
        const records nothing = {.count = 0};
        expect_updated(tree, &nothing, usage);
        expect_counts(tree, usage);
        cJSON_Delete(tree);
    }
}

/* ---- the arithmetic, said again in another way */

static void calculate(const tokusage *a, const tokusage *b) {
    tokusage_error error;
    const tokusage_status status = tokusage_validate(a, &error);
    assert_int_equal(error.status, status);
    tokusage filled = *a;
    const tokusage_status inferred = tokusage_infer(&filled, NULL);
    if (inferred == TOKUSAGE_OK) {
        assert_int_equal(status, TOKUSAGE_OK);
        assert_int_equal(tokusage_validate(&filled, NULL), TOKUSAGE_OK);
        const int before = a->prompt_tokens.present + a->completion_tokens.present + a->total_tokens.present;
        const int after = filled.prompt_tokens.present + filled.completion_tokens.present + filled.total_tokens.present;
        assert_int_equal(after, before == 2 ? 3 : before);
    } else {
        assert_memory_equal(&filled, a, sizeof filled);
    }
    tokusage sum = *a;
    tokusage other = *b;
    const tokusage_status added = tokusage_add(&sum, b);
    assert_int_equal(tokusage_add(&other, a), added);
    if (added == TOKUSAGE_OK) {
        assert_true(tokusage_equal(&sum, &other));
        assert_true(in_range(sum.prompt_tokens) && in_range(sum.completion_tokens) && in_range(sum.total_tokens));
    } else {
        assert_memory_equal(&sum, a, sizeof sum);
    }
    assert_true(tokusage_equal(a, a));
    assert_int_equal(tokusage_equal(a, b), tokusage_equal(b, a));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {.at = data, .left = size};
    (void)watch_heap(NULL);
    const tokusage usage = next_usage(&in);
    const tokusage second = next_usage(&in);
    const uint8_t shape = next_byte(&in);

    cJSON *other = cJSON_CreateObject();
    cJSON *object = shape % 16 == 0 ? cJSON_CreateArray() : cJSON_CreateObject();
    assert_true(other != NULL && object != NULL);
    cJSON_AddNumberToObject(other, "total_tokens", 3);
    for (size_t i = 0; i < ITEMS_MAX - 4 && in.left > 0; i++) {
        add_item(object, &in, other);
    }

    const records was = record_of(object);
    verdict want = read_list(object);
    if (shape % 16 == 0) {
        want = (verdict){TOKUSAGE_ERR_TYPE, "usage", 0, {0, 0, 0}};
    }
    expect_reading("the tree", object, &want);
    cJSON *reference = cJSON_CreateObjectReference(object->child);
    assert_non_null(reference);
    if (shape % 16 != 0) {
        expect_reading("a reference to its members", reference, &want);
    }
    assert_int_equal(tokusage_update_cjson(reference, &usage), TOKUSAGE_ERR_ARGUMENT);
    cJSON_Delete(reference);
    expect_unchanged(object, &was);

    make_tree(&usage);
    calculate(&usage, &second);
    update(object, &usage);
    update(object, &second);
    cJSON_Delete(object);
    cJSON_Delete(other);
    assert_int_equal(unwatch_heap(NULL), 0);
    return 0;
}
