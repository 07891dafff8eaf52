/* The upstream's answer: reads the query, makes the head, and frames the body write by write. */
#include "answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the query */

/* The value of a member of the query, or "" . */
static void find_member(const char *target, const char *name, char *value, size_t size) {
    value[0] = '\0';
    const size_t name_length = strlen(name);
    const char *at = strchr(target, '?');
    while (at) {
        at++;
        if (strncmp(at, name, name_length) == 0 && at[name_length] == '=') {
            at += name_length + 1;
            const size_t length = strcspn(at, "& ");
            snprintf(value, size, "%.*s", (int)length, at);
            return;
        }
        at = at + strcspn(at, "& ");
        at = *at == '&' ? at : NULL;
    }
}

static size_t find_number(const char *target, const char *name, size_t otherwise) {
    char value[32];
    find_member(target, name, value, sizeof value);
    return value[0] ? strtoul(value, NULL, 10) : otherwise;
}

static void find_target(const char *head, char *target, size_t size) {
    const char *const at = head + strcspn(head, " ");
    snprintf(target, size, "%.*s", (int)strcspn(at + (*at == ' '), " \r"), at + (*at == ' '));
}

/* What follows the path's last slash. */
static void find_name(const char *target, char *name, size_t size) {
    const size_t length = strcspn(target, "?");
    size_t begin = length;
    while (begin > 0 && target[begin - 1] != '/') {
        begin--;
    }
    snprintf(name, size, "%.*s", (int)(length - begin), target + begin);
}

/* ---- the head */

typedef struct kind {
    int status;
    const char *type;
    bool gzip;
    bool ratelimit;
    bool with_body;
    char frame[16];
} kind;

static const char *type_of(const char *name) {
    const char *const dot = strrchr(name, '.');
    return dot && strcmp(dot, ".sse") == 0 ? "text/event-stream" : "application/json";
}

static void write_head(answer *to, const kind *what) {
    bytes_text(&to->out, "HTTP/1.1 %d Status\r\nConnection: close\r\nETag: \"tested\"\r\n", what->status);
    if (what->status == 204 || what->status == 304) {
        bytes_text(&to->out, "\r\n");
        return;
    }
    bytes_text(&to->out, "Content-Type: %s\r\n", what->type);
    if (what->status == 206) {
        bytes_text(&to->out, "Content-Range: bytes 0-%zu/999999\r\n", to->body.used - 1);
    }
    if (what->status == 429) {
        bytes_text(&to->out, "Retry-After: 7\r\n");
    }
    if (what->ratelimit) {
        bytes_text(&to->out, "x-ratelimit-remaining-tokens: 987654\r\n");
    }
    if (what->gzip) {
        bytes_text(&to->out, "Content-Encoding: gzip\r\n");
    }
    if (to->chunked) {
        bytes_text(&to->out, "Transfer-Encoding: chunked\r\n");
    } else if (strcmp(what->frame, "close") != 0) {
        bytes_text(&to->out, "Content-Length: %zu\r\n", to->body.used);
    }
    bytes_text(&to->out, "\r\n");
}

/* ---- the answer */

static bool read_body(answer *to, const char *folder, const char *name, bool gzip) {
    char path[4096];
    const int length = snprintf(path, sizeof path, "%s/%s%s", folder, name, gzip ? ".gz" : "");
    return length > 0 && (size_t)length < sizeof path && !strstr(name, "..") && bytes_file(&to->body, path);
}

static bool accepts_gzip(const char *head) {
    size_t length;
    const char *const value = head_value(head, "Accept-Encoding:", &length);
    const char *const found = value ? strstr(value, "gzip") : NULL;
    return found && found < value + length;
}

static void plan_writes(answer *to, const char *target) {
    char write[16];
    find_member(target, "write", write, sizeof write);
    to->by_event = strcmp(write, "event") == 0;
    to->by_chance = strcmp(write, "any") == 0;
    to->write_size = ANSWER_ALL;
    if (write[0] >= '1' && write[0] <= '9') {
        to->write_size = strtoul(write, NULL, 10);
    }
    to->wait = (int64_t)find_number(target, "wait", 0);
    to->delay = (int64_t)find_number(target, "delay", 0);
    to->exact = find_number(target, "exact", 0) != 0;
    to->chance = UINT64_C(88172645463325252);
    for (const char *at = target; *at; at++) {
        to->chance = to->chance * 31 + (unsigned char)*at;
    }
}

void answer_begin(answer *to, const char *folder, const char *head, const bytes *request_body) {
    char target[2048];
    char type[64];
    find_target(head, target, sizeof target);
    find_member(target, "id", to->id, sizeof to->id);
    find_member(target, "type", type, sizeof type);
    kind what = {.status = (int)find_number(target, "status", 200), .gzip = find_number(target, "gzip", 0) != 0};
    what.gzip = what.gzip || (find_number(target, "negotiate", 0) != 0 && accepts_gzip(head));
    what.ratelimit = find_number(target, "ratelimit", 0) != 0;
    find_member(target, "frame", what.frame, sizeof what.frame);
    plan_writes(to, target);

    char name[1024];
    find_name(target, name, sizeof name);
    if (find_number(target, "echo", 0) != 0) {
        bytes_add(&to->body, request_body->at, request_body->used);
    } else if (!read_body(to, folder, name, what.gzip)) {
        what.status = 404;
        bytes_text(&to->body, "no such file: %s\n", name);
    }
    what.type = type[0] ? type : type_of(name);
    what.with_body = what.status != 204 && what.status != 304 && strncmp(head, "HEAD ", 5) != 0;
    to->chunked = strcmp(what.frame, "chunked") == 0;
    to->end = find_number(target, "cut", ANSWER_ALL);
    write_head(to, &what);
    to->ended = !what.with_body || (to->body.used == 0 && !to->chunked);
}

static size_t next_chance(answer *of) {
    of->chance ^= of->chance << 13;
    of->chance ^= of->chance >> 7;
    of->chance ^= of->chance << 17;
    /* Short ones are as likely as long ones. */
    return 1 + (size_t)(of->chance >> 20) % ((size_t)1 << (1 + of->chance % 13));
}

static size_t next_size(answer *of) {
    const size_t left = of->body.used - of->sent;
    size_t size = of->write_size;
    if (of->by_chance) {
        size = next_chance(of);
    } else if (of->by_event) {
        const char *const end = strstr(of->body.at + of->sent, "\n\n");
        size = end ? (size_t)(end - of->body.at) + 2 - of->sent : left;
    }
    return size < left ? size : left;
}

bool answer_next(answer *of) {
    of->out.used = 0;
    if (of->ended || of->sent >= of->end) {
        return false;
    }
    size_t size = next_size(of);
    size = size < of->end - of->sent ? size : of->end - of->sent;
    if (of->chunked && size > 0) {
        bytes_text(&of->out, "%zx\r\n", size);
    }
    bytes_add(&of->out, of->body.at + of->sent, size);
    of->sent += size;
    of->ended = of->sent == of->body.used && of->sent <= of->end;
    if (of->chunked) {
        bytes_text(&of->out, "%s%s", size > 0 ? "\r\n" : "", of->ended ? "0\r\n\r\n" : "");
    }
    return true;
}

void answer_free(answer *what) {
    bytes_free(&what->body);
    bytes_free(&what->out);
}
