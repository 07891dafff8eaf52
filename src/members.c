/*
 * The table of places and names, and the arithmetic from slots to counts. Only this file says what the services mean by
 * their names, and which part is inside which whole. No JSON here.
 */
#include "members.h"
#include "error.h"

#define ROW(node, role, target, text)                                                                                  \
    { (text), sizeof(text) - 1, NODE_##node, ROLE_##role, (target) }
#define COUNT(node, slot, text) ROW(node, COUNT, SLOT_##slot, text)
#define OBJECT(node, object, text) ROW(node, OBJECT, NODE_##object, text)
#define OTHER(node, role, rank, text) ROW(node, role, rank, text)

/*
 * The rows are in the order of their keys. Within a slot, among the places and among the names of the model, an earlier
 * row goes before a later one.
 */
/* clang-format off */
const tokusage_name tokusage_names[TOKUSAGE_KEYS] = {
    COUNT(USAGE, INPUT, "prompt_tokens"),
    COUNT(USAGE, INPUT, "input_tokens"),
    COUNT(USAGE, INPUT, "inputTokens"),
    COUNT(USAGE, INPUT, "promptTokenCount"),
    COUNT(USAGE, INPUT, "total_input_tokens"),
    COUNT(TOKENS, INPUT, "input_tokens"),
    COUNT(USAGE, INPUT, "prompt_eval_count"),
    COUNT(ROOT, INPUT, "prompt_eval_count"),
    COUNT(USAGE, OUTPUT, "completion_tokens"),
    COUNT(USAGE, OUTPUT, "output_tokens"),
    COUNT(USAGE, OUTPUT, "outputTokens"),
    COUNT(USAGE, OUTPUT, "candidatesTokenCount"),
    COUNT(USAGE, OUTPUT, "responseTokenCount"),
    COUNT(USAGE, OUTPUT, "total_output_tokens"),
    COUNT(TOKENS, OUTPUT, "output_tokens"),
    COUNT(USAGE, OUTPUT, "eval_count"),
    COUNT(ROOT, OUTPUT, "eval_count"),
    COUNT(USAGE, TOTAL, "total_tokens"),
    COUNT(USAGE, TOTAL, "totalTokens"),
    COUNT(USAGE, TOTAL, "totalTokenCount"),
    COUNT(PROMPT_TOKENS_DETAILS, CACHED_WITHIN, "cached_tokens"),
    COUNT(INPUT_TOKENS_DETAILS, CACHED_WITHIN, "cached_tokens"),
    COUNT(INPUT_TOKENS_DETAILS, CACHED_WITHIN, "cache_read_input_tokens"),
    COUNT(PROMPT_TOKEN_DETAILS, CACHED_WITHIN, "cached_tokens"),
    COUNT(USAGE, CACHED_WITHIN, "prompt_cache_hit_tokens"),
    COUNT(USAGE, CACHED_WITHIN, "num_cached_tokens"),
    COUNT(USAGE, CACHED_WITHIN, "cached_tokens"),
    COUNT(USAGE, CACHED_WITHIN, "cachedContentTokenCount"),
    COUNT(USAGE, CACHED_WITHIN, "total_cached_tokens"),
    COUNT(USAGE, CACHED_BESIDE, "cache_read_input_tokens"),
    COUNT(USAGE, CACHED_BESIDE, "cacheReadInputTokens"),
    COUNT(PROMPT_TOKENS_DETAILS, WRITTEN_WITHIN, "cache_write_tokens"),
    COUNT(INPUT_TOKENS_DETAILS, WRITTEN_WITHIN, "cache_write_tokens"),
    COUNT(PROMPT_TOKENS_DETAILS, WRITTEN_WITHIN, "cache_creation_input_tokens"),
    COUNT(PROMPT_TOKENS_DETAILS, WRITTEN_WITHIN, "cache_creation_tokens"),
    COUNT(INPUT_TOKENS_DETAILS, WRITTEN_WITHIN, "cache_creation_input_tokens"),
    COUNT(USAGE, WRITTEN_BESIDE, "cache_creation_input_tokens"),
    COUNT(USAGE, WRITTEN_BESIDE, "cacheWriteInputTokens"),
    COUNT(COMPLETION_TOKENS_DETAILS, REASONING_WITHIN, "reasoning_tokens"),
    COUNT(OUTPUT_TOKENS_DETAILS, REASONING_WITHIN, "reasoning_tokens"),
    COUNT(OUTPUT_TOKENS_DETAILS, REASONING_WITHIN, "thinking_tokens"),
    COUNT(USAGE, REASONING_WITHIN, "reasoning_tokens"),
    COUNT(USAGE, REASONING_BESIDE, "thoughtsTokenCount"),
    COUNT(USAGE, REASONING_BESIDE, "total_thought_tokens"),
    COUNT(USAGE, TOOLS_BESIDE, "toolUsePromptTokenCount"),
    COUNT(USAGE, TOOLS_BESIDE, "total_tool_use_tokens"),
    OBJECT(USAGE, PROMPT_TOKENS_DETAILS, "prompt_tokens_details"),
    OBJECT(USAGE, INPUT_TOKENS_DETAILS, "input_tokens_details"),
    OBJECT(USAGE, PROMPT_TOKEN_DETAILS, "prompt_token_details"),
    OBJECT(USAGE, COMPLETION_TOKENS_DETAILS, "completion_tokens_details"),
    OBJECT(USAGE, OUTPUT_TOKENS_DETAILS, "output_tokens_details"),
    OBJECT(USAGE, TOKENS, "tokens"),
    OBJECT(ROOT, MESSAGE, "message"),
    OBJECT(ROOT, RESPONSE, "response"),
    OBJECT(ROOT, INTERACTION, "interaction"),
    OBJECT(ROOT, DELTA, "delta"),
    OBJECT(ROOT, METADATA, "metadata"),
    OBJECT(ROOT, X_GROQ, "x_groq"),
    OTHER(ROOT, PLACE, 0, "usage"),
    OTHER(ROOT, PLACE, 1, "usageMetadata"),
    OTHER(MESSAGE, PLACE, 2, "usage"),
    OTHER(RESPONSE, PLACE, 3, "usage"),
    OTHER(INTERACTION, PLACE, 4, "usage"),
    OTHER(DELTA, PLACE, 5, "usage"),
    OTHER(METADATA, PLACE, 6, "usage"),
    OTHER(RESPONSE, PLACE, 7, "usageMetadata"),
    OTHER(X_GROQ, PLACE, 8, "usage"),
    OTHER(ROOT, MODEL, 0, "model"),
    OTHER(MESSAGE, MODEL, 1, "model"),
    OTHER(RESPONSE, MODEL, 2, "model"),
    OTHER(ROOT, MODEL, 3, "modelVersion"),
    OTHER(INTERACTION, MODEL, 4, "model"),
    OTHER(ROOT, TYPE, 0, "type"),
    OTHER(ROOT, TYPE, 0, "event_type"),
    OTHER(ROOT, DONE, 0, "done"),
};
/* clang-format on */

enum {
    KEY_PROMPT_TOKENS = 1
};

#if TOKUSAGE_SMALL

tokusage_key tokusage_name_find(tokusage_node node, const char *name, size_t length) {
    for (tokusage_key key = TOKUSAGE_KEYS; key > 0; key--) {
        const tokusage_name *const row = tokusage_name_of(key);
        if (row->length == length && row->node == node && memcmp(row->text, name, length) == 0) {
            return key;
        }
    }
    return 0;
}

#else

const tokusage_key tokusage_name_index[256] = {
    0,  0,  0,  0,  34, 54, 0,  0, 68, 36, 0,  9,  0, 69, 0,  0,  0,  8,  70, 0,  16, 0,  0,  72, 0,  0,  0,  0,  0,
    0,  0,  0,  0,  0,  0,  0,  0, 0,  2,  0,  27, 0, 0,  0,  0,  21, 0,  29, 28, 13, 22, 0,  7,  35, 0,  24, 19, 0,
    0,  0,  0,  0,  0,  0,  42, 0, 4,  0,  6,  25, 0, 0,  0,  0,  38, 0,  0,  0,  0,  0,  0,  44, 0,  75, 39, 0,  0,
    0,  0,  40, 52, 0,  48, 0,  0, 0,  0,  0,  0,  0, 56, 0,  0,  41, 0,  0,  0,  0,  0,  0,  0,  0,  53, 0,  0,  0,
    43, 0,  0,  0,  0,  0,  0,  0, 0,  0,  0,  0,  0, 0,  0,  0,  71, 0,  55, 0,  45, 0,  73, 0,  0,  0,  0,  0,  0,
    0,  0,  18, 20, 31, 0,  0,  0, 0,  32, 0,  58, 0, 0,  33, 57, 0,  0,  0,  0,  0,  0,  0,  74, 50, 49, 0,  0,  0,
    0,  0,  0,  0,  0,  0,  0,  0, 0,  10, 0,  14, 0, 0,  51, 0,  60, 0,  0,  0,  0,  0,  0,  11, 0,  0,  66, 0,  3,
    0,  26, 0,  0,  0,  0,  0,  0, 0,  12, 15, 0,  0, 1,  0,  30, 5,  59, 47, 0,  0,  0,  61, 0,  0,  23, 0,  62, 0,
    0,  0,  0,  63, 0,  0,  0,  0, 64, 17, 0,  0,  0, 65, 0,  0,  0,  0,  67, 46, 0,  0,  0,  37,
};

#endif

/* ---- a usage object's members */

/* Which count of the struct a slot is a part of. */
static const uint8_t counts[TOKUSAGE_SLOTS] = {
    [SLOT_INPUT] = TOKUSAGE_PROMPT,
    [SLOT_OUTPUT] = TOKUSAGE_COMPLETION,
    [SLOT_TOTAL] = TOKUSAGE_TOTAL,
    [SLOT_CACHED_WITHIN] = TOKUSAGE_CACHED,
    [SLOT_CACHED_BESIDE] = TOKUSAGE_CACHED,
    [SLOT_WRITTEN_WITHIN] = TOKUSAGE_CACHE_WRITE,
    [SLOT_WRITTEN_BESIDE] = TOKUSAGE_CACHE_WRITE,
    [SLOT_REASONING_WITHIN] = TOKUSAGE_REASONING,
    [SLOT_REASONING_BESIDE] = TOKUSAGE_REASONING,
    [SLOT_TOOLS_BESIDE] = TOKUSAGE_PROMPT,
};

static bool has(const tokusage_slots *slots, tokusage_slot slot) {
    return (slots->present >> slot & 1) != 0;
}

static void set(tokusage_slots *slots, tokusage_slot slot, int64_t value) {
    slots->value[slot] = value;
    slots->present = (uint16_t)(slots->present | 1U << slot);
}

void tokusage_gather_begin(tokusage_gather *gather) {
    memset(gather, 0, sizeof *gather);
    gather->slots.member = TOKUSAGE_NO_MEMBER;
}

/* Notes what is wrong with a member. The first wrong member gives the object its status. */
static void refuse(tokusage_gather *gather, tokusage_key key, tokusage_status status) {
    if (gather->slots.status == TOKUSAGE_OK) {
        gather->slots.status = (uint8_t)status;
        gather->slots.member = counts[tokusage_name_of(key)->target];
    }
}

/* Notes that the member is there; false when it was there before. */
static bool give(tokusage_gather *gather, tokusage_key key) {
    const uint64_t bit = UINT64_C(1) << (key - 1);
    if ((gather->given & bit) != 0) {
        refuse(gather, key, TOKUSAGE_ERR_DUPLICATE);
        return false;
    }
    gather->given |= bit;
    return true;
}

void tokusage_gather_count(tokusage_gather *gather, tokusage_key key, tokusage_status status, int64_t value) {
    if (!give(gather, key)) {
        return;
    }
    if (status != TOKUSAGE_OK) {
        refuse(gather, key, status);
        return;
    }
    const tokusage_slot slot = (tokusage_slot)tokusage_name_of(key)->target;
    if (gather->from[slot] == 0 || key < gather->from[slot]) {
        set(&gather->slots, slot, value);
        gather->from[slot] = key;
    }
}

void tokusage_gather_null(tokusage_gather *gather, tokusage_key key) {
    give(gather, key);
}

void tokusage_gather_object(tokusage_gather *gather, tokusage_key key) {
    gather->within = gather->within || tokusage_name_of(key)->target == NODE_INPUT_TOKENS_DETAILS;
}

/* The rows of a slot stand together, so the row before a slot's first row has another slot. Not for key 1. */
static bool is_first_of_line(tokusage_key key) {
    return tokusage_name_of((tokusage_key)(key - 1))->target != tokusage_name_of(key)->target;
}

/* Only the first name of each of these slots, such as cache_read_input_tokens, may be inside the prompt. */
static void move_within(tokusage_gather *gather, tokusage_slot beside, tokusage_slot within) {
    tokusage_slots *const slots = &gather->slots;
    if (has(slots, beside) && is_first_of_line(gather->from[beside])) {
        set(slots, within, slots->value[beside]);
        slots->value[beside] = 0;
        slots->present = (uint16_t)(slots->present & ~(1U << beside));
    }
}

void tokusage_gather_end(tokusage_gather *gather) {
    if (gather->within || gather->from[SLOT_INPUT] == KEY_PROMPT_TOKENS) {
        move_within(gather, SLOT_CACHED_BESIDE, SLOT_CACHED_WITHIN);
        move_within(gather, SLOT_WRITTEN_BESIDE, SLOT_WRITTEN_WITHIN);
    }
}

/* ---- slots */

bool tokusage_slots_any(const tokusage_slots *slots) {
    return slots->present != 0 || slots->status != TOKUSAGE_OK;
}

void tokusage_slots_lay(tokusage_slots *earlier, const tokusage_slots *later) {
    if (earlier->status == TOKUSAGE_OK) {
        earlier->status = later->status;
        earlier->member = later->member;
    }
    for (size_t i = 0; i < TOKUSAGE_SLOTS; i++) {
        if (has(later, (tokusage_slot)i)) {
            set(earlier, (tokusage_slot)i, later->value[i]);
        }
    }
}

/* Absent slots are 0, so they add nothing. At most four values within 2^53-1 are added, so no sum overflows. */
static tokusage_count sum_of(const tokusage_slots *slots, const uint8_t *parts, size_t length) {
    tokusage_count count = {.present = false};
    for (size_t i = 0; i < length; i++) {
        count.present = count.present || has(slots, (tokusage_slot)parts[i]);
        count.value += slots->value[parts[i]];
    }
    return count;
}

static tokusage_count one_of(const tokusage_slots *slots, tokusage_slot first, tokusage_slot second) {
    const tokusage_slot slot = has(slots, first) ? first : second;
    return (tokusage_count){.present = has(slots, slot), .value = slots->value[slot]};
}

tokusage_status tokusage_slots_usage(const tokusage_slots *slots, tokusage *usage, tokusage_error *error) {
    static const uint8_t prompt[] = {SLOT_INPUT, SLOT_CACHED_BESIDE, SLOT_WRITTEN_BESIDE, SLOT_TOOLS_BESIDE};
    static const uint8_t completion[] = {SLOT_OUTPUT, SLOT_REASONING_BESIDE};
    if (slots->status != TOKUSAGE_OK) {
        return tokusage_fail(error, (tokusage_status)slots->status, slots->member);
    }
    const tokusage_count prompt_tokens = sum_of(slots, prompt, sizeof prompt);
    const tokusage_count completion_tokens = sum_of(slots, completion, sizeof completion);
    if (prompt_tokens.value > TOKUSAGE_COUNT_MAX || completion_tokens.value > TOKUSAGE_COUNT_MAX) {
        const bool first = prompt_tokens.value > TOKUSAGE_COUNT_MAX;
        return tokusage_fail(error, TOKUSAGE_ERR_RANGE, first ? TOKUSAGE_PROMPT : TOKUSAGE_COMPLETION);
    }
    usage->prompt_tokens = prompt_tokens;
    usage->completion_tokens = completion_tokens;
    usage->total_tokens = one_of(slots, SLOT_TOTAL, SLOT_TOTAL);
    usage->cached_tokens = one_of(slots, SLOT_CACHED_BESIDE, SLOT_CACHED_WITHIN);
    usage->cache_write_tokens = one_of(slots, SLOT_WRITTEN_BESIDE, SLOT_WRITTEN_WITHIN);
    usage->reasoning_tokens = one_of(slots, SLOT_REASONING_BESIDE, SLOT_REASONING_WITHIN);
    return tokusage_succeed(error);
}
