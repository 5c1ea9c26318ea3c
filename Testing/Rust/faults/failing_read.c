/* Preloaded into a run: reading the file FAILING_FILE beyond its first 4,096 bytes is an error of the drive. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GOOD = 4096 };

ssize_t read(int file, void *to, size_t count)
{
    static ssize_t (*next)(int, void *, size_t);
    if (!next)
        next = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
    const char *failing = getenv("FAILING_FILE");
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (failing && length > 0) {
        path[length] = 0;
        if (strcmp(path, failing) == 0) {
            off_t at = lseek(file, 0, SEEK_CUR);
            if (at >= GOOD) {
                errno = EIO;
                return -1;
            }
            if (count > (size_t)(GOOD - at))
                count = GOOD - at;
        }
    }
    return next(file, to, count);
}
