/* ring_file.h - getting the ring into this process's memory. */
#ifndef SOCKSPY_RING_FILE_H
#define SOCKSPY_RING_FILE_H

#include "ring.h"

/* Why nothing is recorded; ring_file_reason() puts it into words. */
enum refusal {
    RECORDED,
    NO_PATH,       /* the ring can be neither opened nor created */
    NOT_REGULAR,   /* a link, a device, a directory */
    NOT_OURS,      /* another user's, or open to others */
    NO_SPACE,      /* its space cannot be had: full, quota, file size limit */
    NO_SHARE,      /* too much of what the memory cgroup has left */
    NO_MEMORY,     /* no address space for it, or a limit that we would eat into */
    BAD_RING,      /* foreign, damaged, or of another version */
    IN_THE_MAKING, /* it is empty as yet */
    NO_CLOCK,      /* its clock may not be read under a filter */
    NOT_THERE,     /* it has been made already, but is not at its path as this process sees it */
    OTHER_CLOCK,   /* it counts by another one: of an earlier boot or another processor */
    REFUSALS
};

/* Opens the ring at `path`, or creates one with `bytes` of slots (0: creates none);
 * maps it for writing; keeps no descriptor. It is used only if it is a regular file of this
 * user that nobody else may open. Never waits. */
enum refusal ring_file_open(struct ring *ring, const char *path, uint64_t bytes);

/* Would a mapping of that size take a share of a limited address space that the program
 * may need for itself? */
bool ring_file_crowds(uint64_t size);

/* Takes it out of memory again; and how many bytes it takes there. */
void ring_file_leave(void);
uint64_t ring_file_mapped(void);

/* The reason in English, for a line on stderr. */
const char *ring_file_reason(enum refusal refusal);

#endif
