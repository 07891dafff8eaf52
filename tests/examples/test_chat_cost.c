/*
 * examples/chat_cost against a real HTTP server on the loopback address: what it sends, what it prints, how it ends,
 * and that its key appears nowhere. The program's path is the only argument. POSIX is assumed.
 *
 * The server gives one scripted reply after another, in chunks of a scripted size, and remembers the requests.
 */
#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <microhttpd.h>

#define KEY "sk-Zm9vYmFy-secret-0123456789"

static const char *program;

/* ------------------------------------------------------------------------------------------------ the server */

typedef struct reply {
    unsigned status; /* 0: 200 */
    const char *location;
    const char *body;
    size_t chunk;   /* bytes in a chunk; 0: all in one */
    size_t hold_at; /* wait here until the test says go; 0: never */
    bool broken;    /* close the connection at the end of the body, without the last chunk of HTTP */
} reply;

typedef struct request {
    char text[4096]; /* METHOD URL\nNAME: VALUE\n...\n\nBODY */
    size_t length;
} request;

static struct MHD_Daemon *server;
static uint16_t port;
static const reply *next_reply;
static request received;
static unsigned requests;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool go;

static struct timespec in_seconds(time_t seconds) {
    struct timespec when;
    clock_gettime(CLOCK_REALTIME, &when);
    when.tv_sec += seconds;
    return when;
}

/* Whether the test has said go; waits for at most ten seconds. */
static bool wait_for_go(void) {
    const struct timespec end = in_seconds(10);
    pthread_mutex_lock(&lock);
    while (!go && pthread_cond_timedwait(&changed, &lock, &end) == 0) {
    }
    const bool came = go;
    pthread_mutex_unlock(&lock);
    return came;
}

static void say_go(void) {
    pthread_mutex_lock(&lock);
    go = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static ssize_t next_chunk(void *closure, uint64_t position, char *buffer, size_t room) {
    const reply *say = closure;
    const size_t left = strlen(say->body) - (size_t)position;
    if (say->hold_at > 0 && position == say->hold_at && !wait_for_go()) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (left == 0) {
        return say->broken ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
    }
    size_t length = say->chunk > 0 && say->chunk < left ? say->chunk : left;
    if (say->hold_at > position && length > say->hold_at - position) {
        length = say->hold_at - (size_t)position;
    }
    length = length < room ? length : room;
    memcpy(buffer, say->body + position, length);
    return (ssize_t)length;
}

static void remember(const char *bytes, size_t length) {
    assert(received.length + length < sizeof received.text);
    memcpy(received.text + received.length, bytes, length);
    received.length += length;
    received.text[received.length] = '\0';
}

static enum MHD_Result remember_header(void *closure, enum MHD_ValueKind kind, const char *name, const char *value) {
    (void)closure;
    (void)kind;
    remember(name, strlen(name));
    remember(": ", 2);
    remember(value, strlen(value));
    remember("\n", 1);
    return MHD_YES;
}

static void free_reply(void *closure) {
    reply *said = closure;
    free((void *)(uintptr_t)said->body);
    free(said);
}

/* The server may still be sending when the test is over, so it gets a reply of its own. */
static reply *copy_reply(const reply *say) {
    reply *copy = malloc(sizeof *copy);
    assert(copy);
    *copy = *say;
    copy->body = strdup(say->body);
    assert(copy->body);
    return copy;
}

static enum MHD_Result send_reply(struct MHD_Connection *connection) {
    reply *say = copy_reply(next_reply);
    /* Not MHD_create_response_from_buffer: a body of unknown length is sent chunked. */
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, next_chunk, say, free_reply);
    MHD_add_response_header(response, "Content-Type", say->body[0] == '{' ? "application/json" : "text/event-stream");
    if (say->location) {
        MHD_add_response_header(response, "Location", say->location);
    }
    const enum MHD_Result result = MHD_queue_response(connection, say->status > 0 ? say->status : 200, response);
    MHD_destroy_response(response);
    return result;
}

/* Called once for the head of a request, for each chunk of its body, and at its end. */
static enum MHD_Result take_request(void *closure, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *body, size_t *length,
                                    void **state) {
    static int begun;
    (void)closure;
    (void)version;
    if (*state == NULL) {
        *state = &begun;
        requests++;
        received.length = 0;
        remember(method, strlen(method));
        remember(" ", 1);
        remember(url, strlen(url));
        remember("\n", 1);
        MHD_get_connection_values(connection, MHD_HEADER_KIND, remember_header, NULL);
        remember("\n", 1);
        return MHD_YES;
    }
    if (*length > 0) {
        remember(body, *length);
        *length = 0;
        return MHD_YES;
    }
    return send_reply(connection);
}

static int start_server(void **state) {
    struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    (void)state;
    server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0, NULL, NULL,
                              take_request, NULL, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&loopback, MHD_OPTION_END);
    if (server == NULL) {
        return -1;
    }
    port = MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port;
    return 0;
}

static int stop_server(void **state) {
    (void)state;
    MHD_stop_daemon(server);
    return 0;
}

/* ----------------------------------------------------------------------------------------------- the program */

typedef struct run {
    pid_t child;
    int output; /* its standard output, to read from */
    FILE *errors;
    char out[8192], err[2048];
    size_t out_length;
    int status;
} run;

typedef struct call {
    const char *wire;  /* NULL: openai, with --raw */
    const char *price; /* NULL: none */
    const char *path;  /* after the server's address; NULL: /v1 */
    const char *base;  /* instead of the server's address */
    const char *key;   /* NULL: KEY */
    const char *output;
    bool closed; /* nobody reads its standard output */
    bool no_base, no_key;
} call;

/* The words before the model's name. */
static void set_arguments(const call *with, char **to) {
    size_t used = 0;
    to[used++] = (char *)(uintptr_t)program;
    if (with->price) {
        to[used++] = (char *)(uintptr_t) "--price";
        to[used++] = (char *)(uintptr_t)with->price;
    }
    if (!with->wire) {
        to[used++] = (char *)(uintptr_t) "--raw";
    }
    to[used++] = (char *)(uintptr_t)(with->wire ? with->wire : "openai");
    to[used++] = (char *)(uintptr_t) "a \"model\"";
    to[used++] = (char *)(uintptr_t) "Say \xC3\xA4 & \\ \n";
}

static void exec_program(const call *with, int output, int errors) {
    static const char *const prefixes[][2] = {
        {"OPENAI_BASE_URL", "OPENAI_API_KEY"},
        {"ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"},
        {"GOOGLE_GEMINI_BASE_URL", "GEMINI_API_KEY"},
    };
    const size_t wire = !with->wire || *with->wire == 'o' ? 0 : *with->wire == 'a' ? 1 : 2;
    char base[256], key[256], address[128];
    char *environment[3] = {NULL}, *arguments[10] = {NULL};
    size_t used = 0;
    snprintf(address, sizeof address, "http://127.0.0.1:%u%s", (unsigned)port, with->path ? with->path : "/v1");
    snprintf(base, sizeof base, "%s=%s", prefixes[wire][0], with->base ? with->base : address);
    snprintf(key, sizeof key, "%s=%s", prefixes[wire][1], with->key ? with->key : KEY);
    if (!with->no_base) {
        environment[used++] = base;
    }
    if (!with->no_key) {
        environment[used++] = key;
    }
    set_arguments(with, arguments);
    dup2(output, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    signal(SIGPIPE, SIG_DFL);
    alarm(60);
    execve(program, arguments, environment);
    _exit(126);
}

static run begin_run(const call *with) {
    run of = {.errors = tmpfile()};
    int ends[2];
    assert_non_null(of.errors);
    assert_int_equal(pipe(ends), 0);
    int output = ends[1];
    if (with->output) {
        output = open(with->output, O_WRONLY);
        assert_true(output >= 0);
        close(ends[1]);
    }
    if (with->closed) {
        close(ends[0]);
    }
    of.output = with->closed ? -1 : ends[0];
    of.child = fork();
    if (of.child == 0) {
        exec_program(with, output, fileno(of.errors));
    }
    assert_true(of.child > 0);
    close(output);
    return of;
}

/* Reads at least `length` bytes of its standard output, if they come. */
static void read_output(run *of, size_t length) {
    while (of->output >= 0 && of->out_length < length && of->out_length < sizeof of->out - 1) {
        const ssize_t got = read(of->output, of->out + of->out_length, sizeof of->out - 1 - of->out_length);
        if (got <= 0) {
            break;
        }
        of->out_length += (size_t)got;
    }
    of->out[of->out_length] = '\0';
}

static void end_run(run *of) {
    read_output(of, sizeof of->out);
    if (of->output >= 0) {
        close(of->output);
    }
    int status = 0;
    assert_int_equal(waitpid(of->child, &status, 0), of->child);
    of->status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    rewind(of->errors);
    of->err[fread(of->err, 1, sizeof of->err - 1, of->errors)] = '\0';
    fclose(of->errors);
}

static run run_with(const call *with, const reply *say) {
    next_reply = say;
    requests = 0;
    go = false;
    run of = begin_run(with);
    end_run(&of);
    return of;
}

static void expect(const run *got, int status, const char *out, const char *err) {
    assert_string_equal(got->err, err);
    assert_string_equal(got->out, out);
    assert_int_equal(got->status, status);
    assert_null(strstr(got->err, KEY));
}

/* ------------------------------------------------------------------------------------------------- the bodies */

#define WORDS                                                                                                          \
    "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}],\"usage\":null}\n\n"              \
    "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\\n\"}}],\"usage\":null}\n\n"
#define COUNTS(prompt, completion, total)                                                                              \
    "data: {\"id\":\"1\",\"choices\":[],\"usage\":{\"prompt_tokens\":" #prompt ",\"completion_tokens\":" #completion   \
    ",\"total_tokens\":" #total "}}\n\n"
#define DONE "data: [DONE]\n\n"
#define GOOD WORDS COUNTS(5, 7, 12) DONE
#define USAGE(prompt, completion, total)                                                                               \
    "usage: {\"prompt_tokens\":" #prompt ",\"completion_tokens\":" #completion ",\"total_tokens\":" #total "}"
#define GOOD_LINE USAGE(5, 7, 12) ": consistent\n"

/* ---------------------------------------------------------------------------------------------- what is tested */

static void a_stream_is_printed_byte_for_byte_and_its_usage_reported(void **state) {
    (void)state;
    for (size_t chunk = 1; chunk <= 40; chunk += 3) {
        const run got = run_with(&(call){0}, &(reply){.body = GOOD, .chunk = chunk});
        expect(&got, 0, GOOD, GOOD_LINE);
    }
}

static void the_request_asks_for_a_stream_with_usage(void **state) {
    (void)state;
    run_with(&(call){0}, &(reply){.body = GOOD});
    assert_int_equal(requests, 1);
    assert_memory_equal(received.text, "POST /v1/chat/completions\n", 26);
    assert_non_null(strstr(received.text, "\nAuthorization: Bearer " KEY "\n"));
    assert_non_null(strstr(received.text, "\nContent-Type: application/json\n"));
    assert_string_equal(
        strstr(received.text, "\n\n"),
        "\n\n{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\","
        "\"content\":\"Say \xC3\xA4 & \\\\ \\n\"}],\"model\":\"a \\\"model\\\"\"}");
}

static void slashes_at_the_end_of_the_address_make_no_difference(void **state) {
    (void)state;
    run_with(&(call){.path = "/serverless/v1//"}, &(reply){.body = GOOD});
    assert_memory_equal(received.text, "POST /serverless/v1/chat/completions\n", 37);
}

static void a_server_that_wants_no_key_is_sent_none(void **state) {
    (void)state;
    const run got = run_with(&(call){.no_key = true}, &(reply){.body = GOOD});
    expect(&got, 0, GOOD, GOOD_LINE);
    assert_null(strstr(received.text, "Authorization"));
}

static void the_body_arrives_while_the_server_still_sends(void **state) {
    (void)state;
    const size_t first = strlen(WORDS);
    next_reply = &(reply){.body = GOOD, .hold_at = first};
    go = false;
    run got = begin_run(&(call){0});
    read_output(&got, first); /* the server waits here */
    const size_t early = got.out_length;
    say_go();
    end_run(&got);
    assert_int_equal(early, first);
    expect(&got, 0, GOOD, GOOD_LINE);
}

static void running_usage_replaces_and_is_not_added(void **state) {
    (void)state;
    static const char body[] = COUNTS(5, 1, 6) COUNTS(5, 2, 7) COUNTS(5, 3, 8) DONE;
    const run got = run_with(&(call){0}, &(reply){.body = body, .chunk = 11});
    expect(&got, 0, body, USAGE(5, 3, 8) ": consistent\n");
}

static void absent_counts_are_not_shown_as_zero(void **state) {
    (void)state;
    static const char body[] = "data: {\"usage\":{\"completion_tokens\":0}}\n\n" DONE;
    const run got = run_with(&(call){0}, &(reply){.body = body});
    expect(&got, 0, body, "usage: {\"completion_tokens\":0}: consistent\n");
}

static void a_server_that_does_not_stream_is_understood_too(void **state) {
    (void)state;
    static const char body[] = "{\n  \"choices\": [],\n  \"usage\": {\n    \"prompt_tokens\": 5,\n"
                               "    \"completion_tokens\": 7,\n    \"total_tokens\": 12\n  }\n}\n";
    const run got = run_with(&(call){0}, &(reply){.body = body, .chunk = 5});
    expect(&got, 0, body, GOOD_LINE);
}

static void a_contradiction_is_reported_with_its_numbers(void **state) {
    (void)state;
    static const char body[] = COUNTS(12, 1, 10) DONE;
    const run got = run_with(&(call){0}, &(reply){.body = body});
    expect(&got, 1, body,
           USAGE(12, 1, 10) ": contradictory: total_tokens: contradicts its parts: they say 13, it says 10\n");
}

static void separate_reasoning_is_added_to_the_completion_and_the_model_named(void **state) {
    (void)state;
    static const char body[] =
        "data: {\"model\":\"m-1\",\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":1,\"total_tokens\":303,"
        "\"completion_tokens_details\":{\"reasoning_tokens\":290}}}\n\n" DONE;
    const run got = run_with(&(call){0}, &(reply){.body = body, .chunk = 13});
    expect(&got, 0, body,
           "usage of m-1: {\"prompt_tokens\":12,\"completion_tokens\":291,\"total_tokens\":303,"
           "\"completion_tokens_details\":{\"reasoning_tokens\":290}}: reconciled\n");
}

static void the_name_of_a_model_cannot_control_a_terminal(void **state) {
    (void)state;
    static const char body[] = "{\"model\":\"m\x7F\xC2\x9Bx\",\"usage\":{\"prompt_tokens\":5}}";
    const run got = run_with(&(call){0}, &(reply){.body = body});
    expect(&got, 0, body, "usage of m???x: {\"prompt_tokens\":5}: consistent\n");
}

static void an_invalid_count_is_reported(void **state) {
    (void)state;
    static const char body[] = COUNTS(5, 7.5, 12) DONE;
    const run got = run_with(&(call){0}, &(reply){.body = body});
    expect(&got, 1, body, "usage: invalid: completion_tokens: not a whole number\n");
}

static void an_http_error_is_reported_and_its_body_printed(void **state) {
    (void)state;
    static const char *const bodies[] = {
        "{\"error\":{\"message\":\"Rate limit reached for " KEY "\",\"code\":\"x\"}}",
        "{\"error\":",
        "<html><body>busy</body></html>\n",
        "",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const run got = run_with(&(call){0}, &(reply){.status = 429, .body = bodies[i], .chunk = 7});
        expect(&got, 4, bodies[i], "chat_cost: HTTP status 429: the body says more\n");
    }
}

static void the_usage_of_an_http_error_is_reported(void **state) {
    (void)state;
    const run got = run_with(&(call){0}, &(reply){.status = 500, .body = GOOD});
    expect(&got, 4, GOOD, GOOD_LINE "chat_cost: HTTP status 500: the body says more\n");
}

static void a_redirect_is_not_followed(void **state) {
    (void)state;
    char location[64];
    snprintf(location, sizeof location, "http://127.0.0.1:%u/elsewhere", (unsigned)port);
    const run got = run_with(&(call){0}, &(reply){.status = 307, .location = location, .body = ""});
    expect(&got, 4, "", "chat_cost: HTTP status 307: the body says more\n");
    assert_int_equal(requests, 1);
}

static void an_error_in_mid_stream_is_reported(void **state) {
    (void)state;
    static const struct {
        const char *body, *usage;
    } cases[] = {
        {WORDS "data: {\"error\":{\"message\":\"Overloaded: " KEY "\"}}\n\n" DONE, ""},
        {WORDS "data: {\"error\":{\"message\":\"Overloaded\"}}\n\n", ""},
        {COUNTS(5, 7, 12) "data: {\"error\":{\"message\":\"Stopped\"}}\n\n", USAGE(5, 7, 12) ": failed\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char err[256];
        snprintf(err, sizeof err, "%schat_cost: the server reported an error: it is in the body\n", cases[i].usage);
        const run got = run_with(&(call){0}, &(reply){.body = cases[i].body, .chunk = 31});
        expect(&got, 5, cases[i].body, err);
    }
}

static void a_total_that_no_count_explains_is_assumed(void **state) {
    (void)state;
    static const char body[] = COUNTS(12, 1, 303) DONE;
    const run got = run_with(&(call){0}, &(reply){.body = body});
    expect(&got, 0, body,
           "usage: {\"prompt_tokens\":12,\"completion_tokens\":291,\"total_tokens\":303,"
           "\"completion_tokens_details\":{\"reasoning_tokens\":290}}: assumed\n");
}

static void a_connection_that_ends_within_the_usage_is_reported(void **state) {
    (void)state;
    static const char body[] = WORDS "data: {\"id\":\"1\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"comp";
    const run got = run_with(&(call){0}, &(reply){.body = body, .chunk = 9, .broken = true});
    assert_string_equal(got.out, body);
    assert_int_equal(got.status, 6);
    /* What comes after is libcurl's, and differs between its versions. */
    static const char words[] = "chat_cost: the body ended too early: ";
    assert_memory_equal(got.err, words, strlen(words));
}

static void the_usage_before_a_truncation_is_reported(void **state) {
    (void)state;
    static const char body[] = COUNTS(5, 1, 6) "data: {\"usage\":{\"prompt_tokens\":5,";
    const run got = run_with(&(call){0}, &(reply){.body = body, .broken = true});
    static const char words[] = USAGE(5, 1, 6) ": truncated\nchat_cost: the body ended too early: ";
    assert_memory_equal(got.err, words, strlen(words));
    assert_string_equal(got.out, body);
    assert_int_equal(got.status, 6);
}

static void a_connection_that_breaks_after_the_end_mark_loses_nothing(void **state) {
    (void)state;
    const run got = run_with(&(call){0}, &(reply){.body = GOOD, .broken = true});
    expect(&got, 0, GOOD, GOOD_LINE);
}

static void a_stream_without_usage_is_reported(void **state) {
    (void)state;
    const run got = run_with(&(call){0}, &(reply){.body = WORDS DONE, .chunk = 3});
    expect(&got, 7, WORDS DONE, "chat_cost: the body has no usage\n");
}

static void a_stream_of_anthropic_needs_its_end_whatever_http_says(void **state) {
    (void)state;
    static const char body[] = "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":5}}}\n\n";
    const run got = run_with(&(call){0}, &(reply){.body = body});
    expect(&got, 6, body, "usage: {\"prompt_tokens\":5}: truncated\nchat_cost: the body ended too early\n");
}

static void a_stream_without_an_end_mark_is_complete_when_http_says_so(void **state) {
    (void)state;
    static const char body[] = WORDS COUNTS(5, 7, 12);
    const run got = run_with(&(call){0}, &(reply){.body = body, .chunk = 17});
    expect(&got, 0, body, GOOD_LINE);
}

static void a_body_without_counts_is_reported_by_its_verdict(void **state) {
    (void)state;
    static const struct {
        const char *body;
        int status;
        const char *words;
    } cases[] = {
        {"", 7, "the body has no usage"},
        {"\n", 7, "the body has no usage"},
        {"{\"choices\":[]}", 7, "the body has no usage"},
        {"{\"error\":{\"message\":\"busy\"}}", 5, "the server reported an error: it is in the body"},
        {"{\"usage\":{\"prompt_tokens\":5", 6, "the body ended too early"},
        {"<html><body>Hello</body></html>\n", 7, "the body is neither JSON nor a stream of events, or is malformed"},
        {"{\"usage\":{\"prompt_tokens\":5},}", 7, "the body is neither JSON nor a stream of events, or is malformed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char err[256];
        snprintf(err, sizeof err, "chat_cost: %s\n", cases[i].words);
        const run got = run_with(&(call){0}, &(reply){.body = cases[i].body, .chunk = 7});
        expect(&got, cases[i].status, cases[i].body, err);
    }
}

static void what_follows_a_usage_and_is_not_json_is_reported(void **state) {
    (void)state;
    static const char body[] = "{\"usage\":{\"prompt_tokens\":5}}\nbusy";
    const run got = run_with(&(call){0}, &(reply){.body = body});
    expect(&got, 7, body,
           "usage: {\"prompt_tokens\":5}: unreadable\n"
           "chat_cost: the body is neither JSON nor a stream of events, or is malformed\n");
}

static void a_connection_that_breaks_after_a_whole_json_body_loses_nothing(void **state) {
    (void)state;
    static const char body[] = "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}";
    const run got = run_with(&(call){0}, &(reply){.body = body, .broken = true});
    expect(&got, 0, body, GOOD_LINE);
}

static void a_refused_connection_is_reported(void **state) {
    (void)state;
    /* A port that was free a moment ago, and that nobody listens on. */
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    const int taken = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(taken, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(taken, (struct sockaddr *)&address, &size), 0);
    char base[64];
    snprintf(base, sizeof base, "http://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    const run got = run_with(&(call){.base = base}, NULL);
    close(taken);
    static const char words[] = "chat_cost: no answer from the server: ";
    assert_memory_equal(got.err, words, strlen(words));
    assert_null(strstr(got.err, KEY));
    assert_string_equal(got.out, "");
    assert_int_equal(got.status, 3);
}

static void a_reader_who_leaves_ends_the_request(void **state) {
    (void)state;
    const run got = run_with(&(call){.closed = true}, &(reply){.body = WORDS DONE, .chunk = 20});
    expect(&got, 8, "", "chat_cost: standard output cannot be written; the request was stopped\n");
}

static void a_full_disk_ends_the_request(void **state) {
    (void)state;
    if (access("/dev/full", W_OK) != 0) {
        skip();
    }
    const run got = run_with(&(call){.output = "/dev/full"}, &(reply){.body = WORDS DONE, .chunk = 20});
    expect(&got, 8, "", "chat_cost: standard output cannot be written; the request was stopped\n");
}

/* A stream in each of the wire formats: what is sent, the text of the answer, and what it cost. */
static const struct wire_case {
    const char *wire, *path, *start, *key, *request;
    const char *body, *answer, *err;
} wire_cases[] = {
    {"openai", "/v1", "POST /v1/chat/completions\n", "\nAuthorization: Bearer " KEY "\n", NULL, GOOD, "Hello\n",
     GOOD_LINE "cost: $0.00007500\n"},
    {"anthropic", "", "POST /v1/messages\n", "\nx-api-key: " KEY "\n",
     "\n\n{\"stream\":true,\"max_tokens\":4096,\"messages\":[{\"role\":\"user\",\"content\":\"Say \xC3\xA4 & \\\\ "
     "\\n\"}],"
     "\"model\":\"a \\\"model\\\"\"}",
     "event: message_start\n"
     "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":5,\"cache_read_input_tokens\":100,"
     "\"output_tokens\":1}}}\n\nevent: content_block_delta\n"
     "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"Hel\"}}\n\n"
     "event: content_block_delta\n"
     "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"lo\\n\"}}\n\n"
     "event: message_delta\n"
     "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":7}}\n\n",
     "Hello\n",
     "usage: {\"prompt_tokens\":105,\"completion_tokens\":7,\"total_tokens\":112,"
     "\"prompt_tokens_details\":{\"cached_tokens\":100}}: consistent\ncost: $0.00010000\n"},
    {"gemini", "", "POST /v1beta/models/a \"model\":streamGenerateContent\n", "\nx-goog-api-key: " KEY "\n",
     "\n\n{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Say \xC3\xA4 & \\\\ \\n\"}]}]}",
     "data: "
     "{\"candidates\":[{\"content\":{\"parts\":[{\"thought\":true,\"text\":\"Hm\"},{\"text\":\"Hel\"}]}}]}\r\n\r\n"
     "data: "
     "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"lo\"},{\"text\":\"\\n\"}]},\"finishReason\":\"STOP\"}],"
     "\"usageMetadata\":{\"promptTokenCount\":5,\"candidatesTokenCount\":2,\"thoughtsTokenCount\":5,"
     "\"totalTokenCount\":12},"
     "\"modelVersion\":\"g\"}\r\n\r\n",
     "Hello\n",
     "usage of g: {\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12,"
     "\"completion_tokens_details\":{\"reasoning_tokens\":5}}: consistent\ncost: $0.00007500\n"},
};

static void each_wire_format_gives_its_answer_usage_and_cost(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof wire_cases / sizeof *wire_cases; i++) {
        const struct wire_case *const of = &wire_cases[i];
        for (size_t chunk = 1; chunk < 200; chunk += 33) {
            const call with = {.wire = of->wire, .path = of->path, .price = "1,10,0.25"};
            const run got = run_with(&with, &(reply){.body = of->body, .chunk = chunk});
            expect(&got, 0, of->answer, of->err);
            assert_memory_equal(received.text, of->start, strlen(of->start));
            assert_non_null(strstr(received.text, of->key));
            assert_true(!of->request || strcmp(strstr(received.text, "\n\n"), of->request) == 0);
        }
    }
}

static void an_answer_that_is_no_stream_is_printed_as_it_is(void **state) {
    (void)state;
    static const char *const bodies[] = {"{\"error\":{\"message\":\"wait\"}}", "<html>\n<p>Bad gateway</p>\n</html>"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const run got = run_with(&(call){.wire = "openai"}, &(reply){.status = 502, .body = bodies[i], .chunk = 7});
        expect(&got, 4, bodies[i], "chat_cost: HTTP status 502: the body says more\n");
    }
}

static void an_error_within_the_stream_is_printed(void **state) {
    (void)state;
    static const char body[] = WORDS "data: {\"error\":{\"message\":\"busy\"}}\n\n";
    const run got = run_with(&(call){.wire = "openai"}, &(reply){.body = body});
    expect(&got, 5, "Hello\n{\"error\":{\"message\":\"busy\"}}\n",
           "chat_cost: the server reported an error: it is in the body\n");
}

static void what_cannot_be_used_has_no_cost(void **state) {
    (void)state;
    static const struct {
        const char *body, *err;
        int status;
    } cases[] = {
        {COUNTS(12, 1, 10) DONE,
         USAGE(12, 1, 10) ": contradictory: total_tokens: contradicts its parts: they say 13, it says 10\n", 1},
        {"data: {\"usage\":{\"prompt_tokens_details\":{\"cached_tokens\":4}}}\n\n" DONE, NULL, 1},
        {WORDS DONE, "chat_cost: the body has no usage\n", 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const run got = run_with(&(call){.price = "1,10"}, &(reply){.body = cases[i].body});
        assert_int_equal(got.status, cases[i].status);
        assert_null(strstr(got.err, "cost: $"));
        assert_true(!cases[i].err || strcmp(got.err, cases[i].err) == 0);
    }
}

static void a_wrong_environment_is_reported_before_anything_is_sent(void **state) {
    (void)state;
    static const struct {
        call with;
        const char *words;
    } cases[] = {
        {{.no_base = true, .no_key = true}, "OPENAI_API_KEY is not set"},
        {{.wire = "anthropic", .no_base = true, .no_key = true}, "ANTHROPIC_API_KEY is not set"},
        {{.wire = "gemini", .no_base = true, .no_key = true}, "GEMINI_API_KEY is not set"},
        {{.base = "ftp://127.0.0.1"}, "OPENAI_BASE_URL is not https:// or http:// and the name of a server"},
        {{.base = "http:///v1"}, "OPENAI_BASE_URL is not https:// or http:// and the name of a server"},
        {{.base = "https://"}, "OPENAI_BASE_URL is not https:// or http:// and the name of a server"},
        {{.key = "sk-1\nX-Evil: 1"}, "OPENAI_API_KEY has a blank, a line end or another character that no key has"},
        {{.key = "sk-1 2"}, "OPENAI_API_KEY has a blank, a line end or another character that no key has"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char err[256];
        snprintf(err, sizeof err, "chat_cost: %s\n", cases[i].words);
        const run got = run_with(&cases[i].with, NULL);
        expect(&got, 2, "", err);
        assert_int_equal(requests, 0);
    }
}

int main(int argc, char **argv) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_is_printed_byte_for_byte_and_its_usage_reported),
        cmocka_unit_test(the_request_asks_for_a_stream_with_usage),
        cmocka_unit_test(slashes_at_the_end_of_the_address_make_no_difference),
        cmocka_unit_test(a_server_that_wants_no_key_is_sent_none),
        cmocka_unit_test(the_body_arrives_while_the_server_still_sends),
        cmocka_unit_test(running_usage_replaces_and_is_not_added),
        cmocka_unit_test(absent_counts_are_not_shown_as_zero),
        cmocka_unit_test(a_server_that_does_not_stream_is_understood_too),
        cmocka_unit_test(a_contradiction_is_reported_with_its_numbers),
        cmocka_unit_test(a_total_that_no_count_explains_is_assumed),
        cmocka_unit_test(separate_reasoning_is_added_to_the_completion_and_the_model_named),
        cmocka_unit_test(the_name_of_a_model_cannot_control_a_terminal),
        cmocka_unit_test(an_invalid_count_is_reported),
        cmocka_unit_test(an_http_error_is_reported_and_its_body_printed),
        cmocka_unit_test(the_usage_of_an_http_error_is_reported),
        cmocka_unit_test(a_redirect_is_not_followed),
        cmocka_unit_test(an_error_in_mid_stream_is_reported),
        cmocka_unit_test(a_connection_that_ends_within_the_usage_is_reported),
        cmocka_unit_test(the_usage_before_a_truncation_is_reported),
        cmocka_unit_test(a_connection_that_breaks_after_the_end_mark_loses_nothing),
        cmocka_unit_test(a_stream_without_usage_is_reported),
        cmocka_unit_test(a_stream_of_anthropic_needs_its_end_whatever_http_says),
        cmocka_unit_test(a_stream_without_an_end_mark_is_complete_when_http_says_so),
        cmocka_unit_test(a_body_without_counts_is_reported_by_its_verdict),
        cmocka_unit_test(what_follows_a_usage_and_is_not_json_is_reported),
        cmocka_unit_test(a_connection_that_breaks_after_a_whole_json_body_loses_nothing),
        cmocka_unit_test(a_refused_connection_is_reported),
        cmocka_unit_test(a_reader_who_leaves_ends_the_request),
        cmocka_unit_test(a_full_disk_ends_the_request),
        cmocka_unit_test(each_wire_format_gives_its_answer_usage_and_cost),
        cmocka_unit_test(an_answer_that_is_no_stream_is_printed_as_it_is),
        cmocka_unit_test(an_error_within_the_stream_is_printed),
        cmocka_unit_test(what_cannot_be_used_has_no_cost),
        cmocka_unit_test(a_wrong_environment_is_reported_before_anything_is_sent),
    };
    if (argc != 2) {
        fputs("test_chat_cost: the path of chat_cost is missing\n", stderr);
        return 2;
    }
    program = argv[1];
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
