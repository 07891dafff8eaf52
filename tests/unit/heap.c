/* An allocator under cJSON that counts and fails on demand; see heap.h. */
#include "heap.h"

#include <stdlib.h>

#include <cJSON.h>

static struct {
    size_t calls, live, nth;
    bool onwards;
} heap;

static void *counting_malloc(size_t size) {
    size_t number = heap.calls++;
    if (number == heap.nth || (heap.onwards && number > heap.nth)) {
        return NULL;
    }
    void *block = malloc(size);
    assert_non_null(block);
    heap.live++;
    return block;
}

static void counting_free(void *block) {
    if (block != NULL) {
        heap.live--;
    }
    free(block);
}

int watch_heap(void **state) {
    (void)state;
    cJSON_Hooks hooks = {counting_malloc, counting_free};
    cJSON_InitHooks(&hooks);
    heap.live = 0;
    heap_fail(NEVER, false);
    return 0;
}

int unwatch_heap(void **state) {
    (void)state;
    cJSON_InitHooks(NULL);
    return heap.live == 0 ? 0 : -1;
}

void heap_fail(size_t nth, bool onwards) {
    heap.calls = 0;
    heap.nth = nth;
    heap.onwards = onwards;
}

size_t heap_calls(void) {
    return heap.calls;
}

size_t heap_live(void) {
    return heap.live;
}
