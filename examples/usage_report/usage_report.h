/*
 * usage-report: totals of the token usage in logs, bodies and recorded streams, and what they cost. usage-report.1 is
 * its manual; this is what its files know of each other. Data's way:
 *     options -> input (bytes, lines) -> lines (documents) -> shapes (what a document is) -> streams (chunks)
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

/* realloc, except that a failure ends the program with a message. */
void *memory_resize(void *memory, size_t size);
void memory_failed(void);
slice slice_of(const char *string);
bool slice_is(slice one, const char *string);
bool slice_begins(slice one, const char *string);
bool slice_ends(slice one, const char *string);
void text_free(text *to);
void text_bytes(text *to, const char *bytes, size_t length);
void text_string(text *to, const char *string);
void text_slice(text *to, slice from);
void text_number(text *to, int64_t value, bool grouped); /* 1234567 or 1,234,567 */
slice text_all(const text *of);
const char *text_c(text *of); /* with a NUL after it */

/*
 * For a terminal: bytes that are not UTF-8, and characters that act on a terminal or show nothing, become \xNN or
 * \uNNNN, and \ becomes \\. As a JSON string: bytes that are not UTF-8 become U+FFFD. The third function resolves the
 * inside of a JSON string.
 */
void text_safe(text *to, slice from);
void text_json(text *to, slice from);
void text_decode(text *to, slice from);
bool text_base64(text *to, slice from);

/* The bytes that are shown in so many columns at most, and how many it is: two for East Asian wide characters. */
size_t text_span(slice of, size_t most, size_t *width);
size_t text_width(slice of);

/* ---- json.c: members and elements of a document. The library reads each value. */

enum {
    INDEX_MEMBERS = 40,
    INDEXES = 4
};
typedef struct json_member {
    slice name, value; /* the name without its quotes */
} json_member;
typedef struct json_members {
    slice of;
    json_member all[INDEX_MEMBERS];
    size_t count, end; /* the length of the object; 0: it is broken, or has more members */
} json_members;
typedef struct document {
    slice whole;
    json_members known[INDEXES]; /* objects whose members were looked at before */
    size_t next;
} document;

bool json_is_space(char c);
slice json_trim(slice of);
bool json_is(slice value, char first); /* '{', '[' or '"' */
slice json_inside(slice string);       /* without its quotes */

/* The length of the value at the front, which has begun; 0: it is broken, or goes on after the bytes. */
size_t json_span(slice of);

/* Takes the next element, or member (name not NULL), off the inside of an array or object. */
slice json_open(slice value);
bool json_next(slice *inside, slice *name, slice *value);

/*
 * The first value at a JSON Pointer, or at the first of several, separated by spaces, that has one; nothing for null.
 */
slice document_at(document *in, const char *pointer);
bool document_has(document *in, const char *name); /* a member, also null */
slice document_find(document *in, const char *pointers);
uint64_t document_names(document *in, uint64_t seed); /* a hash of the members' names */
size_t document_span(document *in);                   /* as json_span, without a look at scalars and strings */
bool document_shorten(document *in, text *to); /* a copy with its long lists empty: these have been read already */
bool json_name_is(slice name, const char *wanted, size_t length);
bool json_count(slice value, int64_t *count);

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
enum {
    AMOUNT_DECIMALS = 12
};

bool amount_add(amount *sum, const amount *more); /* false: it would leave the range, and is as before */
int amount_compare(const amount *one, const amount *other);
bool amount_read(slice number, amount *read);
void amount_put(text *to, const amount *cost, bool rounded); /* half up, to 6 decimals; else exactly */

/* The number (a decimal, maybe with an exponent) times 10^shift, rounded half up; *exact: it was whole. */
bool decimal_read(slice number, int shift, int64_t *value, bool *exact);

typedef struct price_row {
    text model;
    bool prefix;
    text tier;       /* "", batch, flex, priority, ... */
    int64_t above;   /* prompt tokens of the call */
    tokusage tokens; /* the price of one token of each kind, in 10^-12; absent: that of the row without tier or above */
} price_row;
typedef struct price_list {
    price_row *rows;
    size_t count;
    bool by_provider; /* names begin with the provider's */
    void *known;      /* models that were asked for */
} price_list;

bool prices_read(const char *path, price_list *read); /* false: it has said why not */
price_row *prices_row(price_list *in, slice model, slice tier, int64_t above);
void prices_free(price_list *of);

/* What the usage costs. Else *reason says why that is not known. */
bool price_of(price_list *in, slice model, slice tier, const tokusage *usage, amount *cost, const char **reason);
void prices_explain(const price_list *of);

/* names.c: the names that a price may have for a model, the fullest first; "" when there are no more. */
void name_next(text *name, unsigned *step);

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

group *totals_group(totals *of, const char *key, size_t length);
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
    CONTEXT,  /* what it says is true of the records after it in its file */
    CHUNKED,  /* put together from chunks: each counts, whatever its id */
    EACH,     /* a list of records */
    PASSED    /* no response */
} record_rule;

typedef struct response {
    uint64_t line;
    counter verdict;
    record_rule rule;
    bool unfinished, batch, timed;
    const char *reason; /* of a finding, where the error does not say it */
    tokusage usage;
    tokusage_error error;
    int64_t time;
    text model, id, tier, session;
    text keys[BY_MOST];
    bool keyed[BY_MOST];
    bool stated;
    amount stated_cost;
} response;

void found_clear(response *of);
void found_free(response *of);

struct reading; /* of all files */
typedef struct reading reading;
typedef struct streams streams;

/* What is carried from line to line of one file. */
typedef struct source {
    const char *name; /* - is standard input */
    size_t number;
    streams *streams;
    text event;          /* data of an event, so far */
    text cut[2];         /* a line that Docker or CRI has cut, so far: of stdout, of stderr */
    text model, session; /* of the session, as the latest line of its kind said */
    tokusage running;    /* its running total */
    bool has_running;
    bool timed; /* a time that the line has around the document */
    int64_t time;
    uint64_t known; /* documents that are responses, or known to be none */
    void *said;     /* names of members that were named ... */
    size_t names;   /* ... and their number */
} source;

/* The records of ids (answers.c). */
typedef struct answer {
    uint64_t id, session;
    group *group;
    size_t file;
    uint64_t line;
    counter verdict;
    record_rule rule;
    bool unfinished, timed, priced;
    int64_t time;
    tokusage usage;
    amount cost, stated;
} answer;
typedef struct answers {
    answer *all;
    size_t count, room;
    uint32_t *table;
    size_t buckets;
} answers;

/*
 * Which rows of the table of shapes a document with these members may be; whether it may be a chunk, or has a verdict.
 */
typedef struct looks {
    uint64_t hash, rows;
    bool chunk, worded;
} looks;
enum {
    LOOKS = 64,
    CHECKED = 256
};
struct reading {
    const options *asked;
    price_list *prices;
    source *source;
    totals totals;
    answers answers;
    uint64_t seed[2];
    uint64_t said, unsaid; /* findings that were named, and that were not */
    bool incomplete;
    int output_error; /* the errno of a failed write, or 0 */
    text head;        /* --merge: of the reports that were read */
    text key, scratch, out;
    response found;
    void *notes; /* that were said */
    looks looks[LOOKS];
    uint64_t checked[CHECKED]; /* what usages look like, as hashes */
};

uint64_t hash_of(const reading *in, slice id); /* 0: none */
void answers_take(reading *in, const answer *next);
void answers_finish(reading *in); /* all of them are final */
void forget(void **set);

/* Findings are named on standard error, up to --max-errors; a failure makes the report incomplete. */
void say_finding(reading *in, size_t file, uint64_t line, const char *reason);
void say_failure(reading *in, uint64_t line, const char *reason);
void verdict_of(const tokusage_stream *stream, bool complete, response *to);
void read_labels(const tokusage_stream *stream, response *to);
void read_about(reading *in, document *from, const char *times, response *to);
void take_response(reading *in, response *what);
void take_unread(reading *in, uint64_t line, counter verdict, const char *reason);
void finish_answer(reading *in, const answer *of); /* counts, names and prints it */
/* The names that a shape has for counts, as pointers, and what the library calls them. */
typedef struct own_name {
    const char *pointer, *name;
} own_name;
void check_members(reading *in, slice usage, const own_name *names, response *of);
void put_pointer_of_count(text *to, slice whole); /* of a member that may be a count; nothing: there is none */

/* ---- shapes.c: the table of what a document may be. */

void take_document(reading *in, uint64_t line, document *of, bool event);

/* ---- streams.c: responses that are put together from chunks. */

bool streams_take(reading *in, uint64_t line, document *of, bool event, bool may); /* false: it is no chunk */
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
void input_pass(input *of, size_t length);
void read_file(reading *in, input *with, const char *name);
void take_malformed(reading *in, uint64_t line, slice of);
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
extern const char no_key[], other_keys[];

typedef struct report {
    const options *asked; /* --merge: what the reports say */
    totals *groups;
    const tally *total;
    bool complete;
} report;

bool column_is_there(const column *of, const options *asked);
void format_each_head(const options *asked, text *to);
void format_each(reading *in, const answer *of, const tally *counted, const char *verdict);
void format_head(const options *asked, text *to); /* what reports must agree in to be merged */
void merge_head(slice whole, options *read, text *strings);
void format_report(const report *of, text *to);
void format_table(const report *of, text *to);

#endif
