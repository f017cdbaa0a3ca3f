// A file system that fails on command, for tests: preloaded into a program, it counts the calls that change anything below a folder and
// makes one of them fail. The program itself knows nothing of it.
//
//   FAULTS_DIR    the folder, absolute
//   FAULTS_KIND   kill      the process ends (SIGKILL) before the call
//                 torn      it ends after the call, a write having written half
//                 full      no space is left from this call on (ENOSPC): what takes space fails
//                 readonly  nothing can be changed from this call on (EROFS)
//                 broken    this call alone fails (EIO)
//   FAULTS_AT     which call, from 1; 0: none
//   FAULTS_LOG    a file that gets a line for each call: its name and path
//   FAULTS_CLOCK  seconds by which the clock of the day is wrong
//   FAULTS_CLOCK_AT  from which call on it is, from 1; 0: all along

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const char *folder, *kind;
static long at, clock_offset, clock_at;
static int log_fd = -1;
static atomic_long calls;

__attribute__((constructor)) static void begin(void) {
  folder = getenv("FAULTS_DIR");
  kind = getenv("FAULTS_KIND");
  if (!kind) kind = "";
  at = getenv("FAULTS_AT") ? atol(getenv("FAULTS_AT")) : 0;
  clock_offset = getenv("FAULTS_CLOCK") ? atol(getenv("FAULTS_CLOCK")) : 0;
  clock_at = getenv("FAULTS_CLOCK_AT") ? atol(getenv("FAULTS_CLOCK_AT")) : 0;
  const char *path = getenv("FAULTS_LOG");
  if (path) log_fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static void end(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

// What becomes of a call.
enum { PASS, FAIL, TEAR };

static int fate(const char *call, const char *path, int takes_space) {
  if (!folder || strncmp(path, folder, strlen(folder)) != 0) return PASS;
  long number = ++calls;
  if (log_fd >= 0) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %s\n", call, path);
    syscall(SYS_write, log_fd, line, length);
  }
  if (at == 0 || number < at) return PASS;
  if (strcmp(kind, "full") == 0 && takes_space) return errno = ENOSPC, FAIL;
  if (strcmp(kind, "readonly") == 0) return errno = EROFS, FAIL;
  if (number > at) return PASS;
  if (strcmp(kind, "kill") == 0) end();
  if (strcmp(kind, "broken") == 0) return errno = EIO, FAIL;
  return strcmp(kind, "torn") == 0 ? TEAR : PASS;
}

static const char *path_of(int fd, const char *name, char *buffer) {
  if (name && (name[0] == '/' || fd == AT_FDCWD)) return name;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, PATH_MAX - 1);
  if (length < 0) length = 0;
  buffer[length] = 0;
  if (name) snprintf(buffer + length, PATH_MAX - length, "/%s", name);
  return buffer;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// A call whose only question is whether it is made.
#define GUARDED(name, path, takes_space, ...) \
  char buffer[PATH_MAX]; \
  (void)buffer; \
  int fate_ = fate(#name, path, takes_space); \
  if (fate_ == FAIL) return -1; \
  __typeof__(NEXT(name)(__VA_ARGS__)) result = NEXT(name)(__VA_ARGS__); \
  if (fate_ == TEAR) end(); \
  return result;

int rename(const char *from, const char *to) { GUARDED(rename, to, 0, from, to) }
int unlink(const char *path) { GUARDED(unlink, path, 0, path) }
int unlinkat(int fd, const char *path, int flags) { GUARDED(unlinkat, path_of(fd, path, buffer), 0, fd, path, flags) }
int remove(const char *path) { GUARDED(remove, path, 0, path) }
int mkdir(const char *path, mode_t mode) { GUARDED(mkdir, path, 1, path, mode) }
int rmdir(const char *path) { GUARDED(rmdir, path, 0, path) }
int fsync(int fd) { GUARDED(fsync, path_of(fd, NULL, buffer), 0, fd) }
int fdatasync(int fd) { GUARDED(fdatasync, path_of(fd, NULL, buffer), 0, fd) }
int ftruncate(int fd, off_t size) { GUARDED(ftruncate, path_of(fd, NULL, buffer), 1, fd, size) }
int ftruncate64(int fd, off64_t size) { GUARDED(ftruncate64, path_of(fd, NULL, buffer), 1, fd, size) }
ssize_t sendfile(int to, int from, off_t *offset, size_t size);
ssize_t sendfile(int to, int from, off_t *offset, size_t size) { GUARDED(sendfile, path_of(to, NULL, buffer), 1, to, from, offset, size) }
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t size, unsigned flags) {
  GUARDED(copy_file_range, path_of(to, NULL, buffer), 1, from, a, to, b, size, flags)
}

#define WRITING(name, ...) \
  char buffer[PATH_MAX]; \
  int fate_ = fate(#name, path_of(fd, NULL, buffer), 1); \
  if (fate_ == FAIL) return -1; \
  if (fate_ == TEAR) size /= 2; \
  ssize_t result = NEXT(name)(fd, bytes, size, ##__VA_ARGS__); \
  if (fate_ == TEAR) end(); \
  return result;

ssize_t write(int fd, const void *bytes, size_t size) { WRITING(write) }
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) { WRITING(pwrite, offset) }
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) { WRITING(pwrite64, offset) }

#define OPENING(name, path, ...) \
  va_list rest; \
  va_start(rest, flags); \
  mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
  va_end(rest); \
  char buffer[PATH_MAX]; \
  (void)buffer; \
  if (!(flags & (O_CREAT | O_TRUNC))) return NEXT(name)(__VA_ARGS__, flags, mode); \
  int fate_ = fate(#name, path, 1); \
  if (fate_ == FAIL) return -1; \
  int result = NEXT(name)(__VA_ARGS__, flags, mode); \
  if (fate_ == TEAR) end(); \
  return result;

int open(const char *name, int flags, ...) { OPENING(open, name, name) }
int open64(const char *name, int flags, ...) { OPENING(open64, name, name) }
int openat(int fd, const char *name, int flags, ...) { OPENING(openat, path_of(fd, name, buffer), fd, name) }

static long wrong_by(void) { return calls >= clock_at ? clock_offset : 0; }

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = NEXT(clock_gettime)(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += wrong_by();
  return result;
}

int gettimeofday(struct timeval *now, void *zone) {
  int result = NEXT(gettimeofday)(now, zone);
  if (result == 0) now->tv_sec += wrong_by();
  return result;
}
