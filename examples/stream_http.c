/*
 * Asks a model a question over HTTP and streams the answer: the body goes to standard output untouched as it arrives,
 * and what the request used goes to standard error at the end, reconciled, in OpenAI's form.
 *
 *     stream_http MODEL PROMPT
 *
 * The server is any that speaks OpenAI's wire format. OPENAI_BASE_URL is its address (https://api.openai.com/v1 when it
 * is not set; Friendli's is https://api.friendli.ai/serverless/v1), and OPENAI_API_KEY the key. A server that wants no
 * key is sent none. Redirects are not followed, so that the key goes to that server only. The program never prints it.
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
    EXIT_SETUP = 2,         /* wrong arguments or environment, or no memory for the request */
    EXIT_NO_ANSWER = 3,     /* the server cannot be reached, or says nothing */
    EXIT_OUTPUT = 8,        /* standard output cannot be written; the request was broken off */
    EXIT_HTTP = 4,          /* the server answered with an HTTP status other than 2xx */
    EXIT_CUT = 6,           /* the connection was cut, or stalled; the usage, if there is one, is the last so far */
    EXIT_NO_USAGE = 7,      /* the body has no usage, or is no JSON */
    EXIT_UNFINISHED = 9,    /* the body does not tell its end, as by [DONE]: its counts may not be the last ones */
    EXIT_CONTRADICTORY = 1, /* the usage is unreadable, or its counts contradict each other */
    EXIT_CONSISTENT = 0     /* the usage was reported and its counts agree */
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

/* The JSON text to send, to be freed by cJSON_free; NULL when there is no memory. */
static char *make_request(const char *model, const char *prompt) {
    cJSON *const request = cJSON_Parse("{\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                                       "\"messages\":[{\"role\":\"user\"}]}");
    cJSON *const message = cJSON_GetArrayItem(cJSON_GetObjectItem(request, "messages"), 0);
    const bool complete = cJSON_AddStringToObject(request, "model", model) != NULL &&
                          cJSON_AddStringToObject(message, "content", prompt) != NULL;
    char *const text = complete ? cJSON_PrintUnformatted(request) : NULL;
    cJSON_Delete(request);
    return text;
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
        if (*c <= ' ' || *c > '~') { /* a line end would begin a header of its own */
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

/* libcurl's write callback: any other result than the number of bytes breaks the transfer off. */
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
    if (*key) { /* not as a header of our own: libcurl shows this one to no proxy and to no other host */
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

/* Writes the usage, if there is one, and the verdict on it. */
static tokusage_status print_usage(const tokusage_stream *stream) {
    tokusage usage;
    tokusage_error error;
    char json[TOKUSAGE_JSON_SIZE], model[TOKUSAGE_MODEL_SIZE], reason[200] = "consistent";
    if (tokusage_stream_usage(stream, &usage, &error) == TOKUSAGE_ERR_NOT_FOUND) {
        return error.status;
    }
    if (error.status != TOKUSAGE_OK) {
        tokusage_error_text(&error, reason, sizeof reason);
        fprintf(stderr, "usage: unreadable: %s\n", reason);
        return error.status;
    }
    if (tokusage_reconcile(&usage, &error) != TOKUSAGE_OK) {
        tokusage_error_text(&error, reason, sizeof reason);
    }
    tokusage_encode(&usage, json, sizeof json, NULL);
    tokusage_stream_model(stream, model, sizeof model);
    for (char *c = model; *c; c++) {
        *c = *c >= ' ' && *c <= '~' ? *c : '?'; /* the name must not drive a terminal */
    }
    fprintf(stderr, "usage%s%s: %s: %s%s\n", *model ? " of " : "", model, json,
            error.status == TOKUSAGE_OK ? "" : "contradictory: ", reason);
    return error.status;
}

/* Says how it went, in the order of the table at the top. */
static int judge(const response *how) {
    static const char *const useless[] = {
        [TOKUSAGE_BODY_EMPTY] = "the body is empty",
        [TOKUSAGE_BODY_OPEN] = "the body has no usage and no end: it was cut, tells an error, or is no JSON",
        [TOKUSAGE_BODY_WHOLE] = "the body is complete and has no usage",
        [TOKUSAGE_BODY_BROKEN] = "the body is no JSON",
    };
    const tokusage_body body = tokusage_stream_body(&how->stream);
    const char *const words = *how->words ? how->words : curl_easy_strerror(how->code);
    if (how->http_status == 0) {
        return fail(EXIT_NO_ANSWER, "no answer from the server", words);
    }
    const tokusage_status usage = print_usage(&how->stream);
    if (how->output_failed) {
        return fail(EXIT_OUTPUT, "standard output cannot be written; the request was broken off", "");
    }
    if (how->http_status < 200 || how->http_status > 299) {
        char status[64];
        snprintf(status, sizeof status, "HTTP status %ld: what the server says is in its body", how->http_status);
        return fail(EXIT_HTTP, status, "");
    }
    if (how->code != CURLE_OK && body != TOKUSAGE_BODY_WHOLE) {
        return fail(EXIT_CUT, "the connection was cut, or stalled, in the middle of the body", words);
    }
    if (usage == TOKUSAGE_ERR_NOT_FOUND || body == TOKUSAGE_BODY_BROKEN) {
        return fail(EXIT_NO_USAGE, useless[body], "");
    }
    if (body != TOKUSAGE_BODY_WHOLE) {
        return fail(EXIT_UNFINISHED, "the body does not tell its end; its counts may not be the last ones", "");
    }
    return usage == TOKUSAGE_OK ? EXIT_CONSISTENT : EXIT_CONTRADICTORY;
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
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is told in words, and by the exit status */
#endif
    tokusage_stream_init(&answer.stream, NULL); /* NULL: the usage is at one of the places that services use */
    post(url, key, request, &answer);
    cJSON_free(request);
    curl_global_cleanup();
    return judge(&answer);
}
