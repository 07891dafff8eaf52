/*
 * usage-report: from the command line to the exit status.
 */
#include "usage_report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    COMPLETE = 0,
    WITH_FINDINGS = 1,
    NOT_COMPLETE = 2
};

/* No file may get the number of a closed standard descriptor: /dev/null gets it, opened the wrong way round. */
static void fill_standard(void) {
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
        if (fcntl(i, F_GETFD) < 0 && open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) {
            exit(NOT_COMPLETE);
        }
    }
}

static void set_seed(reading *in) {
    FILE *const random = fopen("/dev/urandom", "rb");
    if (!random || fread(in->seed, sizeof in->seed, 1, random) != 1) {
        in->seed[0] = (uint64_t)time(NULL);
        in->seed[1] = (uint64_t)getpid() ^ (uint64_t)(uintptr_t)in;
    }
    if (random) {
        fclose(random);
    }
}

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
        fprintf(stderr, "usage-report: standard output: %s\n", error != 0 ? strerror(error) : "a write failed");
        return NOT_COMPLETE;
    }
    return result;
}

static void read_all(reading *in) {
    input with = {.buffer = NULL};
    for (size_t i = 0; i < in->asked->file_count && !interrupted() && in->output_error == 0; i++) {
        read_file(in, &with, in->asked->files[i], (uint32_t)i);
    }
    free(with.buffer);
    answers_finish(in);
}

/* Sorts, sums and prints; --each prints its lines instead of the report, except the table, which is for people. */
static void print_report(reading *in, tally *total) {
    const options *const asked = in->asked;
    text printed = {.bytes = NULL};
    text strings = {.bytes = NULL};
    options about_it = *asked;
    if (in->head.used > 0) {
        merge_head(text_all(&in->head), &about_it, &strings);
    }
    if (about_it.by_count == 0) {
        totals_group(&in->totals, (slice){NULL, 0}); /* all are one group, which is there even when it is empty */
    }
    totals_sort(&in->totals, asked->sort);
    const bool summed = totals_sum(&in->totals, 0, total);
    if ((asked->top > 0 && !totals_cut(&in->totals, (size_t)asked->top)) || !summed) {
        fputs("usage-report: a sum of all groups would leave the range (0 to 9007199254740991), and is left out\n",
              stderr);
        in->incomplete = true;
    }
    if (!asked->each || asked->format == FORMAT_TABLE) {
        const report made = {&about_it, &in->totals, total, !in->incomplete && !interrupted()};
        text_string(&printed, asked->each && total->counters[RESPONSES] > 0 ? "\n" : "");
        format_report(&made, &printed);
        print(in, &printed);
    }
    text_free(&printed);
    text_free(&strings);
}

static int report_all(options *asked) {
    static reading in;
    tally total = {.counters = {0}};
    const tokusage *const usage = &total.usage;
    memset(&in, 0, sizeof in);
    in.asked = asked;
    in.wants_time = asked->ranged || asked->prices.timed;
    for (size_t i = 0; i < asked->by_count; i++) {
        in.wants_time = in.wants_time || asked->by[i].kind == BY_TIME;
    }
    set_seed(&in);
    if (asked->each) {
        format_each_head(asked, &in.out);
        print(&in, &in.out);
    }
    read_all(&in);
    if (interrupted()) {
        fputs("usage-report: interrupted; these are the totals so far\n", stderr);
    }
    print_report(&in, &total);
    if (in.unsaid > 0 && asked->max_errors > 0) {
        fprintf(stderr, "usage-report: and %" PRIu64 " more findings (--max-errors)\n", in.unsaid);
    }
    if (!usage->prompt_tokens.present && !usage->completion_tokens.present && !usage->total_tokens.present &&
        !asked->merge && !in.incomplete && in.output_error == 0) {
        fputs("usage-report: nothing was counted: no response with a usage was found\n", stderr);
    }
    if (asked->explain) {
        prices_explain(&asked->prices);
    }
    totals_free(&in.totals);
    forget(&in.notes);
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
    fill_standard();
    int result = options_read(argc, argv, &asked);
    if (result == COMPLETE) {
        result = finish(COMPLETE, 0);
    } else if (result < 0) {
        interrupt_prepare();
        result = report_all(&asked);
    }
    options_free(&asked);
    interrupt_die();
    return result;
}
