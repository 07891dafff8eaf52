/*
 * A second opinion on JSON texts; see reference.h. It is plain rather than quick: the rules of the manual are applied
 * to the whole tree, one by one.
 */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

#include "reference_json.h"

/* ------------------------------------------------------------------------------------------------------- places */

/* Copies a name up to the next '/' or the end, ~0 and ~1 resolved (RFC 6901); returns the rest of the pointer. */
static const char *split_name(const char *pointer, char *name, size_t *length) {
    *length = 0;
    for (; *pointer != '\0' && *pointer != '/'; pointer++) {
        if (*pointer == '~') {
            pointer++;
            name[(*length)++] = *pointer == '0' ? '~' : '/';
        } else {
            name[(*length)++] = *pointer;
        }
    }
    return pointer;
}

/* The value at the pointer, or NULL. *duplicate is set when a name on the way stands twice in its object. */
static const reference_node *follow(const reference_node *from, const char *pointer, bool *duplicate) {
    char *name = malloc(strlen(pointer) + 1);
    assert_non_null(name);
    *duplicate = false;
    while (from != NULL && *pointer == '/') {
        const reference_node *found = NULL;
        size_t length = 0;
        pointer = split_name(pointer + 1, name, &length);
        for (const reference_node *member = from->kind == '{' ? from->first : NULL; member != NULL;
             member = member->next) {
            if (reference_is_text(&member->name, name, length)) {
                *duplicate = *duplicate || found != NULL;
                found = found != NULL ? found : member;
            }
        }
        from = *duplicate ? NULL : found;
    }
    free(name);
    return from;
}

static reference_place place_of(const char *pointer, reference_tree read) {
    reference_place place;
    memset(&place, 0, sizeof place);
    place.status = read.status;
    if (read.status != TOKUSAGE_OK) {
        place.offset = read.at;
    } else {
        const reference_node *value = follow(read.root, pointer, &place.duplicate);
        place.found = value != NULL;
        place.begin = value != NULL ? value->begin : 0;
        place.end = value != NULL ? value->end : 0;
        place.after = read.at;
    }
    reference_forget(&read);
    return place;
}

reference_place reference_find(const char *pointer, const char *bytes, size_t length) {
    return place_of(pointer, reference_parse(bytes, length));
}

reference_place reference_first(const char *pointer, const char *bytes, size_t length) {
    return place_of(pointer, reference_parse_first(bytes, length));
}

/* ------------------------------------------------------------------------------------------------------- counts */

/* The digits of a number without leading zeros, and the power of ten of the last digit. */
typedef struct decimal {
    char *figures;
    int64_t count, exponent;
} decimal;

/* Far more than any text has digits: a larger exponent alone decides what the number is. */
#define EXPONENT_ENOUGH INT64_C(1000000000000)

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static int64_t exponent_of(const char *bytes, size_t length) {
    int64_t value = 0;
    for (size_t at = is_digit(bytes[0]) ? 0 : 1; at < length; at++) {
        value = value > EXPONENT_ENOUGH ? value : value * 10 + (bytes[at] - '0');
    }
    return bytes[0] == '-' ? -value : value;
}

/* The caller frees the digits. */
static decimal decimal_of(const char *bytes, size_t length) {
    decimal number = {malloc(length), 0, 0};
    assert_non_null(number.figures);
    bool fraction = false;
    size_t at = 0;
    for (; at < length && bytes[at] != 'e' && bytes[at] != 'E'; at++) {
        if (bytes[at] == '.') {
            fraction = true;
        } else if (is_digit(bytes[at])) {
            number.exponent -= fraction ? 1 : 0;
            if (number.count > 0 || bytes[at] != '0') {
                number.figures[number.count++] = bytes[at];
            }
        }
    }
    if (at < length) {
        number.exponent += exponent_of(bytes + at + 1, length - at - 1);
    }
    while (number.count > 0 && number.figures[number.count - 1] == '0') {
        number.count--;
        number.exponent++;
    }
    return number;
}

/* For a number that is not 0: its whole part, and whether there is a fraction. */
static tokusage_status judge_decimal(const decimal *number, bool negative, int64_t *value) {
    const int64_t places = number->count + number->exponent; /* before the point */
    if (negative || places > 16) {
        return TOKUSAGE_ERR_RANGE;
    }
    for (int64_t i = 0; i < places; i++) {
        *value = *value * 10 + (i < number->count ? number->figures[i] - '0' : 0);
    }
    if (number->exponent < 0) {
        return *value >= TOKUSAGE_COUNT_MAX ? TOKUSAGE_ERR_RANGE : TOKUSAGE_ERR_INTEGER;
    }
    return *value > TOKUSAGE_COUNT_MAX ? TOKUSAGE_ERR_RANGE : TOKUSAGE_OK;
}

/* The value of a JSON number as a count. */
static tokusage_status judge_number(const char *bytes, size_t length, int64_t *value) {
    decimal number = decimal_of(bytes, length);
    *value = 0;
    tokusage_status status = number.count == 0 ? TOKUSAGE_OK : judge_decimal(&number, bytes[0] == '-', value);
    free(number.figures);
    return status;
}

static tokusage_status judge_count(const char *bytes, const reference_node *value, int64_t *count) {
    *count = ABSENT;
    if (value->kind == 'n') {
        return TOKUSAGE_OK;
    }
    if (value->kind != '0') {
        return TOKUSAGE_ERR_TYPE;
    }
    int64_t number = 0;
    tokusage_status status = judge_number(bytes + value->begin, value->end - value->begin, &number);
    *count = status == TOKUSAGE_OK ? number : ABSENT;
    return status;
}

/* ------------------------------------------------------------------------------------------------ a usage object */

typedef struct line {
    reference_slot slot;
    const char *count; /* what an error calls it */
    const char *members;
} line;

/*
 * The members of each slot in the order in which they count. A * marks a member that may be inside the prompt. The
 * slots within stand before those beside.
 */
static const line lines[] = {
    {REFERENCE_INPUT, "prompt_tokens",
     "prompt_tokens input_tokens inputTokens promptTokenCount total_input_tokens tokens/input_tokens "
     "prompt_eval_count"},
    {REFERENCE_OUTPUT, "completion_tokens",
     "completion_tokens output_tokens outputTokens candidatesTokenCount responseTokenCount total_output_tokens "
     "tokens/output_tokens eval_count"},
    {REFERENCE_TOTAL, "total_tokens", "total_tokens totalTokens totalTokenCount"},
    {REFERENCE_CACHED_WITHIN, "cached_tokens",
     "prompt_tokens_details/cached_tokens input_tokens_details/cached_tokens "
     "input_tokens_details/cache_read_input_tokens prompt_token_details/cached_tokens prompt_cache_hit_tokens "
     "num_cached_tokens cached_tokens cachedContentTokenCount total_cached_tokens"},
    {REFERENCE_CACHED_BESIDE, "cached_tokens", "cache_read_input_tokens* cacheReadInputTokens"},
    {REFERENCE_WRITTEN_WITHIN, "cache_write_tokens",
     "prompt_tokens_details/cache_write_tokens input_tokens_details/cache_write_tokens "
     "prompt_tokens_details/cache_creation_input_tokens prompt_tokens_details/cache_creation_tokens "
     "input_tokens_details/cache_creation_input_tokens"},
    {REFERENCE_WRITTEN_BESIDE, "cache_write_tokens", "cache_creation_input_tokens* cacheWriteInputTokens"},
    {REFERENCE_REASONING_WITHIN, "reasoning_tokens",
     "completion_tokens_details/reasoning_tokens output_tokens_details/reasoning_tokens "
     "output_tokens_details/thinking_tokens reasoning_tokens"},
    {REFERENCE_REASONING_BESIDE, "reasoning_tokens", "thoughtsTokenCount total_thought_tokens"},
    {REFERENCE_TOOLS_BESIDE, "prompt_tokens", "toolUsePromptTokenCount total_tool_use_tokens"},
};

/* What a usage object says. */
typedef struct usage_reading {
    verdict wrong; /* OK, or the first error in it; wrong_at says where that is */
    size_t wrong_at;
    bool any; /* a count is present */
    int64_t slots[REFERENCE_SLOTS];
} usage_reading;

/* The value at a path within the object behind `before` others at that path, or NULL. Counts `before` down. */
static const reference_node *value_at(const reference_node *object, const char *path, size_t *before) {
    const size_t length = strcspn(path, "/");
    for (const reference_node *member = object->first; member != NULL; member = member->next) {
        const reference_node *found = NULL;
        if (!reference_is_text(&member->name, path, length)) {
            continue;
        }
        if (path[length] == '/') {
            found = member->kind == '{' ? value_at(member, path + length + 1, before) : NULL;
        } else if ((*before)-- == 0) {
            found = member;
        }
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

/* The first value at a path (0), the second (1) and so on, in the text's order; NULL behind the last. */
static const reference_node *nth_at(const reference_node *object, const char *path, size_t nth) {
    return value_at(object, path, &nth);
}

/* Of several errors the earliest in the text counts. */
static void complain(usage_reading *out, const reference_node *about, tokusage_status status, const char *count) {
    if (out->wrong.status == TOKUSAGE_OK || about->begin < out->wrong_at) {
        out->wrong.status = status;
        out->wrong.member = count;
        out->wrong_at = about->begin;
    }
}

/* The count of one member, or ABSENT. */
static int64_t read_member(const char *bytes, const reference_node *object, const char *path, const char *count,
                           usage_reading *out) {
    int64_t value = ABSENT;
    const reference_node *first = nth_at(object, path, 0);
    const reference_node *second = nth_at(object, path, 1);
    if (first != NULL) {
        tokusage_status status = judge_count(bytes, first, &value);
        if (status != TOKUSAGE_OK) {
            complain(out, first, status, count);
        }
    }
    if (second != NULL) {
        complain(out, second, TOKUSAGE_ERR_DUPLICATE, count);
    }
    out->any = out->any || value != ABSENT;
    return value;
}

enum {
    LONGEST_MEMBER = 64
};

/* The next member of a line; false when there is none. */
static bool next_member(const char **rest, char member[LONGEST_MEMBER], bool *starred) {
    const size_t length = strcspn(*rest, " ");
    assert_true(length < LONGEST_MEMBER);
    memcpy(member, *rest, length);
    *starred = length > 0 && member[length - 1] == '*';
    member[*starred ? length - 1 : length] = '\0';
    *rest += length + strspn(*rest + length, " ");
    return length > 0;
}

/* Whether the starred members are inside the prompt here. */
static bool stars_are_within(const char *bytes, const reference_node *object) {
    for (const reference_node *member = object->first; member != NULL; member = member->next) {
        int64_t ignored = 0;
        if (reference_is_word(&member->name, "prompt_tokens") && judge_count(bytes, member, &ignored) == TOKUSAGE_OK &&
            ignored != ABSENT) {
            return true;
        }
        if (reference_is_word(&member->name, "input_tokens_details") && member->kind == '{') {
            return true;
        }
    }
    return false;
}

static bool stands_at_the_root(const char *member) {
    return strcmp(member, "prompt_eval_count") == 0 || strcmp(member, "eval_count") == 0;
}

/* The first count of a line that is present. All its members are checked. *starred: the member has a star. */
static int64_t read_line(const char *bytes, const reference_node *object, const line *in, bool root_alone,
                         usage_reading *out, bool *starred) {
    const char *rest = in->members;
    char member[LONGEST_MEMBER];
    int64_t chosen = ABSENT;
    bool star = false;
    *starred = false;
    while (next_member(&rest, member, &star)) {
        if (root_alone && !stands_at_the_root(member)) {
            continue;
        }
        int64_t value = read_member(bytes, object, member, in->count, out);
        if (chosen == ABSENT && value != ABSENT) {
            chosen = value;
            *starred = star;
        }
    }
    return chosen;
}

/* A starred member that is inside the prompt is put into the slot of those within, and counts before them. */
static reference_slot slot_of(const line *in, bool starred_within) {
    if (!starred_within) {
        return in->slot;
    }
    return in->slot == REFERENCE_CACHED_BESIDE ? REFERENCE_CACHED_WITHIN : REFERENCE_WRITTEN_WITHIN;
}

/* root_alone: the object is the root, where only two members count. */
static usage_reading read_usage(const char *bytes, const reference_node *object, bool root_alone) {
    usage_reading out;
    memset(&out, 0, sizeof out);
    for (size_t i = 0; i < REFERENCE_SLOTS; i++) {
        out.slots[i] = ABSENT;
    }
    const bool stars_within = stars_are_within(bytes, object);
    for (size_t i = 0; i < LENGTH(lines); i++) {
        bool starred = false;
        int64_t value = read_line(bytes, object, &lines[i], root_alone, &out, &starred);
        if (value != ABSENT) {
            out.slots[slot_of(&lines[i], starred && stars_within)] = value;
        }
    }
    return out;
}

/* ------------------------------------------------------------------------------------------- the sums of the slots */

/* Absent ones add nothing; if all are absent, so is the sum. False when the sum is out of range. */
static bool sum(const int64_t slots[REFERENCE_SLOTS], const reference_slot *parts, size_t count, int64_t *result) {
    *result = ABSENT;
    for (size_t i = 0; i < count; i++) {
        const int64_t part = slots[parts[i]];
        if (part != ABSENT) {
            *result = (*result == ABSENT ? 0 : *result) + part;
        }
    }
    return *result <= TOKUSAGE_COUNT_MAX;
}

static int64_t first_of(int64_t preferred, int64_t other) {
    return preferred != ABSENT ? preferred : other;
}

verdict reference_counts(const int64_t slots[REFERENCE_SLOTS]) {
    static const reference_slot prompt[] = {REFERENCE_INPUT, REFERENCE_CACHED_BESIDE, REFERENCE_WRITTEN_BESIDE,
                                            REFERENCE_TOOLS_BESIDE};
    static const reference_slot completion[] = {REFERENCE_OUTPUT, REFERENCE_REASONING_BESIDE};
    static const verdict prompt_too_large = ABOUT(RANGE, "prompt_tokens");
    static const verdict completion_too_large = ABOUT(RANGE, "completion_tokens");
    verdict answer = COUNTS(ABSENT, ABSENT, ABSENT);
    if (!sum(slots, prompt, LENGTH(prompt), &answer.counts[0])) {
        return prompt_too_large;
    }
    if (!sum(slots, completion, LENGTH(completion), &answer.counts[1])) {
        return completion_too_large;
    }
    answer.counts[2] = slots[REFERENCE_TOTAL];
    answer.counts[3] = first_of(slots[REFERENCE_CACHED_BESIDE], slots[REFERENCE_CACHED_WITHIN]);
    answer.counts[4] = first_of(slots[REFERENCE_WRITTEN_BESIDE], slots[REFERENCE_WRITTEN_WITHIN]);
    answer.counts[5] = first_of(slots[REFERENCE_REASONING_BESIDE], slots[REFERENCE_REASONING_WITHIN]);
    return answer;
}

/* --------------------------------------------------------------------------------------- the usage of a whole text */

static const char *const known_places[] = {
    "/usage",       "/usageMetadata",  "/message/usage",          "/response/usage", "/interaction/usage",
    "/delta/usage", "/metadata/usage", "/response/usageMetadata", "/x_groq/usage",
};

/* What to look for in a text. */
typedef struct question {
    const char *bytes;
    const char *pointer; /* NULL: the known places */
    bool in_event;
} question;

/* What one text, or one element of an array, tells. */
typedef struct finding {
    bool duplicate;              /* a name on the way stands twice */
    const reference_node *text;  /* the root, or the element, that has a value at a place */
    const reference_node *value; /* the value there, which is not null */
    bool at_message;             /* the place is the known one /message/usage */
    usage_reading usage;         /* of the value */
    bool report;
} finding;

static void judge_value(const char *bytes, finding *out, bool root_alone) {
    if (out->value->kind != '{') {
        out->usage.wrong.status = TOKUSAGE_ERR_TYPE;
        out->usage.wrong.member = "usage";
    } else {
        out->usage = read_usage(bytes, out->value, root_alone);
    }
    out->report = out->usage.any || out->usage.wrong.status != TOKUSAGE_OK;
}

/* Whether this place decides: its value is not null, or a name on the way stands twice. */
static bool look_at(const question *what, const reference_node *text, const char *pointer, finding *out) {
    const reference_node *value = follow(text, pointer, &out->duplicate);
    if (out->duplicate) {
        return true;
    }
    if (value == NULL || value->kind == 'n') {
        return false;
    }
    out->text = text;
    out->value = value;
    out->at_message = what->pointer == NULL && strcmp(pointer, "/message/usage") == 0;
    judge_value(what->bytes, out, false);
    return true;
}

/* The root, if no other place has a value. */
static void look_at_root(const question *what, const reference_node *text, finding *out) {
    if (what->in_event || text->kind != '{') {
        return;
    }
    finding root;
    memset(&root, 0, sizeof root);
    root.text = text;
    root.value = text;
    judge_value(what->bytes, &root, true);
    if (root.report) {
        *out = root;
    }
}

static finding judge_text(const question *what, const reference_node *text) {
    finding out;
    memset(&out, 0, sizeof out);
    if (what->pointer != NULL) {
        (void)look_at(what, text, what->pointer, &out);
        return out;
    }
    for (size_t i = 0; i < LENGTH(known_places); i++) {
        if (look_at(what, text, known_places[i], &out)) {
            return out;
        }
    }
    look_at_root(what, text, &out);
    return out;
}

/* Whether each element is read as a text of its own. */
static bool is_list(const question *what, const reference_node *root) {
    return root->kind == '[' && (what->pointer == NULL || what->pointer[0] != '\0');
}

static bool is_object(const reference_node *text) {
    return text->kind == '{';
}

/* The last element of an array that has a report. */
static finding judge_root(const question *what, const reference_node *root) {
    if (!is_list(what, root)) {
        return judge_text(what, root);
    }
    finding last;
    memset(&last, 0, sizeof last);
    for (const reference_node *element = root->first; element != NULL; element = element->next) {
        finding now;
        memset(&now, 0, sizeof now);
        if (is_object(element)) {
            now = judge_text(what, element);
        }
        if (now.duplicate) {
            return now;
        }
        if (now.report) {
            last = now;
        }
    }
    return last;
}

static verdict about_usage(tokusage_status status) {
    verdict answer = ABOUT(TYPE, "usage");
    answer.status = status;
    return answer;
}

static verdict verdict_of(const finding *found) {
    if (found->duplicate) {
        return about_usage(TOKUSAGE_ERR_DUPLICATE);
    }
    if (found->value == NULL) {
        return about_usage(TOKUSAGE_ERR_NOT_FOUND);
    }
    return found->usage.wrong.status != TOKUSAGE_OK ? found->usage.wrong : reference_counts(found->usage.slots);
}

verdict reference_extract(const char *pointer, const char *bytes, size_t length) {
    static const char mark[] = "\xEF\xBB\xBF";
    verdict answer = AT(SYNTAX, 0);
    size_t marked = 0;
    while (marked < 3 && marked < length && bytes[marked] == mark[marked]) {
        marked++;
    }
    if (marked == 1 || marked == 2) {
        answer.offset = marked;
        return answer;
    }
    const question what = {bytes + marked, pointer, false};
    reference_tree read = reference_parse(what.bytes, length - marked);
    if (read.status != TOKUSAGE_OK) {
        answer.status = read.status;
        answer.offset = marked + read.at;
    } else {
        const finding found = judge_root(&what, read.root);
        answer = verdict_of(&found);
    }
    reference_forget(&read);
    return answer;
}

/* ----------------------------------------------------------------------------------------- what a stream must know */

/* The first value in the text that is a model's name at this pointer. A name on the way may stand twice. */
static bool find_model(const char *bytes, const reference_node *object, const char *path, char model[REFERENCE_MODEL]) {
    const reference_node *value = NULL;
    for (size_t i = 0; is_object(object) && (value = nth_at(object, path, i)) != NULL; i++) {
        const size_t length = value->kind == '"' ? value->end - value->begin - 2 : 0;
        if (length >= 1 && length < REFERENCE_MODEL) {
            memcpy(model, bytes + value->begin + 1, length);
            model[length] = '\0';
            return true;
        }
    }
    return false;
}

static void model_of(const char *bytes, const reference_node *text, char model[REFERENCE_MODEL]) {
    static const char *const places[] = {"model", "message/model", "response/model", "modelVersion",
                                         "interaction/model"};
    model[0] = '\0';
    for (size_t i = 0; i < LENGTH(places); i++) {
        if (find_model(bytes, text, places[i], model)) {
            return;
        }
    }
}

/* Whether a member of the text with the report says that the response has come to its end. */
static void end_of(const reference_node *text, reference_text *out) {
    static const char *const ends[] = {"response.completed", "response.incomplete", "response.failed",
                                       "interaction.completed", "message-end"};
    for (const reference_node *member = is_object(text) ? text->first : NULL; member != NULL; member = member->next) {
        const bool type = reference_is_word(&member->name, "type") || reference_is_word(&member->name, "event_type");
        if (type && member->kind == '"') {
            for (size_t i = 0; i < LENGTH(ends); i++) {
                out->ends = out->ends || reference_is_word(&member->text, ends[i]);
            }
            out->ends_message = out->ends_message || reference_is_word(&member->text, "message_delta");
        }
        out->ends = out->ends || (reference_is_word(&member->name, "done") && member->kind == 't');
    }
}

/* The model that the last element with a report names in an array. */
static void model_of_reports(const question *what, const reference_node *root, reference_text *out) {
    for (const reference_node *element = root->first; element != NULL; element = element->next) {
        char model[REFERENCE_MODEL];
        if (is_object(element) && judge_text(what, element).report) {
            model_of(what->bytes, element, model);
            if (model[0] != '\0') {
                memcpy(out->model, model, sizeof model);
            }
        }
    }
}

static void tell_report(const question *what, const reference_node *root, const finding *found, reference_text *out) {
    out->report = true;
    out->at_message = found->at_message;
    out->wrong = found->usage.wrong;
    memcpy(out->slots, found->usage.slots, sizeof out->slots);
    end_of(found->text, out);
    if (is_list(what, root)) {
        model_of_reports(what, root, out);
    } else {
        model_of(what->bytes, root, out->model);
    }
}

static void tell(const question *what, const reference_node *root, reference_text *out) {
    const finding found = judge_root(what, root);
    const bool list = is_list(what, root);
    const reference_node *first = list ? root->first : root;
    /* An array that has the place twice in an element tells nothing. */
    if (first != NULL && !(list && found.duplicate)) {
        model_of(what->bytes, first, out->first_model);
    }
    if (!found.duplicate && found.report) {
        tell_report(what, root, &found, out);
    }
}

reference_text reference_read(const char *pointer, bool in_event, const char *bytes, size_t length) {
    const question what = {bytes, pointer, in_event};
    reference_text out;
    memset(&out, 0, sizeof out);
    reference_tree read = reference_parse_first(bytes, length);
    out.status = read.status;
    if (read.status != TOKUSAGE_OK) {
        out.offset = read.at;
    } else {
        out.after = read.at;
        out.number = read.root->kind == '0';
        tell(&what, read.root, &out);
    }
    reference_forget(&read);
    return out;
}

/* ------------------------------------------------------------------------------------------------- compact texts */

size_t reference_compact(const char *bytes, size_t length, char *copy) {
    size_t used = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        if (!quoted && strchr(" \t\n\r", bytes[i]) != NULL && bytes[i] != '\0') {
            continue;
        }
        if (quoted && bytes[i] == '\\') {
            copy[used++] = bytes[i++];
        } else if (bytes[i] == '"') {
            quoted = !quoted;
        }
        copy[used++] = bytes[i];
    }
    return used;
}
