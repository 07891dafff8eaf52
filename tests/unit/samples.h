/*
 * Bodies in files, and the table of what a stream says of each: a folder with an expected.tsv whose first line names the
 * columns. To add a case, add a file and a line of the table. The columns: file; the counts by their names, after
 * tokusage_settle; verdict and verdict_complete (what tokusage_stream_verdict says without and with the word of the
 * transport); reports; done; model, id, service_tier. And, where the table has them: pointer ("" as two quotes); error
 * (of a usage that is wrong, in the words of notation.h); about (what the case is, in words).
 */
#ifndef TOKUSAGE_TESTS_SAMPLES_H
#define TOKUSAGE_TESTS_SAMPLES_H

#include "body.h"
#include "table.h"

/* Runs each row of FOLDER/TABLE in every way. Returns how many there are, 0 when there is no such table. */
size_t expect_samples(const char *folder, const char *name);

/* Fails the test unless each file of the folder that is no table and no README.md is in the table. */
void expect_all_files_in_table(const char *folder, const char *name);

#endif
