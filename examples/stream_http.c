/*
 * Asks a model a question over HTTP and streams the answer: the body goes to standard output unchanged as it arrives,
 * and what the request used goes to standard error at the end, with its verdict, in OpenAI's form.
 *
 *     stream_http MODEL PROMPT
 *
 * The server is any that speaks OpenAI's wire format. OPENAI_BASE_URL is its address (https://api.openai.com/v1 when it
 * is not set; Friendli's is https://api.friendli.ai/serverless/v1), and OPENAI_API_KEY the key. It may be unset for a
 * server that needs no key. Redirects are not followed, so that the key goes to that server only. The program never
 * prints it.
 *
 * To build: cc -o stream_http stream_http.c $(pkg-config --cflags --libs tokusage libcjson libcurl)
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
    EXIT_SETUP = 2,     /* wrong arguments or environment, or no memory for the request */
    EXIT_NO_ANSWER = 3, /* the server cannot be reached, or says nothing */
    EXIT_OUTPUT = 8,    /* standard output cannot be written; the request was stopped */
    EXIT_HTTP = 4,      /* the server answered with an HTTP status other than 2xx */
    EXIT_FAILED = 5,    /* the body reports an error */
    EXIT_TRUNCATED = 6, /* the connection ended too early, or stalled; the usage, if there is one, is the last so far */
    EXIT_NO_USAGE = 7,  /* the body has no usage, or cannot be read */
    EXIT_UNUSABLE = 1,  /* the counts contradict each other, or one is not a count */
    EXIT_USABLE = 0     /* the counts can be used: they are consistent, reconciled or assumed */
};

typedef struct response {
    tokusage_stream stream;
    bool output_failed;
    CURLcode code;               /* how the transfer ended ... */
    char words[CURL_ERROR_SIZE]; /* ... and what libcurl says about it; "": nothing */
    long http_status;            /* 0: there was no answer */
} response;

static int fail(int status, const char *what, const char *detail) {
    fprintf(stderr, "stream_http: %s%s%s\n", what, *detail ? ": " : "", detail);
    return status;
}

/* ------------------------------------------------------------------------------------------- the request */

/* The JSON to send, to be freed by cJSON_free; NULL when there is no memory. */
static char *make_request(const char *model, const char *prompt) {
    cJSON *const request = cJSON_Parse("{\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                                       "\"messages\":[{\"role\":\"user\"}]}");
    cJSON *const message = cJSON_GetArrayItem(cJSON_GetObjectItem(request, "messages"), 0);
    const bool complete = cJSON_AddStringToObject(request, "model", model) != NULL &&
                          cJSON_AddStringToObject(message, "content", prompt) != NULL;
    char *const json = complete ? cJSON_PrintUnformatted(request) : NULL;
    cJSON_Delete(request);
    return json;
}

/* Reads the environment; returns what is wrong with it, or NULL. A key that is not set is "". */
static const char *read_environment(char *url, size_t size, const char **key) {
    const char *const set = getenv("OPENAI_BASE_URL");
    const char *const base = set && *set ? set : "https://api.openai.com/v1";
    *key = getenv("OPENAI_API_KEY");
    *key = *key ? *key : "";
    if (!**key && !(set && *set)) {
        return "OPENAI_API_KEY is not set";
    }
    for (const char *c = *key; *c; c++) {
        if (*c <= ' ' || *c > '~') { /* a line end would begin another header */
            return "OPENAI_API_KEY has a blank, a line end or another character that no key has";
        }
    }
    const int scheme = strncmp(base, "https://", 8) == 0 ? 8 : strncmp(base, "http://", 7) == 0 ? 7 : 0;
    if (scheme == 0 || base[scheme] == '\0' || base[scheme] == '/') {
        return "OPENAI_BASE_URL is not https:// or http:// and the name of a server";
    }
    int length = (int)strlen(base);
    while (base[length - 1] == '/') {
        length--;
    }
    const int needed = snprintf(url, size, "%.*s/chat/completions", length, base);
    return needed > 0 && (size_t)needed < size ? NULL : "OPENAI_BASE_URL is too long";
}

/* ------------------------------------------------------------------------------------------ the transfer */

/* libcurl's write callback: any result except the number of bytes stops the transfer. */
static size_t take_body(char *bytes, size_t one, size_t length, void *user) {
    response *const to = user;
    (void)one; /* always 1 */
    to->output_failed = fwrite(bytes, 1, length, stdout) != length || fflush(stdout) != 0;
    tokusage_stream_feed(&to->stream, bytes, length);
    return to->output_failed ? 0 : length;
}

static bool set_options(CURL *curl, const char *url, const char *key, const char *request, struct curl_slist *headers,
                        response *to) {
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
    set = curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && set;
    if (*key) { /* not as a header: libcurl sends this to no proxy and to no other host */
        set = curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) == CURLE_OK && set;
        set = curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, key) == CURLE_OK && set;
    }
    return set;
}

static void post(const char *url, const char *key, const char *request, response *to) {
    struct curl_slist *const type = curl_slist_append(NULL, "Content-Type: application/json");
    struct curl_slist *const headers = type ? curl_slist_append(type, "Accept: text/event-stream") : NULL;
    CURL *const curl = curl_easy_init();
    to->code = CURLE_FAILED_INIT;
    if (curl && headers && set_options(curl, url, key, request, headers, to)) {
        to->code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &to->http_status);
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(type);
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

/* Says how it went, in the order of the table at the top. */
static int judge(const response *how) {
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
    if (how->output_failed) {
        return fail(EXIT_OUTPUT, "standard output cannot be written; the request was stopped", "");
    }
    if (how->http_status < 200 || how->http_status > 299) {
        char status[64];
        snprintf(status, sizeof status, "HTTP status %ld: the body says more", how->http_status);
        return fail(EXIT_HTTP, status, "");
    }
    return outcome.words ? fail(outcome.status, outcome.words, complete ? "" : words) : outcome.status;
}

int main(int argc, char **argv) {
    response answer = {.http_status = 0};
    char url[2048];
    const char *key = NULL;
    const char *problem = argc == 3 ? read_environment(url, sizeof url, &key) : "usage: stream_http MODEL PROMPT";
    if (problem) {
        return fail(EXIT_SETUP, problem, "");
    }
    char *const request = make_request(argv[1], argv[2]);
    if (!request || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        cJSON_free(request);
        return fail(EXIT_SETUP, "no memory for the request", "");
    }
#ifdef SIGPIPE
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is reported in words, and by the exit status */
#endif
    tokusage_stream_init(&answer.stream, NULL); /* NULL: the usage is at one of the known paths */
    post(url, key, request, &answer);
    cJSON_free(request);
    curl_global_cleanup();
    return judge(&answer);
}
