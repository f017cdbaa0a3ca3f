#pragma once
#include <stdint.h>

/// The dot product of `count` signed bytes with `count` signed 16-bit numbers (a query widened once).
/// `count` is a multiple of 8 and at most 1024, so that the sum fits 32 bits (1024 * 128 * 8192).
/// Integers only: the result is the same on every engine and in both versions.
int32_t martlet_dot_i8_i16(const int8_t *row, const int16_t *query, int32_t count);
