/*
 * Times: the forms that services and logs write, in microseconds since 1970, and dates in a zone of the system.
 */
#include "usage_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const int64_t second = 1000000;

bool moment_zone(const char *name) {
    struct stat status = {.st_mode = 0};
    char rule[64] = "UTC0";
    char path[128];
    unsigned hours = 0;
    unsigned minutes = 0;
    const char *const folder = getenv("TZDIR");
    if ((*name == '+' || *name == '-') && sscanf(name + 1, "%2u:%2u", &hours, &minutes) == 2 && strlen(name) == 6) {
        snprintf(rule, sizeof rule, "UTC%c%s", *name == '+' ? '-' : '+', name + 1); /* POSIX counts to the west */
    } else if (strcmp(name, "UTC") != 0) {
        snprintf(rule, sizeof rule, "%s", name);
        snprintf(path, sizeof path, "%s/%s", folder ? folder : "/usr/share/zoneinfo", rule);
        if (*name == '/' || strstr(name, "..") || stat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
            return false;
        }
    }
    setenv("TZ", rule, 1);
    tzset();
    return hours < 24 && minutes < 60;
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

/* Z, +HH:MM, +HHMM or +HH. */
static bool read_offset(const char *at, int64_t *seconds) {
    unsigned hours = 0;
    unsigned minutes = 0;
    const size_t digits = *at == '+' || *at == '-' ? strspn(at + 1, "0123456789:") : 0;
    const bool good = digits >= 2 && sscanf(at + 1, digits > 4 ? "%2u:%2u" : "%2u%2u", &hours, &minutes) >= 1;
    *seconds = (*at == '-' ? -60 : 60) * (int64_t)(60 * hours + minutes);
    return slice_is_one(slice_of(at), "Z|z|UTC") || (good && at[1 + digits] == '\0' && hours < 24 && minutes < 60);
}

/* After it may be a space and an offset, else it is in the zone of the report. */
static bool read_date(const char *at, int64_t *time) {
    static const char *const forms[] = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d/%b/%Y:%H:%M:%S"};
    struct tm fields;
    int64_t offset = 0;
    const char *rest = NULL;
    for (size_t i = strspn(at, "0123456789") == 4 ? 0 : 3; i < 4 && !rest; i++) {
        fields = (struct tm){.tm_isdst = -1};
        rest = strptime(at, forms[i], &fields);
    }
    const int64_t fraction = rest ? fraction_of(&rest) : 0;
    rest = rest ? rest + strspn(rest, " ") : NULL;
    if (!rest || (*rest != '\0' && !read_offset(rest, &offset))) {
        return false;
    }
    *time = ((int64_t)(*rest == '\0' ? mktime(&fields) : timegm(&fields)) - offset) * second + fraction;
    return true;
}

/* Seconds, milliseconds, microseconds or nanoseconds since 1970: which, its size says. */
static bool read_epoch(const char *at, int64_t *time) {
    const size_t digits = strspn(at, "0123456789");
    const char *rest = at + digits;
    const int64_t fraction = fraction_of(&rest);
    const uint64_t number = strtoull(at, NULL, 10);
    *time = number < UINT64_C(100000000000)         ? (int64_t)number * second + fraction
            : number < UINT64_C(100000000000000)    ? (int64_t)number * 1000
            : number < UINT64_C(100000000000000000) ? (int64_t)number
                                                    : (int64_t)(number / 1000);
    return digits > 0 && digits != 8 && digits <= 19 && *rest == '\0'; /* 20260131 is none */
}

bool moment_read(slice value, int64_t *time) {
    char given[64] = "";
    int64_t read = 0;
    slice plain = json_plain(value);
    if (json_is(plain, '[') && slice_drop_end(&plain, "]")) {
        plain = slice_after(plain, 1);
    }
    if (!plain.bytes || plain.length >= sizeof given) {
        return false;
    }
    memcpy(given, plain.bytes, plain.length);
    for (size_t i = 4; i <= 10; i += 3) { /* 2026/01/31T... is 2026-01-31 ... */
        given[i] = (char)(i < 10 && given[i] == '/' ? '-' : i == 10 && (given[i] | 32) == 't' ? ' ' : given[i]);
    }
    const bool good = read_epoch(given, &read) || read_date(given, &read);
    *time = good ? read : *time;
    return good;
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
