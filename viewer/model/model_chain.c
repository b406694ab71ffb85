/* model_chain.c - the rows in which connections stand: under the key by which
 * their other end will find them, and flows by their age.
 */
#include "base/memory.h"
#include "model/model_inside.h"

void chain_add(struct model *model, struct own_connection *own, uint64_t key)
{
    struct chain *chain = map_get(&model->chains, key);
    if (key == 0)
        return;
    if (chain == NULL) {
        chain = memory_new(1, sizeof *chain);
        map_put(&model->chains, key, chain);
    }
    own->key = key;
    own->chain_previous = chain->last;
    own->chain_next = NULL;
    *(chain->last != NULL ? &chain->last->chain_next : &chain->first) = own;
    chain->last = own;
}

void chain_remove(struct model *model, struct own_connection *own)
{
    if (own->key == 0)
        return;
    struct chain *const chain = map_get(&model->chains, own->key);
    *(own->chain_previous != NULL ? &own->chain_previous->chain_next : &chain->first) = own->chain_next;
    *(own->chain_next != NULL ? &own->chain_next->chain_previous : &chain->last) = own->chain_previous;
    if (chain->first == NULL)
        free(map_remove(&model->chains, own->key));
    own->key = 0;
}

/* --- flows by their age ---------------------------------------------------------- */

void flow_leave(struct model *model, struct own_connection *own)
{
    if (!own->flow)
        return;
    *(own->older != NULL ? &own->older->younger : &model->oldest_flow) = own->younger;
    *(own->younger != NULL ? &own->younger->older : &model->youngest_flow) = own->older;
    own->flow = false;
    model->flows--;
}

void flow_used(struct model *model, struct own_connection *own, int64_t time)
{
    own->used = time;
    if (own == model->youngest_flow)
        return;
    flow_leave(model, own);
    own->older = model->youngest_flow;
    own->younger = NULL;
    *(own->older != NULL ? &own->older->younger : &model->oldest_flow) = own;
    model->youngest_flow = own;
    own->flow = true;
    model->flows++;
}
