/*
 * Wide registers: looking at TOKUSAGE_WIDE bytes at once. SSE2 is part of every x86-64, NEON of every arm64. Elsewhere,
 * or where TOKUSAGE_PORTABLE is defined, TOKUSAGE_WIDE is not defined. Then the byte loops that finish every search do
 * all of it. All ways give the same answer; the tests run each. (search.c has a way of its own for AVX2.)
 */
#ifndef TOKUSAGE_SRC_WIDE_H
#define TOKUSAGE_SRC_WIDE_H

#include <stddef.h>
#include <stdint.h>

#if defined(TOKUSAGE_PORTABLE) || !defined(__GNUC__)

#elif defined(__SSE2__)

#include <emmintrin.h>
#define TOKUSAGE_WIDE 16
#define TOKUSAGE_WIDE_BITS 1 /* of a mask, for each byte */
#define TOKUSAGE_WIDE_ALL UINT64_C(0xFFFF)
typedef __m128i tokusage_wide;

static inline tokusage_wide tokusage_wide_load(const char *bytes) {
    return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

static inline tokusage_wide tokusage_wide_equal(tokusage_wide bytes, char byte) {
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte));
}

static inline tokusage_wide tokusage_wide_at_most(tokusage_wide bytes, char limit) {
    return _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(limit)), bytes);
}

static inline tokusage_wide tokusage_wide_or(tokusage_wide a, tokusage_wide b) {
    return _mm_or_si128(a, b);
}

static inline tokusage_wide tokusage_wide_and(tokusage_wide a, tokusage_wide b) {
    return _mm_and_si128(a, b);
}

static inline uint64_t tokusage_wide_mask(tokusage_wide bytes) {
    return (uint64_t)(uint32_t)_mm_movemask_epi8(bytes);
}

/* The same for four registers: a bit for each of the 64 bytes. */
static inline uint64_t tokusage_wide_bits(tokusage_wide a, tokusage_wide b, tokusage_wide c, tokusage_wide d) {
    return tokusage_wide_mask(a) | tokusage_wide_mask(b) << 16 | tokusage_wide_mask(c) << 32 |
           tokusage_wide_mask(d) << 48;
}

#elif defined(__aarch64__) && !defined(__ARM_BIG_ENDIAN)

#include <arm_neon.h>
#define TOKUSAGE_WIDE 16
#define TOKUSAGE_WIDE_BITS 4
#define TOKUSAGE_WIDE_ALL UINT64_C(0x1111111111111111)
typedef uint8x16_t tokusage_wide;

static inline tokusage_wide tokusage_wide_load(const char *bytes) {
    return vld1q_u8((const uint8_t *)bytes);
}

static inline tokusage_wide tokusage_wide_equal(tokusage_wide bytes, char byte) {
    return vceqq_u8(bytes, vdupq_n_u8((uint8_t)byte));
}

static inline tokusage_wide tokusage_wide_at_most(tokusage_wide bytes, char limit) {
    return vcleq_u8(bytes, vdupq_n_u8((uint8_t)limit));
}

static inline tokusage_wide tokusage_wide_or(tokusage_wide a, tokusage_wide b) {
    return vorrq_u8(a, b);
}

static inline tokusage_wide tokusage_wide_and(tokusage_wide a, tokusage_wide b) {
    return vandq_u8(a, b);
}

/* NEON has no movemask. Narrowing each pair of bytes by 4 bits leaves 4 bits of each byte. One of these is kept. */
static inline uint64_t tokusage_wide_mask(tokusage_wide bytes) {
    const uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(bytes), 4);
    return vget_lane_u64(vreinterpret_u64_u8(narrow), 0) & UINT64_C(0x1111111111111111);
}

/* Each byte keeps one bit. Three rounds of adding neighbours make a byte of each eight. */
static inline uint64_t tokusage_wide_bits(tokusage_wide a, tokusage_wide b, tokusage_wide c, tokusage_wide d) {
    const uint8x16_t bit = vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x8040201008040201)));
    const uint8x16_t ab = vpaddq_u8(vandq_u8(a, bit), vandq_u8(b, bit));
    const uint8x16_t cd = vpaddq_u8(vandq_u8(c, bit), vandq_u8(d, bit));
    const uint8x16_t all = vpaddq_u8(ab, cd);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

#endif

#ifdef TOKUSAGE_WIDE
/* The first byte whose bit is set in a mask that is not 0. */
static inline unsigned tokusage_wide_first(uint64_t mask) {
    return (unsigned)__builtin_ctzll(mask) / TOKUSAGE_WIDE_BITS;
}

/* The line ends among the bytes. */
static inline tokusage_wide tokusage_wide_line_ends(const char *at) {
    const tokusage_wide bytes = tokusage_wide_load(at);
    return tokusage_wide_or(tokusage_wide_equal(bytes, '\n'), tokusage_wide_equal(bytes, '\r'));
}

#endif

/* How many bytes stand before the first line end of server-sent events. */
static inline size_t tokusage_line_span(const char *bytes, size_t length) {
    size_t at = 0;
#ifdef TOKUSAGE_WIDE
    const size_t four = (size_t)4 * TOKUSAGE_WIDE;
    for (; length - at >= four; at += four) {
        tokusage_wide any = tokusage_wide_line_ends(bytes + at);
        for (size_t i = TOKUSAGE_WIDE; i < four; i += TOKUSAGE_WIDE) {
            any = tokusage_wide_or(any, tokusage_wide_line_ends(bytes + at + i));
        }
        if (tokusage_wide_mask(any) != 0) {
            break;
        }
    }
    for (; length - at >= TOKUSAGE_WIDE; at += TOKUSAGE_WIDE) {
        const uint64_t mask = tokusage_wide_mask(tokusage_wide_line_ends(bytes + at));
        if (mask != 0) {
            return at + tokusage_wide_first(mask);
        }
    }
#endif
    while (at < length && bytes[at] != '\n' && bytes[at] != '\r') {
        at++;
    }
    return at;
}

#endif
