/*
 * usage-report: totals of the token usage in logs, bodies and recorded streams, and what they cost. usage-report.1 is
 * its manual; this is what its files know of each other. Data's way:
 *     options -> input (bytes) -> lines (documents) -> shapes (what a document is) -> streams (chunks)
 *     -> responses (verdict, findings) -> answers (one record for each id) -> totals -> formats
 * All zero bytes are a text, totals, ... that is empty.
 */
#ifndef USAGE_REPORT_H
#define USAGE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tokusage.h>

/* ---- text.c: text that grows, and things that are found by a key. Everything that is printed is put together here. */

typedef struct slice {
    const char *bytes; /* NULL: there is nothing */
    size_t length;
} slice;

typedef struct text {
    char *bytes;
    size_t used, room;
} text;

void *memory_resize(void *memory, size_t size); /* realloc, except that a failure ends the program */
slice slice_of(const char *string);
slice slice_after(slice of, size_t length); /* what follows so many bytes */
bool slice_is(slice one, const char *string);
bool slice_begins(slice one, const char *string);
bool slice_ends(slice one, const char *string);
bool slice_drop_end(slice *one, const char *string);
bool slice_equals(slice one, slice other);
void text_free(text *to);
void text_bytes(text *to, const char *bytes, size_t length);
void text_string(text *to, const char *string);
void text_slice(text *to, slice from);
void text_lower(text *to, slice from); /* in small letters */
void text_print(text *to, const char *format, ...);
slice text_all(const text *of);
const char *text_c(text *of); /* with a NUL after it */

/*
 * For a terminal: bytes that are not UTF-8, and characters that act on a terminal or show nothing, become \xNN or
 * \uNNNN, and \ becomes \\. As a JSON string: bytes that are not UTF-8 become U+FFFD.
 */
void text_safe(text *to, slice from);
void text_json(text *to, slice from);
void text_decode(text *to, slice from); /* the inside of a JSON string: its escapes are resolved */
bool text_base64(text *to, slice from); /* false: it is none */

/* What is in a catalog begins so. */
typedef struct item {
    slice key; /* with a NUL after it */
    void *next;
} item;
typedef struct catalog {
    void *root, *first, *last, *found;
    size_t count;
} catalog;

void *catalog_at(catalog *in, slice key, size_t size); /* of this size; added, all else zero, if it is not there */
bool remember(catalog *in, slice key);                 /* whether it is new */
void catalog_free(catalog *of);

/* ---- json.c: values of a document. The library finds them, all that are asked for in one pass. */

bool json_is_space(char c);
slice json_trim(slice of);
bool json_is(slice value, char first); /* '{', '[' or '"' */
slice json_inside(slice string);       /* without its quotes */
bool json_is_number(slice value);

/* The length of the document at the front; 0: it is broken, or goes on after the bytes. */
size_t json_span(slice of);

size_t json_skip(slice of); /* the same of a value that has been read before */

/* Takes the next element, or member (name not NULL), off the inside of an array or object. */
slice json_open(slice value);
bool json_next(slice *inside, slice *name, slice *value);

slice json_at(slice value, const char *pointer); /* nothing for null, too */

enum {
    INDEX_MEMBERS = 40,
    INDEXES = 4
};
/* The members of an object that were read so far. */
typedef struct json_members {
    slice of, rest;
    struct {
        slice name, value;
    } all[INDEX_MEMBERS];
    size_t count;
} json_members;
typedef struct document {
    slice whole;
    const char *pointer;    /* --at */
    tokusage_status status; /* of the usage that the library finds there, or at a known path */
    tokusage usage;
    tokusage_error error;
    json_members known[INDEXES]; /* the document itself, and objects in it */
    size_t next;
} document;

void document_begin(document *in, slice whole);
bool document_open(document *in, slice whole);                        /* checks it, too; false: it is no JSON */
slice document_head(document *in, const char *name);                  /* of the members before any object or array */
slice document_one(document *in, const char *pointer, size_t length); /* nothing for null, too */
/* At the first of several pointers, separated by spaces, that has a value. What follows a = is no pointer. */
slice document_at(document *in, const char *pointers);
bool document_has(document *in, const char *pointers); /* whether there is a member with such a name, also null */
size_t document_names(document *in, uint64_t seed, uint64_t *hash); /* the number of its members */

/* ---- options.c: what was asked for. */

enum {
    BY_MOST = 8
};
typedef enum group_kind {
    BY_MODEL,
    BY_FILE,
    BY_HOUR,
    BY_DAY,
    BY_WEEK,
    BY_MONTH,
    BY_POINTER
} group_kind;
typedef struct grouping {
    group_kind kind;
    const char *given;
} grouping;

/* ---- moment.c: times, in microseconds since 1970. */

bool moment_read(slice value, int64_t *time);
bool moment_zone(const char *name); /* false: there is no such zone */
void moment_put(text *to, int64_t time, group_kind unit);

/* ---- totals.c: what is added up. */

__extension__ typedef __int128 amount; /* 10^12 are one unit of money, or a number */
#define AMOUNT_ONE INT64_C(1000000000000)

/* A decimal, maybe with an exponent, times 10^shift, rounded half up; *exact: it was whole. */
bool decimal_read(slice number, int shift, amount *value, bool *exact);
bool amount_read(slice number, amount *read);         /* a number, or a string of one */
void amount_put(text *to, amount cost, bool nice);    /* exactly, or (nice) rounded half up to 6 decimals */
void text_number(text *to, int64_t value, bool nice); /* 1234567, or (nice) 1,234,567 */

/* In the order of columns. A response has a verdict, one of these; RESPONSES counts all, also the consistent ones. */
typedef enum counter {
    RESPONSES,
    CONSISTENT = RESPONSES,
    WITHOUT_USAGE,
    INVALID,
    AMBIGUOUS, /* which usage is its own cannot be known */
    UNTIMED,   /* --since or --until is given, and it has no time */
    MISPLACED, /* no response: names of counts where no usage is known */
    ERRORS,
    MALFORMED,
    PREFIXED, /* a response after other text, without --prefix */
    TOO_LONG,
    UNFINISHED, /* in addition to the verdict */
    REPEATED,
    UNKNOWN, /* a member that may be a count, and that nobody knows */
    MISSING_PROMPT,
    MISSING_COMPLETION,
    MISSING_TOTAL,
    RECONCILED, /* the counts agree after a correction */
    ASSUMED,    /* the total has tokens that no count explains */
    CONTRADICTORY,
    TOKENS_ABOVE,
    TOKENS_BELOW,
    UNPRICED,
    COUNTERS
} counter;

typedef struct tally {
    int64_t counters[COUNTERS];
    tokusage usage;
    amount cost, stated;
} tally;

/* The counters, the counts of the library among them, and the two amounts. */
enum {
    COST = COUNTERS,
    STATED,
    COLUMNS = COUNTERS + TOKUSAGE_COUNTS + 2
};
typedef struct column {
    const char *name;
    bool is_count;
    size_t which; /* count; else counter, COST or STATED */
} column;

column column_at(size_t index);
const char *counter_name(size_t of);
bool is_usable(counter verdict); /* it has counts that add up */
bool is_response(counter verdict);
bool tally_add(tally *sum, const tally *more); /* all of it, or nothing: a sum would leave the range */
int64_t tally_findings(const tally *from);

/* A key is JSON: for each --by a string, or null, and a comma. */
typedef struct group {
    item as;
    tally tally;
} group;
void key_add(text *key, bool present, slice part);

/* ---- prices.c: which prices are a model's. */

/* When prices hold: from a time on, or between two times of each day. */
typedef struct price_time {
    size_t order; /* of several that hold at a time, the last counts */
    bool daily;
    int64_t from, until;
} price_time;
typedef struct price_row {
    item as;
    price_time when;
    slice tier;      /* "", batch, flex, priority, ... */
    int64_t above;   /* prompt tokens of the call; -1: any */
    tokusage tokens; /* the price of one token of each kind, in 10^-12; absent: that of a less particular row */
} price_row;
typedef struct priced_model {
    item as;                 /* a name that ends in *: of all names that begin so */
    slice provider, matches; /* of genai-prices: an object, and a clause that names must match */
    catalog rows;
} priced_model;
typedef struct price_list {
    text bytes; /* of the file */
    catalog models, asked;
    bool timed;   /* some depend on the time */
    bool explain; /* say which prices a model has */
} price_list;
typedef struct sale {
    slice model, tier;
    const int64_t *time; /* NULL: not known */
    const tokusage *usage;
} sale;

bool prices_read(const char *path, price_list *read); /* false: it has said why not */
/* What the usage costs; else *reason says why that is not known. */
bool price_of(price_list *in, const sale *of, amount *cost, const char **reason);
void prices_free(price_list *of);

/* ---- options.c */

typedef enum report_format {
    FORMAT_TABLE,
    FORMAT_JSON,
    FORMAT_CSV,
    FORMAT_TSV
} report_format;
typedef struct options {
    const char *at, *model, *time; /* pointers; NULL: where services have it */
    const char *zone, *since_text, *until_text, *prices_path, *format_name;
    grouping by[BY_MOST];
    size_t by_count;
    report_format format;
    char separator; /* of CSV and TSV */
    bool each, merge, prefix, strict, sheet, stated, help, version;
    bool grouped, timed, ranged, priced; /* --by; a time in it; --since or --until; there are prices */
    uint64_t max_errors, max_line, max_ids;
    int64_t since, until;
    price_list prices;
    const char **files;
    size_t file_count;
    catalog strings; /* that others point to */
} options;

int options_read(int argc, char **argv, options *read); /* -1: go on; else the status to end with */
bool options_key(options *to, const char *value);
const char *string_of(options *in, slice string);
void options_free(options *of);

/* ---- responses.c: what is known of one response, its verdict, and what is said of it. */

typedef enum record_rule {
    ADDS,     /* of an id that comes twice the fullest record counts, and that is a finding */
    REPLACES, /* the same, and no finding: a record is written as often as it grows */
    SUMS,     /* the record sums others of its session, and counts without them only */
    RUNNING,  /* the usage is a running total of its session */
    CONTEXT,  /* what it says is true of the records after it in its file */
    CHUNKED,  /* put together from chunks: each counts, whatever its id */
    EACH,     /* a list of records */
    UNFOLDED, /* its list of attributes is an object */
    WRAPPED,  /* a line in a line */
    PASSED    /* no response */
} record_rule;

/* What is kept of a response. */
typedef struct record {
    uint64_t id, session; /* hashes; 0: none */
    group *group;
    int64_t time;
    uint32_t file, line;
    counter verdict;
    record_rule rule;
    bool unfinished, timed, priced;
    tokusage usage;
    amount cost, stated;
} record;

/* And what else is known while it is read. */
typedef struct response {
    record kept;
    const char *reason; /* of a finding, where the error does not say it */
    tokusage_error error;
    bool batch, stated;
    text model, id, tier, session;
    text keys[BY_MOST];
    bool keyed[BY_MOST];
} response;

void response_clear(response *of);
void response_free(response *of);

typedef struct streams streams;

/* What is carried from line to line of one file. */
typedef struct source {
    const char *name; /* - is standard input */
    uint32_t number;
    streams *streams;
    text event;          /* data of an event, so far */
    text cut[2];         /* a line that Docker or CRI has cut, so far: of stdout, of stderr */
    text model, session; /* of the session, as the latest line of its kind said */
    tokusage running;    /* its running total */
    bool has_running;
    bool timed; /* a time that the line has around the document */
    int64_t time;
    uint64_t known; /* documents that are responses, or known to be none */
    catalog said;   /* names of members that were named */
} source;

/* The records of ids (answers.c). */
typedef struct answers {
    record *all;
    size_t count, room;
    uint64_t *table; /* half of an id's hash, and the number of its record */
    size_t buckets;
    bool sums, mixed; /* some sum others; they are not in the order of their lines */
} answers;

/* Which rows of the table of shapes a document with these members may be. */
typedef struct looks {
    uint64_t hash, rows;
    bool chunk, answer; /* it may be a chunk, or a response */
} looks;
enum {
    LOOKS = 64,
    FORMS = 16
};
typedef struct reading {
    options *asked;
    source *source;
    catalog groups;
    answers answers;
    uint64_t seed[2];
    uint64_t said, unsaid; /* findings that were named, and that were not */
    bool incomplete;
    bool wants_time;
    int output_error; /* the errno of a failed write, or 0 */
    text head;        /* --merge: of the reports that were read */
    text key, scratch, out;
    response found;
    catalog notes; /* that were said */
    document document;
    looks looks[LOOKS];
    const looks *seen; /* of the document */
    text forms[FORMS]; /* usages of this file, without their digits */
    size_t next_form;
} reading;

uint64_t hash_of(const reading *in, slice id); /* 0: none */
void answers_take(reading *in, const record *next);
void answers_finish(reading *in); /* all of them are final */

/* Findings are named on standard error, up to --max-errors; a failure makes the report incomplete. */
void say_finding(reading *in, const record *of, const char *reason);
void say_failure(reading *in, uint64_t line, const char *reason);
void print(reading *in, text *of);
void read_counts(slice usage, response *to);                                /* a usage object: its verdict, too */
void read_body(reading *in, slice body, const char *pointer, response *to); /* also a string that has one */
void verdict_of(const tokusage_stream *stream, bool complete, response *to);
void read_about(reading *in, const char *times, response *to); /* what the document says around the usage */
void take_response(reading *in, response *what);
void take_unread(reading *in, uint64_t line, counter verdict, const char *reason);
void finish_record(reading *in, const record *of);                /* counts, names and prints it */
void check_members(reading *in, slice usage, const response *of); /* findings for what may be a count */
size_t known_span(reading *in, slice usage); /* of a usage at the front that was checked; 0: it is another */
void name_unknown(reading *in, slice name, const response *of);
void put_pointer_of_count(text *to, slice whole); /* of a member that may be a count; nothing: there is none */
bool may_be_count(slice name, slice value);

/* ---- shapes.c: the table of what a document may be. streams.c: responses that are put together from chunks. */

bool shapes_is(slice value, const char *words);             /* a string, one of words that are separated by | */
void take_document(reading *in, uint64_t line, bool event); /* that is open */
bool take_quick(reading *in, uint64_t line, slice whole);   /* most lines of a gateway's log; false: it is another */
bool streams_take(reading *in, uint64_t line, bool event);  /* false: it is no chunk */
void streams_end_mark(reading *in, uint64_t line);
void streams_malformed(reading *in, uint64_t line, slice data);
void streams_close(reading *in);

/* ---- input.c and lines.c: bytes, lines, and what a line is. */

bool interrupted(void);
void interrupt_prepare(void);
void interrupt_die(void);

typedef struct input {
    reading *reading;
    int file;
    void *unpacked; /* of gzip */
    bool ended, broken;
    char *buffer;
    size_t begin, end, room;
    uint64_t line; /* that `begin` is in, from 1 */
} input;

bool input_open(input *of, reading *to, const char *name);
void input_close(input *of);
bool input_fill(input *of);
size_t input_line(input *of, size_t from, size_t most); /* the offset of its end from `begin`; its start is at `from` */
void read_file(reading *in, input *with, const char *name);

void take_wrapped(reading *in, uint64_t line); /* the document is a line of Docker */
void merge_document(reading *to, uint64_t line, slice whole);

/* ---- formats.c: what is printed. */

/* A group, the total (without a key), or a response (which has a place and a verdict). */
typedef struct report_row {
    slice key;
    const tally *tally;
    const char *file;
    uint64_t line;
    const char *verdict;
} report_row;
typedef struct report {
    const options *asked;
    report_row *rows; /* the total is after them */
    size_t count;
    bool complete;
} report;

void format_each(const options *asked, const report_row *of, text *to); /* NULL: the head */
void format_report(const report *of, text *to);

#endif
