/*
 * Times: the forms that services and logs write, in microseconds since 1970, and dates in a zone of the system.
 */
#include "usage_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const int64_t second = 1000000;

/* A name in the system's zones, Z, or +HH:MM. */
bool moment_zone(const char *name) {
    char rule[64];
    unsigned hours = 0;
    unsigned minutes = 0;
    const char *const folder = getenv("TZDIR");
    if ((*name == '+' || *name == '-') && strlen(name) == 6 && sscanf(name + 1, "%2u:%2u", &hours, &minutes) == 2 &&
        hours < 24 && minutes < 60) {
        snprintf(rule, sizeof rule, "<%c%02u%02u>%c%02u:%02u", *name, hours, minutes, *name == '+' ? '-' : '+', hours,
                 minutes);
    } else if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0) {
        snprintf(rule, sizeof rule, "UTC0");
    } else {
        text path = {.bytes = NULL};
        text_string(&path, folder ? folder : "/usr/share/zoneinfo");
        text_string(&path, "/");
        text_string(&path, name);
        const bool there = *name != '\0' && *name != '/' && !strstr(name, "..") && access(text_c(&path), R_OK) == 0;
        text_free(&path);
        if (!there || strlen(name) >= sizeof rule) {
            return false;
        }
        snprintf(rule, sizeof rule, "%s", name);
    }
    setenv("TZ", rule, 1);
    tzset();
    return true;
}

/* Returns what follows the date and time, in any of the forms; NULL: there is none. */
static const char *read_fields(const char *at, struct tm *to) {
    static const char *const forms[] = {"%Y-%m-%dT%H:%M:%S",  "%Y-%m-%dt%H:%M:%S", "%Y-%m-%d %H:%M:%S",
                                        "%Y/%m/%d %H:%M:%S",  "%Y-%m-%dT%H:%M",    "%Y-%m-%d %H:%M",
                                        "[%d/%b/%Y:%H:%M:%S", "%d/%b/%Y:%H:%M:%S"};
    const bool begins = strspn(at, "0123456789") == 4 || *at == '[' || at[1] == '/' || at[2] == '/';
    for (size_t i = 0; begins && i < sizeof forms / sizeof *forms; i++) {
        *to = (struct tm){.tm_isdst = -1};
        const char *const rest = strptime(at, forms[i], to);
        if (rest) {
            return rest;
        }
    }
    *to = (struct tm){.tm_isdst = -1};
    const char *const rest = begins ? strptime(at, "%Y-%m-%d", to) : NULL;
    return rest && *rest == '\0' ? rest : NULL;
}

/* Z, +HH:MM, +HHMM or +HH, maybe after a space; nothing is the zone of the report. False: it is something else. */
static bool read_offset(const char *at, bool *local, int64_t *seconds) {
    unsigned hours = 0;
    unsigned minutes = 0;
    at += strspn(at, " ");
    *local = *at == '\0' || *at == ']';
    *seconds = 0;
    if (*local || strcmp(at, "Z") == 0 || strcmp(at, "z") == 0 || strcmp(at, "UTC") == 0) {
        return true;
    }
    if (*at != '+' && *at != '-') {
        return false;
    }
    const size_t digits = strspn(at + 1, "0123456789:");
    const bool good = digits >= 2 && (sscanf(at + 1, digits > 4 ? "%2u:%2u" : "%2u%2u", &hours, &minutes) >= 1);
    *seconds = (*at == '-' ? -60 : 60) * (int64_t)(60 * hours + minutes);
    return good && (at[1 + digits] == '\0' || at[1 + digits] == ']') && hours < 24 && minutes < 60;
}

static int64_t fraction_of(const char **at) {
    int64_t fraction = 0;
    int64_t unit = second / 10;
    if (**at == '.' || **at == ',') {
        for (++*at; **at >= '0' && **at <= '9'; ++*at, unit /= 10) {
            fraction += (**at - '0') * unit;
        }
    }
    return fraction;
}

static bool read_date(const char *at, int64_t *time) {
    struct tm fields;
    bool local = false;
    int64_t offset = 0;
    const char *rest = read_fields(at, &fields);
    if (!rest) {
        return false;
    }
    const int64_t fraction = fraction_of(&rest);
    if (!read_offset(rest, &local, &offset)) {
        return false;
    }
    *time = ((int64_t)(local ? mktime(&fields) : timegm(&fields)) - offset) * second + fraction;
    return true;
}

/* Seconds, milliseconds, microseconds or nanoseconds since 1970: which, its size says. */
static bool read_epoch(const char *at, int64_t *time) {
    const size_t digits = strspn(at, "0123456789");
    const char *rest = at + digits;
    const int64_t fraction = fraction_of(&rest);
    if (digits == 0 || digits > 19 || *rest != '\0') {
        return false;
    }
    const uint64_t number = strtoull(at, NULL, 10);
    *time = number < UINT64_C(100000000000)         ? (int64_t)number * second + fraction
            : number < UINT64_C(100000000000000)    ? (int64_t)number * 1000
            : number < UINT64_C(100000000000000000) ? (int64_t)number
                                                    : (int64_t)(number / 1000);
    return true;
}

bool moment_read(slice value, int64_t *time) {
    char given[64] = "";
    const slice plain = json_is(value, '"') ? json_inside(value) : value;
    if (!plain.bytes || plain.length == 0 || plain.length >= sizeof given) {
        return false;
    }
    memcpy(given, plain.bytes, plain.length);
    given[plain.length] = '\0';
    return read_epoch(given, time) || read_date(given, time);
}

void moment_put(text *to, int64_t time, group_kind unit) {
    static const char *const forms[] = {
        [BY_HOUR] = "%Y-%m-%dT%H:00%z", [BY_DAY] = "%Y-%m-%d", [BY_WEEK] = "%G-W%V", [BY_MONTH] = "%Y-%m"};
    char date[48];
    struct tm local;
    const time_t seconds = (time_t)(time / second);
    const bool good = localtime_r(&seconds, &local) && strftime(date, sizeof date, forms[unit], &local) > 0;
    text_string(to, good ? date : "(other)");
}
