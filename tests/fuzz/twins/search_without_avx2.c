/* The search with the registers that every machine of the kind has; see twins.h. */
#undef TOKUSAGE_NO_AVX2
#define TOKUSAGE_NO_AVX2 1
#define tokusage_search search_without_avx2
#include "../../../src/search.c"
