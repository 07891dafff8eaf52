/*
 * src/stream.c: what later reports do to earlier ones. A report replaces the one before it. Behind one at
 * /message/usage each is laid over it, slot by slot. If the event of a report turns out not to be JSON, the report is
 * taken back, with everything that it changed.
 */
#include <stdio.h>
#include <string.h>

#include "bodies.h"

static const body merges[] = {
    /* ---- laid over slot by slot */
    {"the delta tells the output", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"),
     IN_EVENTS(COUNTS(10, 15, ABSENT), 2, true, "")},
    {"the delta tells the input again", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":20,\"output_tokens\":15}}\n\n"),
     IN_EVENTS(COUNTS(20, 15, ABSENT), 2, true, "")},
    {"the input may fall", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":60385,"
          "\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":612,\"output_tokens\":9}}\n\n"),
     IN_EVENTS(COUNTS(612, 9, ABSENT), 2, true, "")},
    {"counts that are not in the delta stay", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3,"
          "\"cache_creation_input_tokens\":20,\"cache_read_input_tokens\":100,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":9,\"cache_read_input_tokens\":200}}\n\n"),
     IN_EVENTS(COUNTS6(223, 9, ABSENT, 200, 20, ABSENT), 2, true, "")},
    {"zero replaces", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3,"
          "\"cache_creation_input_tokens\":20,\"cache_read_input_tokens\":100,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"cache_read_input_tokens\":0}}\n\n"),
     IN_EVENTS(COUNTS6(23, 1, ABSENT, 0, 20, ABSENT), 2, true, "")},
    {"null does not replace", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3,"
          "\"cache_creation_input_tokens\":20,\"cache_read_input_tokens\":100,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":null,\"output_tokens\":9,"
          "\"cache_read_input_tokens\":null}}\n\n"),
     IN_EVENTS(COUNTS6(123, 9, ABSENT, 100, 20, ABSENT), 2, true, "")},
    {"several deltas", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":4}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":11}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":9}}\n\n"),
     IN_EVENTS(COUNTS(11, 9, ABSENT), 4, true, "")},
    {"a total stays", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"total_tokens\":11}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":5}}\n\n"),
     IN_EVENTS(COUNTS(10, 5, 11), 2, true, "")},
    {"parts of the output", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15,"
          "\"output_tokens_details\":{\"thinking_tokens\":4}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":16}}\n\n"),
     IN_EVENTS(COUNTS6(10, 16, ABSENT, ABSENT, ABSENT, 4), 3, true, "")},
    {"a start alone", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_stop\"}\n\n"),
     IN_EVENTS(COUNTS(10, 1, ABSENT), 1, false, "")},
    {"a delta without a count", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":null}\n\n"
          "data: {\"type\":\"message_delta\",\"delta\":{}}\n\n"),
     IN_EVENTS(COUNTS(10, 1, ABSENT), 1, false, "")},
    {"a delta alone", NULL,
     TEXT("data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":9}}\n\n"),
     IN_EVENTS(COUNTS(9, ABSENT, ABSENT), 2, false, "")},
    {"lines", NULL,
     TEXT("{\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n"
          "{\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n"),
     IN_TEXTS(COUNTS(10, 15, ABSENT), 2, true, WHOLE, "")},

    /* ---- another start */
    {"another start clears", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3,"
          "\"cache_creation_input_tokens\":20,\"cache_read_input_tokens\":100,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":9}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":2,\"output_tokens\":0}}}\n\n"),
     IN_EVENTS(COUNTS(2, 0, ABSENT), 3, false, "")},
    {"a delta behind another start", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3,"
          "\"cache_creation_input_tokens\":20,\"cache_read_input_tokens\":100,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":9}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":2}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":3}}\n\n"),
     IN_EVENTS(COUNTS(2, 3, ABSENT), 4, true, "")},
    {"a start clears other reports", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}}\n\n"),
     IN_EVENTS(COUNTS(1, 2, ABSENT), 2, false, "")},
    {"a start without a count clears nothing", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":null}}}\n\n"
          "data: {\"usage\":{\"prompt_tokens\":6}}\n\n"),
     IN_EVENTS(COUNTS(6, ABSENT, ABSENT), 2, false, "")},
    {"a start of null clears nothing", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":null}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"),
     IN_EVENTS(COUNTS(10, 15, ABSENT), 2, true, "")},
    {"the same start twice", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"),
     IN_EVENTS(COUNTS(10, 15, ABSENT), 3, true, "")},
    {"another start has another model", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"model\":\"a\",\"usage\":{\"input_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":2}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"model\":\"b\",\"usage\":{\"input_tokens\":3}}}\n\n"),
     IN_EVENTS(COUNTS(3, ABSENT, ABSENT), 3, false, "b")},

    /* ---- places */
    {"later reports at any place", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"response\":{\"usage\":{\"output_tokens\":4}}}\n\n"
          "data: {\"x_groq\":{\"usage\":{\"total_tokens\":14}}}\n\n"
          "data: {\"usageMetadata\":{\"cachedContentTokenCount\":6}}\n\n"),
     IN_EVENTS(COUNTS6(10, 4, 14, 6, ABSENT, ABSENT), 4, false, "")},
    {"a first place in the same text", NULL,
     TEXT("data: {\"message\":{\"usage\":{\"input_tokens\":10}},\"usage\":{\"output_tokens\":1}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":3}}\n\n"),
     IN_EVENTS(COUNTS(3, ABSENT, ABSENT), 2, false, "")},
    {"a pointer to the delta", "/usage",
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"),
     IN_EVENTS(COUNTS(ABSENT, 15, ABSENT), 1, false, "")},
    {"a pointer to the start", "/message/usage",
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3,"
          "\"cache_creation_input_tokens\":20,\"cache_read_input_tokens\":100,\"output_tokens\":1}}}\n\n"),
     IN_EVENTS(COUNTS6(123, 1, ABSENT, 100, 20, ABSENT), 2, false, "")},
    {"a pointer to the start, which a delta has, too", "/message/usage",
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10}}}\n\n"
          "data: {\"type\":\"message_delta\",\"message\":{\"usage\":{\"output_tokens\":15}}}\n\n"),
     IN_EVENTS(COUNTS(ABSENT, 15, ABSENT), 2, false, "")},
    {"an array has one report", NULL,
     TEXT("[{\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}},"
          "{\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}]"),
     IN_TEXTS(COUNTS(ABSENT, 15, ABSENT), 1, false, WHOLE, "")},
    {"an array whose last report is a start", NULL,
     TEXT("[{\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}},{\"type\":\"message_start\","
          "\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}},{}]\n"
          "{\"type\":\"message_delta\",\"usage\":{\"output_tokens\":16}}"),
     IN_TEXTS(COUNTS(10, 16, ABSENT), 2, true, WHOLE, "")},
    {"a start with the place twice", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n"
          "data: {\"message\":{\"usage\":{\"input_tokens\":1},\"usage\":{}}}\n\n"
          "data: {\"usage\":{\"prompt_tokens\":6}}\n\n"),
     IN_EVENTS(COUNTS(6, ABSENT, ABSENT), 2, false, "")},

    /* ---- each report first decides which of its names count; then it is laid over */
    {"the input by another name", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,"
          "\"cache_read_input_tokens\":3}}}\n\n"
          "data: {\"usage\":{\"prompt_tokens\":7}}\n\n"),
     IN_EVENTS(COUNTS6(10, ABSENT, ABSENT, 3, ABSENT, ABSENT), 2, false, "")},
    {"a cache count within, then one beside", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"prompt_tokens\":10,"
          "\"cache_read_input_tokens\":3}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"cache_read_input_tokens\":5}}\n\n"),
     IN_EVENTS(COUNTS6(15, ABSENT, ABSENT, 5, ABSENT, ABSENT), 2, true, "")},
    {"a cache count beside, then one within", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,"
          "\"cache_read_input_tokens\":3}}}\n\n"
          "data: {\"usage\":{\"prompt_tokens\":20,\"cache_read_input_tokens\":5}}\n\n"),
     IN_EVENTS(COUNTS6(23, ABSENT, ABSENT, 3, ABSENT, ABSENT), 2, false, "")},
    {"reasoning beside stays", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"usageMetadata\":{\"candidatesTokenCount\":2,\"thoughtsTokenCount\":4}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"),
     IN_EVENTS(COUNTS6(10, 19, ABSENT, ABSENT, ABSENT, 4), 3, true, "")},
    {"results of tools stay", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"usageMetadata\":{\"toolUsePromptTokenCount\":4}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":11}}\n\n"),
     IN_EVENTS(COUNTS(15, 1, ABSENT), 3, true, "")},

    /* ---- wrong reports */
    {"a wrong delta", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":-1}}\n\n"),
     IN_EVENTS(ABOUT(RANGE, "completion_tokens"), 2, true, "")},
    {"a good delta behind a wrong one", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":99,\"output_tokens\":\"x\"}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"),
     IN_EVENTS(ABOUT(TYPE, "completion_tokens"), 3, true, "")},
    {"a report that is not an object", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"usage\":[]}\n\n"),
     IN_EVENTS(ABOUT(TYPE, "usage"), 2, false, "")},
    {"a good delta behind a report that is not an object", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":7}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"),
     IN_EVENTS(ABOUT(TYPE, "usage"), 3, true, "")},
    {"a good start behind a wrong delta", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":0.5}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":2}}}\n\n"),
     IN_EVENTS(COUNTS(2, ABSENT, ABSENT), 3, false, "")},
    {"a wrong start", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1.5,\"output_tokens\":3}}}\n\n"),
     IN_EVENTS(ABOUT(INTEGER, "prompt_tokens"), 2, false, "")},
    {"a good delta behind a wrong start", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1.5,\"output_tokens\":3}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"),
     IN_EVENTS(ABOUT(INTEGER, "prompt_tokens"), 3, true, "")},
    {"a start that is not an object", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":5}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":3}}\n\n"),
     IN_EVENTS(ABOUT(TYPE, "usage"), 4, true, "")},
    {"a wrong delta behind a wrong one", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":-1}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":\"x\"}}\n\n"),
     IN_EVENTS(ABOUT(RANGE, "completion_tokens"), 3, true, "")},
    {"a good start behind a wrong start", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1.5,\"output_tokens\":3}}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":4}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"),
     IN_EVENTS(COUNTS(4, 15, ABSENT), 3, true, "")},
    {"a sum out of range", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":9007199254740991}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"cache_read_input_tokens\":1}}\n\n"),
     IN_EVENTS(ABOUT(RANGE, "prompt_tokens"), 2, true, "")},
    {"a sum that is in range again", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":9007199254740991}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"cache_read_input_tokens\":1}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"cache_read_input_tokens\":0}}\n\n"),
     IN_EVENTS(COUNTS6(TOKUSAGE_COUNT_MAX, ABSENT, ABSENT, 0, ABSENT, ABSENT), 3, true, "")},
    {"a malformed or cut text, or more in its event: not a report", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15,}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":16}\n\n"
          "data: {\"usage\":{\"output_tokens\":1},\"usage\":{}}\n\n"),
     IN_EVENTS(COUNTS(10, 1, ABSENT), 1, false, "")},

    /* ---- taken back */
    {"a delta taken back", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}} x\n\n"),
     IN_EVENTS(COUNTS(10, 1, ABSENT), 1, false, "")},
    {"a delta behind one taken back", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":99,\"output_tokens\":15}}x\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":20}}\n\n"),
     IN_EVENTS(COUNTS(10, 20, ABSENT), 2, true, "")},
    {"a second delta taken back", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":99}}\n"
          "data: x\n\n"),
     IN_EVENTS(COUNTS(10, 15, ABSENT), 2, true, "")},
    {"a wrong delta taken back", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":-1}},\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":20}}\n\n"),
     IN_EVENTS(COUNTS(10, 20, ABSENT), 2, true, "")},
    {"a delta behind a wrong one taken back", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":-1}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":20}}}\n\n"),
     IN_EVENTS(ABOUT(RANGE, "completion_tokens"), 2, true, "")},
    {"a start taken back", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}x\n\n"),
     IN_EVENTS(COUNTS(5, 7, 12), 1, false, "")},
    {"a report behind a start taken back", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}x\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"prompt_tokens\":6}}\n\n"),
     IN_EVENTS(COUNTS(6, ABSENT, ABSENT), 2, false, "")},
    {"a second start taken back", NULL,
     TEXT("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3,"
          "\"cache_creation_input_tokens\":20,\"cache_read_input_tokens\":100,\"output_tokens\":1}}}\n\n"
          "data: {\"type\":\"message_start\",\"message\":{\"model\":\"b\",\"usage\":{\"input_tokens\":1,"
          "\"output_tokens\":2}}} {}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":9}}\n\n"),
     IN_EVENTS(COUNTS6(123, 9, ABSENT, 100, 20, ABSENT), 2, true, "")},
};

static void stream_lays_reports_over_what_a_message_start_told(void **state) {
    (void)state;
    expect_bodies(merges, LENGTH(merges));
}

/* ------------------------------------------------------------------------------------------------ random */

#define START(usage) "{\"type\":\"message_start\",\"message\":{\"model\":\"m\",\"usage\":" usage "}}"
#define DELTA(usage) "{\"type\":\"message_delta\",\"usage\":" usage "}"

static const char *const texts[] = {
    START("{\"input_tokens\":1,\"cache_read_input_tokens\":2,\"cache_creation_input_tokens\":4,\"output_tokens\":8}"),
    START("{\"input_tokens\":16}"),
    START("{\"input_tokens\":16,\"output_tokens\":null,\"input_tokens_details\":{}}"),
    START("{\"output_tokens\":-5}"),
    START("null"),
    START("{}"),
    START("\"\""),
    DELTA("{\"output_tokens\":32}"),
    DELTA("{\"output_tokens\":64,\"cache_read_input_tokens\":128}"),
    DELTA("{\"input_tokens\":9007199254740991}"),
    DELTA("{\"input_tokens\":256,\"output_tokens\":1e400}"),
    DELTA("{\"output_tokens_details\":{\"thinking_tokens\":512}}"),
    DELTA("{}"),
    DELTA("[1]"),
    "{\"type\":\"message_stop\",\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":1}}",
    "{\"type\":\"ping\"}",
    "{\"usage\":{\"prompt_tokens\":1024,\"cache_read_input_tokens\":2048,\"total_tokens\":3}}",
    "{\"usage\":{\"prompt_tokens\":4096,\"prompt_tokens\":4096}}",
    "{\"usageMetadata\":{\"thoughtsTokenCount\":8192,\"toolUsePromptTokenCount\":16384},\"modelVersion\":\"g\"}",
    "{\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":32768},\"model\":\"r\"}}",
    "{\"message\":{\"usage\":{\"input_tokens\":65536}},\"usage\":{\"completion_tokens\":5}}",
    "{\"usage\":null,\"message\":{\"usage\":{\"input_tokens\":7}},\"message\":null}",
    "[{\"message\":{\"usage\":{\"input_tokens\":131072}}},{\"done\":true}]",
    "{\"eval_count\":262144,\"done\":true}",
};

/* Behind a text in its event: nothing, space, another line; or garbage, which takes the report back. */
static const char *const behinds[] = {"", "", "", "", " ", "\ndata:", " x", "{}", "\ndata: ]"};

/* Whole texts one after another, as events or as lines, so that nearly each is a report. */
static void any_order_of_reports_is_as_the_reference_says(void **state) {
    (void)state;
    static const char *const pointers[] = {NULL, NULL, NULL, NULL, "/usage", "/message"};
    random_seed_or(20260105);
    for (size_t i = 0; i < rounds(20000); i++) {
        char bytes[4096];
        size_t used = 0;
        bool lines = random_below(4) == 0;
        for (size_t count = 1 + random_below(9); count > 0; count--) {
            const char *text = texts[random_below(LENGTH(texts))];
            const char *behind = lines ? "" : behinds[random_below(LENGTH(behinds))];
            int length = snprintf(bytes + used, sizeof bytes - used, "%s%s%s\n%s", lines ? "" : "data: ", text, behind,
                                  lines ? "" : "\n");
            assert_true(length > 0 && (size_t)length < sizeof bytes - used);
            used += (size_t)length;
        }
        const char *pointer = pointers[random_below(LENGTH(pointers))];
        answer want = reference_stream(pointer, bytes, used);
        tokusage_stream stream;
        feed_at_once(&stream, pointer, bytes, used);
        expect_answer(shown(bytes, used), &stream, &want);
        feed_randomly(&stream, pointer, bytes, used, 1 + random_below(200));
        expect_answer(shown(bytes, used), &stream, &want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_lays_reports_over_what_a_message_start_told),
        cmocka_unit_test(any_order_of_reports_is_as_the_reference_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
