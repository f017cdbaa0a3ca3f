#pragma once
#include <stddef.h>
#include <stdint.h>

/// Hands the arguments to libFuzzer, which calls `test` with one input after another. -1 in a build without it.
int fuzz_engine_run(int *argc, char ***argv, int (*test)(const uint8_t *input, size_t size));
