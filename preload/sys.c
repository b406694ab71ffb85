/* sys.c - see sys.h. */
#include "sys.h"

bool sys_filtered;
uint64_t sys_known[SYS_NUMBERS / 64];
