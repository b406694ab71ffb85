/* model_effects.h - what a call does to processes, sockets and connections.
 *
 * Every record about a descriptor first makes sure whose it is (touch): a record
 * says by itself which socket it acted on, so a table that missed something is
 * put right by the next one.
 */
#ifndef SOCKSPY_MODEL_EFFECTS_H
#define SOCKSPY_MODEL_EFFECTS_H

#include "model/model_inside.h"

/* What a call does. */
typedef void effect(struct model *model, const struct view *view);

/* Applies the record of model->step.process, and fills in the step. */
void model_effect(struct model *model, const struct view *view);

/* --- model_touch.c --------------------------------------------------------------- */

/* The holder behind the record's descriptor, whose socket has this inode (0: not
 * told): found, or made from what the record says of itself; NULL if it tells of
 * none. */
struct holder *holder_of(struct model *model, const struct view *view, uint64_t inode, enum came came);

/* The socket that the descriptor named when the call began, if another thread has
 * closed it since: the call still acted on that one. Else NULL. */
struct socket *closed_meanwhile(const struct model *model, const struct view *view);

/* Is the record about what its descriptor named before? That of a call which
 * ends a descriptor, and took longer than records are held back for. */
bool is_told_late(const struct model *model, const struct view *view);

/* The socket that the record acted on, or NULL; it stands in the step then, and
 * what the record tells of it is noted. `came`: how, if it was not known. One that
 * was closed meanwhile stands in the step, but has no more to be changed: NULL. */
struct socket *touch_as(struct model *model, const struct view *view, enum came came);
struct socket *touch(struct model *model, const struct view *view);

/* Takes over what the record says of the socket itself. */
void learn_from(struct model *model, struct socket *socket, const struct view *view);

/* Puts the pipe into the step. */
void note_connection(struct model *model, struct connection *connection, int end);

/* --- model_connect.c ------------------------------------------------------------- */

/* The record tells of a try to connect the socket, which goes on, is done or has
 * failed. */
void connect_tried(struct model *model, struct socket *socket, const struct view *view);

/* The connect came to its end, now known: well, or not. */
void connect_done(struct socket *socket, int64_t time);
void connect_failed(struct model *model, struct socket *socket, int error, int64_t time);

/* --- model_zero.c ---------------------------------------------------------------- */

/* What it means that the record moved no byte; before it is counted. */
enum zero zero_of(const struct socket *socket, const struct view *view);

/* --- model_transfer.c ------------------------------------------------------------ */

/* The effect of all calls that send or receive. */
effect take_transfer;

/* --- model_run.c ----------------------------------------------------------------- */

effect take_fork, take_vfork, take_clone, take_spawn, take_daemon, take_login, take_exec, take_exit, take_lookup;

#endif
