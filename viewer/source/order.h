/* order.h - where a record has its place among the others.
 *
 * What acts outwards counts from its start: nobody can have seen what it does
 * before. What learns or creates counts from its return. So no byte is read
 * before it was sent, no client is accepted before it connects, and no
 * descriptor is open twice.
 */
#ifndef SOCKSPY_ORDER_H
#define SOCKSPY_ORDER_H

#include "../preload/record.h"

#include <stdbool.h>

/* Ticks of the moment that gives the record its place. Any record, also a damaged one. */
uint64_t record_moment(const struct record *record);

/* Does this record count from its start? */
bool record_acts_at_start(const struct record *record);

#endif
