/* company.h - who has to do with whom in a story: processes (or sockets) that are
 * joined by pipes or by sockets that they share. */
#ifndef SOCKSPY_COMPANY_H
#define SOCKSPY_COMPANY_H

#include "lecture/story.h"

/* Things by the group that they belong to. */
struct company_index {
    size_t *order; /* their numbers, those of group 1 first */
    size_t *begin; /* where each group begins in it: groups + 2 of them */
};

struct company {
    bool by_socket;
    struct map number_of; /* a process's or socket's address to its member's number, counted from 1 */
    size_t *group;        /* of each member */
    size_t count, room;   /* members */
    size_t groups;        /* numbered from 1, in the order of their first scenes */
    struct company_index scenes, holdings;
};

void company_find(struct company *company, const struct story *story, bool by_socket);
void company_free(struct company *company);

/* The scenes of a group, and who held what there, in their order: a look at all groups
 * looks at each of them once. 0 stands for all groups. */
size_t company_scenes(const struct company *company, const struct story *story, size_t group);
const struct scene *company_scene(const struct company *company, const struct story *story, size_t group, size_t i);
size_t company_holdings(const struct company *company, const struct story *story, size_t group);
const struct holder *company_holder(const struct company *company, const struct story *story, size_t group, size_t i);

#endif
