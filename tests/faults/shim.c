/* Lets the N-th call of a kind fail, as a full disk, a broken one or a lack of memory would.

   Loaded by LD_PRELOAD. Until `fault_arm` is called nothing is counted. Then calls on files below
   one folder are, and those on standard input and output, so that what Python reads for itself is not
   hit; and every allocation of at least so many bytes. Counts are in memory that a process shares
   with those that it forks. Written for glibc on Linux. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { OPEN, READ, WRITE, SYNC, RENAME, UNLINK, TRUNCATE, CLOSE, MEMORY, KINDS };

static char below[PATH_MAX];
static int kind_to_fail = -1, error_to_give, always;
static long number_to_fail;
static size_t least_size;
static long *counts;

/* Error 0 lets a read or a write do half of what it should, which is no failure; error -1 lets the
   process stop before the call. With `forever` the calls behind the N-th fail as well. */
void fault_arm(const char *folder, int kind, long number, int error, int forever, size_t least)
{
    snprintf(below, sizeof below, "%s", folder);
    if (!counts)
        counts = mmap(NULL, KINDS * sizeof *counts, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    memset(counts, 0, KINDS * sizeof *counts);
    error_to_give = error, always = forever, number_to_fail = number, least_size = least;
    kind_to_fail = kind;
}

long fault_count(int kind) { return counts[kind]; }

static int is_below(const char *path) { return !strncmp(path, below, strlen(below)); }

static int counts_file(int file)
{
    char link[32], path[PATH_MAX];
    if (kind_to_fail < 0)
        return 0;
    if (file <= 2)
        return file == 0 || file == 1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return is_below(path);
}

static int counts_path(const char *path)
{
    char folder[PATH_MAX];
    if (kind_to_fail < 0)
        return 0;
    return *path == '/' ? is_below(path) : getcwd(folder, sizeof folder) && is_below(folder);
}

static int is_hit(int kind)
{
    long number = __sync_add_and_fetch(&counts[kind], 1);
    if (kind != kind_to_fail || !number_to_fail)
        return 0;
    if (number != number_to_fail && !(always && number > number_to_fail))
        return 0;
    if (error_to_give == -1)
        raise(SIGSTOP);
    return error_to_give != -1;
}

static int fails(int kind)
{
    if (!is_hit(kind) || !error_to_give)
        return 0;
    errno = error_to_give;
    return 1;
}

static int fails_transfer(int kind, int file, size_t *size)
{
    int error = errno;
    if (!counts_file(file) || !is_hit(kind)) {
        errno = error;
        return 0;
    }
    errno = error_to_give;
    if (!error_to_give && *size > 1)
        *size /= 2;
    return error_to_give != 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPENS(name, before, arguments, ...)                                                        \
    int name(before const char *path, int flags, ...)                                              \
    {                                                                                              \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = va_arg(rest, mode_t);                                                        \
        va_end(rest);                                                                              \
        return counts_path(path) && fails(OPEN) ? -1 : REAL(name) arguments;                       \
    }
#define FOLDER int folder,
OPENS(open, , (path, flags, mode))
OPENS(open64, , (path, flags, mode))
OPENS(openat, FOLDER, (folder, path, flags, mode))
OPENS(openat64, FOLDER, (folder, path, flags, mode))

ssize_t read(int file, void *data, size_t size)
{
    return fails_transfer(READ, file, &size) ? -1 : REAL(read)(file, data, size);
}

ssize_t pread(int file, void *data, size_t size, off_t at)
{
    return fails_transfer(READ, file, &size) ? -1 : REAL(pread)(file, data, size, at);
}

ssize_t pread64(int file, void *data, size_t size, off64_t at)
{
    return fails_transfer(READ, file, &size) ? -1 : REAL(pread64)(file, data, size, at);
}

ssize_t write(int file, const void *data, size_t size)
{
    return fails_transfer(WRITE, file, &size) ? -1 : REAL(write)(file, data, size);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t at)
{
    return fails_transfer(WRITE, file, &size) ? -1 : REAL(pwrite)(file, data, size, at);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at)
{
    return fails_transfer(WRITE, file, &size) ? -1 : REAL(pwrite64)(file, data, size, at);
}

int fsync(int file) { return counts_file(file) && fails(SYNC) ? -1 : REAL(fsync)(file); }

int fdatasync(int file) { return counts_file(file) && fails(SYNC) ? -1 : REAL(fdatasync)(file); }

int rename(const char *old, const char *new)
{
    return counts_path(new) && fails(RENAME) ? -1 : REAL(rename)(old, new);
}

int renameat(int from, const char *old, int to, const char *new)
{
    return counts_path(new) && fails(RENAME) ? -1 : REAL(renameat)(from, old, to, new);
}

int link(const char *old, const char *new)
{
    return counts_path(new) && fails(RENAME) ? -1 : REAL(link)(old, new);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
    return counts_path(new) && fails(RENAME) ? -1 : REAL(linkat)(from, old, to, new, flags);
}

int unlink(const char *path) { return counts_path(path) && fails(UNLINK) ? -1 : REAL(unlink)(path); }

int ftruncate(int file, off_t size)
{
    return counts_file(file) && fails(TRUNCATE) ? -1 : REAL(ftruncate)(file, size);
}

int ftruncate64(int file, off64_t size)
{
    return counts_file(file) && fails(TRUNCATE) ? -1 : REAL(ftruncate64)(file, size);
}

/* As Linux does it, the file is closed all the same. */
int close(int file)
{
    int hit = file > 2 && counts_file(file) && fails(CLOSE), error = errno;
    int result = REAL(close)(file);
    if (hit)
        errno = error;
    return hit ? -1 : result;
}

/* --- memory; not by dlsym, which may need some itself ------------------------------------------ */

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

static int lacks(size_t size) { return kind_to_fail == MEMORY && size >= least_size && fails(MEMORY); }

void *malloc(size_t size) { return lacks(size) ? NULL : __libc_malloc(size); }

void *calloc(size_t number, size_t size)
{
    return lacks(number * size) ? NULL : __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) { return lacks(size) ? NULL : __libc_realloc(old, size); }
