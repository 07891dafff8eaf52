/*
 * usage-report: totals of the token usage in logs, bodies and recorded streams of completions. usage-report.1 is its
 * manual.
 *
 * Data's way: options -> crew (a run for each file) -> reader (bytes to responses) -> response (the library's verdict)
 * -> totals -> formats. Everything about usage is asked of the library; nothing here reads JSON itself.
 */
#include "crew.h"
#include "formats.h"
#include "interrupt.h"
#include "options.h"
#include "progress.h"

#include <errno.h>
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

/* How many bytes there are to read; 0 when that cannot be known. */
static uint64_t bytes_to_read(const options *asked) {
    uint64_t sum = 0;
    for (size_t i = 0; i < asked->file_count; i++) {
        struct stat about;
        const bool standard = strcmp(asked->files[i], "-") == 0;
        const int failed = standard ? fstat(STDIN_FILENO, &about) : stat(asked->files[i], &about);
        if (failed != 0 || S_ISDIR(about.st_mode)) {
            continue; /* nothing will be read of it */
        }
        if (!S_ISREG(about.st_mode)) {
            return 0;
        }
        sum += (uint64_t)about.st_size;
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
    text head = {.bytes = NULL};
    if (asked->each) {
        format_each_head(asked->format, &head);
    }
    print(&head);
    text_free(&head);
}

static const char *pointer_of(text *of) {
    text_byte(of, '\0');
    return of->bytes;
}

/* --each prints its lines in place of the report, but for the table, which is for people. */
static void print_report(const options *asked, crew_result *found) {
    if (asked->each && asked->format != FORMAT_TABLE) {
        return;
    }
    report about = {
        .at = asked->at,
        .by = asked->by,
        .groups = &found->groups,
        .total = &found->total,
        .complete = found->complete,
    };
    if (found->pointers.merged) {
        about.at = found->pointers.placed ? pointer_of(&found->pointers.at) : NULL;
        about.by = found->pointers.grouped ? pointer_of(&found->pointers.by) : NULL;
    }
    if (!about.by) {
        totals_group(&found->groups, NULL, 0); /* all are one group, which is there even when it is empty */
    }
    text printed = {.bytes = NULL};
    if (asked->each && found->total.counters[RESPONSES] > 0) {
        text_byte(&printed, '\n');
    }
    format_report(&about, asked->format, terminal_width(), &printed);
    print(&printed);
    text_free(&printed);
}

int main(int argc, char **argv) {
    static char input[] = "-";
    static char *standard[] = {input, NULL};
    options asked;
    switch (options_read(argc, argv, &asked)) {
    case OPTIONS_GOOD:
        break;
    case OPTIONS_SHOWN:
        return finish(COMPLETE, 0);
    case OPTIONS_WRONG:
        return NOT_COMPLETE;
    }
    if (asked.file_count == 0) {
        asked.files = standard;
        asked.file_count = 1;
    }
    if (!interrupt_prepare()) {
        fprintf(stderr, "usage-report: no pipe for signals: %s\n", strerror(errno));
        return NOT_COMPLETE;
    }
    crew_result found;
    print_head(&asked);
    progress_begin(bytes_to_read(&asked));
    crew_read(&asked, &found);
    if (interrupt_signal()) {
        fputs("usage-report: interrupted; these are the totals so far\n", stderr);
    }
    print_report(&asked, &found);
    const bool findings = asked.strict && tally_findings(&found.total) > 0;
    const int result = finish(!found.complete ? NOT_COMPLETE : findings ? WITH_FINDINGS : COMPLETE, found.output_error);
    crew_free(&found);
    interrupt_die();
    return result;
}
