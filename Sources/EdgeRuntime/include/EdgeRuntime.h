#pragma once
#include <stddef.h>

// Beside this, the symbols that Embedded Swift and clang expect of a C library.

/// Memory aligned to 16 bytes, or NULL where there is none: Swift's own allocation would trap.
void *martlet_allocate(size_t size);

/// Where the heap ends now; natively nothing.
void *martlet_heap_mark(void);

/// Gives back all that has been allocated since `mark`, none of which may be in use; natively nothing.
void martlet_heap_release(void *mark);
