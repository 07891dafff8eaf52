/*
 * Runs a fuzz target as a plain test, with any compiler: over every file of the folders named on the command line, and
 * over every beginning of each small one.
 */
#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE

#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_MAX = 1 << 16,
    SMALL = 512
};

static size_t read_file(const char *path, char *bytes) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    size_t length = fread(bytes, 1, FILE_MAX, file);
    fclose(file);
    return length;
}

static void run(const char *bytes, size_t length) {
    char *copy = exact_copy(bytes, length);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)copy, length);
    free(copy);
}

static size_t run_folder(const char *folder) {
    static char bytes[FILE_MAX];
    char path[4096];
    size_t files = 0;
    DIR *entries = opendir(folder);
    if (entries == NULL) {
        perror(folder);
        exit(1);
    }
    for (const struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        const size_t length = read_file(path, bytes);
        printf("%s\n", entry->d_name);
        (void)fflush(stdout);
        for (size_t part = length <= SMALL ? 0 : length; part <= length; part++) {
            run(bytes, part);
        }
        files++;
    }
    closedir(entries);
    return files;
}

int main(int argc, char **argv) {
    size_t files = 0;
    if (LLVMFuzzerInitialize(&argc, &argv) != 0) {
        return 1;
    }
    for (int i = 1; i < argc; i++) {
        files += run_folder(argv[i]);
    }
    printf("%zu files\n", files);
    return files > 0 ? 0 : 1;
}
