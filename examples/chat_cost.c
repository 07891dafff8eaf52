/*
 * Asks a model over HTTP and prints its answer as it arrives. After it, on standard error: what the request used, in
 * OpenAI's form, with its verdict, and what it cost.
 *
 *     chat_cost [--raw] [--price PROMPT,COMPLETION[,CACHED[,CACHE_WRITE]]] openai|anthropic|gemini MODEL PROMPT
 *
 * The first name is the wire format; most servers speak OpenAI's. The environment says where the server is, and its key:
 *
 *     openai       OPENAI_BASE_URL (default: https://api.openai.com/v1), OPENAI_API_KEY
 *     anthropic    ANTHROPIC_BASE_URL (https://api.anthropic.com), ANTHROPIC_API_KEY
 *     gemini       GOOGLE_GEMINI_BASE_URL (https://generativelanguage.googleapis.com), GEMINI_API_KEY
 *
 * The key may be unset for a server of yours that needs none. Redirects are not followed, so that the key goes to that
 * server only. The program never prints it. Prices are dollars per million tokens. --raw prints the body unchanged.
 *
 * To build: cc -o chat_cost chat_cost.c $(pkg-config --cflags --libs tokusage libcjson libcurl)
 */
#include <cJSON.h>
#include <curl/curl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tokusage.h>

/* The exit status is the first of these that applies. */
enum {
    EXIT_SETUP = 2,     /* wrong arguments or environment, or no memory */
    EXIT_NO_ANSWER = 3, /* the server cannot be reached, or says nothing */
    EXIT_OUTPUT = 8,    /* standard output cannot be written; the request was stopped */
    EXIT_HTTP = 4,      /* the server answered with an HTTP status other than 2xx */
    EXIT_FAILED = 5,    /* the body reports an error */
    EXIT_TRUNCATED = 6, /* the connection ended too early, or stalled; the usage, if there is one, is the last so far */
    EXIT_NO_USAGE = 7,  /* the body has no usage, or cannot be read */
    EXIT_UNUSABLE = 1,  /* the counts contradict each other, or one is not a count; or tokens have no price */
    EXIT_USABLE = 0     /* the counts can be used: they are consistent, reconciled or assumed */
};

/* What the wire formats do differently. The library does not need to know which one it is. */
typedef struct wire {
    const char *name, *base_variable, *base, *key_variable;
    const char *path;          /* after the base, ... */
    const char *path_of_model; /* ... and after the model in the path; NULL: the model is in the request */
    const char *headers[3];    /* ended by NULL; the last one ends in the key */
    const char *request;       /* to which the model and the prompt are added */
} wire;

static const wire wires[] = {
    {"openai",
     "OPENAI_BASE_URL",
     "https://api.openai.com/v1",
     "OPENAI_API_KEY",
     "/chat/completions",
     NULL,
     {"Authorization: Bearer "},
     "{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\"}]}"},
    {"anthropic",
     "ANTHROPIC_BASE_URL",
     "https://api.anthropic.com",
     "ANTHROPIC_API_KEY",
     "/v1/messages",
     NULL,
     {"anthropic-version: 2023-06-01", "x-api-key: "},
     "{\"stream\":true,\"max_tokens\":4096,\"messages\":[{\"role\":\"user\"}]}"},
    {"gemini",
     "GOOGLE_GEMINI_BASE_URL",
     "https://generativelanguage.googleapis.com",
     "GEMINI_API_KEY",
     "/v1beta/models/",
     ":streamGenerateContent?alt=sse",
     {"x-goog-api-key: "},
     "{\"contents\":[{\"role\":\"user\",\"parts\":[{}]}]}"},
};

typedef struct options {
    const wire *wire;
    const char *model, *prompt;
    bool raw, priced;
    tokusage prices; /* in 10^-12 dollars */
    char url[2048];
    const char *key; /* "": none */
} options;

typedef struct response {
    tokusage_stream stream;
    bool raw, output_failed;
    char *line; /* the last line of the body, as far as it has arrived; allocated */
    size_t line_length, line_room;
    CURLcode code;               /* how the transfer ended ... */
    char words[CURL_ERROR_SIZE]; /* ... and what libcurl says about it; "": nothing */
    long http_status;            /* 0: there was no answer */
} response;

static int fail(int status, const char *what, const char *detail) {
    fprintf(stderr, "chat_cost: %s%s%s\n", what, *detail ? ": " : "", detail);
    return status;
}

/* ------------------------------------------------------------------------- the command line, the environment */

static const char synopsis[] = "usage: chat_cost [--raw] [--price PROMPT,COMPLETION[,CACHED[,CACHE_WRITE]]] "
                               "openai|anthropic|gemini MODEL PROMPT";

/* Dollars per million tokens are millionths for one, and these have a million units of 10^-12 each. */
static bool read_prices(const char *text, tokusage *prices) {
    tokusage_count *const counts[] = {&prices->prompt_tokens, &prices->completion_tokens, &prices->cached_tokens,
                                      &prices->cache_write_tokens};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char *end = NULL;
        const double dollars = strtod(text, &end);
        if (end == text || !(dollars >= 0 && dollars <= 1e6)) {
            return false;
        }
        *counts[i] = (tokusage_count){true, (int64_t)(dollars * 1e6 + 0.5)};
        if (*end != ',') {
            return *end == '\0' && i > 0;
        }
        text = end + 1;
    }
    return false;
}

static bool read_arguments(int argc, char **argv, options *to) {
    int next = 1;
    for (; next < argc && argv[next][0] == '-'; next++) {
        if (strcmp(argv[next], "--raw") == 0) {
            to->raw = true;
        } else if (strcmp(argv[next], "--price") == 0 && next + 1 < argc) {
            to->priced = read_prices(argv[++next], &to->prices);
            if (!to->priced) {
                return false;
            }
        } else {
            return false;
        }
    }
    for (size_t i = 0; next + 3 == argc && i < sizeof wires / sizeof *wires; i++) {
        if (strcmp(argv[next], wires[i].name) == 0) {
            to->wire = &wires[i];
            to->model = argv[next + 1];
            to->prompt = argv[next + 2];
        }
    }
    return to->wire != NULL;
}

/* Writes the address of the request. A model in it is escaped. */
static bool make_url(const char *base, options *to) {
    int length = (int)strlen(base);
    while (length > 0 && base[length - 1] == '/') {
        length--;
    }
    char *const model = curl_easy_escape(NULL, to->model, 0);
    const bool in_path = to->wire->path_of_model != NULL;
    const int needed = snprintf(to->url, sizeof to->url, "%.*s%s%s%s", length, base, to->wire->path,
                                in_path && model ? model : "", in_path ? to->wire->path_of_model : "");
    curl_free(model);
    return model != NULL && needed > 0 && (size_t)needed < sizeof to->url;
}

/* Returns what is wrong, or NULL. */
static const char *read_environment(options *to) {
    static char words[160];
    const char *const set = getenv(to->wire->base_variable), *const key = getenv(to->wire->key_variable);
    const char *const base = set && *set ? set : to->wire->base;
    const size_t scheme = strncmp(base, "https://", 8) == 0 ? 8 : strncmp(base, "http://", 7) == 0 ? 7 : 0;
    const char *problem = NULL, *about = to->wire->base_variable;
    to->key = key ? key : "";
    if (!*to->key && !(set && *set)) {
        about = to->wire->key_variable;
        problem = "is not set";
    } else if (scheme == 0 || base[scheme] == '\0' || base[scheme] == '/') {
        problem = "is not https:// or http:// and the name of a server";
    } else if (!make_url(base, to)) {
        problem = "or the name of the model is too long";
    }
    for (const char *c = to->key; *c; c++) {
        if (*c <= ' ' || *c > '~') { /* a line end would begin another header */
            about = to->wire->key_variable;
            problem = "has a blank, a line end or another character that no key has";
        }
    }
    snprintf(words, sizeof words, "%s %s", about, problem ? problem : "");
    return problem ? words : NULL;
}

/* The JSON to send, to be freed by cJSON_free; NULL when there is no memory. */
static char *make_request(const options *of) {
    cJSON *const request = cJSON_Parse(of->wire->request);
    cJSON *const message = cJSON_GetArrayItem(cJSON_GetObjectItem(request, "messages"), 0);
    cJSON *const content = cJSON_GetArrayItem(cJSON_GetObjectItem(request, "contents"), 0);
    cJSON *const part = cJSON_GetArrayItem(cJSON_GetObjectItem(content, "parts"), 0);
    const bool complete = part ? cJSON_AddStringToObject(part, "text", of->prompt) != NULL
                               : cJSON_AddStringToObject(request, "model", of->model) != NULL &&
                                     cJSON_AddStringToObject(message, "content", of->prompt) != NULL;
    char *const json = complete ? cJSON_PrintUnformatted(request) : NULL;
    cJSON_Delete(request);
    return json;
}

/* -------------------------------------------------------------------------------------------- the answer */

static bool print(const char *text) {
    return fputs(text, stdout) >= 0;
}

static bool print_string(const cJSON *string) {
    return !cJSON_IsString(string) || print(string->valuestring);
}

/* The text in one event: of OpenAI, of Anthropic, or of Gemini, except the summary of its thoughts. */
static bool print_event(const char *data) {
    cJSON *const event = cJSON_Parse(data);
    const cJSON *const choice = cJSON_GetArrayItem(cJSON_GetObjectItem(event, "choices"), 0);
    const cJSON *const candidate = cJSON_GetArrayItem(cJSON_GetObjectItem(event, "candidates"), 0);
    bool printed = print_string(cJSON_GetObjectItem(cJSON_GetObjectItem(choice, "delta"), "content")) &&
                   print_string(cJSON_GetObjectItem(cJSON_GetObjectItem(event, "delta"), "text"));
    const cJSON *part = NULL;
    cJSON_ArrayForEach(part, cJSON_GetObjectItem(cJSON_GetObjectItem(candidate, "content"), "parts")) {
        printed =
            (cJSON_IsTrue(cJSON_GetObjectItem(part, "thought")) || print_string(cJSON_GetObjectItem(part, "text"))) &&
            printed;
    }
    if (cJSON_GetObjectItem(event, "error")) {
        printed = print(data) && printed;
    }
    cJSON_Delete(event);
    return printed;
}

/* One line of the body. Other text, such as the JSON of an HTTP error, is printed as it is. */
static bool print_line(response *of) {
    of->line[of->line_length] = '\0';
    of->line_length = 0;
    if (strncmp(of->line, "data:", 5) == 0) {
        return print_event(of->line + (of->line[5] == ' ' ? 6 : 5));
    }
    const bool field = strncmp(of->line, "event:", 6) == 0 || strchr(":\r\n", *of->line) != NULL;
    return field || print(of->line);
}

/* Keeps a line until it is whole. */
static bool print_answer(response *to, const char *bytes, size_t length) {
    if (to->line_room - to->line_length <= length) {
        char *const larger = realloc(to->line, 2 * (to->line_length + length) + 1);
        if (!larger) {
            return false;
        }
        to->line = larger;
        to->line_room = 2 * (to->line_length + length) + 1;
    }
    bool printed = true;
    for (size_t i = 0; i < length; i++) {
        to->line[to->line_length++] = bytes[i];
        if (bytes[i] == '\n') {
            printed = print_line(to) && printed;
        }
    }
    return printed;
}

/* ------------------------------------------------------------------------------------------ the transfer */

/* libcurl's write callback: any result except the number of bytes stops the transfer. */
static size_t take_body(char *bytes, size_t one, size_t length, void *user) {
    response *const to = user;
    (void)one; /* always 1 */
    tokusage_stream_feed(&to->stream, bytes, length);
    const bool printed = to->raw ? fwrite(bytes, 1, length, stdout) == length : print_answer(to, bytes, length);
    to->output_failed = fflush(stdout) != 0 || !printed;
    return to->output_failed ? 0 : length;
}

/* To be freed; NULL when there is no memory. */
static struct curl_slist *make_headers(const options *of) {
    char line[2048];
    struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/json");
    for (size_t i = 0; list && of->wire->headers[i]; i++) {
        const bool last = of->wire->headers[i + 1] == NULL;
        if (last && !*of->key) {
            break;
        }
        const int needed = snprintf(line, sizeof line, "%s%s", of->wire->headers[i], last ? of->key : "");
        struct curl_slist *const longer = (size_t)needed < sizeof line ? curl_slist_append(list, line) : NULL;
        if (!longer) {
            curl_slist_free_all(list);
        }
        list = longer;
    }
    return list;
}

static bool set_options(CURL *curl, const char *url, const char *request, struct curl_slist *headers, response *to) {
    bool set = curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, to->words) == CURLE_OK;
    set = curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK && set;
    set = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request) == CURLE_OK && set;
    set = curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK && set;
    set = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK && set;
    set = curl_easy_setopt(curl, CURLOPT_WRITEDATA, to) == CURLE_OK && set;
    set = curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK && set;
    set = curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 30L) == CURLE_OK && set;
    /* A reasoning model may be silent for minutes. */
    set = curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK && set;
    set = curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 300L) == CURLE_OK && set;
    return curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && set;
}

static void post(const options *from, const char *request, response *to) {
    struct curl_slist *const headers = make_headers(from);
    CURL *const curl = curl_easy_init();
    to->code = CURLE_FAILED_INIT;
    if (curl && headers && set_options(curl, from->url, request, headers, to)) {
        to->code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &to->http_status);
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    if (!to->raw && to->line_length > 0 && !to->output_failed) { /* a last line without an end */
        to->output_failed = !print_line(to) || fflush(stdout) != 0;
    }
    free(to->line);
}

/* ------------------------------------------------------------------------------------------- the verdict */

/* What each verdict means here. `words` is NULL where the line with the usage says it all. */
static const struct outcome {
    int status;
    const char *words;
} outcomes[] = {
    [TOKUSAGE_CONSISTENT] = {EXIT_USABLE, NULL},
    [TOKUSAGE_RECONCILED] = {EXIT_USABLE, NULL},
    [TOKUSAGE_ASSUMED] = {EXIT_USABLE, NULL},
    [TOKUSAGE_CONTRADICTORY] = {EXIT_UNUSABLE, NULL},
    [TOKUSAGE_INVALID] = {EXIT_UNUSABLE, NULL},
    [TOKUSAGE_MISSING] = {EXIT_NO_USAGE, "the body has no usage"},
    [TOKUSAGE_FAILED] = {EXIT_FAILED, "the server reported an error: it is in the body"},
    [TOKUSAGE_TRUNCATED] = {EXIT_TRUNCATED, "the body ended too early"},
    [TOKUSAGE_UNREADABLE] = {EXIT_NO_USAGE, "the body is neither JSON nor a stream of events, or is malformed"},
};

/* Writes the usage, if there is one, and whether its counts agree. */
static void print_usage(const tokusage_stream *stream, tokusage_verdict verdict, const tokusage *usage,
                        const tokusage_error *error) {
    char json[TOKUSAGE_JSON_SIZE] = "", model[TOKUSAGE_LABEL_SIZE] = "", reason[TOKUSAGE_ERROR_SIZE] = "";
    size_t length = 0;
    tokusage_encode(usage, json, sizeof json, &length);
    const bool counts = length > 2; /* {} has none */
    if (verdict == TOKUSAGE_CONTRADICTORY || verdict == TOKUSAGE_INVALID) {
        tokusage_error_text(error, reason, sizeof reason);
    } else if (!counts) {
        return;
    }
    tokusage_stream_label(stream, TOKUSAGE_LABEL_MODEL, model, sizeof model);
    for (char *c = model; *c; c++) {
        *c = *c >= ' ' && *c <= '~' ? *c : '?'; /* a name from outside must not control a terminal */
    }
    fprintf(stderr, "usage%s%s: %s%s%s%s%s\n", *model ? " of " : "", model, counts ? json : "", counts ? ": " : "",
            tokusage_verdict_text(verdict), *reason ? ": " : "", reason);
}

/* Writes what the counts cost; returns the exit status. */
static int print_cost(const tokusage *usage, const options *with) {
    int64_t cost = 0;
    tokusage_error error;
    if (tokusage_cost(usage, &with->prices, &cost, &error) != TOKUSAGE_OK) {
        char reason[TOKUSAGE_ERROR_SIZE];
        tokusage_error_text(&error, reason, sizeof reason);
        return fail(EXIT_UNUSABLE, "no cost", reason);
    }
    fprintf(stderr, "cost: $%.8f\n", (double)cost / 1e12);
    return EXIT_USABLE;
}

/* Says how it went, in the order of the table at the top. */
static int judge(const response *how, const options *with) {
    const char *const words = *how->words ? how->words : curl_easy_strerror(how->code);
    if (how->http_status == 0) {
        return fail(EXIT_NO_ANSWER, "no answer from the server", words);
    }
    tokusage usage;
    tokusage_error error;
    const bool complete = how->code == CURLE_OK; /* libcurl knows whether the last byte came */
    const tokusage_verdict verdict = tokusage_stream_verdict(&how->stream, complete, &usage, &error);
    const struct outcome outcome = outcomes[verdict];
    print_usage(&how->stream, verdict, &usage, &error);
    const bool billed = with->priced && verdict <= TOKUSAGE_ASSUMED;
    const int status = billed ? print_cost(&usage, with) : outcome.status;
    if (how->output_failed) {
        return fail(EXIT_OUTPUT, "standard output cannot be written; the request was stopped", "");
    }
    if (how->http_status < 200 || how->http_status > 299) {
        char line[64];
        snprintf(line, sizeof line, "HTTP status %ld: the body says more", how->http_status);
        return fail(EXIT_HTTP, line, "");
    }
    return outcome.words ? fail(status, outcome.words, complete ? "" : words) : status;
}

int main(int argc, char **argv) {
    options asked = {.wire = NULL};
    response answer = {.http_status = 0};
    const char *const problem = read_arguments(argc, argv, &asked) ? read_environment(&asked) : synopsis;
    if (problem) {
        return fail(EXIT_SETUP, problem, "");
    }
    char *const request = make_request(&asked);
    if (!request || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        cJSON_free(request);
        return fail(EXIT_SETUP, "no memory for the request", "");
    }
#ifdef SIGPIPE
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is reported in words, and by the exit status */
#endif
    answer.raw = asked.raw;
    tokusage_stream_init(&answer.stream, NULL); /* NULL: the usage is at one of the known paths */
    post(&asked, request, &answer);
    cJSON_free(request);
    curl_global_cleanup();
    return judge(&answer, &asked);
}
