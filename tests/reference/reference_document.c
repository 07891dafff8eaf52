/* What one document says; see reference_document.h. The names are in tests/data/names.tsv. */
#include "reference_document.h"

#include <stdlib.h>
#include <string.h>

enum {
    PATH_SIZE = 256,
    TIER = 2,
    TIER_LENGTH = 31
};

static bool same(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

static bool has_word(const char *list, const char *word) {
    const size_t length = strlen(word);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, length) == 0 && (at[length] == '\0' || at[length] == ',')) {
            return true;
        }
    }
    return false;
}

/* ---- paths */

/* Nodes in the order of the text. */
typedef struct node_list {
    json_node *first, **last;
} node_list;

/* The next name of a path or pointer, its escapes resolved; returns what follows it. */
static const char *next_name(const char *path, char *name) {
    size_t length = 0;
    for (path++; *path != '\0' && *path != '/'; path++) {
        if (length + 1 == PATH_SIZE) {
            abort();
        }
        const bool escaped = *path == '~';
        path += escaped;
        name[length++] = !escaped ? *path : *path == '0' ? '~' : '/';
    }
    name[length] = '\0';
    return path;
}

static bool is_named(const json_node *node, const char *name) {
    return node->short_name && json_is(node->name, name);
}

/* Adds the values at the path. With `lists` the name N is each element of an array. */
static void find(json_node *from, const char *path, bool lists, node_list *out) {
    char name[PATH_SIZE];
    if (*path == '\0') {
        from->also = NULL;
        *out->last = from;
        out->last = &from->also;
        return;
    }
    const char *rest = next_name(path, name);
    const bool elements = lists && same(name, "N");
    for (json_node *node = from->kind == (elements ? '[' : '{') ? from->first : NULL; node != NULL; node = node->next) {
        if (elements || is_named(node, name)) {
            find(node, rest, lists, out);
        }
    }
}

/* The values at a path of the table in the objects that the pointer (or NULL) leads to. */
static json_node *values_at(const json_node *root, const char *pointer, const char *path) {
    node_list bases = {NULL, NULL}, out = {NULL, NULL};
    bases.last = &bases.first;
    out.last = &out.first;
    find((json_node *)(uintptr_t)root, pointer != NULL ? pointer : "", false, &bases);
    for (json_node *base = bases.first, *next = NULL; base != NULL; base = next) {
        next = base->also;
        find(base, path, true, &out);
    }
    return out.first;
}

json_node *reference_pointed(json_node *root, const char *pointer) {
    return values_at(root, pointer, "");
}

/* Takes the nulls out of the list. */
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
    bool partial;      /* what is not closed is not a value yet */
    tokusage_status status;
    size_t wrong;
    bool included;
    bool has[TABLE_ROWS];
    int64_t value[TABLE_ROWS];
} facts;

static bool is_count(const table_row *row, const char *where) {
    return same(row->kind, "count") && has_word(row->where, where);
}

/* The row of this path; the length of the table when there is none. */
static size_t find_count(const facts *out, const char *path) {
    const table *names = reference_table();
    size_t i = 0;
    while (i < names->length && !(is_count(&names->rows[i], out->where) && same(names->rows[i].path, path))) {
        i++;
    }
    return i;
}

/* Whether there are counts whose paths begin like this. */
static bool leads_on(const facts *out, const char *path) {
    const table *names = reference_table();
    for (size_t i = 0; i < names->length; i++) {
        if (is_count(&names->rows[i], out->where) && strncmp(names->rows[i].path, path, strlen(path)) == 0) {
            return true;
        }
    }
    return false;
}

/* Writes the path and what follows it; false for a name that no path has. */
static bool extend(char to[PATH_SIZE], const char *path, json_string name, const char *after) {
    const size_t length = strlen(path);
    if (name.bytes == NULL || length + name.length + strlen(after) >= PATH_SIZE ||
        memchr(name.bytes, '\0', name.length) != NULL) {
        return false;
    }
    memcpy(to, path, length);
    memcpy(to + length, name.bytes, name.length);
    to[length + name.length] = '\0';
    const bool plain = strpbrk(to + length, "/[]=") == NULL;
    strcpy(to + length + name.length, after);
    return plain;
}

static void refuse(facts *out, tokusage_status status, size_t count) {
    if (out->status == TOKUSAGE_OK) {
        out->status = status;
        out->wrong = count;
    }
}

/* What a member's value is as a count. Absent is false. */
static bool is_value(const facts *out, const json_node *node) {
    const bool container = node->kind == '{' || node->kind == '[';
    return node->kind != 'n' && (container || node->closed || !out->partial);
}

static void take_count(facts *out, size_t row, const json_node *node, bool twice, bool adds) {
    const size_t count = reference_table()->rows[row].count;
    int64_t value = 0;
    if (!is_value(out, node)) {
        return;
    }
    tokusage_status status = node->kind == '0' ? json_count(node, &value) : TOKUSAGE_ERR_TYPE;
    if (status == TOKUSAGE_OK && twice) {
        status = TOKUSAGE_ERR_DUPLICATE;
    }
    if (status != TOKUSAGE_OK) {
        refuse(out, status, count);
        return;
    }
    out->value[row] = adds && out->value[row] <= TOKUSAGE_COUNT_MAX ? out->value[row] + value : value;
    out->has[row] = true;
}

/* What the string of this name in an element says; NULL: nothing that counts. The first string decides. */
static const char *tag_of(const json_node *element, const char *name) {
    const table *names = reference_table();
    char said[PATH_SIZE], equals[PATH_SIZE];
    for (const json_node *node = element->first; node != NULL; node = node->next) {
        if (!is_named(node, name) || node->kind != '"') {
            continue;
        }
        const bool fits = extend(equals, name, (json_string){"", 0}, "=") && extend(said, equals, node->text, "");
        for (size_t i = 0; fits && i < names->length; i++) {
            if (same(names->rows[i].kind, "tag") && same(names->rows[i].path, said)) {
                return names->rows[i].how;
            }
        }
        return NULL;
    }
    return NULL;
}

/* An element of the list `path`, which ends in [. */
static void read_element(facts *out, const json_node *element, const char *path) {
    static const char *const tags[] = {"modality", "ttl", "type"};
    const char *tag = NULL;
    char begin[PATH_SIZE], whole[PATH_SIZE], full[PATH_SIZE];
    for (size_t i = 0; i < sizeof tags / sizeof *tags && tag == NULL; i++) {
        const json_string name = {tags[i], strlen(tags[i])};
        tag = extend(begin, path, name, "=") && leads_on(out, begin) ? tag_of(element, tags[i]) : NULL;
    }
    if (tag == NULL || !extend(whole, begin, (json_string){tag, strlen(tag)}, "]/")) {
        return;
    }
    bool seen[TABLE_ROWS] = {false};
    for (const json_node *node = element->first; node != NULL; node = node->next) {
        const size_t row = node->short_name && extend(full, whole, node->name, "") ? find_count(out, full) : TABLE_ROWS;
        if (row < reference_table()->length) {
            take_count(out, row, node, seen[row], true);
            seen[row] = seen[row] || node->kind != 'n';
        }
    }
}

static void read_members(facts *out, const json_node *object, const char *path) {
    char full[PATH_SIZE];
    for (const json_node *node = object->first; node != NULL; node = node->next) {
        if (!node->short_name || !extend(full, path, node->name, "")) {
            continue;
        }
        const size_t row = find_count(out, full);
        if (row < reference_table()->length) {
            take_count(out, row, node, out->has[row], false);
        } else if (node->kind == '{' && extend(full, path, node->name, "/") && leads_on(out, full)) {
            out->included = out->included || same(full, "input_tokens_details/");
            read_members(out, node, full);
        } else if (node->kind == '[' && extend(full, path, node->name, "[") && leads_on(out, full)) {
            for (const json_node *item = node->first; item != NULL; item = item->next) {
                if (item->kind == '{' && (item->closed || !out->partial)) {
                    read_element(out, item, full);
                }
            }
        }
    }
}

static void read_facts(facts *out, const json_node *object, const char *where, bool partial) {
    memset(out, 0, sizeof *out);
    out->where = where;
    out->partial = partial;
    read_members(out, object, "");
    const table *names = reference_table();
    for (size_t i = 0; i < names->length; i++) {
        out->included = out->included || (out->has[i] && same(names->rows[i].path, "prompt_tokens"));
        if (out->has[i] && out->value[i] > TOKUSAGE_COUNT_MAX) {
            refuse(out, TOKUSAGE_ERR_RANGE, names->rows[i].count);
        }
    }
}

static bool has_counts(const facts *in) {
    bool any = in->status != TOKUSAGE_OK;
    for (size_t i = 0; i < TABLE_ROWS; i++) {
        any = any || in->has[i];
    }
    return any;
}

/* ---- columns */

/* Cohere charges its billed units, so the flat name of cached tokens says nothing where they have a value. */
static void prefer_billed(facts *in) {
    const table *names = reference_table();
    bool billed = false;
    for (size_t i = 0; i < names->length; i++) {
        billed = billed || (in->has[i] && strncmp(names->rows[i].path, "billed_units/", 13) == 0);
    }
    for (size_t i = 0; billed && i < names->length; i++) {
        in->has[i] = in->has[i] && !same(names->rows[i].path, "cached_tokens");
    }
}

/* What was written for five minutes and for an hour stands for their sum where no name of cache write has a value. */
static void sum_creation(reference_columns *out, const facts *in) {
    const table *names = reference_table();
    const size_t minutes = table_column(names, "cache_write_5m");
    const size_t sum = table_column(names, "cache_write_separate");
    if (out->has[minutes] && !out->has[sum] && !out->has[table_column(names, "cache_write")]) {
        const size_t hour = find_count(in, "cache_creation/ephemeral_1h_input_tokens");
        out->has[sum] = out->starred[sum] = true;
        out->value[sum] = out->value[minutes] + (in->has[hour] ? in->value[hour] : 0);
    }
    out->has[minutes] = false;
}

/* Of several names of a column the first one is used. */
static void choose(reference_columns *out, facts *in) {
    const table *names = reference_table();
    memset(out, 0, sizeof *out);
    out->status = in->status;
    out->wrong = in->wrong;
    out->included = in->included;
    prefer_billed(in);
    for (size_t i = 0; i < names->length; i++) {
        const table_row *row = &names->rows[i];
        if (in->has[i] && !out->has[row->number]) {
            out->has[row->number] = true;
            out->starred[row->number] = same(row->how, "starred");
            out->value[row->number] = in->value[i];
        }
    }
    sum_creation(out, in);
}

void reference_override(reference_columns *earlier, const reference_columns *later) {
    if (earlier->status == TOKUSAGE_OK) {
        earlier->status = later->status;
        earlier->wrong = later->wrong;
    }
    earlier->included = earlier->included || later->included;
    for (size_t i = 0; i < TABLE_COLUMNS; i++) {
        if (later->has[i] && (!earlier->has[i] || later->value[i] > 0)) {
            earlier->has[i] = true;
            earlier->starred[i] = later->starred[i];
            earlier->value[i] = later->value[i];
        }
    }
}

bool reference_is_zero(const reference_columns *columns) {
    bool zero = columns->status == TOKUSAGE_OK;
    for (size_t i = 0; i < TABLE_COLUMNS; i++) {
        zero = zero && !(columns->has[i] && columns->value[i] > 0);
    }
    return zero;
}

static void add_to(tokusage *usage, size_t count, int64_t value) {
    tokusage_count *to = tokusage_count_at(usage, count);
    to->value = (to->present ? to->value : 0) + value;
    to->present = true;
}

/* The count that a part is included in. */
static size_t whole_of(const char *part) {
    return same(part, "reasoning_tokens") ? 1 : 0;
}

/* Adds the value of a column to the counts that it is a part of. */
static void add_column(tokusage *usage, const reference_columns *columns, const table_row *row, const char *how) {
    const table *names = reference_table();
    char other[PATH_SIZE];
    const size_t i = row->number;
    if (same(how, "included")) {
        extend(other, row->column, (json_string){"", 0}, "_separate");
        const size_t separate = table_column(names, other);
        if (separate == names->columns || !columns->has[separate] ||
            (columns->starred[separate] && columns->included)) {
            add_to(usage, row->count, columns->value[i]);
        }
        return;
    }
    if (columns->starred[i] && columns->included) {
        memcpy(other, row->column, strlen(row->column) - strlen("_separate"));
        other[strlen(row->column) - strlen("_separate")] = '\0';
        if (!columns->has[table_column(names, other)]) {
            add_to(usage, row->count, columns->value[i]);
        }
        return;
    }
    add_to(usage, row->count, columns->value[i]);
    if (same(how, "separate") || same(how, "starred")) {
        add_to(usage, whole_of(row->field), columns->value[i]);
    }
}

tokusage_status reference_counts(const reference_columns *columns, tokusage *usage, const char **member) {
    const table *names = reference_table();
    *member = columns->wrong < TOKUSAGE_COUNTS ? tokusage_count_name(columns->wrong) : "usage";
    if (columns->status != TOKUSAGE_OK) {
        return columns->status;
    }
    bool added[TABLE_COLUMNS] = {false};
    memset(usage, 0, sizeof *usage);
    for (size_t i = 0; i < names->length; i++) {
        const table_row *row = &names->rows[i];
        if (same(row->kind, "count") && columns->has[row->number] && !added[row->number]) {
            added[row->number] = true;
            add_column(usage, columns, row, row->how);
        }
    }
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        if (tokusage_count_at(usage, i)->value > TOKUSAGE_COUNT_MAX) {
            *member = tokusage_count_name(i);
            return TOKUSAGE_ERR_RANGE;
        }
    }
    *member = NULL;
    return TOKUSAGE_OK;
}

/* ---- which object is the usage */

/* Whether the rows of this path are read here. */
static bool is_read(const table_row *row, const char *pointer, bool in_event) {
    return same(row->kind, "usage") && (pointer != NULL || !in_event || same(row->where, "all"));
}

/* The counts of a value that is a usage or may be one. */
static void read_usage(facts *out, const json_node *value, const char *where) {
    read_facts(out, value, where, false);
    if (value->kind != '{') {
        refuse(out, TOKUSAGE_ERR_TYPE, TOKUSAGE_COUNTS);
    }
}

/* The values at a path that are usages. */
static json_node *usages_at(const json_node *root, const char *pointer, const table_row *row) {
    const bool at_root = same(row->path, "-");
    if (at_root && pointer != NULL) {
        return NULL; /* the counts themselves are read there */
    }
    json_node *list = not_null(values_at(root, pointer, at_root ? "" : row->path));
    json_node *first = NULL, **last = &first;
    for (; list != NULL; list = list->also) {
        static facts in;
        read_facts(&in, list, row->field, false);
        if (same(row->how, "always") || (list->kind == '{' && has_counts(&in))) {
            *last = list;
            last = &list->also;
        }
    }
    *last = NULL;
    return first;
}

/* Whether the usage is given twice. Of several choices the first is used. */
static bool is_twice(const json_node *list, const table_row *row) {
    const json_node *second = list->also;
    return second != NULL && (row == NULL || strstr(row->path, "/N/") == NULL || second->parent == list->parent);
}

/* Takes the usage that is the first of the list. Returns it if it is an object. */
static const json_node *take_usage(reference_document *out, const json_node *list, const table_row *row) {
    static facts in;
    out->found = true;
    read_usage(&in, list, row != NULL ? row->field : "usage");
    if (is_twice(list, row)) {
        refuse(&in, TOKUSAGE_ERR_DUPLICATE, TOKUSAGE_COUNTS);
    }
    out->usage = has_counts(&in);
    choose(&out->columns, &in);
    return list->kind == '{' ? list : NULL;
}

/* Finds the usage. Returns its object, if it is at one of the paths. */
static const json_node *find_usage(const json_node *root, const char *pointer, bool in_event, reference_document *out) {
    const table *names = reference_table();
    for (size_t i = 0; i < names->length; i++) {
        const table_row *row = &names->rows[i];
        const json_node *list = is_read(row, pointer, in_event) ? usages_at(root, pointer, row) : NULL;
        if (list != NULL) {
            out->message = same(row->path, "/message/usage");
            return take_usage(out, list, row);
        }
    }
    const json_node *bases = pointer != NULL ? not_null(values_at(root, pointer, "")) : NULL;
    if (bases != NULL && (*pointer != '\0' || bases->kind == '{')) {
        take_usage(out, bases, NULL);
    }
    return NULL;
}

/* ---- labels, ends, errors */

static size_t label_number(const char *field) {
    return same(field, "model") ? 0 : same(field, "id") ? 1 : TIER;
}

/* A label in an object of that name is read only where that object is the usage. */
static bool is_usage_label(const char *path) {
    return strstr(path, "/usage/") != NULL || strstr(path, "/usageMetadata/") != NULL;
}

static void find_label(const json_node *root, const char *pointer, const table_row *row, const json_node *usage,
                       reference_document *out) {
    const size_t label = label_number(row->field);
    const size_t longest = label == TIER ? TIER_LENGTH : TOKUSAGE_LABEL_SIZE - 1;
    for (const json_node *node = values_at(root, pointer, row->path); node != NULL; node = node->also) {
        const size_t length = node->kind == '"' ? (size_t)(node->end - node->begin) - 2 : 0;
        const bool here = !is_usage_label(row->path) || node->parent == usage;
        if (here && out->label[label] == NULL && length > 0 && length <= longest) {
            out->label[label] = node->begin + 1;
            out->label_length[label] = length;
        }
    }
}

static bool ends_in(json_string string, const char *tail) {
    const size_t length = strlen(tail);
    return string.bytes != NULL && string.length >= length &&
           memcmp(string.bytes + string.length - length, tail, length) == 0;
}

/* Whether a value is what the row asks for: `path` ends in =word, or the row says it. */
static bool is_said(const table_row *row, const json_node *node, const char *word) {
    const bool text = node->kind == '"';
    if (same(row->how, "not_null")) {
        return node->kind != 'n';
    }
    if (same(row->how, "not_null_false_or_empty")) {
        return node->kind != 'n' && node->kind != 'f' && !(text && node->end - node->begin == 2);
    }
    if (same(row->how, "ends_in")) {
        return text && ends_in(node->text, word);
    }
    return text ? json_is(node->text, word) : node->kind == 't' && same(word, "true");
}

static void find_word(const json_node *root, const char *pointer, const table_row *row, reference_document *out) {
    char path[PATH_SIZE];
    const size_t length = strcspn(row->path, "=");
    const char *word = row->path + length + (row->path[length] == '=');
    memcpy(path, row->path, length);
    path[length] = '\0';
    for (const json_node *node = values_at(root, pointer, path); node != NULL; node = node->also) {
        const bool said = is_said(row, node, word);
        out->ends = out->ends || (said && same(row->kind, "end"));
        out->delta = out->delta || (said && same(word, "message_delta"));
        out->may_end = out->may_end || (said && same(row->kind, "may_end"));
        out->error = out->error || (said && same(row->kind, "error"));
    }
}

void reference_read(const json_node *root, const char *pointer, bool in_event, reference_document *out) {
    const table *names = reference_table();
    memset(out, 0, sizeof *out);
    if (root->kind != '{') {
        return;
    }
    const json_node *usage = find_usage(root, pointer, in_event, out);
    for (size_t i = 0; i < names->length; i++) {
        const table_row *row = &names->rows[i];
        if (same(row->kind, "label")) {
            find_label(root, pointer, row, usage, out);
        } else if (same(row->kind, "end") || same(row->kind, "may_end") || same(row->kind, "error")) {
            find_word(root, pointer, row, out);
        }
    }
}

/* ---- what has begun */

bool reference_begun(const json_node *root, const char *pointer, bool in_event) {
    static facts in;
    const table *names = reference_table();
    if (root == NULL || root->kind != '{') {
        return false;
    }
    for (size_t i = 0; i < names->length; i++) {
        const table_row *row = &names->rows[i];
        json_node *list = is_read(row, pointer, in_event) && !same(row->path, "-") ? values_at(root, pointer, row->path)
                                                                                   : NULL;
        for (list = not_null(list); list != NULL; list = list->also) {
            const bool container = list->kind == '{' || list->kind == '[';
            read_facts(&in, list, row->field, true);
            if (same(row->how, "always") ? container || list->closed
                                         : list->kind == '{' && (!list->closed || has_counts(&in))) {
                return true;
            }
        }
    }
    json_node *bases = pointer != NULL ? not_null(values_at(root, pointer, "")) : NULL;
    for (; bases != NULL; bases = bases->also) {
        read_facts(&in, bases, "usage", true);
        if (bases->kind == '{' ? has_counts(&in) : bases->kind == '[' || bases->closed) {
            return true;
        }
    }
    return false;
}
