/* inventory_inside.h - what the inventory's files share. */
#ifndef SOCKSPY_INVENTORY_INSIDE_H
#define SOCKSPY_INVENTORY_INSIDE_H

#include "audit/inventory.h"

/* Puts an entry in, which is taken over; its line need not be set. Returns it or,
 * where there is one already that is equal, that one. */
struct entry *inventory_put(struct inventory *inventory, struct entry *entry);

#endif
