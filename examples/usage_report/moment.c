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

/* Days since 1970; the year begins in March here, so that the day that only some have is its last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2;
    month += month > 2 ? -3 : 9;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719469;
}

/* What a date and time have, and where they end. */
typedef struct parts {
    unsigned year, month, day, hour, minute, second;
    const char *rest;
} parts;

static bool read_clock(const char *at, parts *to) {
    int end = 0;
    if (sscanf(at, "%2u:%2u%n:%2u%n", &to->hour, &to->minute, &end, &to->second, &end) < 2) {
        return false;
    }
    to->rest = at + end;
    return to->hour < 24 && to->minute < 60 && to->second <= 60;
}

/* 2026-11-03T10:20:30, or a space between, or a date alone. */
static bool read_iso(const char *at, parts *to) {
    int end = 0;
    if (strspn(at, "0123456789") != 4 || (sscanf(at, "%4u-%2u-%2u%n", &to->year, &to->month, &to->day, &end) != 3 &&
                                          sscanf(at, "%4u/%2u/%2u%n", &to->year, &to->month, &to->day, &end) != 3)) {
        return false;
    }
    to->rest = at + end;
    return *to->rest == '\0' || (strchr("Tt ", *to->rest) && read_clock(to->rest + 1, to));
}

/* The common log format: 03/Nov/2026:10:20:30 +0000, maybe in brackets. */
static bool read_common(const char *at, parts *to) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char month[4] = "";
    int end = 0;
    at += *at == '[';
    if (sscanf(at, "%2u/%3s/%4u:%n", &to->day, month, &to->year, &end) != 3 || end == 0) {
        return false;
    }
    const char *const found = strstr(months, month);
    to->month = found && strlen(month) == 3 ? (unsigned)(found - months) / 3 + 1 : 0;
    return read_clock(at + end, to);
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
    parts is = {.month = 0};
    bool local = false;
    int64_t offset = 0;
    if ((!read_iso(at, &is) && !read_common(at, &is)) || is.month - 1 > 11 || is.day - 1 > 30 || is.year == 0) {
        return false;
    }
    const int64_t fraction = fraction_of(&is.rest);
    if (!read_offset(is.rest, &local, &offset)) {
        return false;
    }
    if (local) {
        struct tm fields = {.tm_year = (int)is.year - 1900,
                            .tm_mon = (int)is.month - 1,
                            .tm_mday = (int)is.day,
                            .tm_hour = (int)is.hour,
                            .tm_min = (int)is.minute,
                            .tm_sec = (int)is.second,
                            .tm_isdst = -1};
        *time = (int64_t)mktime(&fields) * second + fraction;
    } else {
        const int64_t days = days_of(is.year, is.month, is.day);
        *time = (days * 86400 + is.hour * 3600 + is.minute * 60 + is.second - offset) * second + fraction;
    }
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
    char given[64];
    const slice plain = json_is(value, '"') ? json_inside(value) : value;
    if (!plain.bytes || plain.length == 0 || plain.length >= sizeof given) {
        return false;
    }
    memcpy(given, plain.bytes, plain.length);
    given[plain.length] = '\0';
    return read_epoch(given, time) || read_date(given, time);
}

void moment_put(text *to, int64_t time, time_unit unit) {
    static const char *const forms[] = {
        [HOUR] = "%Y-%m-%dT%H:00%z", [DAY] = "%Y-%m-%d", [WEEK] = "%G-W%V", [MONTH] = "%Y-%m"};
    char date[48];
    struct tm local;
    const time_t seconds = (time_t)(time / second);
    const bool good = localtime_r(&seconds, &local) && strftime(date, sizeof date, forms[unit], &local) > 0;
    text_string(to, good ? date : "(other)");
}
