/* program.h - can a program be recorded? Looked at before it is started. */
#ifndef SOCKSPY_PROGRAM_H
#define SOCKSPY_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/* What stands in the way of preloading into `command`, which is found as a shell
 * finds it: a part of a sentence ("is static, …"), written to text[size]; NULL
 * where nothing does, or where there is no such program. */
const char *program_obstacle(const char *command, char *text, size_t size);

/* Where an installed program has its files: in lib beside bin, where Debian has them in
 * a folder for each processor. */
#define PROGRAM_LIBDIRS(name) "/../lib/" name, "/../lib64/" name, "/../lib/" SOCKSPY_MULTIARCH "/" name

/* The first of the places that is there, each given as seen from the directory of
 * this program ("/../lib"). False where none is. */
bool program_find(const char *const *places, size_t count, char *path, size_t size);

/* The path of libsockspy.so for LD_PRELOAD: beside this program, where it was
 * installed, or its bare name for the loader to find. */
void program_library(char *path, size_t size);

#endif
