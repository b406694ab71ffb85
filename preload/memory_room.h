/* memory_room.h - how much memory the control groups leave us. */
#ifndef SOCKSPY_MEMORY_ROOM_H
#define SOCKSPY_MEMORY_ROOM_H

#include <stdint.h>

#define MEMORY_ROOM_NO_LIMIT UINT64_MAX

/* The bytes that this process's memory cgroup, of either version, and all those around it
 * that can be seen still leave, with what the kernel can take back from the cache of
 * files. `cgroups` is /proc/self/cgroup, `mounts` where they are mounted: /sys/fs/cgroup.
 * For the start only: it uses memory of its own. */
uint64_t memory_room(const char *cgroups, const char *mounts);

#endif
