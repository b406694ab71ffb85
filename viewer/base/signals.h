/* signals.h - what this program does with signals, and what was to be done with
 * them when it was started, for the commands that it starts. */
#ifndef SOCKSPY_SIGNALS_H
#define SOCKSPY_SIGNALS_H

/* For main: a reader that goes away, and a ring that is cut short, which goes to
 * `cut_short`; and ends of children are told. */
void signals_begin(void (*cut_short)(int signal));

/* In a child: as signals_begin found them. */
void signals_restore(void);

#endif
