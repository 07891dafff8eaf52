/*
 * One run: its messages.
 */
#include "run.h"

#include <string.h>

void run_place(const run *of, uint64_t line, text *to) {
    text_safe(to, of->source->name, strlen(of->source->name));
    if (line > 0) {
        text_byte(to, ':');
        text_line(to, line);
    }
}

void run_message(const run *of, uint64_t line, const char *reason, text *to) {
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
    run_message(of, line, reason, &of->findings);
}

void run_finding_once(run *of, uint64_t line, const char *reason) {
    text_byte(&of->findings, FINDING_ONCE);
    run_message(of, line, reason, &of->findings);
}

void run_failure(run *of, uint64_t line, const char *reason) {
    of->incomplete = true;
    run_message(of, line, reason, &of->failures);
}

void run_free(run *of) {
    text *const texts[] = {&of->lines, &of->findings, &of->noted, &of->failures, &of->head, &of->key, &of->scratch};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        text_free(texts[i]);
    }
    about_free(&of->about);
    totals_free(&of->totals);
    totals_free(&of->unpriced);
}
