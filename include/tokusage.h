/*
 * tokusage: read, check and write the token usage of language-model completions.
 *
 * A completion service that speaks the OpenAI wire format (Friendli, OpenAI, vLLM, llama.cpp, Groq, DeepSeek,
 * Mistral, xAI, ...) reports what a request used as an object of three optional counts, in a response body
 * or in the last events of a streamed one:
 *
 *     "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
 *
 * Most programs need one of three calls:
 *
 *   - the bytes of one HTTP response arrive piece by piece, be it a stream of events or a plain body:
 *         tokusage_stream_init, tokusage_stream_feed, tokusage_stream_usage
 *   - the whole JSON body is in memory:          tokusage_extract
 *   - the program holds the body as cJSON tree:  tokusage_from_cjson
 *
 * and then tokusage_validate, which says whether the counts agree with each other.
 *
 * What holds everywhere:
 *
 *   - Absent is not zero. A count that was not reported has present == false.
 *   - A function that fails leaves everything that it was to fill as it was; only *error is written (and *length by
 *     tokusage_encode, to tell the room that is needed).
 *   - `error` may be NULL. On success it is set to TOKUSAGE_OK and zeros.
 *   - A text is a pointer and a length in bytes. It need not end in NUL; no byte past the length is read.
 *   - No global state. Every function may be called from any thread, on different objects at the same time.
 *     (cJSON's allocation hooks are cJSON's and global: set them before the threads start.)
 *   - Nothing is printed; errno, signals and the locale play no part.
 *   - The functions that allocate say so. They do it by cJSON's allocation hooks and give all of it back,
 *     but for the tree that tokusage_to_cjson returns and the members that tokusage_update_cjson adds.
 *
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

/* ------------------------------------------------------------------------------------------------ version */

/* The one place that states the version; the build reads it from here. Semantic versioning 2.0.0. */
#define TOKUSAGE_VERSION_MAJOR 0
#define TOKUSAGE_VERSION_MINOR 1
#define TOKUSAGE_VERSION_PATCH 0

#define TOKUSAGE_QUOTE_(x) #x
#define TOKUSAGE_DOTTED_(major, minor, patch)                                                                          \
    TOKUSAGE_QUOTE_(major) "." TOKUSAGE_QUOTE_(minor) "." TOKUSAGE_QUOTE_(patch)
/* "MAJOR.MINOR.PATCH" of this header. */
#define TOKUSAGE_VERSION TOKUSAGE_DOTTED_(TOKUSAGE_VERSION_MAJOR, TOKUSAGE_VERSION_MINOR, TOKUSAGE_VERSION_PATCH)

/* "MAJOR.MINOR.PATCH" of the library that is linked; static, never NULL. */
TOKUSAGE_API const char *tokusage_version(void);

/* ------------------------------------------------------------------------------------------------- counts */

/*
 * The largest count: 2^53-1. Up to here every integer is exact in the doubles that cJSON, JavaScript and most other
 * readers hold numbers in (RFC 8259, section 6). A count past it is an error, never rounded.
 */
#define TOKUSAGE_COUNT_MAX INT64_C(9007199254740991)

/* A number of tokens that may or may not have been reported. When absent, `value` is 0 and is not looked at. */
typedef struct tokusage_count {
    bool present;
    int64_t value; /* tokens, 0 to TOKUSAGE_COUNT_MAX */
} tokusage_count;

/* The token usage of one request. All zero bytes mean "nothing reported", which is valid. */
typedef struct tokusage {
    tokusage_count prompt_tokens;     /* tokens in the prompt */
    tokusage_count completion_tokens; /* tokens in the generated completions */
    tokusage_count total_tokens;      /* tokens used by the request: prompt_tokens + completion_tokens */
} tokusage;

/* ------------------------------------------------------------------------------------------------- errors */

/* Containers may nest this deep in a text: RFC 8259, section 9, lets a reader set a limit. */
#define TOKUSAGE_DEPTH_MAX 128

typedef enum tokusage_status {
    TOKUSAGE_OK = 0,
    TOKUSAGE_ERR_ARGUMENT,  /* a NULL or malformed argument */
    TOKUSAGE_ERR_MEMORY,    /* an allocation failed */
    TOKUSAGE_ERR_SPACE,     /* it does not fit the buffer that was provided */
    TOKUSAGE_ERR_SYNTAX,    /* the text is not JSON (RFC 8259), or an escape in the usage is refused */
    TOKUSAGE_ERR_DEPTH,     /* nested deeper than TOKUSAGE_DEPTH_MAX */
    TOKUSAGE_ERR_NOT_FOUND, /* no usage: the member is missing, or null */
    TOKUSAGE_ERR_TYPE,      /* usage is no object, or a count is no number */
    TOKUSAGE_ERR_INTEGER,   /* a count has a fraction */
    TOKUSAGE_ERR_RANGE,     /* a count is below 0 or above TOKUSAGE_COUNT_MAX, or a number is too long */
    TOKUSAGE_ERR_DUPLICATE, /* a member is given twice */
    TOKUSAGE_ERR_TOTAL      /* total_tokens contradicts its parts */
} tokusage_status;

/* What went wrong, and where. The strings are static. */
typedef struct tokusage_error {
    tokusage_status status;
    const char *member; /* "prompt_tokens", "completion_tokens", "total_tokens" or "usage" (the object
                           itself, whatever the pointer calls it); NULL: about no member */
    size_t offset;      /* SYNTAX and DEPTH of a text: the byte, from 0, that cannot stand there (the text's length
                           when it ends too early; of a refused escape its backslash); else 0 */
    int64_t expected;   /* TOTAL: what the parts say, in tokens; else 0 */
    int64_t actual;     /* TOTAL: what total_tokens says; else 0 */
} tokusage_error;

/* A few plain words for a status, without a full stop; static, never NULL, also for a value that is no status. */
TOKUSAGE_API const char *tokusage_status_text(tokusage_status status);

/*
 * Writes the error as one line of text without a line end, such as
 *     total_tokens: contradicts its parts: they say 13, it says 303
 * Returns like snprintf: the length of the whole line without its NUL. What does not fit `size` bytes is
 * cut off; the text ends in NUL unless size is 0 or buffer is NULL. An error of NULL reads as ARGUMENT.
 */
TOKUSAGE_API size_t tokusage_error_text(const tokusage_error *error, char *buffer, size_t size);

/* ------------------------------------------------------------------------------------ usage <-> JSON text */

/*
 * Reads a usage object: `json` is that object and nothing else but white space around it and a byte-order mark
 * at its start. The same as tokusage_extract with the pointer "", statuses and allocation included.
 */
TOKUSAGE_API tokusage_status tokusage_decode(const char *json, size_t length, tokusage *usage, tokusage_error *error);

/*
 * Reads the usage object inside a larger JSON text, usually the body of a response.
 *
 * `pointer` names the place: a JSON Pointer (RFC 6901) whose every step is a member name. NULL means "/usage"; "" is
 * the whole text; OpenAI's batch results have "/response/body/usage". Only that place counts: a member called
 * usage anywhere else is not it. A pointer does not lead into arrays.
 *
 * The whole text must be JSON as RFC 8259 defines it; a byte-order mark may come first (section 8.1). Bytes
 * inside strings need not be valid UTF-8. Names are compared exactly, after their escapes are resolved. A count
 * is any number whose value is a whole one from 0 to TOKUSAGE_COUNT_MAX, in whatever form: 5, 5.0, 5e0; null means
 * absent. Members of other names are passed over, whatever their type and value.
 *
 * Does not allocate for a plain usage object, as the known services write it: no arrays, no escapes, no exponents, at
 * most 16 digits to each side of a point, objects at most 8 deep (itself the first), its counts given once, in plain
 * digits within the range, or null. Any other goes through cJSON, which allocates in proportion to the object's length.
 *
 * Sets *usage and returns TOKUSAGE_OK, or leaves it and returns, in this order:
 *   ARGUMENT   json or usage is NULL; pointer is no JSON Pointer
 *   SYNTAX     the text is not JSON
 *   DEPTH      it nests deeper than TOKUSAGE_DEPTH_MAX; of SYNTAX and DEPTH the one that comes first in the text
 *   DUPLICATE  a name on the pointer's way stands twice in its object (member "usage")
 *   NOT_FOUND  nothing at the place, or null (member "usage")
 *   TYPE       what stands there is no object (member "usage")
 * and then of the object, members of other names included, the first in its text of
 *   SYNTAX     a string in it has half of a surrogate pair as an escape, or a name of its own has U+0000
 *   RANGE      a number anywhere in it is longer than 63 characters, whatever its value (member "usage")
 * or, before or behind these two,
 *   MEMORY     an allocation failed
 * and then, going through its counts from the front, the first of
 *   DUPLICATE  the count was there before, be it as null
 *   TYPE       it is neither number nor null
 *   RANGE      it is below 0 or above TOKUSAGE_COUNT_MAX
 *   INTEGER    it has a fraction
 * The counts' agreement is not checked: that is tokusage_validate.
 */
TOKUSAGE_API tokusage_status tokusage_extract(const char *json, size_t length, const char *pointer, tokusage *usage,
                                              tokusage_error *error);

/*
 * Finds the text of the value at a JSON Pointer: for what stands beside the usage, such as "/model". The text and the
 * pointer are as in tokusage_extract, but for the pointer NULL, which is refused. *value is set to the first byte of
 * the value within json, *value_length to its length in bytes: of a string the quotes and escapes as they stand, of
 * null the four letters. Does not allocate. On any other status both are left alone.
 *   ARGUMENT   json, pointer, value or value_length is NULL; pointer is no JSON Pointer
 *   SYNTAX, DEPTH  as in tokusage_extract
 *   DUPLICATE  a name on the pointer's way stands twice in its object
 *   NOT_FOUND  nothing at the place
 * error->member is NULL in each of them, as the place need not be a usage.
 */
TOKUSAGE_API tokusage_status tokusage_find(const char *json, size_t length, const char *pointer, const char **value,
                                           size_t *value_length, tokusage_error *error);

/* A buffer of this many bytes holds any encoded usage and its NUL. */
#define TOKUSAGE_JSON_SIZE 104

/*
 * Writes the usage as compact JSON, the members in the order of the struct, absent ones left out:
 *     {"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}
 * ending in NUL. Every count is exact: tokusage_decode gives the same usage back. Does not allocate.
 * *length (may be NULL) is set to the length without NUL, also when the answer is SPACE.
 *   ARGUMENT  usage is NULL; buffer is NULL and size is not 0
 *   RANGE     a present count is out of range (tokusage_validate says which); *length is left alone
 *   SPACE     size is not larger than *length; the buffer is left alone
 */
TOKUSAGE_API tokusage_status tokusage_encode(const tokusage *usage, char *buffer, size_t size, size_t *length);

/* --------------------------------------------------------------- usage <-> a cJSON tree the program holds */

struct cJSON;

/*
 * Reads a usage object from a tree; like tokusage_decode, but for what the tree no longer tells: cJSON rounds
 * numbers to doubles and cuts a name at an escaped NUL. Does not allocate and does not change the tree.
 *   ARGUMENT   usage is NULL
 *   NOT_FOUND  object is NULL or a JSON null (member "usage"): the result of a look-up can be passed on as it is
 *   TYPE       object is no object (member "usage"), or a count is neither number nor null
 *   DUPLICATE, RANGE (also for NaN and infinity), INTEGER  as in tokusage_extract
 */
TOKUSAGE_API tokusage_status tokusage_from_cjson(const struct cJSON *object, tokusage *usage, tokusage_error *error);

/*
 * Makes a new object of the present counts, as numbers, in the order of the struct. The caller owns it (cJSON_Delete).
 * NULL when memory fails, when a present count is out of range, or when usage is NULL. The tree is exact, but cJSON
 * (1.7.15) prints numbers of 16 digits inexactly; to print such counts exactly, give cJSON_AddRawToObject the text of
 * tokusage_encode.
 */
TOKUSAGE_API struct cJSON *tokusage_to_cjson(const tokusage *usage);

/*
 * Makes the object say what usage says: sets the present counts where they stand (a number is changed in place,
 * anything else is replaced), appends new ones, removes the absent ones, and of what was given twice all but the
 * first. Every other member stays as and where it was. Afterwards tokusage_from_cjson gives the same usage. Allocates
 * for what is appended or replaced. For how cJSON prints large counts see tokusage_to_cjson.
 *   ARGUMENT  object or usage is NULL; object is a cJSON reference, whose members belong to another tree
 *   TYPE      object is no object
 *   RANGE     a present count is out of range
 *   MEMORY    an allocation failed
 * On any of these the object is unchanged.
 */
TOKUSAGE_API tokusage_status tokusage_update_cjson(struct cJSON *object, const tokusage *usage);

/* ----------------------------------------------------------------------------------- what the counts say */

/*
 * Checks that the present counts are in range and agree: with all three, prompt_tokens + completion_tokens ==
 * total_tokens; with the total and one part, that part is not above it; else there is nothing to contradict.
 *   ARGUMENT  usage is NULL
 *   RANGE     a present count is out of range; error->member names it
 *   TOTAL     they disagree; error->expected is the sum of the present parts, error->actual is total_tokens
 * Some services do report totals that are not the sum (reasoning tokens left out of completion_tokens): TOTAL is
 * a finding about the service's report, to be settled by the program; the counts are as they were reported.
 */
TOKUSAGE_API tokusage_status tokusage_validate(const tokusage *usage, tokusage_error *error);

/*
 * Validates, then fills the one absent count when the other two are present; otherwise changes nothing.
 *   ARGUMENT, RANGE, TOTAL  as in tokusage_validate; RANGE also when the sum of the parts would leave the range (member
 *                           "total_tokens")
 */
TOKUSAGE_API tokusage_status tokusage_infer(tokusage *usage, tokusage_error *error);

/*
 * Adds usage to sum, count by count. An absent count adds nothing; absent + absent stays absent. Both may be the same.
 * To keep totals over requests; the events of one stream are never added (tokusage_stream_usage tells why).
 *   ARGUMENT  one of them is NULL
 *   RANGE     a present count, or a sum, is out of range; nothing is added
 */
TOKUSAGE_API tokusage_status tokusage_add(tokusage *sum, const tokusage *usage);

/* Whether the same counts are present with the same values. NULL equals NULL and nothing else. */
TOKUSAGE_API bool tokusage_equal(const tokusage *a, const tokusage *b);

/* ----------------------------------------------------- usage out of a response body that arrives in pieces */

/* The longest report, in bytes without the white space outside strings, that a stream keeps. */
#define TOKUSAGE_STREAM_USAGE_MAX 2048

/*
 * The state of one response body: for the next response, begin another. The caller's, of fixed size; it holds no other
 * memory, so there is nothing to free, and a copy of it is a stream that goes on by itself. Its members are private
 * (they are at the end of this header so that the compiler knows the size).
 */
typedef struct tokusage_stream tokusage_stream;

/*
 * Makes a stream ready for the first byte of a body. `pointer` is as in tokusage_extract; it stays the caller's and
 * must outlive the stream, unchanged. A stream of all zero bytes is ready with the pointer NULL.
 *   ARGUMENT  stream is NULL; pointer is no JSON Pointer; the stream is left as it was
 */
TOKUSAGE_API tokusage_status tokusage_stream_init(tokusage_stream *stream, const char *pointer);

/*
 * Takes the next bytes of the body, cut anywhere. The result depends on the bytes alone, never on the cuts. Does
 * not allocate. A NULL stream, NULL bytes or a length of 0 do nothing.
 *
 * The stream finds out by itself what the body is, by its first byte, a byte-order mark at the very start and white
 * space left out. If that is { or [, the body is JSON texts one after another: a plain response, or one text a line.
 * Otherwise it is server-sent events (WHATWG HTML, section 9.2), each event's data being one JSON text; an event whose
 * data is [DONE], to the byte, ends the stream, and what follows is ignored.
 *
 * In every text, what stands at the pointer is a report, unless it is null. It counts as soon as its text closes (one
 * that is nothing but a number, when its event ends or more data follows). A text that is not JSON, nests too deep,
 * ends in the middle or gives the place twice yields no report, and the earlier ones stand. In events, reading
 * goes on with the next event; if more than white space follows a text in its event, it was no JSON, and its report is
 * taken back. In a body of JSON texts, reading ends where one is not JSON or nests too deep, as there is no telling
 * where the next would begin; the reports of the texts that have closed before stand.
 *
 * A stream is for one response. Of many responses in one body, such as a log of JSON lines, it gives the last: to have
 * each, give tokusage_extract each line.
 */
TOKUSAGE_API void tokusage_stream_feed(tokusage_stream *stream, const char *bytes, size_t length);

/*
 * Reads the latest report. May be called at any time and any number of times. A later report replaces an earlier one: a
 * service that reports with every event sends running totals, and adding those up would bill many times over. Allocates
 * as tokusage_extract does; after MEMORY the report can be asked for again.
 *   ARGUMENT   stream or usage is NULL
 *   NOT_FOUND  there has been no report so far (member "usage"): also when the body is cut off or is no JSON, which a
 *              stream does not tell (tokusage_stream_done tells of a stream of events whether it is whole)
 *   SPACE      the latest report is longer than TOKUSAGE_STREAM_USAGE_MAX (member "usage"); a later one may be readable
 *   else as tokusage_decode says of the report (an offset counts in it, the white space outside strings left out)
 */
TOKUSAGE_API tokusage_status tokusage_stream_usage(const tokusage_stream *stream, tokusage *usage,
                                                   tokusage_error *error);

/*
 * How many reports have been seen; 0 for NULL. One that is taken back is counted no more, so this may fall by one
 * within an event: to bill, ask for the usage at the end of the body.
 */
TOKUSAGE_API uint64_t tokusage_stream_reports(const tokusage_stream *stream);

/*
 * Whether the closing [DONE] has been seen: an event's data was exactly that, or that of the open event is so far. In
 * the open event it turns false again if more data follows before the blank line. A body that should have [DONE] and
 * lacks it was cut off. False for NULL.
 */
TOKUSAGE_API bool tokusage_stream_done(const tokusage_stream *stream);

/* ------------------------------------------------- private: the insides of a stream, subject to change */

/* A place in a JSON text, looked for byte by byte; see src/scan.h. */
struct tokusage_scan {
    const char *step;    /* in the pointer: the '/' of the name looked for, or the NUL at its end */
    const char *name;    /* in the pointer: what the next byte of the member name must be */
    const char *literal; /* what is left of true, false or null */
    uint64_t offset;     /* bytes of the text read so far */
    uint64_t begin, end; /* of the value at the place */
    uint16_t depth;      /* open containers */
    uint16_t matched;    /* names of the pointer on the way to where we are */
    uint16_t seen;       /* names of the pointer found so far */
    uint16_t place;      /* the depth at which the place stands, while in it */
    uint16_t code, high; /* the \u escape being read; the first half of a surrogate pair */
    uint8_t state;
    uint8_t after_comma;   /* the state that follows a comma in the innermost container */
    uint8_t digits;        /* hexadecimal digits read of an escape */
    bool naming, matching; /* in a member name; it equals the pointer's so far */
    bool arrived;          /* the name was the pointer's: its value comes next */
    bool found, duplicate;
    uint8_t objects[TOKUSAGE_DEPTH_MAX / 8]; /* a bit a level: object, else array */
};

/*
 * Where the value at the place is copied to as it is read, without the white space outside its strings. The bytes read
 * may themselves stand in this room: what is copied never overtakes what is read.
 */
struct tokusage_keep {
    char *text;
    size_t size;
    size_t used;      /* bytes that the value has, also those that did not fit `size` */
    const char *mark; /* the first byte that is not copied yet; the scanner's */
};

/* Server-sent events; see src/sse.h. */
struct tokusage_sse {
    uint8_t state;
    uint8_t matched; /* bytes of the byte-order mark or of the field's name */
    bool data;       /* the event has had a data line */
    bool cr;         /* the last byte was CR: an LF now belongs to it */
};

/* What events one after another begin with alike, read once; see src/stream.c. */
struct tokusage_recall {
    const char *text;          /* the event before, while in the piece that it came in; else NULL */
    size_t report;             /* where in it the report begins; 0 when there is none */
    size_t length;             /* of what has been read below */
    struct tokusage_scan scan; /* as it was after that many bytes */
};

struct tokusage_stream {
    const char *pointer;
    uint64_t reports;
    struct tokusage_scan scan;
    struct tokusage_keep keep; /* set up anew in each call */
    struct tokusage_sse sse;
    struct tokusage_recall recall;
    uint8_t kind;     /* of the body: not known yet, events, texts */
    uint8_t mark;     /* bytes matched: of the byte-order mark at first, then of each event's [DONE] */
    uint8_t latest;   /* which of the two texts is the latest report */
    bool done;        /* an event was [DONE] */
    bool counted;     /* the open event's text has closed with a report */
    bool running;     /* the last event had a report: the next one is taken to have one, too */
    const char *name; /* the pointer's last, if events without it may be passed over; else NULL */
    size_t used[2];   /* lengths of the reports, also when longer than their room */
    size_t held;      /* bytes of an open event that stand, unread, in the room for the next report */
    char text[2][TOKUSAGE_STREAM_USAGE_MAX];
};

#ifdef __cplusplus
}
#endif

#endif
