/* The functions of the C library that tokusage calls; libc.c has them, so that the module needs none of its host. */
#ifndef TOKUSAGE_WASM_STRING_H
#define TOKUSAGE_WASM_STRING_H

#include <stddef.h>

void *memchr(const void *bytes, int byte, size_t length);
int memcmp(const void *a, const void *b, size_t length);
void *memcpy(void *to, const void *from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int byte, size_t length);
char *strchr(const char *string, int byte);
size_t strlen(const char *string);

#endif
