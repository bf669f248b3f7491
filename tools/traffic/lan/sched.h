/*
 * sched - whose turn it is.
 *
 * An actor is a machine's habit: it makes some packets at its time, and says when it wants to
 * be called again. Embed struct actor as the first member of a larger struct.
 */
#ifndef TRAFFIC_SCHED_H
#define TRAFFIC_SCHED_H

#include <stddef.h>
#include <stdint.h>

#include "lan/trace.h"

struct actor {
	uint64_t at_ns; /* next turn; step() moves it on, ACTOR_DONE ends it */
	uint64_t order; /* set by sched_add(): ties go to who came first */
	void (*step)(struct actor *a);
};

#define ACTOR_DONE UINT64_MAX

struct sched {
	struct actor **heap;
	size_t n, cap;
	uint64_t added;
};

/* `a` is the caller's and stays where it is until the end. */
void sched_add(struct sched *s, struct actor *a);

/* Runs until nobody has a turn before `until_ns`; tells the trace how far time has come. */
void sched_run(struct sched *s, struct trace *t, uint64_t until_ns);

void sched_done(struct sched *s);

#endif
