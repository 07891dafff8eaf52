/*
 * Timestamps: the Gregorian calendar, without the C library's time zones.
 */
#include "usage_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* +HH:MM, +HHMM or Z; nothing is the zone that was given. */
static bool read_zone(const char *at, int64_t *zone) {
    unsigned hours = 0;
    unsigned minutes = 0;
    int end = 0;
    if (*at == '\0' || strcmp(at, "Z") == 0 || strcmp(at, "z") == 0) {
        *zone = *at == '\0' ? *zone : 0;
        return true;
    }
    const bool colon = strlen(at) == 6;
    if ((*at != '+' && *at != '-') || strspn(at + 1, "0123456789:") != (colon ? 5 : 4) || strlen(at) < 5 ||
        sscanf(at + 1, colon ? "%2u:%2u%n" : "%2u%2u%n", &hours, &minutes, &end) != 2 || minutes > 59 || hours > 23) {
        return false;
    }
    *zone = (*at == '-' ? -60 : 60) * (int64_t)(60 * hours + minutes);
    return at[1 + end] == '\0';
}

bool moment_zone(const char *offset, int64_t *zone) {
    return *offset != '\0' && read_zone(offset, zone);
}

/* Days since 1970; the year begins in March here, so that the day that only some have is its last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2;
    month += month > 2 ? -3 : 9;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719469;
}

static bool read_date(const char *at, int64_t zone, int64_t *seconds) {
    unsigned date[3];
    unsigned time[3] = {0};
    int end = 0;
    if (strspn(at, "0123456789") != 4 || sscanf(at, "%4u-%2u-%2u%n", &date[0], &date[1], &date[2], &end) != 3 ||
        date[0] == 0 || date[1] - 1 > 11 || date[2] - 1 > 30) {
        return false;
    }
    at += end;
    if (*at != '\0') {
        if (!strchr("Tt ", *at) || sscanf(at + 1, "%2u:%2u%n:%2u%n", &time[0], &time[1], &end, &time[2], &end) < 2 ||
            time[0] > 23 || time[1] > 59 || time[2] > 60) {
            return false;
        }
        at += 1 + end;
        at += *at == '.' ? 1 + strspn(at + 1, "0123456789") : 0;
    }
    const bool good = read_zone(at, &zone);
    *seconds = days_of(date[0], date[1], date[2]) * 86400 + time[0] * 3600 + time[1] * 60 + time[2] - zone;
    return good;
}

bool moment_read(slice value, int64_t zone, int64_t *seconds) {
    char given[64];
    const size_t quote = value.length > 1 && *value.bytes == '"';
    if (!value.bytes || value.length < 1 + 2 * quote || value.length - quote >= sizeof given) {
        return false;
    }
    memcpy(given, value.bytes + quote, value.length - 2 * quote);
    given[value.length - 2 * quote] = '\0';
    const size_t digits = strspn(given, "0123456789");
    const size_t decimals = given[digits] == '.' ? 1 + strspn(given + digits + 1, "0123456789") : 0;
    if (digits == 0 || digits > 15 || given[digits + decimals] != '\0') {
        return read_date(given, zone, seconds);
    }
    const int64_t number = strtoll(given, NULL, 10);
    *seconds = number > INT64_C(100000000000) ? number / 1000 : number;
    return true;
}

void moment_date(text *to, int64_t seconds, int64_t zone, bool day) {
    char date[32];
    struct tm local;
    const time_t time = (time_t)(seconds + zone);
    const bool good = gmtime_r(&time, &local) && strftime(date, sizeof date, "%Y-%m-%d", &local) == 10;
    text_bytes(to, good ? date : "(other)", good && day ? 10 : 7);
}
