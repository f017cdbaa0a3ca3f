#pragma once
#include <stdint.h>

/// The dot product of `count` signed bytes with `count` signed 16-bit numbers (a query widened once).
/// `count` is a multiple of 8 and at most 1024, so that the sum fits 32 bits (1024 * 128 * 8192).
/// Integers only: the result is the same on every engine and in both versions.
int32_t martlet_dot_i8_i16(const int8_t *row, const int16_t *query, int32_t count);

/// A tree of two questions: a feature larger than the threshold goes right. Leaves from left to right.
typedef struct {
  float root, left, right;
  float leaves[4];
} martlet_tree;

/// Adds the tree's leaf to the score of each of `rows` rows, a multiple of 4. `root`, `left` and `right` are the columns that its
/// questions ask. One addition for each tree and row: the result is the same on every engine and in both versions.
void martlet_add_tree(
    float *scores, int32_t rows, const float *root, const float *left, const float *right, const martlet_tree *tree);
