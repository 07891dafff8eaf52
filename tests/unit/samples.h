/*
 * Bodies in files, and the table that says what each of them tells: a folder with an expected.tsv. The first line of it
 * names the columns. To add a case, add a file and a line of the table; no code changes. The columns: file; pointer;
 * prompt, completion, total, cached, cache_write, reasoning; status and member; reports; model; done; body; text (the
 * status of the file as one JSON text, - where it is not one); about (what the case is, in words).
 */
#ifndef TOKUSAGE_TESTS_SAMPLES_H
#define TOKUSAGE_TESTS_SAMPLES_H

#include "support.h"

enum {
    SAMPLES = 400,         /* the most lines of a table */
    SAMPLE_SIZE = 1 << 20, /* the most bytes of a body */
    SAMPLE_WORD = 130
};

/* One line of the table. A column that the table does not have is not compared. */
typedef struct sample {
    char file[SAMPLE_WORD];
    char place[SAMPLE_WORD];  /* the pointer; "-": the known places */
    tokusage_status status;   /* of tokusage_stream_usage; if that is OK, of tokusage_reconcile after it */
    char member[SAMPLE_WORD]; /* what the error is about; "-" is not compared */
    int64_t counts[6];        /* after tokusage_reconcile; with TOTAL and PART as they were reported */
    bool reports_told;        /* false: reports and model are not compared */
    unsigned long long reports;
    char model[SAMPLE_WORD]; /* "-": none */
    bool end_told;           /* false: done and body are not compared */
    bool done;
    tokusage_body body;
    bool text;                   /* the body is one JSON text, or was meant to be one */
    tokusage_status text_status; /* of tokusage_extract; if that is OK, of tokusage_reconcile after it */
} sample;

/* Reads the folder's table; returns how many lines it has, 0 when the folder has no table. */
size_t samples_read(const char *folder, sample *list);

/* The bytes of a sample's file; valid until the next call. */
span sample_bytes(const char *folder, const sample *in);

/* The pointer of a sample: NULL for the known places. */
const char *sample_pointer(const sample *in);

/* Feeds the body in many ways, and compares each answer with the sample; each usage is encoded and decoded again. */
void expect_sample_as_stream(const sample *in, span bytes);

/* Reads a sample that is a text: as a text, and as a cJSON tree. */
void expect_sample_as_text(const sample *in, span bytes);

#endif
