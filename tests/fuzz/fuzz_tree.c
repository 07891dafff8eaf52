/*
 * A cJSON tree and a usage made up from the bytes, the tree with nodes that no parser makes: items without a name, raw
 * text, numbers that are none, references, names that are not the tree's own. What from_cjson reads must be what the slow
 * reference reads from the tree's text; what update_cjson leaves behind is held against a list of what was there; memory
 * fails at each allocation in turn; and the arithmetic of counts is said again in another way.
 */
#include "fuzz.h"

#include "trees.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ITEMS_MAX = 64,
    OBJECT_ITEMS = 20,
    DETAILS_ITEMS = 4,
    TEXT_SIZE = 1 << 14
};

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
        return cJSON_CreateObject();
    case 5:
        return cJSON_CreateArrayReference(other);
    case 6:
        return cJSON_CreateStringReference("total_tokens");
    case 7:
        return cJSON_CreateIntArray((const int[]){1, 2, 3}, 3);
    case 8: {
        cJSON *invalid = cJSON_CreateNull();
        assert_non_null(invalid);
        invalid->type = cJSON_Invalid;
        return invalid;
    }
    default:
        return cJSON_CreateNumber(next_double(in));
    }
}

/* Puts the item into the object, under a name of its own, a constant one, or none. */
static void put(cJSON *object, const char *name, cJSON *item, unsigned how) {
    assert_non_null(item);
    switch (how % 8) {
    case 0:
        cJSON_AddItemToArray(object, item);
        break;
    case 1:
        cJSON_AddItemToObjectCS(object, name, item);
        break;
    default:
        cJSON_AddItemToObject(object, name, item);
    }
}

/* A name of the table, or one that looks like it. */
static const char *next_name(input *in, bool in_details) {
    static const char *const others[] = {"Prompt_Tokens", "total_token", "total_tokens_and_more", "", "usage", "a"};
    const uint8_t which = next_byte(in);
    if (which < 24) {
        return others[which % LENGTH(others)];
    }
    if (which < 120) {
        return own_ways[in_details ? 3 + which % 3 : which % 3].name;
    }
    return ways[which % WAYS].name;
}

/* An object that may have details; now and then a reference to members that are another tree's. */
static cJSON *make_details(input *in, cJSON *other) {
    const uint8_t shape = next_byte(in);
    if (shape % 16 == 0) {
        return cJSON_CreateObjectReference(other->child);
    }
    cJSON *const details = cJSON_CreateObject();
    for (unsigned i = 0; i < shape % (DETAILS_ITEMS + 1); i++) {
        const char *const name = next_name(in, true);
        cJSON *const value = make_value(in, other->child);
        put(details, name, value, next_byte(in));
    }
    return details;
}

static void add_item(cJSON *object, input *in, cJSON *other) {
    const uint8_t kind = next_byte(in);
    if (kind % 4 == 0) {
        const char *const name = objects_in_usage[next_byte(in) % OBJECTS];
        put(object, name, make_details(in, other), kind / 4);
    } else if (kind == 1) {
        cJSON_AddItemReferenceToObject(object, next_name(in, false), other->child);
    } else {
        const char *const name = kind % 16 == 3 ? objects_in_usage[kind / 16 % OBJECTS] : next_name(in, false);
        put(object, name, make_value(in, other->child), kind / 4);
    }
}

static int64_t next_count(input *in) {
    static const int64_t values[] = {
        ABSENT,     ABSENT, 0,       1,       5,      7,  12, 3, 2,  10,        17,      19,
        2147483648, MAX,    MAX - 1, MAX / 2, ABSENT, 20, 14, 9, -1, INT64_MAX, MAX + 1, INT64_MIN + 1,
    };
    return values[next_byte(in) % LENGTH(values)];
}

static tokusage next_usage(input *in) {
    int64_t counts[SIX];
    for (size_t i = 0; i < SIX; i++) {
        counts[i] = next_count(in);
    }
    return usage_with(counts);
}

static void counts_of(const tokusage *usage, int64_t counts[SIX]) {
    const tokusage_count all[SIX] = {usage->prompt_tokens, usage->completion_tokens,  usage->total_tokens,
                                     usage->cached_tokens, usage->cache_write_tokens, usage->reasoning_tokens};
    for (size_t i = 0; i < SIX; i++) {
        counts[i] = all[i].present ? all[i].value : ABSENT;
    }
}

/* ---- the tree's text, for the reference */

typedef struct text {
    char bytes[TEXT_SIZE];
    size_t length;
} text;

static void write(text *to, const char *words) {
    const size_t length = strlen(words);
    assert_true(to->length + length < TEXT_SIZE);
    memcpy(to->bytes + to->length, words, length);
    to->length += length;
}

/* A number that is whole and in range is written exactly; NaN and infinity are as far out of it as any. */
static void write_number(text *to, double value) {
    char digits[400];
    const bool whole = floor(value) == value && fabs(value) <= 9007199254740991.0;
    (void)snprintf(digits, sizeof digits, whole ? "%.0f" : "%.17g", value);
    write(to, isfinite(value) ? digits : "1e300");
}

/* Values of a kind that JSON does not have are of the wrong type, like any other but numbers, objects and null. */
static void write_value(text *to, const cJSON *item) {
    if (cJSON_IsNull(item)) {
        write(to, "null");
    } else if (cJSON_IsNumber(item)) {
        write_number(to, item->valuedouble);
    } else {
        write(to, "true");
    }
}

static void write_name(text *to, const cJSON *item) {
    write(to, to->bytes[to->length - 1] == '{' ? "\"" : ",\"");
    write(to, item->string);
    write(to, "\":");
}

/* The members that have a name; objects in objects are written empty, as nothing in them matters. */
static void write_object(text *to, const cJSON *object) {
    write(to, "{");
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        if (item->string == NULL) {
            continue;
        }
        write_name(to, item);
        if (!cJSON_IsObject(item)) {
            write_value(to, item);
            continue;
        }
        write(to, "{");
        for (const cJSON *inner = item->child; inner != NULL; inner = inner->next) {
            if (inner->string != NULL) {
                write_name(to, inner);
                write_value(to, inner);
            }
        }
        write(to, "}");
    }
    write(to, "}");
}

static verdict read_slowly(const cJSON *tree) {
    static text written;
    written.length = 0;
    if (cJSON_IsObject(tree)) {
        write_object(&written, tree);
    } else {
        write(&written, "[]");
    }
    return reference_extract("", written.bytes, written.length);
}

/* ---- the tree as it was */

typedef struct record {
    const cJSON *item;
    const cJSON *parent;
    size_t own;    /* the number of the count that OpenAI's form has there; SIX: of none */
    bool way;      /* a service tells a count there */
    cJSON content; /* a copy of the struct; what it points to may be gone later */
} record;

typedef struct records {
    size_t count;
    record items[ITEMS_MAX * 2];
} records;

/* The number of the count that OpenAI's form has under this name in such an object; SIX for another name. */
static size_t own_count(const char *object, const char *name) {
    size_t i = 0;
    while (i < SIX && !(same_name(own_ways[i].object, object) && name != NULL && same_name(own_ways[i].name, name))) {
        i++;
    }
    return i;
}

static bool has_details(const cJSON *item) {
    return item->string != NULL && is_object_in_usage(item->string) && cJSON_IsObject(item);
}

static void record_object(records *all, const cJSON *object, const char *name) {
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        assert_true(all->count < LENGTH(all->items));
        all->items[all->count++] = (record){.item = item,
                                            .parent = object,
                                            .own = own_count(name, item->string),
                                            .way = item->string != NULL && is_way(name, item->string),
                                            .content = *item};
    }
}

static records record_of(const cJSON *tree) {
    records all = {.count = 0};
    record_object(&all, tree, NULL);
    for (const cJSON *item = tree->child; item != NULL; item = item->next) {
        if (has_details(item)) {
            record_object(&all, item, item->string);
        }
    }
    return all;
}

/* Itself, with all that it had; of an object in the usage object the members have records of their own. */
static bool same_item(const record *was, const cJSON *item) {
    const cJSON *const old = &was->content;
    return item == was->item && item->type == old->type && (item->child == old->child || has_details(item)) &&
           item->valuestring == old->valuestring && item->valueint == old->valueint && item->string == old->string &&
           memcmp(&item->valuedouble, &old->valuedouble, sizeof old->valuedouble) == 0;
}

static void expect_unchanged(const cJSON *tree, const records *was) {
    const records now = record_of(tree);
    assert_int_equal(now.count, was->count);
    for (size_t i = 0; i < was->count; i++) {
        assert_true(same_item(&was->items[i], now.items[i].item));
        assert_memory_equal(&now.items[i].content, &was->items[i].content, sizeof(cJSON));
    }
}

/* Whether an item stays when the object is made to say these counts; `seen` are the counts that stood before it. */
static bool must_stay(const record *was, const int64_t counts[SIX], bool seen[SIX]) {
    if (was->own == SIX) {
        return !was->way;
    }
    const bool stays = !seen[was->own] && counts[was->own] != ABSENT;
    seen[was->own] = true;
    return stays;
}

/* Others stay as and where they were, and a count stays where it first stood; what is new stands behind all others. */
static void expect_updated(const cJSON *tree, const records *was, const tokusage *usage) {
    const records now = record_of(tree);
    bool seen[SIX] = {false};
    int64_t counts[SIX];
    counts_of(usage, counts);
    for (size_t i = 0; i < was->count; i++) {
        const record *const old = &was->items[i];
        size_t at = 0;
        while (at < now.count && now.items[at].item != old->item) {
            at++;
        }
        const bool stays = must_stay(old, counts, seen);
        assert_int_equal(at < now.count, stays);
        if (!stays) {
            continue;
        }
        const cJSON *const item = now.items[at].item;
        const bool became = (old->content.type & 0xFF) != cJSON_Object && has_details(item);
        assert_true(old->own < SIX || became || same_item(old, item));
        assert_true(now.items[at].parent == old->parent && item->string == old->content.string);
    }
}

/* Of two items of one object that stay, the first stays the first; so nothing new stands before any of them. */
static void expect_order(const cJSON *tree, const records *was) {
    const records now = record_of(tree);
    size_t next = 0;
    for (size_t i = 0; i < now.count; i++) {
        const bool new_object = i > 0 && now.items[i].parent != now.items[i - 1].parent;
        next = new_object ? 0 : next;
        size_t at = next;
        while (at < was->count && was->items[at].item != now.items[i].item) {
            at++;
        }
        if (at < was->count) {
            next = at + 1;
        } else if (i + 1 < now.count && now.items[i + 1].parent == now.items[i].parent) {
            for (size_t j = 0; j < was->count; j++) {
                assert_ptr_not_equal(was->items[j].item, now.items[i + 1].item);
            }
        }
    }
}

static void expect_counts(const cJSON *tree, const tokusage *usage) {
    tokusage read;
    assert_int_equal(tokusage_from_cjson(tree, &read, NULL), TOKUSAGE_OK);
    assert_true(tokusage_equal(&read, usage));
    const verdict slow = read_slowly(tree);
    assert_int_equal(slow.status, TOKUSAGE_OK);
    const tokusage wanted = usage_with(slow.counts);
    assert_true(tokusage_equal(&wanted, usage));
}

/* ---- counts, said again in another way */

static int64_t or_zero(int64_t count) {
    return count != ABSENT ? count : 0;
}

static tokusage_status judge(const int64_t counts[SIX]) {
    const bool parts = counts[0] != ABSENT && counts[1] != ABSENT;
    for (size_t i = 0; i < SIX; i++) {
        if (counts[i] != ABSENT && (counts[i] < 0 || counts[i] > MAX)) {
            return TOKUSAGE_ERR_RANGE;
        }
    }
    const int64_t sum = or_zero(counts[0]) + or_zero(counts[1]);
    if (counts[2] != ABSENT && (parts ? sum != counts[2] : sum > counts[2])) {
        return TOKUSAGE_ERR_TOTAL;
    }
    if (counts[0] != ABSENT && or_zero(counts[3]) + or_zero(counts[4]) > counts[0]) {
        return TOKUSAGE_ERR_PART;
    }
    return counts[1] != ABSENT && or_zero(counts[5]) > counts[1] ? TOKUSAGE_ERR_PART : TOKUSAGE_OK;
}

static tokusage_status fill(int64_t counts[SIX]) {
    const tokusage_status status = judge(counts);
    if (status != TOKUSAGE_OK) {
        return status;
    }
    if (counts[2] == ABSENT && counts[0] != ABSENT && counts[1] != ABSENT) {
        counts[2] = counts[0] + counts[1];
    } else if (counts[0] == ABSENT && counts[1] != ABSENT && counts[2] != ABSENT) {
        counts[0] = counts[2] - counts[1];
    } else if (counts[1] == ABSENT && counts[0] != ABSENT && counts[2] != ABSENT) {
        counts[1] = counts[2] - counts[0];
    }
    return judge(counts);
}

static tokusage_status settle(int64_t counts[SIX]) {
    for (size_t i = 0; i < SIX; i++) {
        if (counts[i] != ABSENT && (counts[i] < 0 || counts[i] > MAX)) {
            return TOKUSAGE_ERR_RANGE;
        }
    }
    if (counts[0] != ABSENT && counts[1] != ABSENT && counts[2] != ABSENT) {
        const int64_t more = counts[2] - counts[0] - counts[1];
        if (more > 0 && more == counts[5]) {
            counts[1] += more;
        } else if (more > 0 && more == counts[3]) {
            counts[0] += more;
        } else if (more < 0 && -more == counts[5] && counts[1] + more >= counts[5]) {
            counts[1] += more;
        }
    }
    return fill(counts);
}

/* On success what `want` says, else as it was. */
static void expect_settled(const tokusage *before, const tokusage *after, tokusage_status status, tokusage_status want,
                           const int64_t counts[SIX]) {
    assert_int_equal(status, want);
    if (want == TOKUSAGE_OK) {
        const tokusage wanted = usage_with(counts);
        assert_true(tokusage_equal(after, &wanted));
    } else {
        assert_memory_equal(after, before, sizeof *before);
    }
}

static void calculate(const tokusage *usage) {
    int64_t counts[SIX];
    tokusage_error error;
    counts_of(usage, counts);
    assert_int_equal(tokusage_validate(usage, &error), judge(counts));
    assert_int_equal(error.status, judge(counts));
    tokusage after = *usage;
    tokusage_status want = fill(counts);
    expect_settled(usage, &after, tokusage_infer(&after, &error), want, counts);
    after = *usage;
    counts_of(usage, counts);
    want = settle(counts);
    expect_settled(usage, &after, tokusage_reconcile(&after, &error), want, counts);
}

static void add_up(const tokusage *a, const tokusage *b) {
    int64_t in_a[SIX];
    int64_t in_b[SIX];
    counts_of(a, in_a);
    counts_of(b, in_b);
    tokusage_status want = TOKUSAGE_OK;
    int64_t sums[SIX];
    for (size_t i = 0; i < SIX; i++) {
        const bool good = or_zero(in_a[i]) >= 0 && or_zero(in_a[i]) <= MAX && or_zero(in_b[i]) >= 0 &&
                          or_zero(in_b[i]) <= MAX && or_zero(in_a[i]) <= MAX - or_zero(in_b[i]);
        want = good ? want : TOKUSAGE_ERR_RANGE;
        sums[i] = in_a[i] == ABSENT && in_b[i] == ABSENT ? ABSENT : good ? or_zero(in_a[i]) + or_zero(in_b[i]) : 0;
    }
    tokusage sum = *a;
    expect_settled(a, &sum, tokusage_add(&sum, b), want, sums);
    assert_true(tokusage_equal(a, a));
    assert_int_equal(tokusage_equal(a, b), tokusage_equal(b, a));
}

/* ---- updates, with memory that fails */

static bool in_range(const tokusage *usage) {
    int64_t counts[SIX];
    counts_of(usage, counts);
    bool good = true;
    for (size_t i = 0; i < SIX; i++) {
        good = good && (counts[i] == ABSENT || (counts[i] >= 0 && counts[i] <= MAX));
    }
    return good;
}

static tokusage_status expected_update(const cJSON *tree, const tokusage *usage) {
    if (!cJSON_IsObject(tree)) {
        return TOKUSAGE_ERR_TYPE;
    }
    for (const cJSON *item = tree->child; item != NULL; item = item->next) {
        if (has_details(item) && (item->type & cJSON_IsReference) != 0) {
            return TOKUSAGE_ERR_ARGUMENT;
        }
    }
    return in_range(usage) ? TOKUSAGE_OK : TOKUSAGE_ERR_RANGE;
}

/* Until it succeeds, one more allocation each time; before that it must fail and change nothing. */
static void update(cJSON *tree, const tokusage *usage) {
    const records was = record_of(tree);
    const tokusage_status want = expected_update(tree, usage);
    tokusage_status status = TOKUSAGE_ERR_MEMORY;
    for (size_t nth = 0; status == TOKUSAGE_ERR_MEMORY; nth++) {
        const size_t live = heap_live();
        assert_true(nth < 32);
        heap_fail(nth, nth % 2 == 0);
        status = tokusage_update_cjson(tree, usage);
        heap_fail(NEVER, false);
        if (status != TOKUSAGE_OK) {
            assert_int_equal(heap_live(), live);
            expect_unchanged(tree, &was);
        }
    }
    assert_int_equal(status, want);
    expect_all_linked(tree);
    if (status == TOKUSAGE_OK) {
        expect_updated(tree, &was, usage);
        expect_order(tree, &was);
        expect_counts(tree, usage);
    }
}

/* The tree of a usage prints as tokusage_encode writes it, where cJSON prints its numbers exactly. */
static void expect_form(const cJSON *tree, const tokusage *usage) {
    static text written;
    char encoded[TOKUSAGE_JSON_SIZE];
    written.length = 0;
    write_object(&written, tree);
    assert_int_equal(tokusage_encode(usage, encoded, sizeof encoded, NULL), TOKUSAGE_OK);
    assert_int_equal(written.length, strlen(encoded));
    assert_memory_equal(written.bytes, encoded, written.length);
}

static void make_tree(const tokusage *usage) {
    cJSON *tree = NULL;
    for (size_t nth = 0; tree == NULL && nth < 24; nth++) {
        const size_t live = heap_live();
        heap_fail(nth, false);
        tree = tokusage_to_cjson(usage);
        heap_fail(NEVER, false);
        assert_true(tree != NULL || heap_live() == live);
    }
    assert_int_equal(tree != NULL, in_range(usage));
    if (tree != NULL) {
        expect_counts(tree, usage);
        expect_form(tree, usage);
        cJSON_Delete(tree);
    }
}

static cJSON *next_tree(input *in, cJSON *other) {
    cJSON *const tree = next_byte(in) % 16 == 0 ? cJSON_CreateArray() : cJSON_CreateObject();
    assert_non_null(tree);
    for (size_t i = 0; i < OBJECT_ITEMS && in->left > 0; i++) {
        add_item(tree, in, other);
    }
    return tree;
}

/* A reference is read like what it refers to, and never changed. */
static void refer(cJSON *tree, const tokusage *usage, const verdict *want) {
    const records was = record_of(tree);
    cJSON *const reference = cJSON_CreateObjectReference(tree->child);
    assert_non_null(reference);
    if (cJSON_IsObject(tree)) {
        expect_from_tree("a reference to its members", reference, want);
    }
    assert_int_equal(tokusage_update_cjson(reference, usage), TOKUSAGE_ERR_ARGUMENT);
    cJSON_Delete(reference);
    expect_unchanged(tree, &was);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {.at = data, .left = size};
    (void)watch_heap(NULL);
    const tokusage usage = next_usage(&in);
    const tokusage second = next_usage(&in);
    cJSON *other = cJSON_CreateObject();
    assert_non_null(other);
    cJSON_AddNumberToObject(other, "total_tokens", 3);
    cJSON *tree = next_tree(&in, other);

    const verdict want = read_slowly(tree);
    expect_from_tree("the tree", tree, &want);
    refer(tree, &usage, &want);
    make_tree(&usage);
    calculate(&usage);
    add_up(&usage, &second);
    update(tree, &usage);
    update(tree, &second);
    cJSON_Delete(tree);
    cJSON_Delete(other);
    assert_int_equal(unwatch_heap(NULL), 0);
    return 0;
}
