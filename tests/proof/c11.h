/* This Frama-C does not read _Static_assert; every compiler does. */
#define _Static_assert(condition, text) struct tokusage_static_assertion
