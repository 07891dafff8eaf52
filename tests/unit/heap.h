/* An allocator under cJSON that counts and fails on demand. */
#ifndef TOKUSAGE_TESTS_HEAP_H
#define TOKUSAGE_TESTS_HEAP_H

#include "support.h"

#define NEVER SIZE_MAX

/* Puts a counting allocator under cJSON, and takes it away again. cmocka setup and teardown functions. */
int watch_heap(void **state);
int unwatch_heap(void **state);

/* A test of a group that runs with the counting allocator, and fails when it leaks. */
#define WATCHED(test) cmocka_unit_test_setup_teardown(test, watch_heap, unwatch_heap)

/* Counts from zero again, and makes allocation number `nth` (from 0) fail: only that one, or all from it on. */
void heap_fail(size_t nth, bool onwards);

/* Allocations asked for since heap_fail; blocks that are allocated now. */
size_t heap_calls(void);
size_t heap_live(void);

#endif
