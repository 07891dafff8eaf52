/*
 * Moments: the Gregorian calendar, counted in days since 1970-01-01, without the C library's time zones.
 */
#include "moment.h"

#include <stdio.h>
#include <string.h>

enum {
    DAY = 86400,
    ERA = 146097 /* days in 400 years */
};

/* The year begins in March here, so that the day that only some have is its last. */
static int64_t days_of(int year, int month, int day) {
    const int64_t from_march = month > 2 ? month - 3 : month + 9;
    const int64_t years = year - (month <= 2);
    return 365 * years + years / 4 - years / 100 + years / 400 + (153 * from_march + 2) / 5 + day - 1 - 719468;
}

static void date_of(int64_t days, int *year, int *month, int *day) {
    const int64_t since = days + 719468;
    const int64_t within = since % ERA;
    const int64_t years = (within - within / 1460 + within / 36524 - within / 146096) / 365;
    const int64_t of_year = within - (365 * years + years / 4 - years / 100);
    const int64_t from_march = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * from_march + 2) / 5 + 1);
    *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = (int)(since / ERA * 400 + years + (*month <= 2));
}

/* Exactly so many digits; -1: they are not there. */
static int take_digits(const char **at, const char *end, int count) {
    int number = 0;
    for (; count > 0; count--, (*at)++) {
        if (*at == end || **at < '0' || **at > '9') {
            return -1;
        }
        number = 10 * number + (**at - '0');
    }
    return number;
}

static bool take_byte(const char **at, const char *end, const char *any) {
    const bool there = *at < end && strchr(any, **at) && **at != '\0';
    *at += there;
    return there;
}

static bool take_offset(const char **at, const char *end, int64_t *zone) {
    if (take_byte(at, end, "Zz")) {
        *zone = 0;
        return true;
    }
    const int sign = *at < end && **at == '-' ? -1 : 1;
    if (!take_byte(at, end, "+-")) {
        return false;
    }
    const int hours = take_digits(at, end, 2);
    take_byte(at, end, ":");
    const int minutes = take_digits(at, end, 2);
    *zone = sign * (hours * 3600 + minutes * 60);
    return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
}

bool moment_zone(const char *given, int64_t *seconds) {
    const char *const end = given + strlen(given);
    return take_offset(&given, end, seconds) && given == end;
}

static bool take_time(const char **at, const char *end, int64_t *zone, int64_t *seconds) {
    const int hour = take_digits(at, end, 2);
    bool good = take_byte(at, end, ":");
    const int minute = take_digits(at, end, 2);
    const int second = take_byte(at, end, ":") ? take_digits(at, end, 2) : 0;
    if (take_byte(at, end, ".,")) {
        while (take_byte(at, end, "0123456789")) {
        }
    }
    take_offset(at, end, zone);
    good = good && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60;
    *seconds = hour * 3600 + minute * 60 + second;
    return good;
}

static bool read_date(const char *at, const char *end, int64_t zone, int64_t *seconds) {
    int64_t of_day = 0;
    const int year = take_digits(&at, end, 4);
    bool good = take_byte(&at, end, "-/");
    const int month = take_digits(&at, end, 2);
    good = take_byte(&at, end, "-/") && good;
    const int day = take_digits(&at, end, 2);
    good = good && year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
    if (good && take_byte(&at, end, "Tt ")) {
        good = take_time(&at, end, &zone, &of_day);
    }
    *seconds = days_of(year, month, day) * DAY + of_day - zone;
    return good && at == end;
}

/* What is behind the point of a number is less than a second, or than a millisecond. */
static bool read_number(const char *at, const char *end, int64_t *seconds) {
    int64_t number = 0;
    const char *const begin = at;
    while (at < end && *at >= '0' && *at <= '9' && number < INT64_C(100000000000000)) {
        number = 10 * number + (*at++ - '0');
    }
    const bool digits = at > begin;
    if (take_byte(&at, end, ".")) {
        while (take_byte(&at, end, "0123456789")) {
        }
    }
    *seconds = number > INT64_C(100000000000) ? number / 1000 : number;
    return digits && at == end;
}

bool moment_read(slice given, int64_t zone, int64_t *seconds) {
    const char *at = given.bytes;
    if (!at) {
        return false;
    }
    const bool quoted = given.length > 1 && *at == '"';
    const char *const end = at + given.length - quoted;
    at += quoted;
    return read_number(at, end, seconds) || read_date(at, end, zone, seconds);
}

void moment_date(text *to, int64_t seconds, int64_t zone, bool day) {
    int year = 0;
    int month = 0;
    int of_month = 0;
    char date[48];
    const int64_t local = seconds + zone;
    date_of(local / DAY - (local % DAY < 0), &year, &month, &of_month);
    snprintf(date, sizeof date, "%04d-%02d-%02d", year, month, of_month);
    text_bytes(to, date, day ? 10 : 7);
}
