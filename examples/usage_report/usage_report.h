/*
 * usage-report: totals of the token usage in logs, bodies and recorded streams, and what they cost. usage-report.1 is
 * its manual; this is what its files know of each other. Data's way:
 *     options -> crew (a run for each file, or part of one) -> input (bytes) -> reader, events (responses)
 *     -> sequence (chunks of streamed ones), response (the library's verdict) -> totals -> formats, table
 * All zero bytes are a text, totals, ids, ... that is empty.
 */
#ifndef USAGE_REPORT_H
#define USAGE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tokusage.h>

/* ---- text.c: text that grows. Everything that is printed is put together here, without the locale. */

typedef struct text {
    char *bytes;
    size_t used, room;
} text;

/* realloc, except that a failure ends the program with a message. */
void *memory_resize(void *memory, size_t size);
void memory_failed(void);

void text_free(text *to);
void text_bytes(text *to, const char *bytes, size_t length);
void text_string(text *to, const char *string);
void text_set(text *to, const char *bytes, size_t length);
bool text_is(const text *one, const char *bytes, size_t length);
void text_number(text *to, int64_t value, bool grouped); /* 1234567 or 1,234,567 */

/* A line of a message, from the beginning of the part that is read; text_position adds the lines before the part. */
void text_line(text *to, uint64_t line);
void text_position(text *to, const char *bytes, size_t length, uint64_t lines_before);

/*
 * For a terminal: bytes that are not UTF-8, and characters that act on a terminal or show nothing, become \xNN or
 * \uNNNN. As a JSON string: bytes that are not UTF-8 become U+FFFD. The third function resolves the inside of a JSON
 * string.
 */
void text_safe(text *to, const char *bytes, size_t length);
void text_json(text *to, const char *bytes, size_t length);
void text_decode(text *to, const char *json, size_t length);

/* The bytes that are shown in so many columns at most, and how many it is: two for East Asian wide characters. */
size_t text_span(const text *of, size_t most, size_t *width);
size_t text_width(const text *of);

/* ---- json.c: a quick look into JSON. Whether it is JSON, the library says; this is safe on any bytes. */

typedef struct slice {
    const char *bytes; /* NULL: there is nothing */
    size_t length;
} slice;

bool slice_is(slice one, const char *string);
bool json_is_space(char c);

/* The length of the value at the front; 0: it goes on after the bytes. BROKEN: a line end in a string, or no value. */
#define JSON_BROKEN SIZE_MAX
size_t json_span(slice of);

/* Inside an array or object: takes off the next element (name NULL) or member (its name with quotes). */
slice json_inside(slice value);
bool json_next(slice *inside, slice *name, slice *value);

/* The first value at a JSON Pointer of member names; nothing also for null. */
slice json_find(slice in, const char *pointer);
bool json_count(slice value, int64_t *count);

/* ---- moment.c: timestamps. */

/*
 * Seconds since 1970 of an epoch (milliseconds above 10^11) or a date or time of RFC 3339, in that zone if it has none.
 */
bool moment_read(slice value, int64_t zone, int64_t *seconds);
bool moment_zone(const char *offset, int64_t *zone);
void moment_date(text *to, int64_t seconds, int64_t zone, bool day);

/* ---- prices.c: exact money. */

typedef struct amount {
    int64_t whole; /* units of money: at most TOKUSAGE_COUNT_MAX */
    int64_t part;  /* and this many times 10^-12 of one */
} amount;
enum {
    AMOUNT_DECIMALS = 12
};

bool amount_add(amount *sum, const amount *more); /* false: it would leave the range, and is as before */
int amount_compare(const amount *one, const amount *other);
bool amount_read(amount *read, slice digits, unsigned decimals);
void amount_put(text *to, const amount *cost, bool rounded); /* half up, to 6 decimals; else exactly */

typedef struct price {
    text model;
    bool prefix;
    tokusage tokens; /* the price of one token of each kind, in 10^-12 */
} price;
typedef struct prices {
    price *rows;
    size_t count;
} prices;

bool prices_read(const char *path, prices *read); /* false: it has said why not */
void prices_free(prices *of);
const price *prices_find(const prices *in, const text *model);

/* What the usage costs. Else *error says why that is not known; member NULL: the model has no price. */
bool price_of(const price *row, const tokusage *usage, amount *cost, tokusage_error *error);

/* ---- ids.c: which ids have been there before, as hashes. */

typedef struct ids {
    uint64_t *table;
    size_t room, used;
} ids;

uint64_t id_of(slice id);                     /* 0: none */
bool ids_add(ids *to, uint64_t id, bool all); /* whether it was there; without `all`, of about the last 100,000 */

/* ---- totals.c: what is counted of each group of responses. */

/* A response is one of CONSISTENT to UNTIMED; CONSISTENT has no counter of its own, RESPONSES has its number. */
typedef enum counter {
    RESPONSES,
    CONSISTENT = RESPONSES,
    EXPLAINED, /* the counts agree after a correction */
    ASSUMED,   /* the total has tokens that no count explains */
    CONTRADICTING,
    WITHOUT_USAGE,
    MISPLACED, /* without, but with names of counts elsewhere */
    ERRORS,
    INVALID,
    MALFORMED,
    TOO_LONG,
    UNTIMED,    /* --since or --until is given, and it has no time */
    UNFINISHED, /* from here on: in addition */
    REPEATED,
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
    amount cost;
} tally;

bool tally_add(tally *sum, const tally *more); /* all of it, or nothing: a sum would leave the range */
int64_t tally_findings(const tally *from);

/* A key has a component for each --by, and its bytes are in the order of keys. NULL: what --top leaves. */
void key_add(text *key, bool present, const char *bytes, size_t length);
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
typedef struct by {
    enum {
        BY_MODEL,
        BY_DAY,
        BY_MONTH,
        BY_POINTER
    } kind;
    const char *given;
} by;

typedef struct options {
    const char *at, *time; /* pointers; NULL: where services have it */
    text model_path;       /* with `at`: the pointer of a model next to it */
    by by[BY_MOST];
    size_t by_count;
    report_format format;
    bool each, merge, lines, strict, raw, unique;
    uint64_t max_errors, max_line, jobs, top;
    size_t sort;        /* a column, or COLUMNS */
    bool timed, ranged; /* times are needed; --since or --until is given */
    int64_t zone, since, until;
    prices prices;
    bool priced;
    char **files;
    size_t file_count;
} options;

/* -1: go on; else the status to end with, as something has been shown or was wrong. */
int options_read(int argc, char **argv, options *read);
void options_free(options *of);

/* ---- facts.c: what a document says besides its usage. */

typedef struct facts {
    slice id, response_id; /* the latter: Gemini's */
    slice object, type, model, done;
    slice start, part, metadata; /* what the first, the other and the last of Bedrock's events have */
} facts;

facts facts_of(slice whole); /* stops early, as most documents have the most important members first */
bool facts_begin(const facts *of);
bool facts_end(const facts *of);
bool facts_event(const facts *of);
bool facts_chunk(const facts *of); /* a chunk of the response with its id */

/* What is known of one response. */
typedef struct about {
    uint64_t id; /* a hash */
    bool timed;
    int64_t time;
    text model;
    text keys[BY_MOST];
    bool keyed[BY_MOST];
} about;

void about_clear(about *of);
void about_add(about *to, const options *asked, const facts *from, slice whole);
void about_key(const about *of, const options *asked, text *key);
void about_free(about *of);

/* ---- run and crew.c: files, and parts of large ones, are read at the same time, and reported in their order. */

/* Streamed responses that are put together from chunks. */
typedef struct sequence {
    tokusage_stream stream;
    about about;
    uint64_t line, used; /* where it begins; when it was used, for the oldest to go first */
    bool events;         /* server-sent ones, which need an end */
    bool begun, ended;
} sequence;
enum {
    SEQUENCES = 64
};
typedef struct source {
    const char *name; /* - is standard input */
    sequence *open[SEQUENCES];
    size_t open_count;
    uint64_t clock, lines_before;
} source;

typedef struct run {
    const options *asked;
    struct crew *crew;
    source *source;
    size_t number;
    uint64_t begin, end; /* of the part */
    bool last;           /* of its file's */
    uint64_t read;       /* lines */
    totals totals;
    text lines; /* of --each, for standard output */
    text said;  /* for standard error; see run_say */
    text head;  /* --merge: of the reports that were read */
    bool incomplete, stopped;
    about about;
    text key, scratch; /* of the response at hand */
} run;

/* What is said of a line (0: of the file). */
enum {
    FINDING = 1,
    ONCE,    /* a finding that is named once for each file */
    NOTE,    /* no finding, said once */
    FAILURE, /* why the report is not complete */
    NOTED    /* nothing yet: see run_note */
};
void run_say(run *of, char kind, uint64_t line, const char *reason);

/* Whether the response's id was there before is found out when it is the run's turn to be printed. */
void run_note(run *of, uint64_t id, uint64_t line, group *in);
void run_position(const run *of, uint64_t line, text *to);

typedef struct crew_result {
    totals groups;
    text head;
    bool complete;
    int output_error; /* the errno of a failed write, or 0 */
} crew_result;

void crew_read(const options *asked, crew_result *result);
void crew_print(run *of); /* if it is the run's turn; if not, and there is much, waits for it */
void crew_wait(run *of);  /* for the run's turn: all before it are over */
bool crew_knows(run *of, uint64_t id);

/* ---- input.c: the bytes of a file, in large chunks and constant memory. */

typedef struct input {
    run *run;
    int file;
    void *unpacked; /* of gzip */
    bool waits, ended, broken;
    char *buffer;
    size_t begin, end, room;
    uint64_t line;            /* that `begin` is in, from 1 */
    uint64_t offset, line_at; /* of `begin`, and of its line, in the file */
} input;

bool input_open(input *of, run *to);
void input_close(input *of);
bool input_unpack(input *of); /* false: it cannot, in a pipe or without zlib */
slice input_bytes(const input *of);
bool input_fill(input *of);
void input_fill_to(input *of, size_t wanted);
size_t input_line(input *of, size_t most); /* its length; more than `most`: it is longer */
void input_pass(input *of, size_t length);
void input_pass_line(input *of);
bool input_pass_space(input *of);

/* ---- reader.c and events.c divide a file into responses; sequence.c and response.c count them. */

void reader_read(input *with, run *to);
bool reader_may_part(const char *name);
bool events_are(input *of);
void events_read(input *of);

sequence *sequence_new(const options *asked, uint64_t line, bool events);
bool sequence_is_over(const sequence *before, const facts *next, slice whole, const char *at);
void sequence_add(sequence *to, const options *asked, const facts *of, slice whole);
void sequence_drop(sequence *over);
bool sequences_take(run *in, uint64_t line, const facts *of, slice whole); /* false: the document is no chunk */
void sequences_close(run *to);

size_t response_line(run *to, uint64_t line, slice bytes); /* returns how many bytes were taken */
void response_document(run *to, uint64_t line, slice whole);
void response_unread(run *to, uint64_t line, counter verdict, const char *reason);
void response_sequence(run *to, sequence *over);
void merge_document(run *to, uint64_t line, slice whole);

/* ---- formats.c and table.c: what is printed. */

typedef struct column {
    const char *name;
    enum {
        COUNTER,
        COUNT,
        COST
    } kind;
    size_t which;
} column;
enum {
    COLUMNS = COUNTERS + TOKUSAGE_COUNTS + 1
};
column column_at(size_t index);
extern const char no_key[], other_keys[];

typedef struct report {
    const options *asked; /* --merge: what the reports say */
    totals *groups;
    const tally *total;
    bool complete;
} report;

bool column_is_there(const column *of, bool priced);
void format_each_head(const options *asked, text *to);
void format_each(run *to, uint64_t line, const tally *of, const char *verdict);
void format_head(const options *asked, text *to); /* what reports must agree in to be merged */
void merge_head(slice whole, options *read, text *strings);
void format_report(const report *of, text *to);
void format_table(const report *of, text *to);

/* ---- progress.c, interrupt.c */

void progress_begin(uint64_t total); /* 0: nobody knows */
void progress_add(uint64_t bytes);
void progress_hide(void);

bool interrupt_prepare(void);
int interrupt_signal(void); /* or 0 */
void interrupt_wait(int file);
void interrupt_die(void); /* by the signal that has come */

#endif
