/*
 * The periods of limits: so many seconds, or a calendar month. Windows are aligned to the clock (UTC): 0:00 begins a
 * day, the 1st a month, and any other number of seconds is counted from 1970 on. A month is the period -1.
 */
#include "ngx_http_tokusage_zone.h"

#define DAY 86400
#define LONGEST (366 * DAY)

/* Reads month, day, or 90s, 5m, 1h, 7d. 0: it is none of these, or longer than a year. */
time_t ngx_http_tokusage_period_parse(const ngx_str_t *text) {
    static const time_t units[] = {['s'] = 1, ['m'] = 60, ['h'] = 3600, ['d'] = DAY};
    const u_char suffix = text->len > 1 ? text->data[text->len - 1] : 0;
    const time_t unit = suffix < sizeof units / sizeof units[0] ? units[suffix] : 0;

    if (ngx_http_tokusage_is(text, "month")) {
        return NGX_HTTP_TOKUSAGE_MONTH;
    }
    if (ngx_http_tokusage_is(text, "day")) {
        return DAY;
    }
    const ngx_int_t number = unit != 0 ? ngx_atoi(text->data, text->len - 1) : 0;
    return number > 0 && number <= LONGEST / unit ? number * unit : 0;
}

/* The number of the window in which this second is. */
static time_t window_of(time_t period, time_t second) {
    ngx_tm_t tm;

    if (period != NGX_HTTP_TOKUSAGE_MONTH) {
        return second / period;
    }
    ngx_gmtime(second, &tm);
    return 12 * (time_t)tm.ngx_tm_year + tm.ngx_tm_mon;
}

bool ngx_http_tokusage_period_is_same(time_t period, time_t a, time_t b) {
    return window_of(period, a) == window_of(period, b);
}

time_t ngx_http_tokusage_period_end(time_t period, time_t second) {
    const time_t step = period == NGX_HTTP_TOKUSAGE_MONTH ? DAY : period;
    time_t end = (second / step + 1) * step;

    while (ngx_http_tokusage_period_is_same(period, second, end)) {
        end += step;
    }
    return end;
}

ngx_uint_t ngx_http_tokusage_period_find(const time_t *periods, time_t period) {
    ngx_uint_t i = 0;

    while (i < NGX_HTTP_TOKUSAGE_PERIODS && periods[i] != period) {
        i++;
    }
    return i;
}
