/*
 * Documents in which some bytes are any bytes: a question mark is one. So that the analyser mixes less, the bytes are cut into
 * classes, and each class is a case by itself.
 */
#ifndef TOKUSAGE_TESTS_PROOF_FORMS_H
#define TOKUSAGE_TESTS_PROOF_FORMS_H

#include "proof.h"

/* The bytes that mean something each by itself, the others in ranges; all of them are in one. */
static const signed char classes[][2] = {
    {-128, -1}, {0, 8},     {'\t', '\n'}, {11, 12},   {'\r', '\r'}, {14, 31},   {' ', ' '}, {'!', '!'},
    {'"', '"'}, {'#', '+'}, {',', ','},   {'-', '-'}, {'.', '/'},   {'0', '0'}, {'1', '9'}, {':', ':'},
    {';', 'Z'}, {'[', '['}, {'\\', '\\'}, {']', ']'}, {'^', 'e'},   {'f', 'f'}, {'g', 'm'}, {'n', 'n'},
    {'o', 't'}, {'u', 'u'}, {'v', 'z'},   {'{', '{'}, {'|', '|'},   {'}', '}'}, {'~', 127},
};

enum {
    CLASSES = sizeof classes / sizeof *classes
};

static const signed char *byte_class;

/* Copies a form, in which each question mark is any byte of the class. */
static void put(char *to, const char *form, size_t length) {
    for (size_t i = 0; i < length; i++) {
        to[i] = form[i] == '?' ? Frama_C_char_interval(byte_class[0], byte_class[1]) : form[i];
    }
}

/* Some bytes fewer than the longest name, label or value that matters. */
#define X18 "xxxxxxxxxxxxxxxxxx"
#define X126 X18 X18 X18 X18 X18 X18 X18
#define X188 X126 X18 X18 X18 "xxxxxxxx"

/* Documents for extract and the reader. */
static const char *const documents[] = {
    "",
    "?",
    "\xEF?\xBF{}",
    "\xEF\xBB\xBF?{}",
    "{?}",
    "[{?}]",
    "{\"usage\":?}",
    "{\"usage\":{?}}",
    "{\"usage\":{}}?",
    "{\"usage\":{\"eval_count\":1?}}",
    "{\"usage\":{\"eval_count\":1e?}}",
    "{\"usage\":{\"eval_count\":-?}}",
    "{\"\\u007?sage\":1}",
    "{\"type\":\"\\u00?5\"}",
    "{\"?sage\":{\"eval_count\":1}}",
    "{\"a\":[?]}",
    "{\"a\":\"\\ud8?0\\udc00\"}",
    "{\"usage\":5,\"usage\":?",
    "{\"usage\":{\"tokens\":{\"input_tokens\":?}}}",
    "{\"usage\":{\"cacheDetails\":[{\"ttl\":\"1h\",\"inputTokens\":?}]}}",
    "{\"usage\":{\"cacheDetails\":[{\"inputTokens\":4,\"ttl\":\"?h\"}]}}",
    "{\"usage\":{\"iterations\":[?]}}",
    "{\"message\":{\"usage\":?}}",
    "{\"meta\":{\"tokens\":{?}}}",
    "{\"choices\":[{\"usage\":?}]}",
    "{\"model\":\"?\"}",
    "{\"model\":\"a\\?\"}",
    "[{\"model\":\"m\"},{\"usage\":{\"eval_count\":1},\"model\":\"" X126 "\\?xxxxxxxx\"}]",
    "{\"usage\":{\"eval_count\":1,\"service_tier\":\"" X18 "xxxxxxxx\\?xxxx\"}}",
    "{\"type\":\"" X188 "\\u0?88xxxxxxxx\"}",
    "{\"" X188 "\\u0?88xxxxxxxx\":1}",
    "{\"type\":\"message-en?\"}",
    "{\"done\":t?ue}",
    "{\"done\":true?}",
    "{\"error\":?}",
    "{\"a\"?1}",
    "{\"eval_count\":?}",
};

/* Documents in which the pointer /u leads somewhere. */
static const char *const pointed[] = {
    "{\"u\":{\"a\":?}}",
    "{\"u\":?,\"u\":{}}",
    "{\"?\":{\"eval_count\":1}}",
    "[{\"u\":{}},{\"u\":?}]",
};

#endif
