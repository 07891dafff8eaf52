/*
 * The seam to wide registers: looking at TOKUSAGE_WIDE bytes at once. SSE2 is part of every x86-64, NEON of every
 * arm64; AVX2 is taken when the compiler is told that the machine has it (-mavx2, -march=native). Where none is, or
 * TOKUSAGE_PORTABLE is defined, TOKUSAGE_WIDE is not defined, and the byte loops that finish every search do all of it.
 * All ways give the same answer; the tests run each.
 */
#ifndef TOKUSAGE_SRC_WIDE_H
#define TOKUSAGE_SRC_WIDE_H

#include <stdint.h>

#if defined(TOKUSAGE_PORTABLE) || !defined(__GNUC__)

#elif defined(__AVX2__)

#include <immintrin.h>
#define TOKUSAGE_WIDE 32
#define TOKUSAGE_WIDE_BITS 1 /* of a mask, for each byte */
typedef __m256i wide;

static inline wide wide_load(const char *bytes) {
    return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

static inline wide wide_equal(wide bytes, char byte) {
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte));
}

static inline wide wide_at_most(wide bytes, char limit) {
    return _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(limit)), bytes);
}

static inline wide wide_or(wide a, wide b) {
    return _mm256_or_si256(a, b);
}

static inline wide wide_and(wide a, wide b) {
    return _mm256_and_si256(a, b);
}

static inline uint64_t wide_mask(wide bytes) {
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(bytes);
}

#elif defined(__SSE2__)

#include <emmintrin.h>
#define TOKUSAGE_WIDE 16
#define TOKUSAGE_WIDE_BITS 1
typedef __m128i wide;

static inline wide wide_load(const char *bytes) {
    return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

static inline wide wide_equal(wide bytes, char byte) {
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte));
}

static inline wide wide_at_most(wide bytes, char limit) {
    return _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(limit)), bytes);
}

static inline wide wide_or(wide a, wide b) {
    return _mm_or_si128(a, b);
}

static inline wide wide_and(wide a, wide b) {
    return _mm_and_si128(a, b);
}

static inline uint64_t wide_mask(wide bytes) {
    return (uint64_t)(uint32_t)_mm_movemask_epi8(bytes);
}

#elif defined(__aarch64__) && !defined(__ARM_BIG_ENDIAN)

#include <arm_neon.h>
#define TOKUSAGE_WIDE 16
#define TOKUSAGE_WIDE_BITS 4
typedef uint8x16_t wide;

static inline wide wide_load(const char *bytes) {
    return vld1q_u8((const uint8_t *)bytes);
}

static inline wide wide_equal(wide bytes, char byte) {
    return vceqq_u8(bytes, vdupq_n_u8((uint8_t)byte));
}

static inline wide wide_at_most(wide bytes, char limit) {
    return vcleq_u8(bytes, vdupq_n_u8((uint8_t)limit));
}

static inline wide wide_or(wide a, wide b) {
    return vorrq_u8(a, b);
}

static inline wide wide_and(wide a, wide b) {
    return vandq_u8(a, b);
}

/* NEON has no movemask; narrowing each pair of bytes by 4 bits leaves 4 bits of each, of which one is kept. */
static inline uint64_t wide_mask(wide bytes) {
    const uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(bytes), 4);
    return vget_lane_u64(vreinterpret_u64_u8(narrow), 0) & UINT64_C(0x1111111111111111);
}

#endif

#ifdef TOKUSAGE_WIDE
/* The first byte whose bit is set in a mask that is not 0. */
static inline unsigned wide_first(uint64_t mask) {
    return (unsigned)__builtin_ctzll(mask) / TOKUSAGE_WIDE_BITS;
}
#endif

#endif
