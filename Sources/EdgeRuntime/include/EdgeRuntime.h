#pragma once
#include <stddef.h>

// Beside this, the symbols that Embedded Swift and clang expect of a C library.

/// Memory aligned to 16 bytes, or NULL where there is none: Swift's own allocation would trap.
void *martlet_allocate(size_t size);
