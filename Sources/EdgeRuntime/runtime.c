// What Embedded Swift needs from a C library, for the freestanding wasm build only: an allocator and the memory
// routines that clang emits calls to. wasi-libc's malloc would add 11 KB to the module (measured: 16.1 against
// 4.9 KB for a sample with arrays); a snapshot is read in place, so little is ever allocated.
#include "EdgeRuntime.h"

#ifdef __wasm__

#include <stdint.h>

// --- Allocator: size classes of powers of two with free lists, carved from the end of the heap. Freed blocks are
// used again, so a steady load does not grow the memory.

#define PAGE 65536u
#define SMALLEST_CLASS 5  // 32 bytes
#define LARGE_CLASS 16    // from one wasm page on: blocks of the size asked for, kept in one list, first fit
#define HEADER 16u        // keeps payloads aligned to 16

typedef struct Block {
  uint32_t class;
  uint32_t size;  // of the whole block, header included
  struct Block *next;
} Block;

extern unsigned char __heap_base;
static Block *free_blocks[LARGE_CLASS + 1];
static uintptr_t heap_end;

static Block *carve(uint32_t class, uint32_t size) {
  if (heap_end == 0) heap_end = ((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15;
  if (size > UINT32_MAX - PAGE - heap_end) return NULL;
  uintptr_t available = __builtin_wasm_memory_size(0) * (uintptr_t)PAGE;
  uintptr_t end = heap_end + size;
  if (end > available && __builtin_wasm_memory_grow(0, (end - available + PAGE - 1) / PAGE) == (size_t)-1) return NULL;
  Block *block = (Block *)heap_end;
  heap_end = end;
  block->class = class;
  block->size = size;
  return block;
}

int posix_memalign(void **out, size_t alignment, size_t size) {
  if (alignment > HEADER || size > 0x7fffffffu) return 22;  // EINVAL
  uint32_t class = SMALLEST_CLASS, whole = 1u << SMALLEST_CLASS;
  while (whole < size + HEADER && class < LARGE_CLASS) class++, whole <<= 1;
  // Doubling a 25 MiB snapshot buffer would waste 7 MiB of an isolate's 128.
  if (class == LARGE_CLASS) whole = ((uint32_t)size + HEADER + 15) & ~15u;
  Block **link = &free_blocks[class];
  while (*link != NULL && (*link)->size < whole) link = &(*link)->next;
  Block *block = *link;
  if (block != NULL) {
    *link = block->next;
  } else if ((block = carve(class, whole)) == NULL) {
    return 12;  // ENOMEM
  }
  *out = (unsigned char *)block + HEADER;
  return 0;
}

void free(void *pointer) {
  if (pointer == NULL) return;
  Block *block = (Block *)((unsigned char *)pointer - HEADER);
  block->next = free_blocks[block->class];
  free_blocks[block->class] = block;
}

void *martlet_heap_mark(void) { return (void *)heap_end; }

void martlet_heap_release(void *mark) {
  heap_end = (uintptr_t)mark;
  for (unsigned class = 0; class <= LARGE_CLASS; class++) free_blocks[class] = NULL;
}

// --- Memory routines. One instruction each; a loop in C would be turned back into a call of itself.

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  __asm__("local.get %0\nlocal.get %1\nlocal.get %2\nmemory.copy 0, 0" ::"r"(to), "r"(from), "r"(size) : "memory");
  return to;
}

void *memmove(void *to, const void *from, size_t size) {
  __asm__("local.get %0\nlocal.get %1\nlocal.get %2\nmemory.copy 0, 0" ::"r"(to), "r"(from), "r"(size) : "memory");
  return to;
}

void *memset(void *to, int byte, size_t size) {
  __asm__("local.get %0\nlocal.get %1\nlocal.get %2\nmemory.fill 0" ::"r"(to), "r"(byte), "r"(size) : "memory");
  return to;
}

int memcmp(const void *a, const void *b, size_t size) {
  const unsigned char *x = a, *y = b;
  for (size_t i = 0; i < size; i++)
    if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
  return 0;
}

// A reactor's constructors; the host calls it once before anything else.
void __wasm_call_ctors(void);
__attribute__((export_name("_initialize"))) void martlet_initialize(void) { __wasm_call_ctors(); }

#else
#include <stdlib.h>
void *martlet_heap_mark(void) { return NULL; }
void martlet_heap_release(void *mark) { (void)mark; }
#endif

void *martlet_allocate(size_t size) {
  void *memory = NULL;
  return posix_memalign(&memory, 16, size) == 0 ? memory : NULL;
}
