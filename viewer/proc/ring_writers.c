/* ring_writers.c - see ring_writers.h. */
#include "proc/ring_writers.h"

#include "base/memory.h"
#include "record/processes.h"
#include "source.h"

/* Not of one that is about to become another program: that may have gone on without us. */
static bool is_known(const struct processes *rows, uint32_t pid)
{
    for (size_t i = 0; i < RING_PROCESSES; i++) {
        if (rows->rows[i].number != 0 && rows->rows[i].pid == pid && (rows->rows[i].flags & PROCESS_BECOMES) == 0)
            return true;
    }
    return false;
}

static void confirm(struct writers *writers, const struct ring *ring)
{
    struct processes *const rows = memory_new(1, sizeof *rows);
    processes_read(rows, ring);
    for (size_t i = 0; i < writers->count; i++) {
        struct writer *const writer = &writers->list[i];
        if (writer->kind == WRITER_HIDDEN && is_known(rows, writer->pid))
            writer->kind = WRITER_MAPS;
    }
    free(rows);
}

void ring_writers_find(struct writers *writers, const char *path)
{
    struct source source;
    writers_find(writers, "/proc", path);
    if (writers_count(writers, 1u << WRITER_HIDDEN) == 0 || source_open(&source, path) != NULL)
        return;
    if (ring_is_of_this_boot(&source.ring))
        confirm(writers, &source.ring);
    source_close(&source);
}
