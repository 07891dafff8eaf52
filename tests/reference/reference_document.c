/* What one document says; see reference_document.h. The names are in tests/data/names.tsv. */
#include "reference_document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS = 200, /* of counts */
    PATH_SIZE = 256,
    TIER_LENGTH = 31
};

/* The rows of counts, in the order of the table and in that of their paths. */
static struct {
    const name_row *rows, *sorted[ROWS];
    size_t count;
} counts;

static bool begins(const char *word, const char *with) {
    return strncmp(word, with, strlen(with)) == 0;
}

static bool same(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

static int by_path(const void *a, const void *b) {
    return strcmp((*(const name_row *const *)a)->path, (*(const name_row *const *)b)->path);
}

static void read_table(void) {
    if (counts.rows == NULL) {
        counts.rows = rows_of("count", &counts.count);
        assert_true(counts.count <= ROWS);
        for (size_t i = 0; i < counts.count; i++) {
            counts.sorted[i] = &counts.rows[i];
        }
        qsort(counts.sorted, counts.count, sizeof counts.sorted[0], by_path);
    }
}

/* ---- paths */

/* Adds the values at the path to a list. With `lists` the name N is each element of an array. */
static json_node **find(json_node *from, const char *path, bool lists, json_node **last) {
    char name[PATH_SIZE];
    size_t length = 0;
    if (*path == '\0') {
        *last = from;
        from->also = NULL;
        return &from->also;
    }
    if (from->kind != '{' && from->kind != '[') {
        return last;
    }
    for (path++; *path != '\0' && *path != '/' && length < PATH_SIZE; path++) {
        const bool escaped = *path == '~';
        path += escaped;
        name[length++] = !escaped ? *path : *path == '0' ? '~' : '/';
    }
    assert_true(length < PATH_SIZE);
    const bool elements = lists && length == 1 && name[0] == 'N';
    for (json_node *node = from->kind == (elements ? '[' : '{') ? from->first : NULL; node != NULL; node = node->next) {
        const json_string *const said = &node->name;
        if (elements || (said->bytes != NULL && said->length == length && memcmp(said->bytes, name, length) == 0)) {
            last = find(node, path, lists, last);
        }
    }
    return last;
}

json_node *reference_values(json_node *root, const char *pointer, const char *path) {
    json_node *bases = NULL, *values = NULL, **last = &values;
    find(root, pointer != NULL ? pointer : "", false, &bases);
    for (json_node *next = NULL; bases != NULL; bases = next) {
        next = bases->also;
        last = find(bases, path, true, last);
    }
    return values;
}

/* Takes the nulls out of a list. */
static json_node *not_null(json_node *list) {
    while (list != NULL && list->kind == 'n') {
        list = list->also;
    }
    if (list != NULL) {
        list->also = not_null(list->also);
    }
    return list;
}

/* ---- the counts of a usage object */

typedef struct facts {
    const char *where; /* usage, meta or root: which rows count */
    tokusage_status status;
    const char *wrong;
    bool included, any;
    bool has[ROWS];
    int64_t value[ROWS];
} facts;

static void refuse(facts *out, tokusage_status status, const char *member) {
    out->any = true;
    if (out->status == TOKUSAGE_OK) {
        out->status = status;
        out->wrong = member;
    }
}

/* The row of a count with this path that counts here, or one whose path goes on after it. NULL: none. */
static const name_row *find_row(const facts *out, const char *path, bool whole) {
    size_t low = 0;
    for (size_t high = counts.count; low < high;) {
        const size_t middle = (low + high) / 2;
        const bool before = strcmp(counts.sorted[middle]->path, path) < 0;
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    for (; low < counts.count && begins(counts.sorted[low]->path, path); low++) {
        if (row_is_in(counts.sorted[low], out->where) && (!whole || same(counts.sorted[low]->path, path))) {
            return counts.sorted[low];
        }
    }
    return NULL;
}

/* Writes a path, a name and what follows it. False for a name that no path has. */
static bool join(char to[PATH_SIZE], const char *path, json_string name, const char *after) {
    const size_t length = strlen(path);
    if (name.bytes == NULL || length + name.length + strlen(after) >= PATH_SIZE) {
        return false;
    }
    memcpy(to, path, length);
    memcpy(to + length, name.bytes, name.length);
    to[length + name.length] = '\0';
    const bool plain = strlen(to) == length + name.length && strpbrk(to + length, "/[]=") == NULL;
    strcpy(to + length + name.length, after);
    return plain;
}

/* Takes the value of a name. `given`: the name had a value before. Numbers of a list add up. */
static void take_count(facts *out, const name_row *row, const json_node *node, bool *given, bool adds) {
    const size_t i = (size_t)(row - counts.rows);
    int64_t value = 0;
    if (node->kind == 'n' || !node->begun) {
        return;
    }
    tokusage_status status = node->kind == '0' ? json_count(node, &value) : TOKUSAGE_ERR_TYPE;
    status = status == TOKUSAGE_OK && *given ? TOKUSAGE_ERR_DUPLICATE : status;
    *given = true;
    if (status != TOKUSAGE_OK) {
        refuse(out, status, row->field);
        return;
    }
    out->value[i] = adds ? out->value[i] + value : value;
    out->value[i] = out->value[i] > TOKUSAGE_COUNT_MAX ? TOKUSAGE_COUNT_MAX + 1 : out->value[i];
    out->has[i] = out->any = true;
}

/* What the first string of this name in an element says; NULL: nothing that counts. */
static const char *tag_of(const json_node *element, const char *name) {
    const json_node *node = element->first;
    while (node != NULL && !(json_is(node->name, name) && node->kind == '"')) {
        node = node->next;
    }
    size_t count = 0;
    const name_row *const rows = rows_of("tag", &count);
    for (size_t i = 0; node != NULL && i < count; i++) {
        const size_t length = strlen(name);
        if (strncmp(rows[i].path, name, length) == 0 && rows[i].path[length] == '=' &&
            json_is(node->text, rows[i].path + length + 1)) {
            return rows[i].how;
        }
    }
    return NULL;
}

/* An element of a list whose paths begin with `list`: list[ */
static void read_element(facts *out, const json_node *element, const char *list) {
    const char *name = find_row(out, list, false)->path + strlen(list);
    char path[4 * PATH_SIZE], full[PATH_SIZE], tag[PATH_SIZE];
    bool given[ROWS] = {false};
    (void)snprintf(tag, sizeof tag, "%.*s", (int)strcspn(name, "="), name);
    const char *said = element->closed ? tag_of(element, tag) : NULL;
    if (said == NULL) {
        return;
    }
    (void)snprintf(path, sizeof path, "%s%s=%s]/", list, tag, said);
    for (const json_node *node = element->first; node != NULL; node = node->next) {
        const name_row *row = join(full, path, node->name, "") ? find_row(out, full, true) : NULL;
        if (row != NULL) {
            take_count(out, row, node, &given[row - counts.rows], true);
        }
    }
    for (size_t i = 0; i < counts.count; i++) {
        if (out->has[i] && out->value[i] > TOKUSAGE_COUNT_MAX) { /* with the elements before */
            refuse(out, TOKUSAGE_ERR_RANGE, counts.rows[i].field);
        }
    }
}

static void read_members(facts *out, const json_node *object, const char *path) {
    char full[PATH_SIZE];
    for (const json_node *node = object->first; node != NULL; node = node->next) {
        const name_row *row = join(full, path, node->name, "") ? find_row(out, full, true) : NULL;
        if (row != NULL) {
            take_count(out, row, node, &out->has[row - counts.rows], false);
        } else if (node->kind == '{' && join(full, path, node->name, "/") && find_row(out, full, false) != NULL) {
            out->included = out->included || same(full, "input_tokens_details/");
            read_members(out, node, full);
        } else if (node->kind == '[' && join(full, path, node->name, "[") && find_row(out, full, false) != NULL) {
            for (const json_node *item = node->first; item != NULL; item = item->next) {
                read_element(out, item, full);
            }
        }
    }
}

static void read_usage(facts *out, const json_node *value, const char *where) {
    memset(out, 0, sizeof *out);
    out->where = where;
    read_members(out, value, "");
}

/* ---- usages */

/* Where the column is, or would be. */
static size_t find_column(const reference_usage *in, const char *name) {
    size_t i = 0;
    while (i < in->count && !same(in->columns[i].row->column, name)) {
        i++;
    }
    return i;
}

static bool has_column(const reference_usage *in, const char *name) {
    return find_column(in, name) < in->count;
}

static void put_column(reference_usage *to, const name_row *row, int64_t value) {
    const size_t i = find_column(to, row->column);
    assert_true(i < LENGTH(to->columns));
    to->columns[i].row = row;
    to->columns[i].value = value;
    to->count += i == to->count;
}

static void drop_column(reference_usage *from, const char *name) {
    const size_t i = find_column(from, name);
    if (i < from->count) {
        from->columns[i] = from->columns[--from->count];
    }
}

/* Of the names of a column the first is used that has a value. */
static void conclude(const facts *in, reference_usage *out) {
    int64_t minutes = 0, hour = 0;
    bool billed = false;
    memset(out, 0, sizeof *out);
    out->status = in->status;
    out->wrong = in->wrong;
    out->included = in->included;
    for (size_t i = 0; in->any && i < counts.count; i++) {
        const name_row *const row = &counts.rows[i];
        if (!in->has[i]) {
            continue;
        }
        out->included = out->included || same(row->path, "prompt_tokens");
        billed = billed || begins(row->path, "billed_units/");
        minutes = same(row->how, "five_minutes") ? in->value[i] : minutes;
        hour = same(row->path, "cache_creation/ephemeral_1h_input_tokens") ? in->value[i] : hour;
        if (!has_column(out, row->column)) {
            put_column(out, row, in->value[i]);
        }
    }
    /* Cohere charges its billed units: where they have a value, the flat name says nothing. */
    const size_t cached = find_column(out, "cached");
    if (billed && cached < out->count && same(out->columns[cached].row->path, "cached_tokens")) {
        drop_column(out, "cached");
    }
    /* What was written for five minutes and for an hour is used as the sum where no name of cache write has a value. */
    const bool known = has_column(out, "written") || has_column(out, "written_separate");
    if (has_column(out, "written_5m") && !known) {
        put_column(out, find_row(in, "cache_creation_input_tokens", true), minutes + hour);
    }
    drop_column(out, "written_5m");
}

void reference_override(reference_usage *earlier, const reference_usage *later) {
    if (earlier->status == TOKUSAGE_OK) {
        earlier->status = later->status;
        earlier->wrong = later->wrong;
    }
    earlier->included = earlier->included || later->included;
    for (size_t i = 0; i < later->count; i++) {
        if (later->columns[i].value > 0 || !has_column(earlier, later->columns[i].row->column)) {
            put_column(earlier, later->columns[i].row, later->columns[i].value);
        }
    }
}

bool reference_is_zero(const reference_usage *said) {
    bool zero = said->status == TOKUSAGE_OK;
    for (size_t i = 0; i < said->count; i++) {
        zero = zero && said->columns[i].value == 0;
    }
    return zero;
}

static void add_to(tokusage *usage, const char *name, int64_t value) {
    size_t i = 0;
    while (!same(tokusage_count_name(i), name)) {
        i++;
    }
    tokusage_count *to = tokusage_count_at(usage, i);
    *to = (tokusage_count){true, (to->present ? to->value : 0) + value};
}

static bool is_separate(const reference_usage *in, const name_row *row) {
    return same(row->how, "separate") || (same(row->how, "starred") && !in->included);
}

/* Whether another column of the same count says it: a separate one, or an included one before a starred one. */
static bool is_passed_over(const reference_usage *in, const name_row *row) {
    for (size_t i = 0; i < in->count; i++) {
        const name_row *other = in->columns[i].row;
        const bool counterpart = other != row && same(other->field, row->field) && !begins(other->column, "compaction");
        if (counterpart && (same(row->how, "included") ? is_separate(in, other)
                                                       : same(row->how, "starred") && !is_separate(in, row))) {
            return true;
        }
    }
    return false;
}

tokusage_status reference_counts(const reference_usage *said, tokusage *usage, tokusage_error *error) {
    tokusage sum;
    memset(&sum, 0, sizeof sum);
    *error = (tokusage_error){said->status, said->wrong, 0, 0, 0};
    for (size_t i = 0; i < said->count; i++) {
        const name_row *row = said->columns[i].row;
        if (!is_passed_over(said, row)) {
            add_to(&sum, row->field, said->columns[i].value);
        }
        if (is_separate(said, row)) {
            add_to(&sum, same(row->field, "reasoning_tokens") ? "completion_tokens" : "prompt_tokens",
                   said->columns[i].value);
        }
    }
    for (size_t i = 0; i < TOKUSAGE_COUNTS && error->status == TOKUSAGE_OK; i++) {
        if (tokusage_count_at(&sum, i)->value > TOKUSAGE_COUNT_MAX) {
            *error = (tokusage_error){TOKUSAGE_ERR_RANGE, tokusage_count_name(i), 0, 0, 0};
        }
    }
    if (error->status == TOKUSAGE_OK) {
        *usage = sum;
    }
    return error->status;
}

/* ---- which object is the usage */

/* Whether a path of the table is read. At a pointer the root is not, but it is read as a usage. */
static bool is_path(const name_row *row, const char *pointer, bool in_event) {
    return pointer == NULL ? !in_event || same(row->where, "all") : row->path != NULL;
}

/* The values at a path that are usages. Of values that are not closed, those that may become one. */
static json_node *usages_at(json_node *root, const char *pointer, const name_row *row) {
    static facts in;
    json_node *first = NULL, **last = &first;
    for (json_node *list = not_null(reference_values(root, pointer, row->path != NULL ? row->path : "")); list != NULL;
         list = list->also) {
        read_usage(&in, list, row->field);
        const bool may = list->kind == '{' && (in.any || (!list->closed && row->path != NULL));
        if (same(row->how, "always") ? list->begun : may) {
            *last = list;
            last = &list->also;
        }
    }
    *last = NULL;
    return first;
}

/* Takes the first value of the list. Of several choices the first is used; else a second one is one too many. */
static void take_usage(reference_document *out, const json_node *list, const char *where, bool choices) {
    static facts in;
    out->found = true;
    read_usage(&in, list, where);
    if (list->kind != '{') {
        refuse(&in, TOKUSAGE_ERR_TYPE, "usage");
    }
    if (list->also != NULL && !(choices && list->also->parent != list->parent)) {
        refuse(&in, TOKUSAGE_ERR_DUPLICATE, "usage");
    }
    out->usage = in.any;
    conclude(&in, &out->said);
}

/* Finds the usage. Returns it if it is at one of the paths. */
static const json_node *find_usage(json_node *root, const char *pointer, bool in_event, reference_document *out) {
    size_t count = 0;
    const name_row *const rows = rows_of("usage", &count);
    for (size_t i = 0; i < count; i++) {
        json_node *list = is_path(&rows[i], pointer, in_event) ? usages_at(root, pointer, &rows[i]) : NULL;
        if (list != NULL) {
            out->message = rows[i].path != NULL && same(rows[i].path, "/message/usage");
            take_usage(out, list, rows[i].field, rows[i].path != NULL && strstr(rows[i].path, "/N/") != NULL);
            return list;
        }
    }
    json_node *bases = pointer != NULL ? not_null(reference_values(root, pointer, "")) : NULL;
    if (bases != NULL) {
        take_usage(out, bases, "usage", false);
    }
    return NULL;
}

bool reference_begun(json_node *root, const char *pointer, bool in_event) {
    static facts in;
    size_t count = 0;
    const name_row *const rows = rows_of("usage", &count);
    read_table();
    if (root == NULL || root->kind != '{') {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (rows[i].path != NULL && is_path(&rows[i], pointer, in_event) &&
            usages_at(root, pointer, &rows[i]) != NULL) {
            return true;
        }
    }
    json_node *bases = pointer != NULL ? not_null(reference_values(root, pointer, "")) : NULL;
    for (json_node *first = bases; bases != NULL; bases = bases->also) {
        read_usage(&in, bases, "usage");
        if (bases != first || (bases->kind == '{' ? in.any : bases->begun)) { /* one that is there twice has begun */
            return true;
        }
    }
    return false;
}

/* ---- labels, ends, errors */

static void find_label(json_node *root, const char *pointer, const name_row *row, const json_node *usage,
                       reference_document *out) {
    const size_t label = same(row->field, "model") ? TOKUSAGE_LABEL_MODEL
                         : same(row->field, "id")  ? TOKUSAGE_LABEL_ID
                                                   : TOKUSAGE_LABEL_SERVICE_TIER;
    const size_t longest = label == TOKUSAGE_LABEL_SERVICE_TIER ? TIER_LENGTH : TOKUSAGE_LABEL_SIZE - 1;
    /* A label in a usage is read where that usage is read. */
    const bool inside = strstr(row->path, "/usage/") != NULL || strstr(row->path, "/usageMetadata/") != NULL;
    for (json_node *node = reference_values(root, pointer, row->path); node != NULL; node = node->also) {
        const size_t length = node->kind == '"' ? (size_t)(node->end - node->begin) - 2 : 0;
        const bool read = !inside || node->parent == usage;
        out->other_tier = out->other_tier || (!read && length > 0);
        if (read && out->label[label].length == 0 && length <= longest) {
            out->label[label] = (span){node->begin + 1, length};
        }
    }
}

/* Whether a value says what the row asks for. */
static bool says(const name_row *row, const json_node *node, const char *word) {
    const json_string text = node->text;
    const size_t length = strlen(word);
    if (same(row->how, "ends_in")) {
        return text.bytes != NULL && text.length >= length &&
               memcmp(text.bytes + text.length - length, word, length) == 0;
    }
    if (same(row->how, "is")) {
        return same(word, "true") ? node->kind == 't' : json_is(text, word);
    }
    const bool empty = node->kind == 'f' || (node->kind == '"' && node->end - node->begin == 2);
    return node->kind != 'n' && !(same(row->how, "not_null_false_or_empty") && empty);
}

static void find_word(json_node *root, const char *pointer, const name_row *row, reference_document *out) {
    char path[PATH_SIZE];
    const size_t length = strcspn(row->path, "=");
    const char *word = row->path + length + (row->path[length] == '=');
    (void)snprintf(path, sizeof path, "%.*s", (int)length, row->path);
    for (json_node *node = reference_values(root, pointer, path); node != NULL; node = node->also) {
        const bool said = says(row, node, word);
        out->ends = out->ends || (said && same(row->kind, "end"));
        out->delta = out->delta || (said && same(word, "message_delta"));
        out->may_end = out->may_end || (said && same(row->kind, "may_end"));
        out->error = out->error || (said && same(row->kind, "error"));
    }
}

void reference_read(json_node *root, const char *pointer, bool in_event, reference_document *out) {
    static const char *const words[] = {"end", "may_end", "error"};
    size_t count = 0;
    read_table();
    memset(out, 0, sizeof *out);
    if (root->kind != '{') {
        return;
    }
    const json_node *usage = find_usage(root, pointer, in_event, out);
    const name_row *row = rows_of("label", &count);
    for (size_t i = 0; i < count; i++) {
        find_label(root, pointer, &row[i], usage, out);
    }
    for (size_t k = 0; k < LENGTH(words); k++) {
        row = rows_of(words[k], &count);
        for (size_t i = 0; i < count; i++) {
            find_word(root, pointer, &row[i], out);
        }
    }
}
