/*
 * When the compiler is asked for small code (-Os), what only saves time is left out: passing over events unread
 * (skip.c), and taking escapes without leaving the string. The answers are the same; the tests run both builds.
 */
#ifndef TOKUSAGE_SRC_SMALL_H
#define TOKUSAGE_SRC_SMALL_H

#if !defined(TOKUSAGE_SMALL) && defined(__OPTIMIZE_SIZE__)
#define TOKUSAGE_SMALL 1
#elif !defined(TOKUSAGE_SMALL)
#define TOKUSAGE_SMALL 0
#endif

#endif
