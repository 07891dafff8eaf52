/*
 * Asks a model a question over HTTP and streams the answer: the body goes to standard output untouched as it arrives,
 * and what the request used goes to standard error at the end, reconciled, in OpenAI's form.
 *
 *     stream_http MODEL PROMPT
 *
 * The server is any that speaks the OpenAI wire format. OPENAI_BASE_URL is where (default https://api.openai.com/v1;
 * for Friendli https://api.friendli.ai/serverless/v1), OPENAI_API_KEY the key; a server that wants none is sent none.
 * Redirects are not followed, so the key goes to that server only; and it is never printed: what is quoted of a
 * server's error message has it struck out. (The body is the server's own words and goes to standard output as it is.)
 */
#include <cJSON.h>
#include <curl/curl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tokusage.h>

enum {
    CONNECT_SECONDS = 30,
    STALL_SECONDS = 300 /* a reasoning model may be silent for minutes */
};

/* The exit status is the first of these that applies. */
enum {
    EXIT_SETUP = 2,         /* wrong arguments or environment, or no memory for the request */
    EXIT_NO_ANSWER = 3,     /* the server cannot be reached, or says nothing */
    EXIT_OUTPUT = 8,        /* standard output cannot be written; the request was broken off */
    EXIT_HTTP = 4,          /* the server answered with an HTTP status other than 2xx */
    EXIT_SERVER_ERROR = 5,  /* the body has an error in it, also in mid-stream */
    EXIT_CUT = 6,           /* the connection was cut, or stalled; the usage, if there is one, is the last so far */
    EXIT_NO_USAGE = 7,      /* the body has no usage */
    EXIT_UNFINISHED = 9,    /* the body does not tell its end, as by [DONE]: its counts may not be the last ones */
    EXIT_CONTRADICTORY = 1, /* the usage is unreadable, or its counts contradict each other */
    EXIT_CONSISTENT = 0     /* the usage was reported and its counts agree */
};

/* What is known of the response so far. */
typedef struct response {
    tokusage_stream stream;
    char kept[16384]; /* to look for an error in: the beginning of the line that arrives, or of a JSON body */
    size_t kept_length;
    bool error;
    char message[256]; /* what the server says about its error */
    const char *key;   /* what must not be in the message */
    bool output_failed;
} response;

/* ------------------------------------------------------------------------------------ words for people */

/*
 * Copies text as one line, cut to size, with every occurrence of the key struck out. Control characters could drive a
 * terminal, and become blanks.
 */
static void write_safely(char *to, size_t size, const char *text, const char *key) {
    const size_t key_length = strlen(key);
    size_t used = 0;
    while (*text && used + 4 < size) {
        if (key_length > 0 && strncmp(text, key, key_length) == 0) {
            memcpy(to + used, "***", 3);
            used += 3;
            text += key_length;
        } else {
            const unsigned char c = (unsigned char)*text++;
            to[used++] = c < 0x20 || c == 0x7F ? ' ' : (char)c;
        }
    }
    while (*text && used > 0 && (unsigned char)to[used - 1] >= 0x80) {
        used--; /* no half of a character where it was cut */
    }
    to[used] = '\0';
}

static int fail(int status, const char *what, const char *detail) {
    fprintf(stderr, "stream_http: %s%s%s\n", what, *detail ? ": " : "", detail);
    return status;
}

/* Writes the usage and the verdict on it, if there is one. */
static tokusage_status print_usage(const response *of) {
    tokusage usage;
    tokusage_error error;
    char json[TOKUSAGE_JSON_SIZE], name[128], model[128], verdict[200] = "consistent";
    if (tokusage_stream_usage(&of->stream, &usage, &error) == TOKUSAGE_ERR_NOT_FOUND) {
        return error.status;
    }
    if (error.status != TOKUSAGE_OK) {
        tokusage_error_text(&error, verdict, sizeof verdict);
        fprintf(stderr, "usage: unreadable: %s\n", verdict);
        return error.status;
    }
    if (tokusage_reconcile(&usage, &error) != TOKUSAGE_OK) {
        tokusage_error_text(&error, verdict, sizeof verdict);
    }
    tokusage_encode(&usage, json, sizeof json, NULL);
    tokusage_stream_model(&of->stream, name, sizeof name);
    write_safely(model, sizeof model, name, of->key);
    fprintf(stderr, "usage%s%s: %s: %s%s\n", *model ? " of " : "", model, json,
            error.status == TOKUSAGE_OK ? "" : "contradictory: ", verdict);
    return error.status;
}

/* --------------------------------------------------------------------------------- the body as it comes */

/* The words of {"error": {"message": "..."}}, {"error": "..."} and the other forms that servers use. */
static const char *words_of(const cJSON *body) {
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(body, "error");
    const cJSON *const places[] = {error, cJSON_GetObjectItemCaseSensitive(error, "message"),
                                   cJSON_GetObjectItemCaseSensitive(body, "message"),
                                   cJSON_GetObjectItemCaseSensitive(body, "detail")};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (cJSON_IsString(places[i])) {
            return places[i]->valuestring;
        }
    }
    return "";
}

/* Notes the first error in what is kept: an event's line or a JSON body. Any object tells one when `failed`. */
static void look_for_error(response *in, bool failed) {
    const char *const json = strchr(in->kept, '{');
    if (in->error || !json || !(failed || strstr(json, "\"error\""))) {
        return;
    }
    cJSON *const body = cJSON_Parse(json);
    const cJSON *const error = cJSON_GetObjectItemCaseSensitive(body, "error");
    in->error = failed || (error && !cJSON_IsNull(error));
    if (in->error) {
        write_safely(in->message, sizeof in->message, words_of(body), in->key);
    }
    cJSON_Delete(body);
}

/* Keeps the next byte of a line; at the end of a line, unless it is one of a JSON body, looks and begins anew. */
static void keep(response *to, char c) {
    if (to->kept_length < sizeof to->kept - 1) {
        to->kept[to->kept_length++] = c;
        to->kept[to->kept_length] = '\0';
    }
    if (c == '\n' && to->kept[strspn(to->kept, " \t\r\n")] != '{') {
        look_for_error(to, false);
        to->kept_length = 0;
        to->kept[0] = '\0';
    }
}

/* libcurl's write callback: any other result than the number of bytes breaks the transfer off. */
static size_t take_body(char *bytes, size_t one, size_t length, void *user) {
    response *const to = user;
    (void)one; /* always 1 */
    if (fwrite(bytes, 1, length, stdout) != length || fflush(stdout) != 0) {
        to->output_failed = true;
        return 0;
    }
    tokusage_stream_feed(&to->stream, bytes, length);
    for (size_t at = 0; at < length; at++) {
        keep(to, bytes[at]);
    }
    return length;
}

/* ------------------------------------------------------------------------------------------- the request */

/* {"model": ..., "messages": [{"role": "user", "content": ...}], "stream": true, "stream_options": ...} */
static char *make_request(const char *model, const char *prompt) {
    cJSON *request = cJSON_CreateObject();
    cJSON *message = cJSON_CreateObject();
    bool complete = cJSON_AddStringToObject(message, "role", "user") &&
                    cJSON_AddStringToObject(message, "content", prompt) &&
                    cJSON_AddStringToObject(request, "model", model);
    if (!cJSON_AddItemToArray(cJSON_AddArrayToObject(request, "messages"), message)) {
        cJSON_Delete(message);
        complete = false;
    }
    complete = complete && cJSON_AddTrueToObject(request, "stream") &&
               cJSON_AddTrueToObject(cJSON_AddObjectToObject(request, "stream_options"), "include_usage");
    char *text = complete ? cJSON_PrintUnformatted(request) : NULL;
    cJSON_Delete(request);
    return text;
}

/* What the transfer needs besides the body; "" for a key that is not set. */
typedef struct setup {
    char url[2048];
    const char *key;
} setup;

/* Reads the environment; returns what is wrong with it, or NULL. */
static const char *read_setup(setup *to) {
    const char *base = getenv("OPENAI_BASE_URL");
    const bool other = base && *base;
    to->key = getenv("OPENAI_API_KEY");
    to->key = to->key ? to->key : "";
    if (!other && !*to->key) {
        return "OPENAI_API_KEY is not set";
    }
    for (const char *c = to->key; *c; c++) {
        if (*c <= 0x20 || *c >= 0x7F) {
            return "OPENAI_API_KEY has a blank, a line end or another character that no key has";
        }
    }
    base = other ? base : "https://api.openai.com/v1";
    if (strncmp(base, "https://", 8) != 0 && strncmp(base, "http://", 7) != 0) {
        return "OPENAI_BASE_URL does not begin with https:// or http://";
    }
    size_t length = strlen(base);
    while (base[length - 1] == '/') {
        length--;
    }
    if (length > sizeof to->url - 32) {
        return "OPENAI_BASE_URL is too long";
    }
    snprintf(to->url, sizeof to->url, "%.*s/chat/completions", (int)length, base);
    return NULL;
}

/* What libcurl says about a transfer. */
typedef struct transfer {
    CURLcode code;
    long http_status; /* 0: there was no answer */
    char words[CURL_ERROR_SIZE];
} transfer;

static bool set_options(CURL *curl, const setup *from, const char *request, struct curl_slist *headers, response *to,
                        transfer *result) {
    bool set = curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, result->words) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_URL, from->url) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_WRITEDATA, to) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    if (*from->key) { /* not as a header of our own: libcurl shows this one to no proxy and to no other host */
        set = set && curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) == CURLE_OK;
        set = set && curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, from->key) == CURLE_OK;
    }
    return set;
}

static transfer post(const setup *from, const char *request, response *to) {
    transfer result = {.code = CURLE_FAILED_INIT};
    struct curl_slist *type = curl_slist_append(NULL, "Content-Type: application/json");
    struct curl_slist *headers = type ? curl_slist_append(type, "Accept: text/event-stream") : NULL;
    CURL *curl = curl_easy_init();
    if (curl && headers && set_options(curl, from, request, headers, to, &result)) {
        result.code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &result.http_status);
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(type);
    return result;
}

/* ------------------------------------------------------------------------------------------- the verdict */

static int judge_body(tokusage_body body, tokusage_status usage) {
    static const char *const missing[] = {[TOKUSAGE_BODY_EMPTY] = "the body is empty",
                                          [TOKUSAGE_BODY_OPEN] =
                                              "the body has no usage, and is neither whole JSON nor events with an end",
                                          [TOKUSAGE_BODY_WHOLE] = "the body is complete and has no usage",
                                          [TOKUSAGE_BODY_BROKEN] = "the body is not JSON"};
    if (usage == TOKUSAGE_ERR_NOT_FOUND) {
        return fail(EXIT_NO_USAGE, missing[body], "");
    }
    if (body != TOKUSAGE_BODY_WHOLE) {
        return fail(EXIT_UNFINISHED, "the body does not tell its end; its counts may not be the last ones", "");
    }
    return usage == TOKUSAGE_OK ? EXIT_CONSISTENT : EXIT_CONTRADICTORY;
}

/* Says how it went, in the order of the table at the top. */
static int judge(const transfer *how, response *of) {
    const tokusage_body body = tokusage_stream_body(&of->stream);
    const bool refused = how->http_status < 200 || how->http_status > 299;
    char words[CURL_ERROR_SIZE];
    write_safely(words, sizeof words, *how->words ? how->words : curl_easy_strerror(how->code), of->key);
    if (how->http_status == 0) {
        return fail(EXIT_NO_ANSWER, "no answer from the server", words);
    }
    const tokusage_status usage = print_usage(of);
    look_for_error(of, refused);
    if (of->output_failed) {
        return fail(EXIT_OUTPUT, "standard output cannot be written; the request was broken off", "");
    }
    if (refused) {
        char status[64];
        snprintf(status, sizeof status, "the server answered with HTTP status %ld", how->http_status);
        return fail(EXIT_HTTP, status, of->message);
    }
    if (of->error) {
        return fail(EXIT_SERVER_ERROR, "the server reports an error in the body", of->message);
    }
    if (how->code != CURLE_OK && body != TOKUSAGE_BODY_WHOLE) {
        return fail(EXIT_CUT, "the connection was cut, or stalled, in the middle of the body", words);
    }
    return judge_body(body, usage);
}

int main(int argc, char **argv) {
    static response body;
    setup where;
    if (argc != 3) {
        return fail(EXIT_SETUP, "usage: stream_http MODEL PROMPT", "");
    }
    const char *problem = read_setup(&where);
    if (problem) {
        return fail(EXIT_SETUP, problem, "");
    }
    char *request = make_request(argv[1], argv[2]);
    if (!request || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        cJSON_free(request);
        return fail(EXIT_SETUP, "no memory for the request", "");
    }
#ifdef SIGPIPE
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is told in words, and by the exit status */
#endif
    tokusage_stream_init(&body.stream, NULL); /* which finds the usage at the places that services use */
    body.key = where.key;
    const transfer how = post(&where, request, &body);
    cJSON_free(request);
    curl_global_cleanup();
    return judge(&how, &body);
}
