/*
 * tokusage: what a language-model call used, in tokens.
 *
 * A service reports the usage of a call as a few counts in its response. Each service has its own names and places for
 * them, and its own arithmetic. This library reads the response of any of them, whole or in pieces. The caller does
 * not say which service wrote it. The answer is six counts that always mean the same; see `tokusage` below.
 *
 * Most programs need one of three calls, and then tokusage_reconcile, which says whether the counts agree:
 *   a body in pieces, or a body of events or lines   tokusage_stream_init, tokusage_stream_feed, tokusage_stream_usage
 *   one JSON text in memory                          tokusage_extract
 *   a usage object in a cJSON tree                   tokusage_from_cjson
 */

/*
 * The words of this manual:
 *   text    one JSON text (RFC 8259): a whole body, one line of a body, or the data of one event
 *   place   where a usage object may stand in a text
 *   report  a usage object with at least one count. Something wrong at the place (not an object, a bad count) is a
 *           report, too: the usage is an error then.
 *   slot    one number of a report, under any of the names that services use for it. Some of the six counts are sums
 *           of slots: where a service counts a part beside its whole, the part is added.
 *   piece   bytes of a body as they arrive, cut anywhere
 */

/*
 * The rules for every function:
 *   - Absent is not zero. A count that was not reported has present == false.
 *   - A function that fails leaves its outputs unchanged. It only sets *error (tokusage_encode also sets *length).
 *   - `error` may be NULL. Success sets it to TOKUSAGE_OK and zeros.
 *   - A text is a pointer and a length in bytes. It needs no NUL at its end. No byte behind its length is read.
 *   - No state is global. Different threads may use different objects at the same time.
 *   - Nothing is printed. errno, signals and the locale change nothing.
 *   - Only tokusage_to_cjson and tokusage_update_cjson allocate, with cJSON's hooks. Only the three functions with
 *     cjson in their names need cJSON: a program that calls none of them links without it.
 * C11, and C++11 or newer. SPDX-License-Identifier: MIT
 */
#ifndef TOKUSAGE_H
#define TOKUSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A shared library exports these functions and nothing else. TOKUSAGE_SHARED is set by the CMake target. */
#if !defined(TOKUSAGE_SHARED)
#define TOKUSAGE_API
#elif defined(_WIN32) && defined(TOKUSAGE_BUILDING)
#define TOKUSAGE_API __declspec(dllexport)
#elif defined(_WIN32)
#define TOKUSAGE_API __declspec(dllimport)
#elif defined(__GNUC__)
#define TOKUSAGE_API __attribute__((visibility("default")))
#else
#define TOKUSAGE_API
#endif

/* ----------------------------------------------------------------------------------------- the six counts */

/*
 * The largest count: 2^53-1. Up to here every integer is exact in the doubles that cJSON, JavaScript and most other
 * readers use for numbers (RFC 8259, section 6). A larger count is an error. It is never rounded.
 */
#define TOKUSAGE_COUNT_MAX INT64_C(9007199254740991)

/* A number of tokens that a service may or may not have reported. When it is absent, `value` is 0 and is not read. */
typedef struct tokusage_count {
    bool present;
    int64_t value; /* tokens, 0 to TOKUSAGE_COUNT_MAX */
} tokusage_count;

/*
 * The token usage of one call. All zero bytes mean "nothing reported", which is valid.
 *
 * A part is inside its whole, always, whatever the service does. If a service counts a part beside its whole and
 * reports the part alone, the whole is present and is that part. With the service's prices a, b, c, d for a token of
 * each kind, a call costs (when the prompt and the completion are present):
 *     (prompt - cached - cache_write) * a + cached * b + cache_write * c + completion * d
 */
typedef struct tokusage {
    tokusage_count prompt_tokens;      /* all that the model read: cached, written to a cache, results of tools */
    tokusage_count completion_tokens;  /* all that the model generated: reasoning included */
    tokusage_count total_tokens;       /* as the service reported it */
    tokusage_count cached_tokens;      /* of prompt_tokens: read from a cache */
    tokusage_count cache_write_tokens; /* of prompt_tokens: written to a cache */
    tokusage_count reasoning_tokens;   /* of completion_tokens: thought, not shown */
} tokusage;

/* ----------------------------------------------------------------------------------------------- statuses */

/* Containers may nest this deep in a text. RFC 8259, section 9, lets a reader set a limit. */
#define TOKUSAGE_DEPTH_MAX 128

typedef enum tokusage_status {
    TOKUSAGE_OK = 0,
    TOKUSAGE_ERR_ARGUMENT,  /* an argument is NULL or malformed */
    TOKUSAGE_ERR_MEMORY,    /* an allocation failed */
    TOKUSAGE_ERR_SPACE,     /* the result does not fit the buffer */
    TOKUSAGE_ERR_SYNTAX,    /* the text is not JSON (RFC 8259) */
    TOKUSAGE_ERR_DEPTH,     /* the text nests deeper than TOKUSAGE_DEPTH_MAX */
    TOKUSAGE_ERR_NOT_FOUND, /* there is no usage: the member is missing or null */
    TOKUSAGE_ERR_TYPE,      /* the usage is not an object, or a count is not a number */
    TOKUSAGE_ERR_INTEGER,   /* a count has a fraction */
    TOKUSAGE_ERR_RANGE,     /* a count is below 0 or above TOKUSAGE_COUNT_MAX */
    TOKUSAGE_ERR_DUPLICATE, /* a count, or a name on the way to the usage, is given twice */
    TOKUSAGE_ERR_TOTAL,     /* total_tokens contradicts its parts */
    TOKUSAGE_ERR_PART       /* a part is larger than its whole */
} tokusage_status;

/* What went wrong, and where. The strings are static. */
typedef struct tokusage_error {
    tokusage_status status;
    const char *member; /* the count's name in the struct ("cached_tokens", ...), whatever the service calls it;
                           "usage" for the usage object itself; NULL when the error is about no member */
    size_t offset;      /* SYNTAX and DEPTH: the byte, from 0, that cannot stand there (the text's length when the
                           text ends too early); else 0 */
    int64_t expected;   /* TOTAL: what the parts say, in tokens; PART: the whole; else 0 */
    int64_t actual;     /* TOTAL: what total_tokens says; PART: what the parts say; else 0 */
} tokusage_error;

/* A few plain words for a status, without a full stop. Static, never NULL, also for a value that is not a status. */
TOKUSAGE_API const char *tokusage_status_text(tokusage_status status);

/*
 * Writes the error as one line of text without a line end, such as
 *     total_tokens: contradicts its parts: they say 13, it says 303
 * Returns like snprintf: the length of the whole line without its NUL. A line that does not fit `size` bytes is cut
 * off. It ends in NUL unless size is 0 or buffer is NULL. An error of NULL reads as ARGUMENT. A buffer of
 * TOKUSAGE_ERROR_SIZE bytes holds the line of any error that the library tells.
 */
#define TOKUSAGE_ERROR_SIZE 160
TOKUSAGE_API size_t tokusage_error_text(const tokusage_error *error, char *buffer, size_t size);

/* ----------------------------------------------------------------------- where and how a usage is looked for */

/*
 * With the pointer NULL, a function looks at the known places. The first place in this list (not in the text) that is
 * there and not null is the usage, even if it is not an object. The later places are ignored:
 *     /usage  /usageMetadata  /message/usage  /response/usage  /interaction/usage  /delta/usage  /metadata/usage
 *     /response/usageMetadata  /x_groq/usage
 * and last the root itself, of which only prompt_eval_count and eval_count are read (not in the events of a stream).
 * Any other pointer is a JSON Pointer (RFC 6901): only that place is read. It cannot lead into arrays. "" is the whole
 * text. Batch results of OpenAI have "/response/body/usage". README.md lists the services, their places and names.
 *
 * In a text that is an array, each element is read as a text of its own (one level deep; not with the pointer ""). The
 * last element with a report counts, and it alone: it tells the model and the end, too.
 */

/*
 * The text must be JSON as RFC 8259 defines it. A byte-order mark may be the first bytes of a body (section 8.1), not
 * of a later line or of an event's data. Bytes inside strings need not be UTF-8. Names are compared exactly, after
 * their escapes are resolved. A count is any number of any length whose value is a whole one from 0 to
 * TOKUSAGE_COUNT_MAX, such as 5, 5.0 or 5e0. null means absent. Members with other names are passed over. An object
 * without any count is OK with all counts absent. (In a stream it is not a report.)
 */

/*
 * The statuses of reading, in the order in which they are told. First those of the text and of the place:
 *   ARGUMENT   an argument is NULL, or the pointer is not valid (tokusage_pointer_valid)
 *   SYNTAX     the text is not JSON
 *   DEPTH      the text nests deeper than TOKUSAGE_DEPTH_MAX; of SYNTAX and DEPTH the one that comes first is told
 *   DUPLICATE  a name on the way to the place stands twice in its object (member "usage"). With the pointer NULL this
 *              is also told for each place that comes before it in the list; in an array, for each element.
 *   NOT_FOUND  nothing, or null, stands at the place; no element of the array has a report (member "usage")
 *   TYPE       what stands at the place is not an object (member "usage")
 */

/*
 * Then the status of the first wrong count in the order of the text (also when another name of its slot is used), and
 * that of the sums:
 *   DUPLICATE  the same name stood before in the same kind of object (another name of the slot is not the same name; a
 *              details object may be given twice, a count in it may not)
 *   TYPE       it is neither a number nor null
 *   RANGE      it is below 0 or above TOKUSAGE_COUNT_MAX
 *   INTEGER    it has a fraction
 *   RANGE      the slots that make up prompt_tokens, or completion_tokens, add up to more than TOKUSAGE_COUNT_MAX
 * Whether the counts agree is not checked here: tokusage_reconcile and tokusage_validate do that.
 */

/*
 * Whether the functions take this pointer: an RFC 6901 JSON Pointer in which each name has at most 63 bytes (~0 and ~1
 * are one byte each). False for NULL.
 */
TOKUSAGE_API bool tokusage_pointer_valid(const char *pointer);

/* ----------------------------------------------------------------- usage out of a body that arrives in pieces */

/*
 * Example (of the body alone, unpacked: without HTTP's headers, chunks and compression):
 *     tokusage_stream stream;
 *     tokusage_stream_init(&stream, NULL);
 *     while ((length = read(socket, bytes, sizeof bytes)) > 0) {
 *         tokusage_stream_feed(&stream, bytes, (size_t)length);
 *     }
 *     if (tokusage_stream_usage(&stream, &usage, &error) == TOKUSAGE_OK) {
 *         tokusage_reconcile(&usage, &error);
 *     }
 */

/*
 * Many services send the usage of a stream only when the request asks for it: in OpenAI's format by
 *     "stream_options":{"include_usage":true}
 */

/*
 * The state of one response body. Begin another for the next response. The caller provides it. It holds no other
 * memory, so nothing is freed, and a copy of it is an independent stream. The bytes are private.
 */
#define TOKUSAGE_STREAM_SIZE 1024
typedef struct tokusage_stream {
    union {
        uint64_t align;
        const void *align_pointer;
        unsigned char bytes[TOKUSAGE_STREAM_SIZE];
    } private_state;
} tokusage_stream;

/*
 * Makes a stream ready for the first byte of a body. `pointer` is NULL or a JSON Pointer, as above. The stream keeps
 * the pointer, not a copy: its text must stay unchanged as long as the stream is used. A stream of all zero bytes is
 * ready, too, with the pointer NULL.
 *   ARGUMENT  stream is NULL, or the pointer is not valid; the stream is unchanged
 */
TOKUSAGE_API tokusage_status tokusage_stream_init(tokusage_stream *stream, const char *pointer);

/*
 * Takes the next piece of the body. The result depends on the bytes alone, never on the cuts. Returns how many bytes
 * were taken: all, except the bytes behind the event [DONE], which ends a stream. (A write callback of libcurl must
 * return what it was given, not this.) A NULL stream, NULL bytes or a length of 0 do nothing and return 0.
 *
 * The stream finds out by itself what the body is. If the first byte is { or [ (behind a byte-order mark and then white
 * space, if there are any), the body is JSON texts one after another: a plain response, or one text a line. Otherwise
 * it is server-sent events (WHATWG HTML, section 9.2), and the data of each event is one text. An event whose data is
 * [DONE] ends the stream. The blank line behind it is taken, too.
 */
TOKUSAGE_API size_t tokusage_stream_feed(tokusage_stream *stream, const char *bytes, size_t length);

/*
 * A report counts as soon as its text closes. (If something other than white space follows in the same event, the event
 * was not JSON, and its report no longer counts.) It replaces the report before it: services send running totals, and a
 * sum of those would bill many times over. One exception: a report at the known place /message/usage (Anthropic's)
 * clears all that came before, and each later report is laid over it, slot by slot, until the next one at
 * /message/usage. A slot that is missing in the later report keeps its value. If one of these reports is wrong,
 * tokusage_stream_usage fails until the next one at /message/usage.
 *
 * A text that is malformed, too deep, cut off, or has the place twice has no report, and the earlier reports stand.
 * Reading goes on with the next event; a body of plain texts is not read any further. A stream is for one response: of
 * a log with many responses it tells the last.
 */

/*
 * The usage that the reports tell so far. It may be called at any time and any number of times.
 *   ARGUMENT   stream or usage is NULL
 *   NOT_FOUND  there has been no report (member "usage"). At the end tokusage_stream_body tells why. WHOLE: the
 *              service reported none; OPEN: the body was cut, or is not a model's response; BROKEN: it is not JSON
 *   TYPE, DUPLICATE, RANGE, INTEGER  as above, of the latest report; of reports that are laid over each other: of the
 *              first that is wrong
 */
TOKUSAGE_API tokusage_status tokusage_stream_usage(const tokusage_stream *stream, tokusage *usage,
                                                   tokusage_error *error);

/*
 * The name of the model, as it stands in the text, escapes included: the first of /model /message/model
 * /response/model /modelVersion /interaction/model that is a string of 1 to 127 bytes. It is taken from the latest text
 * that has both a report and a name. If there is none yet, it is taken from the first text of the body. (For the model
 * of a body in memory, feed the body to a stream.) Returns like snprintf: the length without NUL, 0 when there is no
 * name. A name that does not fit `size` bytes is cut off. It ends in NUL unless size is 0 or buffer is NULL. A buffer
 * of TOKUSAGE_MODEL_SIZE bytes holds any name.
 */
#define TOKUSAGE_MODEL_SIZE 128
TOKUSAGE_API size_t tokusage_stream_model(const tokusage_stream *stream, char *buffer, size_t size);

/* How many reports there have been; 0 for NULL. It falls by one when a report is taken back. */
TOKUSAGE_API uint64_t tokusage_stream_reports(const tokusage_stream *stream);

/*
 * Whether the response says that it has come to its end. A program may stop reading then. True when an event's data is
 * exactly [DONE] (also before its blank line), or when the text of the latest report says so: its /type or /event_type
 * is response.completed, response.incomplete, response.failed, interaction.completed, message-end, or (when a report at
 * /message/usage came before it) message_delta; or its /done is true. Gemini sends no such end. False for NULL.
 */
TOKUSAGE_API bool tokusage_stream_done(const tokusage_stream *stream);

/* What the body is so far. Ask when its bytes end. */
typedef enum tokusage_body {
    TOKUSAGE_BODY_EMPTY = 0, /* nothing except white space and a byte-order mark so far */
    TOKUSAGE_BODY_OPEN,      /* a body that ends here was cut: within a plain text, or events without their end. But
                                events of a service that sends no end (Gemini) stay OPEN, and so does a body that is
                                neither JSON nor events, such as an HTML page */
    TOKUSAGE_BODY_WHOLE,     /* a body may end here: behind a plain text, or events with their end (done) */
    TOKUSAGE_BODY_BROKEN     /* a plain text is not JSON, or too deep: nothing more is read */
} tokusage_body;

/* EMPTY for NULL. */
TOKUSAGE_API tokusage_body tokusage_stream_body(const tokusage_stream *stream);

/* --------------------------------------------------------------------------- usage out of a body in memory */

/*
 * Example:
 *     if (tokusage_extract(body, length, NULL, &usage, &error) != TOKUSAGE_OK) {
 *         char line[TOKUSAGE_ERROR_SIZE];
 *         tokusage_error_text(&error, line, sizeof line);
 *         fprintf(stderr, "%s\n", line);
 *     }
 */

/* Reads the usage out of a JSON text, usually the body of a response. `pointer` and the statuses are as above. */
TOKUSAGE_API tokusage_status tokusage_extract(const char *json, size_t length, const char *pointer, tokusage *usage,
                                              tokusage_error *error);

/* Reads a text that is a usage object itself: the same as tokusage_extract with the pointer "". */
TOKUSAGE_API tokusage_status tokusage_decode(const char *json, size_t length, tokusage *usage, tokusage_error *error);

/*
 * Finds the text of the value at a JSON Pointer, for other members of a body, such as "/id". The pointer must not be
 * NULL, and it does not lead into arrays. *value is set to the first byte of the value within json, *value_length
 * to its length in bytes: of a string with its quotes and escapes as they stand, of null the four letters.
 *   ARGUMENT, SYNTAX, DEPTH  as above; ARGUMENT also when value or value_length is NULL
 *   DUPLICATE  a name on the pointer's way stands twice in its object
 *   NOT_FOUND  nothing stands at the place
 * error->member is always NULL, because the place need not be a usage.
 */
TOKUSAGE_API tokusage_status tokusage_find(const char *json, size_t length, const char *pointer, const char **value,
                                           size_t *value_length, tokusage_error *error);

/* ------------------------------------------------------------------------------------ what the counts say */

/*
 * Example, with the counts of a service that reports its reasoning beside the completion:
 *     usage: prompt 10, completion 3, total 303, reasoning 290
 *     tokusage_validate(&usage, &error)    TOTAL: the parts say 13, the total says 303
 *     tokusage_reconcile(&usage, &error)   OK: completion is 293, of which 290 are reasoning
 */

/*
 * Makes the usage say what a bill should say. When prompt, completion and total are present and the total is not their
 * sum, the difference d = total - sum may explain itself. Only the first rule that applies is used:
 *     d == reasoning_tokens > 0: the reasoning was beside the completion; completion_tokens += d
 *     d == cached_tokens > 0: the cached tokens were beside the prompt; prompt_tokens += d
 *     -d == reasoning_tokens > 0 and completion_tokens + d >= reasoning_tokens: the reasoning was within the completion
 *         and was added to it; completion_tokens += d
 * Then it does what tokusage_infer does.
 *   ARGUMENT, RANGE, TOTAL, PART  as in tokusage_infer; *error tells the counts after that step, *usage is unchanged.
 *             TOTAL and PART mean: the counts are what the service reported, and they contradict each other
 */
TOKUSAGE_API tokusage_status tokusage_reconcile(tokusage *usage, tokusage_error *error);

/*
 * Validates, then fills the one of prompt, completion and total that is absent when the other two are present.
 *   ARGUMENT, RANGE, TOTAL, PART  as tokusage_validate tells them, before the filling and after it; RANGE also when the
 *             sum of prompt and completion is out of range (member "total_tokens"); *usage is unchanged
 */
TOKUSAGE_API tokusage_status tokusage_infer(tokusage *usage, tokusage_error *error);

/*
 * Checks that the present counts are in range and agree. The statuses, in the order in which they are told:
 *   ARGUMENT  usage is NULL
 *   RANGE     a count is out of range; error->member names it
 *   TOTAL     prompt and completion are present and do not add up to the total; or one of them is present, and is
 *             larger than the total
 *   PART      cached and cache_write (those that are present) add up to more than the prompt, or reasoning is larger
 *             than the completion; error->member is "cached_tokens" ("cache_write_tokens" when only that is there) or
 *             "reasoning_tokens"
 * TOTAL and PART are findings about the service's report: the counts are as the service reported them.
 */
TOKUSAGE_API tokusage_status tokusage_validate(const tokusage *usage, tokusage_error *error);

/*
 * Adds usage to sum, all six, count by count. An absent count adds nothing; absent + absent stays absent. Both may be
 * the same object. It keeps totals over calls. The reports of one stream are never added.
 *   ARGUMENT  one of them is NULL
 *   RANGE     a present count, or a sum, is out of range; nothing is added
 */
TOKUSAGE_API tokusage_status tokusage_add(tokusage *sum, const tokusage *usage);

/* Whether the same counts are present with the same values. NULL is equal only to NULL. */
TOKUSAGE_API bool tokusage_equal(const tokusage *a, const tokusage *b);

/* ------------------------------------------------------------------------------------ usage into a JSON text */

/*
 * Example:
 *     char json[TOKUSAGE_JSON_SIZE];
 *     tokusage_encode(&usage, json, sizeof json, NULL);
 */

/* A buffer of this many bytes holds any encoded usage and its NUL. */
#define TOKUSAGE_JSON_SIZE 272

/*
 * Writes the usage in OpenAI's form, compact, absent counts left out, ending in NUL:
 *     {"prompt_tokens":5,"completion_tokens":7,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":2,
 *     "cache_write_tokens":1},"completion_tokens_details":{"reasoning_tokens":3}}
 * (without the line break). A details object is there only when it has a member. Every count is exact: tokusage_decode
 * gives the same usage back. *length (may be NULL) is set to the length without NUL, also when the status is SPACE.
 *   ARGUMENT  usage is NULL; buffer is NULL and size is not 0
 *   RANGE     a present count is out of range (tokusage_validate says which); *length is unchanged
 *   SPACE     size is not larger than *length; the buffer is unchanged
 */
TOKUSAGE_API tokusage_status tokusage_encode(const tokusage *usage, char *buffer, size_t size, size_t *length);

/* --------------------------------------------------------------- usage <-> a cJSON tree that the program holds */

/*
 * Example, with `body` a tree of a whole response:
 *     cJSON *object = cJSON_GetObjectItemCaseSensitive(body, "usage");
 *     if (tokusage_from_cjson(object, &usage, &error) == TOKUSAGE_OK) {
 *         tokusage_reconcile(&usage, &error);
 *         tokusage_update_cjson(object, &usage);
 *     }
 */

struct cJSON;

/*
 * Reads a usage object from a tree, as tokusage_decode reads it from a text. The program looks the object up in its
 * tree. (A whole body has no counts itself: all would be absent.) What a tree does not tell is lost: cJSON rounds
 * numbers to doubles and cuts a name at an escaped NUL. The function neither allocates nor changes the tree.
 *   ARGUMENT   usage is NULL
 *   NOT_FOUND  object is NULL or a JSON null (member "usage"): the result of a look-up can be passed on as it is
 *   TYPE       object is not an object (member "usage"), or a count is neither a number nor null
 *   DUPLICATE, RANGE (also for NaN and infinity), INTEGER  as above
 */
TOKUSAGE_API tokusage_status tokusage_from_cjson(const struct cJSON *object, tokusage *usage, tokusage_error *error);

/*
 * Makes a new object of the present counts, in the form and order of tokusage_encode. The caller owns it
 * (cJSON_Delete). NULL when memory fails, when a present count is out of range, or when usage is NULL. The tree is
 * exact, but cJSON (1.7.15) prints many numbers of 16 digits inexactly. To print such counts exactly, give
 * cJSON_AddRawToObject the text of tokusage_encode.
 */
TOKUSAGE_API struct cJSON *tokusage_to_cjson(const tokusage *usage);

/*
 * Makes the object say what usage says, in OpenAI's form. Afterwards tokusage_from_cjson gives the same usage:
 *   - The counts that tokusage_encode writes are set where they stand, or appended, also inside the details objects.
 *   - Counts that are absent in usage are removed, and so are all names of other services for a count. Of a count
 *     that is given twice the first stays. Details objects are neither merged nor removed.
 *   - Everything else stays as and where it was.
 * On any of these statuses the object is unchanged:
 *   ARGUMENT  object or usage is NULL; object, or an object in it that may hold counts, is a cJSON reference
 *   TYPE      object is not an object
 *   RANGE     a present count is out of range
 *   MEMORY    an allocation failed
 */
TOKUSAGE_API tokusage_status tokusage_update_cjson(struct cJSON *object, const tokusage *usage);

/* ------------------------------------------------------------------------------------------------ version */

/* The one place that states the version; the build reads it from here. Semantic versioning 2.0.0. */
#define TOKUSAGE_VERSION_MAJOR 0
#define TOKUSAGE_VERSION_MINOR 2
#define TOKUSAGE_VERSION_PATCH 0

#define TOKUSAGE_QUOTE_(x) #x
#define TOKUSAGE_DOTTED_(major, minor, patch)                                                                          \
    TOKUSAGE_QUOTE_(major) "." TOKUSAGE_QUOTE_(minor) "." TOKUSAGE_QUOTE_(patch)
/* "MAJOR.MINOR.PATCH" of this header. */
#define TOKUSAGE_VERSION TOKUSAGE_DOTTED_(TOKUSAGE_VERSION_MAJOR, TOKUSAGE_VERSION_MINOR, TOKUSAGE_VERSION_PATCH)

/* "MAJOR.MINOR.PATCH" of the library that is linked. Static, never NULL. */
TOKUSAGE_API const char *tokusage_version(void);

#ifdef __cplusplus
}
#endif

#endif
