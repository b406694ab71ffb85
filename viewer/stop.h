/* stop.h - Ctrl-C and SIGTERM as a polite request to come to an end. */
#ifndef SOCKSPY_STOP_H
#define SOCKSPY_STOP_H

#include <stdbool.h>

/* From now on the signals end no more than stop_wanted() says, the first time;
 * a second one ends the program. */
void stop_catch(void);

bool stop_wanted(void);

#endif
