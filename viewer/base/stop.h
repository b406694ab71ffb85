/* stop.h - Ctrl-C and SIGTERM as a polite request to come to an end. */
#ifndef SOCKSPY_STOP_H
#define SOCKSPY_STOP_H

#include <stdbool.h>

/* From now on the signals end no more than stop_wanted() says, the first time;
 * a second one ends the program. */
void stop_catch(void);

bool stop_wanted(void);

/* Waits until there is input on `fd` (or its end), or a stop is wanted: then
 * false. A signal that comes just before it is not missed. */
bool stop_or_input(int fd);

#endif
