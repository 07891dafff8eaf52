/* A stream that asks the fuzz target which events it may pass over; see twins.h. */
#undef TOKUSAGE_SMALL
#define TOKUSAGE_SMALL 0
#define tokusage_search search_watched
#define TWIN(name) watched_##name
#include "stream_names.h"

#include "../../../src/stream.c"
