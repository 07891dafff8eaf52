/* A second opinion on which counts a body tells; see opinion.h. */
#include "opinion.h"

#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "reference.h"

/* ------------------------------------------------------------------------------------------- the table of names */

typedef enum line {
    LINE_INPUT,
    LINE_OUTPUT,
    LINE_TOTAL,
    LINE_CACHED_WITHIN,
    LINE_CACHED_BESIDE,
    LINE_WRITTEN_WITHIN,
    LINE_WRITTEN_BESIDE,
    LINE_REASONING_WITHIN,
    LINE_REASONING_BESIDE,
    LINE_TOOLS,
    LINE_COUNT
} line;

typedef struct rule {
    line line;
    const char *object; /* the object in the usage that has the name; NULL: the usage itself */
    const char *name;
} rule;

/* In the order in which they count. */
static const rule rules[] = {
    {LINE_INPUT, NULL, "prompt_tokens"},
    {LINE_INPUT, NULL, "input_tokens"},
    {LINE_INPUT, NULL, "inputTokens"},
    {LINE_INPUT, NULL, "promptTokenCount"},
    {LINE_INPUT, NULL, "total_input_tokens"},
    {LINE_INPUT, "tokens", "input_tokens"},
    {LINE_INPUT, NULL, "prompt_eval_count"},
    {LINE_OUTPUT, NULL, "completion_tokens"},
    {LINE_OUTPUT, NULL, "output_tokens"},
    {LINE_OUTPUT, NULL, "outputTokens"},
    {LINE_OUTPUT, NULL, "candidatesTokenCount"},
    {LINE_OUTPUT, NULL, "responseTokenCount"},
    {LINE_OUTPUT, NULL, "total_output_tokens"},
    {LINE_OUTPUT, "tokens", "output_tokens"},
    {LINE_OUTPUT, NULL, "eval_count"},
    {LINE_TOTAL, NULL, "total_tokens"},
    {LINE_TOTAL, NULL, "totalTokens"},
    {LINE_TOTAL, NULL, "totalTokenCount"},
    {LINE_CACHED_WITHIN, "prompt_tokens_details", "cached_tokens"},
    {LINE_CACHED_WITHIN, "input_tokens_details", "cached_tokens"},
    {LINE_CACHED_WITHIN, "input_tokens_details", "cache_read_input_tokens"},
    {LINE_CACHED_WITHIN, "prompt_token_details", "cached_tokens"},
    {LINE_CACHED_WITHIN, NULL, "prompt_cache_hit_tokens"},
    {LINE_CACHED_WITHIN, NULL, "num_cached_tokens"},
    {LINE_CACHED_WITHIN, NULL, "cached_tokens"},
    {LINE_CACHED_WITHIN, NULL, "cachedContentTokenCount"},
    {LINE_CACHED_WITHIN, NULL, "total_cached_tokens"},
    {LINE_CACHED_BESIDE, NULL, "cache_read_input_tokens"},
    {LINE_CACHED_BESIDE, NULL, "cacheReadInputTokens"},
    {LINE_WRITTEN_WITHIN, "prompt_tokens_details", "cache_write_tokens"},
    {LINE_WRITTEN_WITHIN, "input_tokens_details", "cache_write_tokens"},
    {LINE_WRITTEN_WITHIN, "prompt_tokens_details", "cache_creation_input_tokens"},
    {LINE_WRITTEN_WITHIN, "prompt_tokens_details", "cache_creation_tokens"},
    {LINE_WRITTEN_WITHIN, "input_tokens_details", "cache_creation_input_tokens"},
    {LINE_WRITTEN_BESIDE, NULL, "cache_creation_input_tokens"},
    {LINE_WRITTEN_BESIDE, NULL, "cacheWriteInputTokens"},
    {LINE_REASONING_WITHIN, "completion_tokens_details", "reasoning_tokens"},
    {LINE_REASONING_WITHIN, "output_tokens_details", "reasoning_tokens"},
    {LINE_REASONING_WITHIN, "output_tokens_details", "thinking_tokens"},
    {LINE_REASONING_WITHIN, NULL, "reasoning_tokens"},
    {LINE_REASONING_BESIDE, NULL, "thoughtsTokenCount"},
    {LINE_REASONING_BESIDE, NULL, "total_thought_tokens"},
    {LINE_TOOLS, NULL, "toolUsePromptTokenCount"},
    {LINE_TOOLS, NULL, "total_tool_use_tokens"},
};

enum {
    RULES = LENGTH(rules)
};

/* The count of the struct that a line is about. */
static const char *const members[LINE_COUNT] = {
    "prompt_tokens",      "completion_tokens",  "total_tokens",     "cached_tokens",    "cached_tokens",
    "cache_write_tokens", "cache_write_tokens", "reasoning_tokens", "reasoning_tokens", "prompt_tokens"};

static const char *const places[] = {"/usage",          "/usageMetadata",          "/message/usage",
                                     "/response/usage", "/interaction/usage",      "/delta/usage",
                                     "/metadata/usage", "/response/usageMetadata", "/x_groq/usage"};

static const char *const models[] = {"/model", "/message/model", "/response/model", "/modelVersion",
                                     "/interaction/model"};

static const char *const ends[] = {"response.completed", "response.incomplete", "response.failed",
                                   "interaction.completed", "message-end"};

/* ---------------------------------------------------------------------------------------------- one usage object */

typedef struct slots {
    bool there[LINE_COUNT];
    int64_t value[LINE_COUNT];
} slots;

/* What the members of a usage object say. */
typedef struct facts {
    tokusage_status status; /* of the first wrong member */
    const char *member;
    bool given[RULES]; /* the member is there, perhaps as null */
    bool there[RULES]; /* it has a count */
    int64_t value[RULES];
    bool details; /* input_tokens_details is an object */
} facts;

static bool same(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static size_t find_rule(const char *object, const char *name) {
    for (size_t i = 0; i < RULES; i++) {
        if (same(rules[i].object, object) && same(rules[i].name, name)) {
            return i;
        }
    }
    return RULES;
}

static bool is_details(const char *name) {
    for (size_t i = 0; i < RULES; i++) {
        if (rules[i].object != NULL && same(rules[i].object, name)) {
            return true;
        }
    }
    return false;
}

static tokusage_status check_count(const cJSON *item, bool given) {
    if (given) {
        return TOKUSAGE_ERR_DUPLICATE;
    }
    if (cJSON_IsNull(item)) {
        return TOKUSAGE_OK;
    }
    if (!cJSON_IsNumber(item)) {
        return TOKUSAGE_ERR_TYPE;
    }
    if (item->valuedouble < 0 || item->valuedouble > (double)TOKUSAGE_COUNT_MAX) {
        return TOKUSAGE_ERR_RANGE;
    }
    return (double)(int64_t)item->valuedouble < item->valuedouble ? TOKUSAGE_ERR_INTEGER : TOKUSAGE_OK;
}

static void take_member(facts *out, const char *object, const cJSON *item) {
    size_t i = find_rule(object, item->string);
    if (i == RULES || out->status != TOKUSAGE_OK) {
        return;
    }
    out->status = check_count(item, out->given[i]);
    out->given[i] = true;
    if (out->status != TOKUSAGE_OK) {
        out->member = members[rules[i].line];
    } else if (cJSON_IsNumber(item)) {
        out->there[i] = true;
        out->value[i] = (int64_t)item->valuedouble;
    }
}

static facts read_usage(const cJSON *usage) {
    facts out;
    memset(&out, 0, sizeof out);
    for (const cJSON *item = usage->child; item != NULL; item = item->next) {
        take_member(&out, NULL, item);
        if (!cJSON_IsObject(item) || !is_details(item->string)) {
            continue;
        }
        out.details = out.details || same(item->string, "input_tokens_details");
        for (const cJSON *inner = item->child; inner != NULL; inner = inner->next) {
            take_member(&out, item->string, inner);
        }
    }
    return out;
}

/* The root of a plain text as a usage. */
static facts read_root(const cJSON *root) {
    facts out;
    memset(&out, 0, sizeof out);
    for (const cJSON *item = cJSON_IsObject(root) ? root->child : NULL; item != NULL; item = item->next) {
        if (same(item->string, "prompt_eval_count") || same(item->string, "eval_count")) {
            take_member(&out, NULL, item);
        }
    }
    return out;
}

static bool says_something(const facts *in) {
    for (size_t i = 0; i < RULES; i++) {
        if (in->there[i]) {
            return true;
        }
    }
    return in->status != TOKUSAGE_OK;
}

/* A count that Anthropic has beside the input is inside it here. */
static void move_within(const facts *in, slots *out, const char *name, line beside, line within) {
    size_t i = find_rule(NULL, name);
    if (in->there[i] && (in->details || in->there[find_rule(NULL, "prompt_tokens")])) {
        out->there[beside] = false;
        out->there[within] = true;
        out->value[within] = in->value[i];
    }
}

/* Takes the first member of each line that is there. */
static slots choose(const facts *in) {
    slots out;
    memset(&out, 0, sizeof out);
    for (size_t i = RULES; i-- > 0;) {
        if (in->there[i]) {
            out.there[rules[i].line] = true;
            out.value[rules[i].line] = in->value[i];
        }
    }
    move_within(in, &out, "cache_read_input_tokens", LINE_CACHED_BESIDE, LINE_CACHED_WITHIN);
    move_within(in, &out, "cache_creation_input_tokens", LINE_WRITTEN_BESIDE, LINE_WRITTEN_WITHIN);
    return out;
}

static int64_t sum_of(const slots *in, const line *lines, size_t count) {
    int64_t sum = ABSENT;
    for (size_t i = 0; i < count; i++) {
        if (in->there[lines[i]]) {
            sum = (sum == ABSENT ? 0 : sum) + in->value[lines[i]];
        }
    }
    return sum;
}

static int64_t either(const slots *in, line first, line second) {
    return sum_of(in, in->there[first] ? &first : &second, 1);
}

static verdict fail_with(tokusage_status status, const char *member) {
    verdict out;
    memset(&out, 0, sizeof out);
    out.status = status;
    out.member = member;
    return out;
}

static verdict count_up(const slots *in) {
    static const line prompt[] = {LINE_INPUT, LINE_CACHED_BESIDE, LINE_WRITTEN_BESIDE, LINE_TOOLS};
    static const line completion[] = {LINE_OUTPUT, LINE_REASONING_BESIDE};
    static const line total[] = {LINE_TOTAL};
    verdict out = fail_with(TOKUSAGE_OK, NULL);
    out.counts[0] = sum_of(in, prompt, LENGTH(prompt));
    out.counts[1] = sum_of(in, completion, LENGTH(completion));
    out.counts[2] = sum_of(in, total, LENGTH(total));
    out.counts[3] = either(in, LINE_CACHED_BESIDE, LINE_CACHED_WITHIN);
    out.counts[4] = either(in, LINE_WRITTEN_BESIDE, LINE_WRITTEN_WITHIN);
    out.counts[5] = either(in, LINE_REASONING_BESIDE, LINE_REASONING_WITHIN);
    for (size_t i = 0; i < 2; i++) {
        if (out.counts[i] > TOKUSAGE_COUNT_MAX) {
            return fail_with(TOKUSAGE_ERR_RANGE, members[i]);
        }
    }
    return out;
}

/* --------------------------------------------------------------------------------------------------- ways in a tree */

enum {
    NAME = 64
};

/* Copies the first name of a pointer, its escapes resolved; returns the rest of the pointer. */
static const char *take_name(const char *pointer, char *name) {
    size_t length = 0;
    for (pointer++; *pointer != '\0' && *pointer != '/'; pointer++) {
        char c = *pointer;
        if (c == '~') {
            pointer++;
            c = *pointer == '0' ? '~' : '/';
        }
        assert_true(length + 1 < NAME);
        name[length++] = c;
    }
    name[length] = '\0';
    return pointer;
}

/* The value at the pointer, or NULL; *twice: a name on the way stands twice in its object. */
static const cJSON *walk(const char *pointer, const cJSON *from, bool *twice) {
    char name[NAME];
    while (*pointer != '\0') {
        pointer = take_name(pointer, name);
        const cJSON *found = NULL;
        for (const cJSON *item = cJSON_IsObject(from) ? from->child : NULL; item != NULL; item = item->next) {
            if (strcmp(item->string, name) == 0) {
                *twice = *twice || found != NULL;
                found = found != NULL ? found : item;
            }
        }
        if (found == NULL) {
            return NULL;
        }
        from = found;
    }
    return from;
}

static bool is_there(const cJSON *value) {
    return value != NULL && !cJSON_IsNull(value);
}

/* The first string at the pointer that can be the name of a model. Several values may stand there. */
static const cJSON *walk_to_model(const char *pointer, const cJSON *from) {
    if (*pointer == '\0') {
        bool fits = cJSON_IsString(from) && from->valuestring[0] != '\0' && strlen(from->valuestring) < OPINION_MODEL;
        return fits ? from : NULL;
    }
    char name[NAME];
    const char *rest = take_name(pointer, name);
    for (const cJSON *item = cJSON_IsObject(from) ? from->child : NULL; item != NULL; item = item->next) {
        const cJSON *model = strcmp(item->string, name) == 0 ? walk_to_model(rest, item) : NULL;
        if (model != NULL) {
            return model;
        }
    }
    return NULL;
}

static const cJSON *model_of(const cJSON *root) {
    for (size_t i = 0; i < LENGTH(models); i++) {
        const cJSON *model = walk_to_model(models[i], root);
        if (model != NULL) {
            return model;
        }
    }
    return NULL;
}

/* -------------------------------------------------------------------------------------------------------- one text */

/* What one text says, or one element of an array. */
typedef struct finding {
    bool twice;         /* a name on the way stands twice */
    const cJSON *usage; /* the value at the place; NULL: none, or null */
    bool report;
    bool message; /* the place is /message/usage */
    tokusage_status status;
    const char *member;
    slots slots;
    bool ends, delta_ends;
    const cJSON *model;       /* the text's model when it has a report */
    const cJSON *first_model; /* its model when it is the body's first text */
    bool model_unclear;       /* an array with the place twice: the manual does not say which element names the model */
} finding;

static bool is_end(const char *word) {
    for (size_t i = 0; i < LENGTH(ends); i++) {
        if (strcmp(word, ends[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void find_end(finding *out, const cJSON *root) {
    for (const cJSON *item = cJSON_IsObject(root) ? root->child : NULL; item != NULL; item = item->next) {
        if (strcmp(item->string, "done") == 0 && cJSON_IsTrue(item)) {
            out->ends = true;
        }
        if ((strcmp(item->string, "type") == 0 || strcmp(item->string, "event_type") == 0) && cJSON_IsString(item)) {
            out->ends = out->ends || is_end(item->valuestring);
            out->delta_ends = out->delta_ends || strcmp(item->valuestring, "message_delta") == 0;
        }
    }
}

/* Looks for the usage; true when no further place must be looked at. */
static bool look_at(finding *out, const char *pointer, const cJSON *root) {
    const cJSON *value = walk(pointer, root, &out->twice);
    if (is_there(value) && !out->twice) {
        out->usage = value;
        out->message = strcmp(pointer, "/message/usage") == 0;
    }
    return out->twice || out->usage != NULL;
}

static void take_facts(finding *out, const facts *in) {
    out->report = says_something(in);
    out->status = in->status;
    out->member = in->member;
    out->slots = choose(in);
}

static finding read_element(const char *pointer, const cJSON *root, bool plain) {
    finding out;
    memset(&out, 0, sizeof out);
    out.model = model_of(root);
    out.first_model = out.model;
    find_end(&out, root);
    bool settled = false;
    for (size_t i = 0; pointer == NULL && !settled && i < LENGTH(places); i++) {
        settled = look_at(&out, places[i], root);
    }
    if (pointer != NULL) {
        look_at(&out, pointer, root);
        out.message = false;
    }
    if (pointer == NULL && !settled && plain) {
        facts of_root = read_root(root);
        out.usage = says_something(&of_root) ? root : NULL;
        take_facts(&out, &of_root);
    } else if (cJSON_IsObject(out.usage)) {
        facts of_usage = read_usage(out.usage);
        take_facts(&out, &of_usage);
    } else if (out.usage != NULL) {
        out.report = true;
        out.status = TOKUSAGE_ERR_TYPE;
        out.member = "usage";
    }
    return out;
}

/* The last element of an array with a report counts. The model is the last one that such an element names. */
static finding read_text(const char *pointer, const cJSON *text, bool plain) {
    if (!cJSON_IsArray(text) || (pointer != NULL && pointer[0] == '\0')) {
        return read_element(pointer, text, plain);
    }
    finding out;
    memset(&out, 0, sizeof out);
    bool twice = false;
    const cJSON *model = NULL;
    for (const cJSON *item = text->child; item != NULL; item = item->next) {
        finding element = read_element(pointer, item, plain);
        twice = twice || element.twice;
        if (element.report) {
            model = element.model != NULL ? element.model : model;
            out = element;
        }
    }
    out.twice = twice;
    out.model_unclear = twice;
    out.model = model;
    out.first_model = model_of(text->child);
    return out;
}

static verdict verdict_of(const finding *in) {
    if (in->twice) {
        return fail_with(TOKUSAGE_ERR_DUPLICATE, "usage");
    }
    if (in->usage == NULL) {
        return fail_with(TOKUSAGE_ERR_NOT_FOUND, "usage");
    }
    return in->status != TOKUSAGE_OK ? fail_with(in->status, in->member) : count_up(&in->slots);
}

const cJSON *opinion_place(const char *pointer, const cJSON *text) {
    finding found = read_text(pointer, text, true);
    return found.twice ? NULL : found.usage;
}

/* ---------------------------------------------------------------------------------------- what cJSON can be asked */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool contains(span in, const char *word) {
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= in.length; i++) {
        if (memcmp(in.bytes + i, word, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a double is enough: it shows whether the number is whole, and its value if that is in a count's range. */
static bool is_exact(span number) {
    size_t digits = 0;
    size_t exponent = number.length;
    bool plain = true;
    for (size_t i = 0; i < number.length; i++) {
        digits += is_digit(number.bytes[i]);
        plain = plain && (is_digit(number.bytes[i]) || number.bytes[i] == '-');
        exponent = number.bytes[i] == 'e' || number.bytes[i] == 'E' ? i : exponent;
    }
    return plain ? digits <= 16 : number.length <= 15 && number.length - exponent <= 4;
}

static size_t string_end(span text, size_t at) {
    for (at++; text.bytes[at] != '"'; at++) {
        at += text.bytes[at] == '\\';
    }
    return at + 1;
}

static size_t number_end(span text, size_t at) {
    while (at < text.length && (is_digit(text.bytes[at]) || strchr("+-.eE", text.bytes[at]) != NULL)) {
        at++;
    }
    return at;
}

/* Whether cJSON keeps all that matters of a valid text. It loses a NUL in a string, and it rounds some numbers. */
static bool cjson_is_exact(span text) {
    span string = {text.bytes, 0};
    for (size_t at = 0; at < text.length;) {
        size_t end = at + 1;
        if (text.bytes[at] == '"') {
            end = string_end(text, at);
            string = (span){text.bytes + at, end - at};
            if (contains(string, "\\u0000")) {
                return false;
            }
        } else if (is_digit(text.bytes[at]) || text.bytes[at] == '-') {
            end = number_end(text, at);
            bool matters = contains(string, "oken") || contains(string, "ount") || contains(string, "\\");
            if (matters && !is_exact((span){text.bytes + at, end - at})) {
                return false;
            }
        }
        at = end;
    }
    return true;
}

/* The tree of a valid text; NULL when cJSON cannot be asked about it. The caller deletes it. */
static cJSON *tree_of(span text) {
    if (!cjson_is_exact(text)) {
        return NULL;
    }
    char *copy = malloc(text.length + 1);
    assert_non_null(copy);
    memcpy(copy, text.bytes, text.length);
    copy[text.length] = '\0';
    cJSON *tree = cJSON_ParseWithLengthOpts(copy, text.length + 1, NULL, true);
    free(copy);
    return tree;
}

/* The length of the byte-order mark at the start, 0 if there is none. */
static size_t part_of_mark(span bytes) {
    static const char mark[] = "\xEF\xBB\xBF";
    size_t length = 0;
    while (length < 3 && length < bytes.length && bytes.bytes[length] == mark[length]) {
        length++;
    }
    return length;
}

static size_t mark_length(span bytes) {
    return part_of_mark(bytes) == 3 ? 3 : 0;
}

opinion opinion_extract(const char *pointer, const char *bytes, size_t length) {
    opinion out;
    memset(&out, 0, sizeof out);
    out.told = true;
    size_t mark = part_of_mark((span){bytes, length});
    if (mark == 1 || mark == 2) {
        out.usage = fail_with(TOKUSAGE_ERR_SYNTAX, NULL);
        out.usage.offset = mark;
        return out;
    }
    reference_place whole = reference_find("", bytes + mark, length - mark);
    if (whole.status != TOKUSAGE_OK) {
        out.usage = fail_with(whole.status, NULL);
        out.usage.offset = mark + whole.offset;
        return out;
    }
    cJSON *tree = tree_of((span){bytes + mark, length - mark});
    out.told = tree != NULL;
    if (tree != NULL) {
        finding found = read_text(pointer, tree, true);
        out.usage = verdict_of(&found);
    }
    cJSON_Delete(tree);
    return out;
}

/* --------------------------------------------------------------------------------------------------- one body */

/* A body while its texts are read. */
typedef struct state {
    const char *pointer;
    opinion out;
    slots slots;
    tokusage_status status;
    const char *member;
    bool merging; /* a report at /message/usage came */
    bool first;   /* no text has ended so far */
} state;

/* The tree of a text with its strings as they stand: each escape is escaped once more. */
static cJSON *tree_as_it_stands(span text) {
    char *copy = malloc(2 * text.length + 1);
    assert_non_null(copy);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        copy[length++] = text.bytes[i];
        if (text.bytes[i] == '\\') {
            copy[length++] = '\\';
            i++;
            if (text.bytes[i] == '"' || text.bytes[i] == '\\') {
                copy[length++] = '\\';
            }
            copy[length++] = text.bytes[i];
        }
    }
    copy[length] = '\0';
    cJSON *tree = cJSON_ParseWithLengthOpts(copy, length + 1, NULL, true);
    free(copy);
    assert_non_null(tree);
    return tree;
}

/* The value in another tree of the same shape, at the position of `wanted` in this one. */
static const cJSON *twin_of(const cJSON *wanted, const cJSON *in, const cJSON *other) {
    if (in == wanted) {
        return other;
    }
    const cJSON *found = NULL;
    for (const cJSON *a = in->child, *b = other->child; a != NULL && found == NULL; a = a->next, b = b->next) {
        found = twin_of(wanted, a, b);
    }
    return found;
}

/* The name as it stands in the text. It may be too long there, and short enough with its escapes resolved. */
static void take_model(state *in, const cJSON *model, const cJSON *tree, span text) {
    cJSON *other = tree_as_it_stands(text);
    const char *name = twin_of(model, tree, other)->valuestring;
    in->out.model_told = strlen(name) < OPINION_MODEL;
    if (in->out.model_told) {
        (void)strcpy(in->out.model, name);
    }
    cJSON_Delete(other);
}

static void take_report(state *in, const finding *found) {
    if (found->message || !in->merging) {
        memset(&in->slots, 0, sizeof in->slots);
        in->status = TOKUSAGE_OK;
    }
    in->out.done = found->ends || (found->delta_ends && in->merging);
    in->merging = in->merging || found->message;
    if (in->status == TOKUSAGE_OK) {
        in->status = found->status;
        in->member = found->member;
    }
    for (size_t i = 0; i < LINE_COUNT && found->status == TOKUSAGE_OK; i++) {
        if (found->slots.there[i]) {
            in->slots.there[i] = true;
            in->slots.value[i] = found->slots.value[i];
        }
    }
    in->out.reports++;
}

/* Takes a text that is JSON. */
static void take_text(state *in, span text, bool plain) {
    cJSON *tree = tree_of(text);
    if (tree == NULL) {
        in->out.told = false;
        return;
    }
    finding found = read_text(in->pointer, tree, plain);
    bool report = found.report && !found.twice;
    if (found.model_unclear && in->first) {
        in->out.told = false;
    }
    const cJSON *model = report ? found.model : NULL;
    if (model == NULL && in->first) {
        model = found.first_model;
    }
    if (model != NULL) {
        take_model(in, model, tree, text);
    }
    in->first = false;
    if (report) {
        take_report(in, &found);
    }
    cJSON_Delete(tree);
}

static bool is_white(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_white(span in, size_t at) {
    while (at < in.length && is_white(in.bytes[at])) {
        at++;
    }
    return at;
}

/* A number may go on until another byte stands behind it. */
static bool may_go_on(span text, size_t after) {
    return after == text.length && is_digit(text.bytes[after - 1]);
}

/* Reads texts one after another. */
static void read_texts(state *in, span bytes) {
    in->out.taken = bytes.length;
    in->out.body = TOKUSAGE_BODY_WHOLE;
    for (size_t at = skip_white(bytes, 0); at < bytes.length; at = skip_white(bytes, at)) {
        reference_place text = reference_first("", bytes.bytes + at, bytes.length - at);
        if (text.status != TOKUSAGE_OK) {
            bool cut = text.status == TOKUSAGE_ERR_SYNTAX && at + text.offset == bytes.length;
            in->out.body = cut ? TOKUSAGE_BODY_OPEN : TOKUSAGE_BODY_BROKEN;
            return;
        }
        if (!may_go_on((span){bytes.bytes + at, bytes.length - at}, text.after)) {
            take_text(in, (span){bytes.bytes + at, text.after}, true);
        }
        at += text.after;
    }
}

/* Takes the data of an event, which may still be open. True when it ends the stream. */
static bool read_data(state *in, span data, bool ended) {
    if (data.length == 6 && memcmp(data.bytes, "[DONE]", 6) == 0) {
        in->out.done = true;
        return true;
    }
    reference_place text = reference_first("", data.bytes, data.length);
    bool valid = text.status == TOKUSAGE_OK && skip_white(data, text.after) == data.length;
    if (valid && (ended || !may_go_on(data, text.after))) {
        take_text(in, (span){data.bytes, text.after}, false);
    }
    in->first = false;
    return false;
}

/* The value of a data line; its bytes are NULL for other lines. A line without a colon must be whole. */
static span data_of(span in, bool whole) {
    span none = {NULL, 0};
    if (in.length == 4 && memcmp(in.bytes, "data", 4) == 0) {
        return whole ? (span){in.bytes + 4, 0} : none;
    }
    if (in.length < 5 || memcmp(in.bytes, "data:", 5) != 0) {
        return none;
    }
    size_t begin = in.length > 5 && in.bytes[5] == ' ' ? 6 : 5;
    return (span){in.bytes + begin, in.length - begin};
}

/* The event that is being read: its data, in a buffer as large as the body. */
typedef struct event {
    char *data;
    size_t length;
    bool there;
} event;

static void add_line(event *to, span value) {
    if (value.bytes == NULL) {
        return;
    }
    if (to->there) {
        to->data[to->length++] = '\n';
    }
    memcpy(to->data + to->length, value.bytes, value.length);
    to->length += value.length;
    to->there = true;
}

/* The end of the line that begins at `at`: the first byte behind it, or the end of the body. */
static size_t line_end(span bytes, size_t at) {
    while (at < bytes.length && bytes.bytes[at] != '\n' && bytes.bytes[at] != '\r') {
        at++;
    }
    return at;
}

static size_t next_line(span bytes, size_t end) {
    if (end + 1 < bytes.length && bytes.bytes[end] == '\r' && bytes.bytes[end + 1] == '\n') {
        return end + 2;
    }
    return end < bytes.length ? end + 1 : end;
}

/* Reads events up to the end of the body or of [DONE]; returns how many bytes that is. */
static size_t read_events(state *in, span bytes, event *open) {
    size_t at = mark_length(bytes);
    while (at < bytes.length) {
        size_t end = line_end(bytes, at);
        size_t next = next_line(bytes, end);
        add_line(open, data_of((span){bytes.bytes + at, end - at}, end < bytes.length));
        if (end == at && open->there) {
            if (read_data(in, (span){open->data, open->length}, true)) {
                return next;
            }
            open->there = false;
            open->length = 0;
        }
        at = next;
    }
    if (open->there) {
        (void)read_data(in, (span){open->data, open->length}, false);
    }
    return bytes.length;
}

static void read_body(state *in, span bytes) {
    bool begins_a_mark = bytes.length < 3 && part_of_mark(bytes) == bytes.length;
    size_t at = skip_white(bytes, mark_length(bytes));
    if (begins_a_mark || at == bytes.length) {
        in->out.taken = bytes.length;
        return;
    }
    if (bytes.bytes[at] == '{' || bytes.bytes[at] == '[') {
        size_t begin = mark_length(bytes);
        read_texts(in, (span){bytes.bytes + begin, bytes.length - begin});
        in->out.taken = bytes.length;
        return;
    }
    event open = {malloc(bytes.length), 0, false};
    assert_non_null(open.data);
    in->out.taken = read_events(in, bytes, &open);
    in->out.body = in->out.done ? TOKUSAGE_BODY_WHOLE : TOKUSAGE_BODY_OPEN;
    free(open.data);
}

opinion opinion_stream(const char *pointer, const char *bytes, size_t length) {
    state in;
    memset(&in, 0, sizeof in);
    in.pointer = pointer;
    in.first = true;
    in.out.told = true;
    in.out.model_told = true;
    in.out.body = TOKUSAGE_BODY_EMPTY;
    read_body(&in, (span){bytes, length});
    if (in.out.reports == 0) {
        in.out.usage = fail_with(TOKUSAGE_ERR_NOT_FOUND, "usage");
    } else {
        in.out.usage = in.status != TOKUSAGE_OK ? fail_with(in.status, in.member) : count_up(&in.slots);
    }
    return in.out;
}
