#include "fuzz_engine.h"

// libFuzzer without its `main`; only `scripts/fuzz` links it.
extern int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *input, size_t size)) __attribute__((weak));

int fuzz_engine_run(int *argc, char ***argv, int (*test)(const uint8_t *input, size_t size)) {
  return LLVMFuzzerRunDriver ? LLVMFuzzerRunDriver(argc, argv, test) : -1;
}
