/* company.h - who has to do with whom in a story: processes (or sockets) that are
 * joined by pipes or by sockets that they share. */
#ifndef SOCKSPY_COMPANY_H
#define SOCKSPY_COMPANY_H

#include "lecture/story.h"

struct company {
    bool by_socket;
    struct map number_of; /* a process's or socket's address to its member's number, counted from 1 */
    size_t *group;        /* of each member */
    size_t count, room;   /* members */
    size_t groups;        /* numbered from 1, in the order of their first scenes */
};

void company_find(struct company *company, const struct story *story, bool by_socket);
void company_free(struct company *company);

/* The group in which the scene takes place; 0: none. */
size_t company_of(const struct company *company, const struct scene *scene);

/* Does the scene take place in this group? 0 stands for all. */
static inline bool company_has(const struct company *company, size_t group, const struct scene *scene)
{
    return group == 0 || company_of(company, scene) == group;
}

#endif
