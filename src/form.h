/* OpenAI's form: in which object each count is written, and in which order. For text (whole.c) and trees (cjson.c). */
#ifndef TOKUSAGE_SRC_FORM_H
#define TOKUSAGE_SRC_FORM_H

#include "names.h"
#include "counts.h"

static const struct tokusage_form {
    uint8_t count;
    tokusage_key key; /* its name, and with it the object */
} tokusage_form[TOKUSAGE_COUNTS] = {
    {TOKUSAGE_PROMPT, KEY_USAGE_prompt_tokens},
    {TOKUSAGE_COMPLETION, KEY_USAGE_completion_tokens},
    {TOKUSAGE_TOTAL, KEY_USAGE_total_tokens},
    {TOKUSAGE_CACHED, KEY_PROMPT_TOKENS_DETAILS_cached_tokens},
    {TOKUSAGE_CACHE_WRITE, KEY_PROMPT_TOKENS_DETAILS_cache_write_tokens},
    {TOKUSAGE_PROMPT_AUDIO, KEY_PROMPT_TOKENS_DETAILS_audio_tokens},
    {TOKUSAGE_PROMPT_IMAGE, KEY_PROMPT_TOKENS_DETAILS_image_tokens},
    {TOKUSAGE_CACHED_AUDIO, KEY_PROMPT_CACHED_audio_tokens},
    {TOKUSAGE_CACHED_IMAGE, KEY_PROMPT_CACHED_image_tokens},
    {TOKUSAGE_REASONING, KEY_COMPLETION_TOKENS_DETAILS_reasoning_tokens},
    {TOKUSAGE_COMPLETION_AUDIO, KEY_COMPLETION_TOKENS_DETAILS_audio_tokens},
    {TOKUSAGE_COMPLETION_IMAGE, KEY_COMPLETION_TOKENS_DETAILS_image_tokens},
    {TOKUSAGE_CACHE_WRITE_1H, KEY_CACHE_CREATION_ephemeral_1h_input_tokens},
};

/* The name of an object of the form. */
static inline tokusage_key tokusage_form_object(tokusage_node node) {
    switch (node) {
    case NODE_PROMPT_TOKENS_DETAILS:
        return KEY_USAGE_prompt_tokens_details;
    case NODE_PROMPT_CACHED:
        return KEY_PROMPT_TOKENS_DETAILS_cached_tokens_details;
    case NODE_COMPLETION_TOKENS_DETAILS:
        return KEY_USAGE_completion_tokens_details;
    default:
        return KEY_USAGE_cache_creation;
    }
}

/* The object that an object of the form is in. */
static inline tokusage_node tokusage_form_outer(tokusage_node node) {
    return (tokusage_node)tokusage_name_of(tokusage_form_object(node))->node;
}

static inline bool tokusage_form_is_in(tokusage_node node, tokusage_node outer) {
    while (node != outer && node != NODE_USAGE) {
        node = tokusage_form_outer(node);
    }
    return node == outer;
}

#endif
