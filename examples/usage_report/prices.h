/*
 * Money: amounts that are exact, a file of prices, and what a usage costs by them.
 */
#ifndef USAGE_REPORT_PRICES_H
#define USAGE_REPORT_PRICES_H

#include "text.h"

#include <tokusage.h>

/* Decimal digits, nine in each limb, the lowest limb first. As a cost, the unit is 10^-15; as a price, 10^-9. */
enum {
    LIMBS = 5,
    COST_DECIMALS = 15,
    PRICE_DECIMALS = 9,
    SHOWN_DECIMALS = 6 /* in the table */
};
typedef struct amount {
    uint32_t limbs[LIMBS];
} amount;

/* False, and nothing is added, when the sum has too many digits. */
bool amount_add(amount *sum, const amount *more);
int amount_compare(const amount *one, const amount *other);

/* Digits, with so many decimals at most behind a point; false for anything else. */
bool amount_read(amount *read, const char *digits, size_t length, unsigned decimals);

/* A cost, exactly; or rounded to SHOWN_DECIMALS, half up. */
void amount_exact(text *to, const amount *cost);
void amount_rounded(text *to, const amount *cost);

/* What a million tokens of a model cost. */
typedef struct price {
    text model; /* its name; of a prefix, without the * */
    bool prefix;
    amount input, cached, cache_write, output;
} price;

typedef struct prices {
    price *rows;
    size_t count;
} prices;

/* Reads a file; when it cannot, says why on standard error and returns false. */
bool prices_read(const char *path, prices *read);
void prices_free(prices *of);

/* The row of exactly that name, else the longest prefix; NULL: there is none. */
const price *prices_find(const prices *in, const char *model, size_t length);

/* What a usage costs. A part that is larger than its whole leaves zero tokens beside it. */
amount price_of(const price *by, const tokusage *usage);

#endif
