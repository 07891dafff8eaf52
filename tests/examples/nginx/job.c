/* The client's requests as lines of text, and the check of what came back. */
#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- the line */

static void read_word(job *to, char *word) {
    if (strncmp(word, "leave=", 6) == 0) {
        to->leave = strtoul(word + 6, NULL, 10);
    } else if (strncmp(word, "slow=", 5) == 0) {
        to->slow = strtol(word + 5, NULL, 10);
    } else if (strncmp(word, "save=", 5) == 0) {
        to->save = word + 5;
    } else if (strcmp(word, "cut") == 0) {
        to->cut = true;
    } else if (strcmp(word, "chunked") == 0) {
        to->chunked = true;
    } else if (strcmp(word, "-") != 0) {
        stop("job %s: no such word: %s", to->id, word);
    }
}

/* Ends the field and returns where the next one begins, or NULL. */
static char *end_at(char *field, char separator) {
    char *const end = strchr(field, separator);
    if (!end) {
        return NULL;
    }
    *end = '\0';
    return end + 1;
}

bool job_read(job *to, char *line) {
    *to = (job){.line = line, .leave = SIZE_MAX};
    line[strcspn(line, "\n")] = '\0';
    char **const fields[] = {&to->id,           &to->method, &to->target,        &to->headers,
                             &to->request_body, &to->status, &to->expected_body, &to->how};
    char *at = line;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!at) {
            return false;
        }
        *fields[i] = at;
        at = end_at(at, '\t');
    }
    for (char *word = to->how; word;) {
        char *const next = end_at(word, ',');
        read_word(to, word);
        word = next;
    }
    return true;
}

void job_free(job *what) {
    free(what->line);
    what->line = NULL;
}

/* ---- the request */

static bool is_given(const char *field) {
    return strcmp(field, "-") != 0;
}

static void add_headers(bytes *to, const char *headers) {
    while (is_given(headers) && *headers) {
        const size_t length = strcspn(headers, "|");
        bytes_add(to, headers, length);
        bytes_add(to, "\r\n", 2);
        headers += length + (headers[length] == '|');
    }
}

static void add_chunks(bytes *to, const bytes *body) {
    for (size_t at = 0, size = 1; at < body->used; at += size, size = size * 3 % 1009) {
        size = size < body->used - at ? size : body->used - at;
        bytes_text(to, "%zx\r\n", size);
        bytes_add(to, body->at + at, size);
        bytes_add(to, "\r\n", 2);
    }
    bytes_add(to, "0\r\n\r\n", 5);
}

void job_request(const job *of, bytes *to) {
    bytes body = {.at = NULL};
    if (is_given(of->request_body) && !bytes_file(&body, of->request_body)) {
        stop("job %s: cannot read %s", of->id, of->request_body);
    }
    bytes_text(to, "%s %s%cid=%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", of->method, of->target,
               strchr(of->target, '?') ? '&' : '?', of->id);
    add_headers(to, of->headers);
    if (is_given(of->request_body) && of->chunked) {
        bytes_text(to, "Transfer-Encoding: chunked\r\n\r\n");
        add_chunks(to, &body);
    } else if (is_given(of->request_body)) {
        bytes_text(to, "Content-Length: %zu\r\n\r\n", body.used);
        bytes_add(to, body.at, body.used);
    } else {
        bytes_add(to, "\r\n", 2);
    }
    bytes_free(&body);
}

/* ---- the answer */

typedef struct parts {
    size_t head;
    bytes body;
    size_t trailers; /* after the head, in bytes of the answer; 0: none */
    bool whole;
} parts;

static bool without_body(const job *of, const char *head) {
    const int status = atoi(head + strcspn(head, " "));
    return strcmp(of->method, "HEAD") == 0 || status == 204 || status == 304;
}

static parts take_apart(const job *of, const bytes *answer) {
    parts found = {.head = head_length(answer->at, answer->used)};
    const char *const from = answer->at + found.head;
    const size_t length = answer->used - found.head;
    size_t value_length;
    const char *value = head_value(answer->at, "Transfer-Encoding:", &value_length);
    if (without_body(of, answer->at)) {
        bytes_add(&found.body, from, length);
        found.whole = length == 0;
    } else if (value && strncasecmp(value, "chunked", 7) == 0) {
        found.trailers = bytes_dechunk(&found.body, from, length);
        found.whole =
            found.trailers > 0 && length - found.trailers >= 2 && memcmp(answer->at + answer->used - 2, "\r\n", 2) == 0;
    } else {
        value = head_value(answer->at, "Content-Length:", &value_length);
        bytes_add(&found.body, from, length);
        found.whole = !value || strtoul(value, NULL, 10) == length;
    }
    return found;
}

static void save_to(const char *path, const char *end, const char *from, size_t length, const char *mode) {
    char name[4096];
    snprintf(name, sizeof name, "%s%s", path, end);
    FILE *const file = fopen(name, mode);
    if (!file || fwrite(from, 1, length, file) != length || fclose(file) != 0) {
        stop("cannot write %s", name);
    }
}

static void save(const job *of, const bytes *answer, const parts *found) {
    save_to(of->save, ".head", answer->at, found->head, "wb");
    save_to(of->save, ".body", found->body.used > 0 ? found->body.at : "", found->body.used, "wb");
    if (found->trailers > 0) {
        const size_t from = found->head + found->trailers;
        save_to(of->save, ".head", answer->at + from, answer->used - from, "ab");
    }
}

static bool wrong(const job *of, const char *sentence) {
    printf("%s (%s %s): %s\n", of->id, of->method, of->target, sentence);
    return false;
}

static bool body_as_expected(const job *of, const bytes *body, bool may_end_early) {
    if (!is_given(of->expected_body)) {
        return true;
    }
    bytes expected = {.at = NULL};
    if (!bytes_file(&expected, of->expected_body)) {
        stop("job %s: cannot read %s", of->id, of->expected_body);
    }
    const bool length_good = body->used == expected.used || (may_end_early && body->used < expected.used);
    const bool good = length_good && (body->used == 0 || memcmp(body->at, expected.at, body->used) == 0);
    bytes_free(&expected);
    return good;
}

static bool check_parts(const job *of, const bytes *answer, const parts *found) {
    const bool left = of->leave != SIZE_MAX;
    if (found->head == 0) {
        return left || wrong(of, "the answer has no head");
    }
    const size_t line = strcspn(answer->at, " ") + 1;
    if (is_given(of->status) && strncmp(answer->at + line, of->status, strlen(of->status)) != 0) {
        char sentence[64];
        snprintf(sentence, sizeof sentence, "status %.3s instead of %s", answer->at + line, of->status);
        return wrong(of, sentence);
    }
    if (!left && found->whole == of->cut) {
        return wrong(of, of->cut ? "the answer is whole, though it was cut" : "the answer ends too early");
    }
    return body_as_expected(of, &found->body, left || of->cut) || wrong(of, "the body is not as expected");
}

bool job_check(const job *of, const bytes *answer) {
    if (answer->used == 0) {
        return of->leave != SIZE_MAX || wrong(of, "there is no answer");
    }
    parts found = take_apart(of, answer);
    const bool good = check_parts(of, answer, &found);
    if (of->save) {
        save(of, answer, &found);
    }
    bytes_free(&found.body);
    return good;
}
