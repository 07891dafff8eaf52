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

/* What follows so many bytes. */
static inline slice slice_after(slice of, size_t length) {
    return length > 0 ? (slice){of.bytes + length, of.length - length} : of;
}

typedef struct text {
    char *bytes;
    size_t used, room;
} text;

void *memory_resize(void *memory, size_t size); /* realloc, except that a failure ends the program */
slice slice_of(const char *string);
bool slice_is(slice one, const char *string);
bool slice_begins(slice one, const char *string);
bool slice_ends(slice one, const char *string);
bool slice_drop_end(slice *one, const char *string);
bool slice_equals(slice one, slice other);
bool slice_is_one(slice one, const char *words); /* A|B*: of these words, or beginnings of words */
void text_free(text *to);
void text_bytes(text *to, const char *bytes, size_t length);
void text_string(text *to, const char *string);
void text_slice(text *to, slice from);
void text_lower(text *to, slice from);              /* in small letters */
void text_print(text *to, const char *format, ...); /* as printf does */
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

/* On standard error: the place (or NULL), its line (or 0), what is wrong there (or nothing), and why. Returns false. */
bool complain(const char *place, uint64_t line, slice what, const char *reason);

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

/* ---- json.c: documents, and the values in them. */

slice json_trim(slice of);
bool json_is(slice value, char first); /* '{', '[' or '"' */
slice json_inside(slice string);       /* without its quotes */
slice json_plain(slice value);         /* of a string its inside; nothing: an array or an object */
bool json_is_number(slice value);

/* The length of the document at the front; 0: it is broken, or goes on after the bytes. */
size_t json_span(slice of);
size_t json_skip(slice of); /* the same of a value that has been read before */

/*
 * Takes the next element, or member (name not NULL), off the inside of an array or object; or the next attribute, also
 * of OpenTelemetry's lists: {"key":NAME,"value":{"stringValue":VALUE}}.
 */
slice json_open(slice value);
bool json_next(slice *inside, slice *name, slice *value);
bool json_attribute(slice *inside, slice *name, slice *value);

slice json_at(slice value, const char *pointer); /* nothing for null, too; arrays are lists of attributes */

typedef struct document {
    slice whole;
    slice found; /* from the only usage on; nothing: it is not the only one, or has another name */
    slice rest;  /* members that were not read so far */
    struct {
        slice name, value;
    } * members;
    size_t count, room;
    uint64_t marks; /* of their names */
    tokusage_stream stream;
    tokusage_verdict verdict; /* what the library says of it as a response */
    tokusage usage;
    tokusage_error error;
} document;

/*
 * The document at the front; pointer: --at. It may be followed by another, or (in a list over lines) by a comma or the
 * end of the list: *rest, which is nothing before the first. False: it is no JSON, or something else follows.
 */
bool document_open(document *in, const char *pointer, slice from, slice *rest);
slice document_one(document *in, const char *pointer); /* nothing for null, too */
/* Pointers are separated by spaces; what follows a = is none. At the next of them; at the first that has a value. */
slice document_next(document *in, const char **pointers);
slice document_at(document *in, const char *pointers);
uint64_t json_mark(slice name);
uint64_t document_marks(document *in);             /* of all its members */
bool document_has(document *in, const char *name); /* whether there is such a member, also null */

/* ---- main.c: what was asked for. */

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
bool moment_zone(const char *name); /* of the system, or +HH:MM; false: there is none */
void moment_put(text *to, int64_t time, group_kind unit);

/* ---- report.c: what is added up, what is printed of it, and what --merge reads back. */

__extension__ typedef __int128 amount; /* 10^12 are one unit of money, or a number */
#define AMOUNT_ONE INT64_C(1000000000000)

/* A number, or a string of one, times 10^shift, rounded half up; *exact: it was whole. What is none changes nothing. */
bool decimal_read(slice value, int shift, amount *read, bool *exact);
bool count_read(slice value, int64_t *read);
bool amount_read(slice value, amount *read);

/*
 * The columns. A response has a verdict, one of those up to CONTRADICTORY; RESPONSES counts all, also the consistent
 * ones.
 */
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
    COUNTS,  /* the library's, which are in the usage */
    MISSING_PROMPT = COUNTS + TOKUSAGE_COUNTS,
    MISSING_COMPLETION,
    MISSING_TOTAL,
    RECONCILED, /* the counts agree after a correction */
    ASSUMED,    /* the total has tokens that no count explains */
    CONTRADICTORY,
    TOKENS_ABOVE,
    TOKENS_BELOW,
    UNPRICED,
    COUNTERS,
    COST = COUNTERS, /* amounts */
    STATED,
    COLUMNS
} counter;

typedef struct tally {
    int64_t counters[COUNTERS];
    tokusage usage;
    amount cost, stated;
} tally;

const char *counter_name(size_t of);  /* of any column */
bool is_empty(const tokusage *usage); /* no count is present */
bool is_usable(counter verdict);      /* it has counts that add up */
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

typedef struct price_list {
    text bytes; /* of the file */
    catalog models, asked;
    bool timed;   /* some depend on the time */
    bool sums;    /* of calls have prices: those above a number of tokens do not count */
    bool explain; /* say which prices a model has */
} price_list;

bool prices_read(const char *path, price_list *read); /* false: it has said why not */
/* NULL; else why the cost is not known. *time NULL: not known. */
const char *price_of(price_list *in, slice model, slice tier, const int64_t *time, const tokusage *usage, amount *cost);
void prices_free(price_list *of);

/* ---- main.c */

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
    catalog inodes;  /* of the files */
} options;

bool options_key(options *to, const char *value);
const char *string_of(options *in, slice string);

/* ---- responses.c: what is known of one response, its verdict, and what is said of it. */

typedef enum record_rule {
    ADDS,     /* of an id that comes twice the fullest record counts, and that is a finding */
    REPLACES, /* the same, and no finding: a record is written as often as it grows */
    SUMS,     /* the record sums others of its session, and counts without them only */
    RUNNING,  /* the usage is a running total of its session */
    EACH,     /* a list of records */
    WRAPPED,  /* a line in a line */
    PASSED,   /* no response; what it says of its session is true of the records after it in its file */
    CHUNK,    /* of a response: each response counts, whatever its id */
    BEGINS,   /* the first chunk */
    ENDS      /* the last */
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
    const char *reason;              /* of a finding, where the verdict does not say it */
    int64_t counts[TOKUSAGE_COUNTS]; /* of the usage, half as large; -1: absent */
    int64_t cost;
    amount stated;
} record;

enum {
    OF_MODEL, /* as the library's labels */
    OF_ID,
    OF_TIER,
    OF_SESSION,
    OF_KEY, /* at the pointer of the first --by */
    TEXTS = OF_KEY + BY_MOST
};
/* And what else is known while it is read. */
typedef struct response {
    record kept; /* its counts are in usage until it is taken */
    tokusage usage;
    tokusage_error error;
    text is[TEXTS];
} response;

void response_clear(response *of);
void response_free(response *of);

enum {
    USAGES = 8
};
/* What is carried from line to line of one file. */
typedef struct source {
    const char *name; /* - is standard input */
    uint32_t number;
    void *file;
    char *buffer;
    size_t begin, end, room; /* bytes that are left in it */
    uint64_t line;           /* that `begin` is in, from 1 */
    bool ended, broken;      /* there are no more bytes; as they cannot be read */
    struct stream **open;    /* streams (streams.c), in their order */
    size_t count, open_room;
    bool some_ended;
    uint64_t last_ended; /* the id of the latest that has */
    text event;          /* data of an event, so far */
    text cut[2];         /* a line that Docker or CRI has cut, so far: of stdout, of stderr */
    text model, session; /* of the session, as the latest line of its kind said */
    tokusage running;    /* its running total */
    bool timed;          /* a time that the line has around the document */
    int64_t time;
    bool known;           /* it has documents that are responses, or known to be none */
    catalog said;         /* names of members that were named */
    text checked[USAGES]; /* the latest usages whose names were checked */
    size_t next_checked;
} source;

/* The records of ids (answers.c). */
typedef struct answers {
    record *all;
    size_t count, room;
    uint64_t *table;
    size_t buckets;
    bool sums; /* some sum others */
} answers;

typedef struct reading {
    options *asked;
    source *source;
    catalog groups;
    answers answers;
    uint64_t seed;         /* secret */
    uint64_t said, unsaid; /* findings that were named, and that were not */
    bool incomplete;
    bool wants_time;
    int output_error; /* the errno of a failed write, or 0 */
    text head;        /* --merge: of the reports that were read */
    text key, scratch, out;
    response found;
    catalog notes; /* that were said */
    document document;
} reading;

uint64_t hash_of(const reading *in, slice id);       /* 0: none */
void answers_expect(const answers *of, uint64_t id); /* soon: its place comes from memory meanwhile */
void answers_take(reading *in, const record *next);
void answers_finish(reading *in); /* all of them are final */

/* Findings are named on standard error, up to --max-errors; a failure makes the report incomplete. */
void say_finding(reading *in, const record *of, const char *reason);
void say_failure(reading *in, uint64_t line, const char *reason);
void print(reading *in, text *of);
void settle_response(response *to);                                         /* the verdict of its counts */
void read_document(reading *in, response *to);                              /* as the library has read it */
void read_body(reading *in, slice body, const char *pointer, response *to); /* also a string that has one */
void verdict_of(const tokusage_stream *stream, bool complete, response *to);
void read_about(reading *in, response *to); /* what the document says around the usage */
group *group_of(reading *in, const response *of);
tokusage usage_of(const record *of);
void take_response(reading *in, response *what);
void take_unread(reading *in, uint64_t line, counter verdict, const char *reason);
void finish_record(reading *in, const record *of); /* counts, names and prints it */

/* ---- names.c: members that may be counts. */

bool may_be_count(slice name, slice value);
void check_members(reading *in, const response *of); /* findings for those of a usage that nobody knows */
void check_usage(reading *in, slice usage, const response *of);
bool find_count(slice whole, text *pointer); /* the first */

/* ---- shapes.c: the table of what a document may be. streams.c: responses that are put together from chunks. */

void take_document(reading *in, uint64_t line, bool event); /* that is open */
void streams_take(reading *in, uint64_t line, bool event, record_rule rule);
bool streams_feed(reading *in, slice data); /* what is not JSON, to the latest one; false: none is open */
void streams_end(reading *in);              /* [DONE] */
void streams_close(reading *in);

/* ---- input.c and lines.c: bytes, lines, and what a line is. */

bool input_open(reading *in);
void input_close(reading *in);
bool input_fill(reading *in);               /* adds bytes to those that are left; false: there are none */
slice input_line(reading *in, size_t most); /* without its end; longer than this: its beginning */
void read_file(reading *in, const char *name, uint32_t number);
void take_wrapped(reading *in, uint64_t line); /* the document is a line of Docker */

/* ---- report.c */

/* A group, the total (without a key), or a response (which has a place and a verdict). */
typedef struct report_row {
    slice key;
    const tally *tally;
    const char *file;
    uint64_t line;
    const char *verdict;
} report_row;

void format_each(const options *asked, const report_row *of, text *to); /* NULL: the head */
/* The total comes after the rows. */
void format_report(const options *asked, const report_row *rows, size_t count, bool complete, text *to);
void merge_document(reading *to, uint64_t line, slice whole); /* --merge: a report of JSON is read back */

#endif
