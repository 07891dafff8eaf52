/*
 * usage-report: from the command line to the exit status.
 */
#include "usage_report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif

enum {
    COMPLETE = 0,
    WITH_FINDINGS = 1,
    NOT_COMPLETE = 2
};

void print(reading *in, text *of) {
    errno = 0;
    if (in->output_error == 0 && of->used > 0 && fwrite(of->bytes, 1, of->used, stdout) < of->used) {
        in->output_error = errno != 0 ? errno : EIO;
    }
    of->used = 0;
}

/* A full disk often shows only when the output is closed. */
static int finish(int result, int error) {
    errno = 0;
    const bool closed = fclose(stdout) == 0;
    error = error != 0 ? error : errno;
    if (!closed || error != 0) {
        complain("standard output", 0, (slice){NULL, 0}, error != 0 ? strerror(error) : "a write failed");
        return NOT_COMPLETE;
    }
    return result;
}

static void read_all(reading *in) {
    for (size_t i = 0; i < in->asked->file_count && in->output_error == 0; i++) {
        read_file(in, in->asked->files[i], (uint32_t)i);
    }
    answers_finish(in);
}

/* ---- the report */

static int compare_keys(const void *one, const void *other) {
    return strcmp(((const report_row *)one)->key.bytes, ((const report_row *)other)->key.bytes);
}

static int compare_tokens(const void *one, const void *other) {
    const int64_t a = ((const report_row *)one)->tally->usage.total_tokens.value;
    const int64_t b = ((const report_row *)other)->tally->usage.total_tokens.value;
    return a != b ? (a < b) - (a > b) : compare_keys(one, other);
}

/* Sums, sorts and prints. For people the groups with most tokens come first, except where there are times. */
static void print_report(reading *in, tally *total) {
    const options *const asked = in->asked;
    const bool by_tokens = asked->format == FORMAT_TABLE && !asked->timed;
    bool good = true;
    size_t count = 0;
    if (asked->by_count == 0) { /* all are one group, which is there even when it is empty */
        catalog_at(&in->groups, (slice){NULL, 0}, sizeof(group));
    }
    report_row *const rows = memory_resize(NULL, (in->groups.count + 1) * sizeof *rows);
    for (const group *each = in->groups.first; each; each = each->as.next) {
        rows[count++] = (report_row){.key = each->as.key, .tally = &each->tally};
        good = tally_add(total, &each->tally) && good;
    }
    if (!good) {
        say_failure(in, 0, "a sum of all groups would leave the range (0 to 9007199254740991), and is left out");
        *total = (tally){.cost = 0};
    }
    rows[count] = (report_row){.tally = total};
    qsort(rows, count, sizeof *rows, by_tokens ? compare_tokens : compare_keys);
    if (!asked->each) {
        format_report(asked, rows, count, !in->incomplete, &in->out);
        print(in, &in->out);
    }
    free(rows);
}

static int report_all(options *asked) {
    static reading in;
    tally total = {.cost = 0};
    memset(&in, 0, sizeof in);
    in.asked = asked;
    in.wants_time = asked->timed || asked->ranged || asked->prices.timed;
    if (getentropy(&in.seed, sizeof in.seed) != 0) {
        complain("random numbers", 0, (slice){NULL, 0}, strerror(errno));
        return NOT_COMPLETE;
    }
    if (asked->each) {
        format_each(asked, NULL, &in.out);
        print(&in, &in.out);
    }
    read_all(&in);
    print_report(&in, &total);
    if (in.unsaid > 0 && asked->max_errors > 0) {
        fprintf(stderr, "usage-report: and %" PRIu64 " more findings (--max-errors)\n", in.unsaid);
    }
    if (is_empty(&total.usage) && !asked->merge && !in.incomplete && in.output_error == 0) {
        complain("nothing was counted", 0, (slice){NULL, 0}, "no response with a usage was found");
    }
    catalog_free(&in.groups);
    catalog_free(&in.notes);
    response_free(&in.found);
    free(in.document.members);
    text_free(&in.head);
    text_free(&in.key);
    text_free(&in.scratch);
    text_free(&in.out);
    return finish(in.incomplete                                 ? NOT_COMPLETE
                  : asked->strict && tally_findings(&total) > 0 ? WITH_FINDINGS
                                                                : COMPLETE,
                  in.output_error);
}

int main(int argc, char **argv) {
    options asked;
    int result = options_read(argc, argv, &asked);
    if (result == COMPLETE) {
        result = finish(COMPLETE, 0);
    } else if (result < 0) {
        result = report_all(&asked);
    }
    options_free(&asked);
    return result;
}
