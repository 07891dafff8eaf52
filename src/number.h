/*
 * JSON numbers (RFC 8259, section 6) as counts, exactly: without doubles, the same in every locale. A number may come
 * in pieces and have any length.
 */
#ifndef TOKUSAGE_SRC_NUMBER_H
#define TOKUSAGE_SRC_NUMBER_H

#include "tokusage.h"

/* What has been read of a number. All zero bytes are the state before its first byte. */
typedef struct tokusage_number {
    uint64_t digits;  /* the first significant digits, at most 16 */
    int64_t point;    /* how many of the significant digits stand before the point; below 0: zeros behind it */
    int64_t exponent; /* without its sign; stops growing when it is larger than any text is long */
    uint8_t state;    /* where in the grammar */
    uint8_t kept;     /* how many digits are in `digits` */
    bool negative;
    bool more;      /* a significant digit behind the first 16 is not 0 */
    bool shrinking; /* the exponent is negative */
} tokusage_number;

/* Reads on up to the first byte that cannot belong to the number; returns how many bytes were read. */
size_t tokusage_number_feed(tokusage_number *number, const char *bytes, size_t length);

/* Whether the number may end here. */
bool tokusage_number_complete(const tokusage_number *number);

/*
 * What a complete number says. OK: it is whole and within the range; *value is set. RANGE: it is below 0 or above
 * TOKUSAGE_COUNT_MAX. INTEGER: it is within the range and has a fraction.
 */
tokusage_status tokusage_number_read(const tokusage_number *number, int64_t *value);

#endif
