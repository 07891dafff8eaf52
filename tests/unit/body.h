/*
 * Bodies: ways to feed one to a stream in chunks, everything that a stream says of it, and the one helper that runs a
 * body whole, cut in two after every byte, byte by byte, and as a document where it is one. For every test, fuzzer and
 * reader of bodies in files.
 */
#ifndef TOKUSAGE_TESTS_BODY_H
#define TOKUSAGE_TESTS_BODY_H

#include "notation.h"

enum {
    LABEL_COUNT = 3
};

/* In place of a number of bytes that are taken: all of them. */
#define ALL SIZE_MAX

/* An event with this data, and the event that ends a stream. */
#define EVENT(document) "data: " document "\n\n"
#define DONE EVENT("[DONE]")

/* Everything that a stream says. */
typedef struct observation {
    size_t taken;
    tokusage_status status; /* of tokusage_stream_usage */
    tokusage_error error;
    tokusage usage; /* as reported; all absent when status is not OK */
    struct {
        tokusage_verdict verdict;
        tokusage_error error;
        tokusage usage;
    } ends[2]; /* [1]: the transport says that the body is complete */
    uint64_t reports;
    bool done;
    char labels[LABEL_COUNT][TOKUSAGE_LABEL_SIZE];
} observation;

/* What is expected of it. */
typedef struct answer {
    const char *says; /* the usage after tokusage_settle, or the error of a wrong one ("TYPE prompt"), in words */
    tokusage_verdict verdict, verdict_complete;
    uint64_t reports;
    bool done;
    const char *labels[LABEL_COUNT]; /* NULL: none */
    const char *reported;            /* the usage before tokusage_settle; NULL: not compared */
    size_t taken;                    /* 0: all */
} answer;

/* An answer with the same verdict whether the transport says that the body is complete or not; and one with two. */
#define SAYS(says, verdict, reports, done) SAYS_TWO(says, verdict, verdict, reports, done)
#define SAYS_TWO(says, open, complete, reports, done)                                                                  \
    { (says), TOKUSAGE_##open, TOKUSAGE_##complete, (reports), (done), {NULL, NULL, NULL}, NULL, 0 }

/*
 * Feed a new stream: at once, in two chunks, in chunks of one size, in random ones of at most `longest`. They return how
 * many bytes were taken. A chunk that was not taken whole is the last. Each chunk ends at unreadable memory.
 */
size_t feed_whole(tokusage_stream *stream, const char *pointer, span body);
size_t feed_in_two(tokusage_stream *stream, const char *pointer, span body, size_t cut);
size_t feed_in_chunks(tokusage_stream *stream, const char *pointer, span body, size_t size);
size_t feed_randomly(tokusage_stream *stream, const char *pointer, span body, size_t longest);

/* Feeds it byte by byte to a new stream, and appends the prompt_tokens of each usage when it is reported: "5 wrong 7 ". */
void add_reported_prompts(builder *to, tokusage_stream *stream, span body);

/* Asks for everything, twice, also in other ways, and fails the test when the answers differ. The stream stays as it is. (It
 * is not const: it may have been fed in the same call, which clang takes for a stream without a value.) */
observation observe(const char *what, tokusage_stream *stream, size_t taken);

/* The first difference in words, or NULL. */
const char *difference_of(const observation *a, const observation *b);

void expect_same_usage(const char *what, const tokusage *got, const tokusage *want);
void expect_same_observation(const char *what, const observation *got, const observation *want);

/* Observes the stream, and expects the same. */
void expect_observed(const char *what, tokusage_stream *stream, size_t taken, const observation *want);

void expect_answer(const char *what, const observation *got, size_t length, const answer *want);

/*
 * Runs the body whole, cut in two after every byte (some bytes of a long one, and where TOKUSAGE_EFFORT is below 100),
 * byte by byte, in chunks of 1,400 and in random ones, and expects that all say the same. If it is one document, then
 * extract must agree with the stream; and if it is an object, then decode with a stream with the pointer "". Returns
 * what they say.
 */
observation expect_in_every_way(const char *what, const char *pointer, span body);

/* The same, and expects this answer. */
void expect_body(const char *what, const char *pointer, span body, const answer *want);

/* The same of a body that was built for it: it is freed. */
void expect_built(const char *what, const char *pointer, builder *body, const answer *want);

/*
 * What tokusage_extract returns, in words: the usage, or the error. It reads copies of the document at either edge of
 * unreadable memory, with an error and without one, and fails the test when these differ, or when it fails and wrote the
 * usage; and tokusage_decode does the same where the pointer is "".
 */
const char *extracted(const char *what, const char *pointer, span document);

/* Expects these words of it; and of one that was built for it, which is freed. */
void expect_extract(const char *what, const char *pointer, span document, const char *want);
void expect_extract_built(const char *what, const char *pointer, builder *document, const char *want);

/* A case of a table of documents. */
typedef struct document_case {
    const char *what, *pointer;
    span document;
    const char *want;
} document_case;

void expect_documents(const document_case *cases, size_t count);

/*
 * A test that is a table of cases: in the list of tests TABLE_TEST(run_documents, a_table). The name of the table is that
 * of the test, and what runs it finds the table in *state.
 */
typedef struct case_table {
    const void *cases;
    size_t count;
} case_table;

#define TABLE_TEST(run, table)                                                                                         \
    {                                                                                                                  \
        .name = #table, .test_func = (run), .initial_state = &(case_table) {                                           \
            (table), LENGTH(table)                                                                                     \
        }                                                                                                              \
    }

void run_documents(void **state);

/* A case of a table of bodies. */
typedef struct body_case {
    const char *what;
    const char *pointer; /* NULL: the known paths */
    span body;
    answer want;
} body_case;

void expect_bodies(const body_case *cases, size_t count);
void run_bodies(void **state);

#endif
