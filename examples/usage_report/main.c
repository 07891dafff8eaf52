/*
 * usage-report: from the command line to the exit status.
 */
#include "usage_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* How many bytes there are to read; 0 when that cannot be known. */
static uint64_t bytes_to_read(const options *asked) {
    uint64_t sum = 0;
    for (size_t i = 0; i < asked->file_count; i++) {
        struct stat status;
        const bool standard = strcmp(asked->files[i], "-") == 0;
        if ((standard ? fstat(STDIN_FILENO, &status) : stat(asked->files[i], &status)) != 0 ||
            S_ISDIR(status.st_mode)) {
            continue; /* nothing will be read of it */
        }
        if (!S_ISREG(status.st_mode)) {
            return 0;
        }
        sum += (uint64_t)status.st_size;
    }
    return sum;
}

/* Prints, or closes, the output; a full disk often shows only then. `error` is the errno of a write before, or 0. */
static void print(text *of) {
    if (of->used > 0) {
        fwrite(of->bytes, 1, of->used, stdout);
    }
    of->used = 0;
}

static int finish(int result, int error) {
    const bool written = !ferror(stdout);
    errno = error;
    if (fclose(stdout) != 0 || !written) {
        fprintf(stderr, "usage-report: standard output: %s\n", errno ? strerror(errno) : "a write failed");
        return NOT_COMPLETE;
    }
    return result;
}

/* Sorts, sums and prints; --each prints its lines instead of the report, except the table, which is for people. */
static void print_report(const options *asked, crew_result *found, tally *total) {
    text printed = {.bytes = NULL};
    text strings = {.bytes = NULL};
    options about_it = *asked;
    if (found->head.used > 0) {
        merge_head((slice){found->head.bytes, found->head.used}, &about_it, &strings);
    }
    if (about_it.by_count == 0) {
        totals_group(&found->groups, NULL, 0); /* all are one group, which is there even when it is empty */
    }
    totals_sort(&found->groups, asked->sort);
    bool good = totals_sum(&found->groups, 0, total);
    if (asked->top > 0) {
        good = totals_cut(&found->groups, (size_t)asked->top) && good;
    }
    if (!good) {
        fputs("usage-report: a sum of all groups would leave the range (0 to 9007199254740991), and is left out\n",
              stderr);
    }
    if (!asked->each || asked->format == FORMAT_TABLE) {
        const report made = {&about_it, &found->groups, total, found->complete};
        text_string(&printed, asked->each && total->counters[RESPONSES] > 0 ? "\n" : "");
        format_report(&made, &printed);
        print(&printed);
    }
    text_free(&printed);
    text_free(&strings);
}

static int report_all(const options *asked) {
    crew_result found;
    tally total = {.counters = {0}};
    text line = {.bytes = NULL};
    if (asked->each) {
        format_each_head(asked, &line);
        print(&line);
    }
    progress_begin(bytes_to_read(asked));
    crew_read(asked, &found);
    if (interrupt_signal()) {
        fputs("usage-report: interrupted; these are the totals so far\n", stderr);
    }
    print_report(asked, &found, &total);
    const tokusage *const usage = &total.usage;
    if (!usage->prompt_tokens.present && !usage->completion_tokens.present && !usage->total_tokens.present &&
        !asked->merge && found.complete && found.output_error == 0) {
        fputs("usage-report: nothing was counted: no response with a usage was found\n", stderr);
    }
    const int64_t findings = tally_findings(&total) - (asked->unique ? total.counters[REPEATED] : 0);
    const int result = !found.complete ? NOT_COMPLETE : asked->strict && findings > 0 ? WITH_FINDINGS : COMPLETE;
    totals_free(&found.groups);
    text_free(&found.head);
    text_free(&line);
    return finish(result, found.output_error);
}

int main(int argc, char **argv) {
    static char input_name[] = "-";
    static char *standard[] = {input_name, NULL};
    options asked;
    fill_standard();
    int result = options_read(argc, argv, &asked);
    if (asked.file_count == 0) {
        asked.files = standard;
        asked.file_count = 1;
    }
    if (result == COMPLETE) {
        result = finish(COMPLETE, 0);
    } else if (result < 0 && !interrupt_prepare()) {
        fprintf(stderr, "usage-report: no pipe for signals: %s\n", strerror(errno));
        result = NOT_COMPLETE;
    } else if (result < 0) {
        result = report_all(&asked);
    }
    options_free(&asked);
    interrupt_die();
    return result;
}
