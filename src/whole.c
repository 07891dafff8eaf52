/*
 * Usage out of whole JSON documents, and into them. A document is read by a reader over one document (reader.h); this
 * file has the order of the errors, and writes the form (form.h).
 */
#include "form.h"
#include "reader.h"

/* ---- reading */

static tokusage_status fail_at(tokusage_error *error, tokusage_status status, size_t offset) {
    if (error) {
        *error = (tokusage_error){.status = status, .offset = offset};
    }
    return status;
}

/* Where the document begins: after white space, and a byte-order mark before it. */
static size_t lead_span(const char *json, size_t length) {
    size_t at = length >= 3 && memcmp(json, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < length && tokusage_is_space(json[at])) {
        at++;
    }
    return at;
}

/* Reads the document that begins here, as far as it can be read. Returns how many bytes were read. */
static size_t read_document(tokusage_reader *reader, const char *json, size_t length) {
    size_t at = 0;
    while (at < length && tokusage_json_open(&reader->json)) {
        at += tokusage_reader_feed(reader, json + at, length - at, false);
    }
    return at;
}

/* Reads the whole document, from where it begins. Nothing except white space may follow it. */
static tokusage_status read_whole(tokusage_reader *reader, const char *json, size_t begin, size_t length,
                                  tokusage_error *error) {
    tokusage_reader_begin(reader, false);
    size_t at = begin + read_document(reader, json + begin, length - begin);
    if (tokusage_json_open(&reader->json)) {
        tokusage_reader_end(reader);
    }
    if (reader->json.state == JSON_TOO_DEEP) {
        return fail_at(error, TOKUSAGE_ERR_DEPTH, at);
    }
    const bool closed = reader->json.state == JSON_CLOSED;
    while (closed && at < length && tokusage_is_space(json[at])) {
        at++;
    }
    return closed && at == length ? TOKUSAGE_OK : fail_at(error, TOKUSAGE_ERR_SYNTAX, at);
}

tokusage_status tokusage_extract(const char *json, size_t length, const char *pointer, tokusage *usage,
                                 tokusage_error *error) {
    if (!json || !usage || (pointer && *pointer != '\0' && !tokusage_pointer_valid(pointer))) {
        return tokusage_fail(error, TOKUSAGE_ERR_ARGUMENT, TOKUSAGE_NO_MEMBER);
    }
    tokusage_reader reader;
    tokusage_reader_init(&reader, pointer);
    const size_t begin = lead_span(json, length);
    const tokusage_status status = read_whole(&reader, json, begin, length, error);
    if (status != TOKUSAGE_OK) {
        return status;
    }
    if (pointer && *pointer == '\0' && json[begin] != '{' && json[begin] != 'n') { /* neither an object nor null */
        return tokusage_fail(error, TOKUSAGE_ERR_TYPE, TOKUSAGE_OBJECT);
    }
    if (!reader.found) {
        return tokusage_fail(error, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_OBJECT);
    }
    return tokusage_columns_usage(&reader.columns, usage, error);
}

tokusage_status tokusage_decode(const char *json, size_t length, tokusage *usage, tokusage_error *error) {
    return tokusage_extract(json, length, "", usage, error);
}

tokusage_status tokusage_find_all(const char *json, size_t length, tokusage_value *values, size_t count,
                                  tokusage_error *error) {
    tokusage_pointers pointers = {.values = values, .count = count};
    bool valid = json && count <= TOKUSAGE_VALUES_MAX && (values || count == 0);
    const size_t begin = json ? lead_span(json, length) : 0;
    for (size_t i = 0; valid && i < count; i++) {
        valid = tokusage_pointer_valid(values[i].pointer);
        pointers.each[i].found = valid && *values[i].pointer == '\0' ? json + begin : NULL;
    }
    if (!valid) {
        return tokusage_fail(error, TOKUSAGE_ERR_ARGUMENT, TOKUSAGE_NO_MEMBER);
    }
    tokusage_reader reader;
    tokusage_reader_init(&reader, "/");
    reader.document.find = &pointers;
    const tokusage_status status = read_whole(&reader, json, begin, length, error);
    tokusage_reader_init(&reader, NULL);
    for (size_t i = 0; status == TOKUSAGE_OK && i < count; i++) {
        const char *const at = pointers.each[i].found;
        const tokusage_status found = pointers.each[i].twice ? TOKUSAGE_ERR_DUPLICATE : TOKUSAGE_OK;
        values[i].status = at ? found : TOKUSAGE_ERR_NOT_FOUND;
        values[i].json = values[i].status == TOKUSAGE_OK ? at : NULL;
        values[i].length = 0;
        if (values[i].json) {
            tokusage_reader_begin(&reader, true);
            values[i].length = read_document(&reader, at, length - (size_t)(at - json)); /* to its end */
        }
    }
    return status == TOKUSAGE_OK ? tokusage_succeed(error) : status;
}

tokusage_status tokusage_find(const char *json, size_t length, const char *pointer, const char **value,
                              size_t *value_length, tokusage_error *error) {
    if (!value || !value_length) {
        return tokusage_fail(error, TOKUSAGE_ERR_ARGUMENT, TOKUSAGE_NO_MEMBER);
    }
    tokusage_value found = {.pointer = pointer};
    const tokusage_status status = tokusage_find_all(json, length, &found, 1, error);
    if (status == TOKUSAGE_OK && found.status == TOKUSAGE_OK) {
        *value = found.json;
        *value_length = found.length;
    }
    return status != TOKUSAGE_OK ? status : tokusage_fail(error, found.status, TOKUSAGE_NO_MEMBER);
}

/* ---- writing */

enum {
    COPIED = 32, /* no name that is written is longer. A copy of a fixed size is much faster */
    TEXT_SIZE = TOKUSAGE_JSON_SIZE + COPIED
};

/* Writes a member's name and colon, and a comma before them if it is not the first in its object. */
static char *put_name(char *to, tokusage_key key) {
    const tokusage_name *const name = tokusage_name_of(key);
    if (to[-1] != '{') {
        *to++ = ',';
    }
    *to++ = '"';
    memcpy(to, tokusage_name_text(name), COPIED);
    to += name->length;
    *to++ = '"';
    *to++ = ':';
    return to;
}

/* Writes the usage and a NUL. An object is written when its first count is. Returns the length without NUL. */
static size_t print(const tokusage *usage, char text[TEXT_SIZE]) {
    tokusage_key object[TOKUSAGE_FORM_LEVELS] = {0};
    unsigned open = 0; /* how many of these are written and not closed */
    char *to = text;
    *to++ = '{';
    for (const struct tokusage_form *row = tokusage_form; row < tokusage_form + TOKUSAGE_FORM_ROWS; row++) {
        const bool is_object = row->count == TOKUSAGE_OBJECT;
        if (!is_object && !tokusage_count_in(usage, row->count)->present) {
            continue;
        }
        for (; open > row->level; open--) {
            *to++ = '}';
        }
        if (is_object) {
            object[row->level] = row->key;
            continue;
        }
        for (; open < row->level; open++) {
            to = put_name(to, object[open]);
            *to++ = '{';
        }
        to = put_name(to, row->key);
        to += tokusage_decimal((uint64_t)tokusage_count_in(usage, row->count)->value, to);
    }
    for (; open > 0; open--) {
        *to++ = '}';
    }
    *to++ = '}';
    *to = '\0';
    return (size_t)(to - text);
}

tokusage_status tokusage_encode(const tokusage *usage, char *buffer, size_t size, size_t *length) {
    if (!usage || (!buffer && size > 0)) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    if (tokusage_check_range(usage, NULL) != TOKUSAGE_OK) {
        return TOKUSAGE_ERR_RANGE;
    }
    char text[TEXT_SIZE];
    const size_t printed = print(usage, text);
    if (length) {
        *length = printed;
    }
    if (size <= printed) {
        return TOKUSAGE_ERR_SPACE;
    }
    memcpy(buffer, text, printed + 1);
    return TOKUSAGE_OK;
}
