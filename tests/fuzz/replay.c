/* replay.c - a fuzz target as a plain program: runs the inputs that lie in files,
 * or some that are made of a number.
 *
 *     ring FILE...             each file, once
 *     ring -r COUNT SEED       COUNT made ones
 *
 * The last line says at which input it broke.
 */
#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LONGEST = 1 << 16 };

static uint64_t scramble(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t number = *state;
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

/* Mostly small bytes, but for the first few, as structured input likes them. */
static size_t make(uint8_t *bytes, uint64_t seed)
{
    uint64_t state = seed;
    const size_t size = scramble(&state) % (seed % 8 == 0 ? LONGEST : LONGEST / 16);
    for (size_t i = 0; i < size; i++) {
        const uint64_t number = scramble(&state);
        bytes[i] = (uint8_t)(i < 8 || (number & 0x300) == 0 ? number : (number & 15));
    }
    return size;
}

static FILE *progress; /* a target may have closed stdout */

static int run_made(unsigned long count, uint64_t seed)
{
    static uint8_t bytes[LONGEST];
    for (; count != 0; count--, seed++) {
        const size_t size = make(bytes, seed);
        fprintf(progress, "%llu: %zu bytes\n", (unsigned long long)seed, size);
        fflush(progress);
        LLVMFuzzerTestOneInput(bytes, size);
    }
    return EXIT_SUCCESS;
}

static int run_file(const char *path)
{
    static uint8_t bytes[LONGEST];
    FILE *const file = fopen(path, "re");
    if (file == NULL) {
        perror(path);
        return EXIT_FAILURE;
    }
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    fprintf(progress, "%s: %zu bytes\n", path, size);
    fflush(progress);
    LLVMFuzzerTestOneInput(bytes, size);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    progress = fdopen(dup(STDOUT_FILENO), "w");
    if (progress == NULL)
        return EXIT_FAILURE;
    if (argc == 4 && strcmp(argv[1], "-r") == 0)
        return run_made(strtoul(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    int status = EXIT_SUCCESS;
    for (int i = 1; i < argc; i++)
        status |= run_file(argv[i]);
    return status;
}
