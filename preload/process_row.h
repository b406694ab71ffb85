/* process_row.h - rows of the ring's table of processes: which may be taken over. */
#ifndef SOCKSPY_PROCESS_ROW_H
#define SOCKSPY_PROCESS_ROW_H

#include "ring.h"

/* Does this row, which may change meanwhile, stand for a program that still runs? Asks the
 * kernel only where the row does not say that it ended, and `self`, who asks, may ask and
 * can know; else the answer is yes. errno stays. */
bool process_row_lives(const struct ring_process *row, const struct ring_process *self);

/* A field of /proc/PID/stat, by its number: 0 where it is not there. */
enum stat_field { NAME_FIELD = 2, START_TIME_FIELD = 22, START_BRK_FIELD = 47, ENV_END_FIELD = 51 };
uint64_t stat_number(const char *stat, enum stat_field number);

/* The number behind the character at `at`; 0 where there is none. */
uint64_t number_behind(const char *at);

#endif
