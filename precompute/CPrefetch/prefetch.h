/// Has the line of memory at `address` fetched, as far as the processor likes to. Any address will do.
static inline void prefetch(const void *address) { __builtin_prefetch(address); }
