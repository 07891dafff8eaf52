/*
 * One run over one file: its messages.
 */
#include "run.h"

#include <string.h>

void run_place(const run *of, uint64_t line, text *to) {
    text_safe(to, of->name, strlen(of->name));
    if (line > 0) {
        text_byte(to, ':');
        text_number(to, (int64_t)line);
    }
}

static void put_message(const run *of, uint64_t line, const char *reason, text *to) {
    text_string(to, "usage-report: ");
    run_place(of, line, to);
    text_string(to, ": ");
    text_string(to, reason);
    text_byte(to, '\n');
}

void run_finding(run *of, uint64_t line, const char *reason) {
    if (of->named >= of->asked->max_errors) {
        of->unnamed++;
        return;
    }
    of->named++;
    put_message(of, line, reason, &of->findings);
}

void run_failure(run *of, uint64_t line, const char *reason) {
    of->incomplete = true;
    put_message(of, line, reason, &of->failures);
}

void run_free(run *of) {
    text *const texts[] = {&of->lines, &of->findings, &of->failures, &of->at, &of->by, &of->key, &of->scratch};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        text_free(texts[i]);
    }
    totals_free(&of->totals);
}
