/* A stream that reads each event, as in small builds; see twins.h. */
#undef TOKUSAGE_SMALL
#define TOKUSAGE_SMALL 1
#define TWIN(name) unsearched_##name
#include "stream_names.h"

#include "../../../src/stream.c"
