/*
 * usage-report: totals of the token usage in logs, bodies and recorded streams, and what they cost. usage-report.1 is
 * its manual; this is what its files know of each other. Data's way:
 *     options -> input (bytes) -> lines (documents) -> shapes (what a document is) -> streams (chunks)
 *     -> responses (verdict, findings) -> answers (one record for each id) -> totals -> formats, table
 * All zero bytes are a text, totals, ... that is empty.
 */
#ifndef USAGE_REPORT_H
#define USAGE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tokusage.h>

/* ---- text.c: text that grows. Everything that is printed is put together here, without the locale. */

typedef struct slice {
    const char *bytes; /* NULL: there is nothing */
    size_t length;
} slice;

typedef struct text {
    char *bytes;
    size_t used, room;
} text;

void *memory_resize(void *memory, size_t size); /* realloc, except that a failure ends the program */
void memory_failed(void);
slice slice_of(const char *string);
bool slice_is(slice one, const char *string);
bool slice_begins(slice one, const char *string);
bool slice_ends(slice one, const char *string);
bool slice_drop_end(slice *one, const char *string);
void text_free(text *to);
void text_bytes(text *to, const char *bytes, size_t length);
void text_string(text *to, const char *string);
void text_slice(text *to, slice from);
void text_number(text *to, int64_t value, bool grouped); /* 1234567 or 1,234,567 */
slice text_all(const text *of);
const char *text_c(text *of); /* with a NUL after it */

/*
 * For a terminal: bytes that are not UTF-8, and characters that act on a terminal or show nothing, become \xNN or
 * \uNNNN, and \ becomes \\. As a JSON string: bytes that are not UTF-8 become U+FFFD. The third resolves the inside of
 * a JSON string.
 */
void text_safe(text *to, slice from);
void text_json(text *to, slice from);
void text_decode(text *to, slice from);
bool text_base64(text *to, slice from); /* false: it is none */

/* The bytes that are shown in so many columns at most, and how many it is: two for East Asian wide characters. */
size_t text_span(slice of, size_t most, size_t *width);
size_t text_width(slice of);

/* ---- json.c: documents, and the values in them. */

bool json_is_space(char c);
slice json_trim(slice of);
bool json_is(slice value, char first); /* '{', '[' or '"' */
slice json_inside(slice string);       /* without its quotes */
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
    uint64_t marks; /* a bit for each name */
    tokusage_stream stream;
    tokusage_verdict verdict; /* what the library says of it as a response */
    tokusage usage;
    tokusage_error error;
} document;

/*
 * The document at the front; pointer: --at. It may be followed by another, or (in a list over lines) by a comma or the
 * end of the list. False: it is no JSON, or something else follows.
 */
bool document_open(document *in, const char *pointer, slice from, slice *rest);
slice document_one(document *in, const char *pointer); /* nothing for null, too */
/* At the first of several pointers, separated by spaces, that has a value. What follows a = is no pointer. */
slice document_at(document *in, const char *pointers);
bool document_has(document *in, const char *pointers); /* whether there is a member with such a name, also null */

/* ---- moment.c: times, in microseconds since 1970. */

bool moment_read(slice value, int64_t *time);
bool moment_zone(const char *name); /* false: there is no such zone */
typedef enum time_unit {
    HOUR,
    DAY,
    WEEK,
    MONTH
} time_unit;
void moment_put(text *to, int64_t time, time_unit unit);

/* ---- prices.c: exact money, and rows of prices; price_files.c reads them. */

typedef struct amount {
    int64_t whole; /* units of money: at most TOKUSAGE_COUNT_MAX */
    int64_t part;  /* and this many times 10^-12 of one */
} amount;

bool amount_add(amount *sum, const amount *more); /* false: it would leave the range, and is as before */
int amount_compare(const amount *one, const amount *other);
bool amount_read(slice number, amount *read);
void amount_put(text *to, const amount *cost, bool rounded); /* half up, to 6 decimals; else exactly */

/* The number (a decimal, maybe with an exponent) times 10^shift, rounded half up; *exact: it was whole. */
bool decimal_read(slice number, int shift, int64_t *value, bool *exact);

typedef struct price_row {
    slice name;              /* of the model */
    bool prefix;             /* of all names that begin so */
    slice provider, matches; /* of genai-prices: an object, and a clause that names must match */
    slice only;              /* of genai-prices: a constraint of the time; of several rows the last that holds counts */
    size_t order;
    slice tier;      /* "", batch, flex, priority, ... */
    int64_t above;   /* prompt tokens of the call; -1: any */
    tokusage tokens; /* the price of one token of each kind, in 10^-12; absent: that of the row without tier or above */
} price_row;
typedef struct price_list {
    text bytes; /* of the file */
    price_row *rows;
    size_t count;
    bool timed;  /* some depend on the time */
    void *known; /* models that were asked for */
} price_list;
typedef struct sale {
    slice model, tier;
    const int64_t *time; /* NULL: not known */
    const tokusage *usage;
} sale;

bool prices_read(const char *path, price_list *read); /* false: it has said why not */
int prices_compare(const void *one, const void *other);
/* What the usage costs; else *reason says why that is not known. */
bool price_of(price_list *in, const sale *of, amount *cost, const char **reason);
void prices_explain(const price_list *of);
void prices_free(price_list *of);
bool letters_are(slice one, slice other); /* whatever their case */

/* ---- totals.c: what is counted of each group of responses. */

/* A response is one of CONSISTENT to UNTIMED; CONSISTENT has no counter of its own, RESPONSES has their number. */
typedef enum counter {
    RESPONSES,
    CONSISTENT = RESPONSES,
    RECONCILED, /* the counts agree after a correction */
    ASSUMED,    /* the total has tokens that no count explains */
    CONTRADICTORY,
    WITHOUT_USAGE,
    INVALID,
    AMBIGUOUS, /* which usage is its own cannot be known */
    UNTIMED,   /* --since or --until is given, and it has no time */
    MISPLACED, /* from here on no response: names of counts where no usage is known */
    ERRORS,
    MALFORMED,
    PREFIXED, /* a response after other text, without --prefix */
    TOO_LONG,
    UNFINISHED, /* from here on: in addition */
    REPEATED,
    UNKNOWN, /* a member that may be a count, and that nobody knows */
    MISSING_PROMPT,
    MISSING_COMPLETION,
    MISSING_TOTAL,
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

bool tally_add(tally *sum, const tally *more); /* all of it, or nothing: a sum would leave the range */
int64_t tally_findings(const tally *from);

/* A key has a component for each --by, and its bytes are in the order of keys. NULL: what --top leaves. */
void key_add(text *key, bool present, slice component);
bool key_next(const char **key, text *component);

typedef struct group {
    const char *key;
    size_t length;
    tally tally;
    amount rank; /* while groups are sorted */
} group;
typedef struct totals {
    void *index;
    group **groups;
    size_t count, room;
    group *last; /* that was asked for */
} totals;

group *totals_group(totals *of, slice key);
bool totals_sum(const totals *of, size_t from, tally *sum); /* false: a count would leave the range, and is absent */
void totals_sort(totals *of, size_t by_column);             /* most first; COLUMNS: by key */
bool totals_cut(totals *of, size_t top);                    /* makes one group of the rest */
void totals_free(totals *of);

/* ---- options.c: what was asked for. */

typedef enum report_format {
    FORMAT_TABLE,
    FORMAT_JSON,
    FORMAT_CSV,
    FORMAT_TSV
} report_format;

enum {
    BY_MOST = 8
};
typedef struct grouping {
    enum {
        BY_MODEL,
        BY_FILE,
        BY_TIME,
        BY_POINTER
    } kind;
    time_unit unit;
    const char *given;
} grouping;

typedef struct options {
    const char *at, *model, *time; /* pointers; NULL: where services have it */
    grouping by[BY_MOST];
    size_t by_count;
    report_format format;
    bool each, merge, prefix, strict, sheet, explain, stated;
    uint64_t max_errors, max_line, max_ids, top;
    size_t sort; /* a column, or COLUMNS */
    bool ranged; /* --since or --until is given */
    int64_t since, until;
    price_list prices;
    bool priced;
    char **files;
    size_t file_count;
} options;

/* -1: go on; else the status to end with, as something has been shown or was wrong. */
int options_read(int argc, char **argv, options *read);
void options_free(options *of);

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
    const char *reason; /* of a finding, where the verdict does not say it */
    tokusage usage;
    tokusage_error error;
    amount cost, stated;
} record;

enum {
    OF_MODEL, /* as the library's labels */
    OF_ID,
    OF_TIER,
    OF_SESSION,
    OF_KEY, /* the first component of the group's key; empty: where it is not a pointer's, or nothing is there */
    TEXTS = OF_KEY + BY_MOST
};
/* And what else is known while it is read. */
typedef struct response {
    record kept;
    bool batch, stated;
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
    struct stream **open; /* streams (streams.c), in their order */
    size_t count, room;
    bool some_ended;
    uint64_t ended;      /* the id of the latest that has */
    text event;          /* data of an event, so far */
    text cut[2];         /* a line that Docker or CRI has cut, so far: of stdout, of stderr */
    text model, session; /* of the session, as the latest line of its kind said */
    tokusage running;    /* its running total */
    bool has_running;
    bool timed; /* a time that the line has around the document */
    int64_t time;
    bool known;          /* it has documents that are responses, or known to be none */
    void *said;          /* names of members that were named ... */
    size_t names;        /* ... and their number */
    text checked[USAGES]; /* the latest usages whose names were checked */
    size_t next_checked;
} source;

/* The records of ids (answers.c). */
typedef struct answers {
    record *all;
    size_t count, room;
    uint32_t *table; /* the numbers of records, from 1, by their ids */
    size_t buckets;
    bool sums, mixed; /* some sum others; they are not in the order of their lines */
} answers;

typedef struct reading {
    options *asked;
    source *source;
    totals totals;
    answers answers;
    uint64_t seed[2];
    uint64_t said, unsaid; /* findings that were named, and that were not */
    bool incomplete;
    bool wants_time;
    int output_error; /* the errno of a failed write, or 0 */
    text head;        /* --merge: of the reports that were read */
    text key, scratch, out;
    response found;
    void *notes; /* that were said */
    document document;
} reading;

uint64_t hash_of(const reading *in, slice id); /* 0: none */
void answers_take(reading *in, const record *next);
void answers_finish(reading *in);      /* all of them are final */
bool remember(void **set, slice name); /* whether it is new in the set */
void forget(void **set);

/* Findings are named on standard error, up to --max-errors; a failure makes the report incomplete. */
void say_finding(reading *in, const record *of, const char *reason);
void say_failure(reading *in, uint64_t line, const char *reason);
void print(reading *in, text *of);
void settle_response(response *to);                                                  /* the verdict of its counts */
void read_document(reading *in, response *to);                              /* as the library has read it */
void read_body(reading *in, slice body, const char *pointer, response *to); /* also a string that has one */
void verdict_of(const tokusage_stream *stream, bool complete, response *to);
void read_about(reading *in, response *to); /* what the document says around the usage */
group *group_of(reading *in, const response *of);
void take_response(reading *in, response *what);
void take_unread(reading *in, uint64_t line, counter verdict, const char *reason);
void finish_record(reading *in, const record *of); /* counts, names and prints it */

/* ---- names.c: members that may be counts. */

bool may_be_count(slice name, slice value);
void check_members(reading *in, slice usage, const response *of); /* findings for those that nobody knows */
void put_pointer_of_count(text *to, slice whole);                 /* of the first; nothing: there is none */

/* ---- shapes.c: the table of what a document may be. streams.c: responses that are put together from chunks. */

void take_document(reading *in, uint64_t line, bool event); /* that is open */
void streams_take(reading *in, uint64_t line, bool event, record_rule rule);
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
size_t input_line(input *of, size_t most); /* the offset of its end from `begin` */
void read_file(reading *in, input *with, const char *name, uint32_t number);

void take_wrapped(reading *in, uint64_t line); /* the document is a line of Docker */
void merge_document(reading *to, uint64_t line, slice whole);

/* ---- formats.c and table.c: what is printed. */

typedef struct column {
    const char *name;
    enum {
        COUNTER,
        COUNT,
        COST,
        STATED
    } kind;
    size_t which;
} column;
enum {
    COLUMNS = COUNTERS + TOKUSAGE_COUNTS + 2
};
column column_at(size_t index);
bool column_is_there(column of, const options *asked);
bool column_put(column of, const tally *from, bool nice, text *to); /* false: it says nothing */
void key_put(const char **key, text *to);                           /* the next component, for people */
extern const char no_key[], other_keys[];

typedef struct report {
    const options *asked; /* --merge: what the reports say */
    totals *groups;
    const tally *total;
    bool complete;
} report;

void format_each_head(const options *asked, text *to);
void format_each(reading *in, const record *of, const tally *counted, const char *verdict);
void format_head(const options *asked, text *to); /* what reports must agree in to be merged */
void merge_head(slice whole, options *read, text *strings);
void format_report(const report *of, text *to);
void format_table(const report *of, text *to);

#endif
