/* The search without wide registers; see twins.h. */
#undef TOKUSAGE_PORTABLE
#define TOKUSAGE_PORTABLE 1
#define tokusage_search search_portable
#include "../../../src/search.c"
