/*
 * OpenAI's form, in which a usage is written, as text (whole.c) and as a tree (cjson.c): its members in their order.
 * An object comes before the counts in it, which are one level deeper. A member without a present count is left out.
 */
#ifndef TOKUSAGE_SRC_FORM_H
#define TOKUSAGE_SRC_FORM_H

#include "counts.h"
#include "names.h"

static const struct tokusage_form {
    tokusage_key key;
    uint8_t level;
    uint8_t count; /* TOKUSAGE_OBJECT: an object */
} tokusage_form[] = {
    {KEY_USAGE_prompt_tokens, 0, TOKUSAGE_PROMPT},
    {KEY_USAGE_completion_tokens, 0, TOKUSAGE_COMPLETION},
    {KEY_USAGE_total_tokens, 0, TOKUSAGE_TOTAL},
    {KEY_USAGE_prompt_tokens_details, 0, TOKUSAGE_OBJECT},
    {KEY_PROMPT_TOKENS_DETAILS_cached_tokens, 1, TOKUSAGE_CACHED},
    {KEY_PROMPT_TOKENS_DETAILS_cache_write_tokens, 1, TOKUSAGE_CACHE_WRITE},
    {KEY_PROMPT_TOKENS_DETAILS_audio_tokens, 1, TOKUSAGE_PROMPT_AUDIO},
    {KEY_PROMPT_TOKENS_DETAILS_image_tokens, 1, TOKUSAGE_PROMPT_IMAGE},
    {KEY_PROMPT_TOKENS_DETAILS_cached_tokens_details, 1, TOKUSAGE_OBJECT},
    {KEY_PROMPT_CACHED_audio_tokens, 2, TOKUSAGE_CACHED_AUDIO},
    {KEY_PROMPT_CACHED_image_tokens, 2, TOKUSAGE_CACHED_IMAGE},
    {KEY_USAGE_completion_tokens_details, 0, TOKUSAGE_OBJECT},
    {KEY_COMPLETION_TOKENS_DETAILS_reasoning_tokens, 1, TOKUSAGE_REASONING},
    {KEY_COMPLETION_TOKENS_DETAILS_audio_tokens, 1, TOKUSAGE_COMPLETION_AUDIO},
    {KEY_COMPLETION_TOKENS_DETAILS_image_tokens, 1, TOKUSAGE_COMPLETION_IMAGE},
    {KEY_USAGE_cache_creation, 0, TOKUSAGE_OBJECT},
    {KEY_CACHE_CREATION_ephemeral_1h_input_tokens, 1, TOKUSAGE_CACHE_WRITE_1H},
};

enum {
    TOKUSAGE_FORM_ROWS = sizeof tokusage_form / sizeof *tokusage_form,
    TOKUSAGE_FORM_LEVELS = 2 /* the deepest level */
};

#endif
