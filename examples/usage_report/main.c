/*
 * usage-report: totals of the token usage in logs, bodies and recorded streams, and what they cost. usage-report.1 is
 * its manual.
 *
 * Data's way: options -> crew (a run for each file or part of one) -> input (bytes) -> reader, events (responses) ->
 * response (the library's verdict), sequence (pieces of streamed ones) -> totals -> formats. Everything about usage is
 * asked of the library; json.c only finds what stands beside it.
 */
#include "crew.h"
#include "interrupt.h"
#include "merge.h"
#include "progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum {
    COMPLETE = 0,
    WITH_FINDINGS = 1,
    NOT_COMPLETE = 2
};

/* No file may take the place of a standard descriptor that is closed: what is in its place refuses what it is for. */
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
        const int failed = standard ? fstat(STDIN_FILENO, &status) : stat(asked->files[i], &status);
        if (failed != 0 || S_ISDIR(status.st_mode)) {
            continue; /* nothing will be read of it */
        }
        if (!S_ISREG(status.st_mode)) {
            return 0;
        }
        sum += (uint64_t)status.st_size;
    }
    return sum;
}

/* The columns of the terminal that standard output is; 0 when it is none. */
static size_t terminal_width(void) {
    if (!isatty(STDOUT_FILENO)) {
        return 0;
    }
#ifdef TIOCGWINSZ
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
#endif
    return 80;
}

/* Closes the output; a full disk often shows only then. `error` is the errno of a write that failed before, or 0. */
static int finish(int result, int error) {
    const bool written = !ferror(stdout);
    errno = error;
    if (fclose(stdout) != 0 || !written) {
        fprintf(stderr, "usage-report: standard output: %s\n", errno ? strerror(errno) : "a write failed");
        return NOT_COMPLETE;
    }
    return result;
}

static void print(const text *of) {
    if (of->used > 0) {
        fwrite(of->bytes, 1, of->used, stdout);
    }
}

static void print_head(const options *asked) {
    text line = {.bytes = NULL};
    if (asked->each) {
        format_each_head(asked, &line);
    }
    print(&line);
    text_free(&line);
}

static head head_of(const options *asked) {
    head made = {.at = asked->at, .by_count = asked->by_count, .priced = asked->priced};
    for (size_t i = 0; i < asked->by_count; i++) {
        made.by[i] = asked->by[i].given;
    }
    return made;
}

/* Sorts, sums and prints; --each prints its lines in place of the report, except the table, which is for people. */
static void print_report(const options *asked, crew_result *found, tally *total) {
    text strings = {.bytes = NULL};
    text printed = {.bytes = NULL};
    report made = {.asked = asked, .head = head_of(asked), .groups = &found->groups, .total = total};
    if (found->head.used > 0) {
        merge_head((slice){found->head.bytes, found->head.used}, &made.head, &strings);
    }
    if (made.head.by_count == 0) {
        totals_group(&found->groups, NULL, 0); /* all are one group, which is there even when it is empty */
    }
    totals_sort(&found->groups, &asked->order);
    bool good = totals_sum(&found->groups, total);
    if (asked->top > 0) {
        good = totals_cut(&found->groups, (size_t)asked->top) && good;
    }
    if (!good) {
        fputs("usage-report: a sum of all groups would leave the range (0 to 9007199254740991), and is left out\n",
              stderr);
    }
    made.complete = found->complete;
    if (!asked->each || asked->format == FORMAT_TABLE) {
        text_string(&printed, asked->each && total->counters[RESPONSES] > 0 ? "\n" : "");
        format_report(&made, terminal_width(), &printed);
        print(&printed);
    }
    text_free(&printed);
    text_free(&strings);
}

/* What the report itself does not say. */
static void print_notes(const options *asked, crew_result *found, const tally *total) {
    text line = {.bytes = NULL};
    text model = {.bytes = NULL};
    const order by_count = {.by = ORDER_COUNTER, .which = RESPONSES};
    totals_sort(&found->unpriced, &by_count);
    for (size_t i = 0; i < found->unpriced.count; i++) {
        const char *key = found->unpriced.groups[i]->key;
        const bool named = key_next(&key, &model);
        text_string(&line, "usage-report: no price for ");
        text_safe(&line, named ? model.bytes : "responses without a model", named ? model.used : 25);
        text_string(&line, ": ");
        text_grouped(&line, found->unpriced.groups[i]->tally.counters[RESPONSES]);
        text_string(&line, " not in the cost\n");
    }
    if (!total->usage.prompt_tokens.present && !total->usage.completion_tokens.present &&
        !total->usage.total_tokens.present && !asked->merge && found->complete && found->output_error == 0) {
        text_string(&line, "usage-report: nothing was counted: no response with a usage was found\n");
    }
    if (line.used > 0) {
        fwrite(line.bytes, 1, line.used, stderr);
    }
    text_free(&line);
    text_free(&model);
}

static int report_all(const options *asked) {
    crew_result found;
    tally total = {.counters = {0}};
    print_head(asked);
    progress_begin(bytes_to_read(asked));
    crew_read(asked, &found);
    if (interrupt_signal()) {
        fputs("usage-report: interrupted; these are the totals so far\n", stderr);
    }
    print_report(asked, &found, &total);
    print_notes(asked, &found, &total);
    const bool findings = asked->strict && tally_findings(&total) > (asked->unique ? total.counters[REPEATED] : 0);
    const int result = finish(!found.complete ? NOT_COMPLETE : findings ? WITH_FINDINGS : COMPLETE, found.output_error);
    crew_free(&found);
    return result;
}

int main(int argc, char **argv) {
    static char input[] = "-";
    static char *standard[] = {input, NULL};
    options asked;
    fill_standard();
    const options_result read = options_read(argc, argv, &asked);
    if (asked.file_count == 0) {
        asked.files = standard;
        asked.file_count = 1;
    }
    int result = read == OPTIONS_WRONG ? NOT_COMPLETE : COMPLETE;
    if (read == OPTIONS_SHOWN) {
        result = finish(COMPLETE, 0);
    } else if (read == OPTIONS_GOOD && !interrupt_prepare()) {
        fprintf(stderr, "usage-report: no pipe for signals: %s\n", strerror(errno));
        result = NOT_COMPLETE;
    } else if (read == OPTIONS_GOOD) {
        result = report_all(&asked);
    }
    options_free(&asked);
    interrupt_die();
    return result;
}
