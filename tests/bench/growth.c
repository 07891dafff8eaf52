/*
 * growth [FOLDER]: how the cost of a stream grows with the number of its events and with their size, how much memory it
 * takes, and what a second thread adds. The streams are made chunk by chunk while they are read, so their length costs
 * no memory. The times do not include making them. With a folder, also writes growth.csv there.
 */
#include <tokusage.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* ---- counting allocations: everything that is linked calls the program's own malloc */

#if defined(__GLIBC__)
enum {
    COUNTS_ALLOCATIONS = 1
};
static uint64_t allocations;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

void *malloc(size_t size) {
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_realloc(memory, size);
}
#else
enum {
    COUNTS_ALLOCATIONS = 0
};
static uint64_t allocations;
#endif

/* The most memory that the process has had so far, in KiB. */
static long peak_memory(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss;
}

/* ---- a stream that is made while it is read */

static const char head[] = "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"delta\":{\"content\":\"";
static const char tail[] = "\"}}],\"usage\":null}\n\n";
static const char filler[] = " and the lamps along the harbour were lit before dusk, one by one, as they are each day,";
static const char last[] =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n"
    "data: [DONE]\n\n";

enum {
    HEAD_LENGTH = sizeof head - 1,
    TAIL_LENGTH = sizeof tail - 1,
    FILLER_LENGTH = sizeof filler - 1,
    FRAME = HEAD_LENGTH + TAIL_LENGTH,
    TEXT = 240 - FRAME, /* in an event of 240 bytes */
    CHUNK = 16384,
    BUFFER = 16 * CHUNK /* a block is made first, then read in chunks while the clock runs */
};

typedef struct source {
    uint64_t events; /* still to come, the open one included */
    uint64_t text;   /* bytes of answer in each */
    uint64_t at;     /* in the event */
    size_t last_at;
} source;

static size_t least(uint64_t a, uint64_t b) {
    return (size_t)(a < b ? a : b);
}

/* The next bytes that are in one block. */
static const char *next_bytes(source *from, size_t *length) {
    const char *bytes;
    if (from->events == 0) {
        bytes = last + from->last_at;
        *length = sizeof last - 1 - from->last_at;
    } else if (from->at < HEAD_LENGTH) {
        bytes = head + from->at;
        *length = (size_t)(HEAD_LENGTH - from->at);
    } else if (from->at < HEAD_LENGTH + from->text) {
        const uint64_t in = from->at - HEAD_LENGTH;
        bytes = filler + in % FILLER_LENGTH;
        *length = least(FILLER_LENGTH - in % FILLER_LENGTH, from->text - in);
    } else {
        const uint64_t in = from->at - HEAD_LENGTH - from->text;
        bytes = tail + in;
        *length = (size_t)(TAIL_LENGTH - in);
    }
    return bytes;
}

static void pass(source *from, size_t length) {
    if (from->events == 0) {
        from->last_at += length;
        return;
    }
    from->at += length;
    if (from->at == HEAD_LENGTH + from->text + TAIL_LENGTH) {
        from->at = 0;
        from->events--;
    }
}

static size_t make_bytes(source *from, char *buffer, size_t size) {
    size_t made = 0;
    size_t length;
    const char *bytes;
    while (made < size && (bytes = next_bytes(from, &length), length > 0)) {
        const size_t taken = least(length, size - made);
        memcpy(buffer + made, bytes, taken);
        made += taken;
        pass(from, taken);
    }
    return made;
}

/* ---- reading it */

static double clock_now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void feed(tokusage_stream *stream, const char *bytes, size_t length) {
    for (size_t at = 0; at < length; at += CHUNK) {
        tokusage_stream_feed(stream, bytes + at, least(CHUNK, length - at));
    }
}

typedef struct cost {
    uint64_t events;
    double bytes, time; /* nanoseconds of the processor's time */
    uint64_t allocations;
    long memory; /* KiB more than before, at the peak */
} cost;

static cost read_stream(uint64_t events, uint64_t text) {
    static char buffer[BUFFER];
    static tokusage_stream stream;
    memset(buffer, 0, sizeof buffer); /* so that the block is in memory before the memory is measured */
    source from = {.events = events, .text = text};
    cost cost = {.events = events};
    const uint64_t allocations_before = allocations;
    const long memory_before = peak_memory();
    tokusage_stream_init(&stream, NULL);
    size_t length;
    while ((length = make_bytes(&from, buffer, sizeof buffer)) > 0) {
        const double begin = clock_now(CLOCK_THREAD_CPUTIME_ID);
        feed(&stream, buffer, length);
        cost.time += clock_now(CLOCK_THREAD_CPUTIME_ID) - begin;
        cost.bytes += (double)length;
    }
    tokusage usage;
    if (tokusage_stream_usage(&stream, &usage, NULL) != TOKUSAGE_OK || usage.total_tokens.value != 12 ||
        tokusage_stream_reports(&stream) != 1 || !tokusage_stream_done(&stream)) {
        fprintf(stderr, "growth: a wrong answer\n");
        exit(1);
    }
    cost.allocations = allocations - allocations_before;
    cost.memory = peak_memory() - memory_before;
    return cost;
}

/* The middle of five, by time. */
static cost read_five_times(uint64_t events, uint64_t text) {
    cost costs[5];
    for (size_t i = 0; i < 5; i++) {
        const cost next = read_stream(events, text);
        size_t at = i;
        for (; at > 0 && costs[at - 1].time > next.time; at--) {
            costs[at] = costs[at - 1];
        }
        costs[at] = next;
    }
    return costs[2];
}

static void print_cost(FILE *csv, const char *table, uint64_t step, const cost *cost) {
    char allocated[24] = "not counted";
    if (COUNTS_ALLOCATIONS) {
        snprintf(allocated, sizeof allocated, "%" PRIu64, cost->allocations);
    }
    printf("%12" PRIu64 " %16.0f %14.0f %12.1f %9.2f %12s %8ld\n", step, cost->bytes, cost->time / 1000,
           cost->time / (double)cost->events, cost->bytes / cost->time, allocated, cost->memory);
    if (csv) {
        fprintf(csv, "%s,%" PRIu64 ",%.0f,%.0f,%.1f,%.3f,%s,%ld\n", table, step, cost->bytes, cost->time,
                cost->time / (double)cost->events, cost->bytes / cost->time, allocated, cost->memory);
    }
}

static void print_head(const char *title, const char *step) {
    printf("\n%s\n%12s %16s %14s %12s %9s %12s %8s\n", title, step, "bytes", "microseconds", "ns/event", "GB/s",
           "allocations", "+KiB");
}

static void measure_events(FILE *csv) {
    print_head("time against the number of events (of 240 bytes, in 16-KB chunks)", "events");
    (void)read_five_times(10000, TEXT); /* warm up */
    for (uint64_t events = 10; events <= 10000000; events *= 10) {
        const cost cost = read_five_times(events, TEXT);
        print_cost(csv, "events", events, &cost);
    }
}

static void measure_sizes(FILE *csv) {
    print_head("time against the size of an event (in 16-KB chunks; as many as make 100 MB)", "event bytes");
    for (uint64_t size = 100; size <= 100000000; size *= 10) {
        const cost cost = read_five_times(100000000 / size, size - FRAME);
        print_cost(csv, "size", size, &cost);
    }
}

/* ---- threads */

enum {
    THREADS_MAX = 8,
    PASSES = 4000
};

static char body[BUFFER];
static size_t body_length;

typedef struct shift {
    pthread_t thread;
    double time; /* nanoseconds that the processor worked for this thread */
} shift;

static void *read_often(void *context) {
    shift *const own = context;
    static _Thread_local tokusage_stream stream;
    char *const bytes = malloc(BUFFER);
    if (!bytes) {
        abort();
    }
    memcpy(bytes, body, body_length);
    const double begin = clock_now(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < PASSES; i++) {
        tokusage_stream_init(&stream, NULL);
        feed(&stream, bytes, body_length);
    }
    own->time = clock_now(CLOCK_THREAD_CPUTIME_ID) - begin;
    free(bytes);
    return NULL;
}

/* GB/s of all threads together. */
typedef struct throughput {
    double wall;      /* by the wall clock, with what other programs take */
    double processor; /* as if each thread had a core of its own all the time */
} throughput;

static throughput run_threads(size_t threads) {
    shift shifts[THREADS_MAX];
    const double bytes = (double)PASSES * (double)body_length;
    throughput reached = {0, 0};
    const double begin = clock_now(CLOCK_MONOTONIC);
    for (size_t i = 0; i < threads; i++) {
        if (pthread_create(&shifts[i].thread, NULL, read_often, &shifts[i]) != 0) {
            abort();
        }
    }
    for (size_t i = 0; i < threads; i++) {
        pthread_join(shifts[i].thread, NULL);
        reached.processor += bytes / shifts[i].time;
    }
    reached.wall = bytes * (double)threads / (clock_now(CLOCK_MONOTONIC) - begin);
    return reached;
}

/* The best of several rounds, taken in turn. */
static void measure_threads(FILE *csv) {
    source from = {.events = 1000, .text = TEXT};
    body_length = make_bytes(&from, body, sizeof body);
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t most = cores < 2 ? 2 : least((uint64_t)cores, THREADS_MAX);
    throughput best[THREADS_MAX + 1] = {{0, 0}};
    for (int round = 0; round < 7; round++) {
        for (size_t threads = 1; threads <= most; threads++) {
            const throughput reached = run_threads(threads);
            best[threads].wall = reached.wall > best[threads].wall ? reached.wall : best[threads].wall;
            best[threads].processor =
                reached.processor > best[threads].processor ? reached.processor : best[threads].processor;
        }
    }
    printf("\nthreads, each with its own stream, on %ld cores: by the clock, and by the processor's time (which leaves "
           "out "
           "what else runs)\n%12s %9s %8s %9s %8s\n",
           cores, "threads", "GB/s", "times", "GB/s", "times");
    for (size_t threads = 1; threads <= most; threads++) {
        printf("%12zu %9.2f %8.2f %9.2f %8.2f\n", threads, best[threads].wall, best[threads].wall / best[1].wall,
               best[threads].processor, best[threads].processor / best[1].processor);
        if (csv) {
            fprintf(csv, "threads by the clock,%zu,,,,%.3f,,\n", threads, best[threads].wall);
            fprintf(csv, "threads by processor time,%zu,,,,%.3f,,\n", threads, best[threads].processor);
        }
    }
}

int main(int argc, char **argv) {
    FILE *csv = NULL;
    if (argc > 1) {
        char path[4096];
        snprintf(path, sizeof path, "%s/growth.csv", argv[1]);
        csv = fopen(path, "w");
        if (!csv) {
            perror(path);
            return 2;
        }
        fprintf(csv, "table,step,bytes,ns,ns_per_event,gb_per_s,allocations,more_kib\n");
    }
    printf("a stream takes %zu bytes of the caller's memory\n", sizeof(tokusage_stream));
    measure_events(csv);
    measure_sizes(csv);
    measure_threads(csv);
    if (csv) {
        fclose(csv);
    }
    return 0;
}
