/*
 * pool - processes that each do one task and tell what came of it, at most so many at once.
 *
 * Who meets strangers' bytes is a child of its own; the parent starts it, reads its messages, which
 * have ranges (ask/message.h) and a limit in bytes, and ends it when its time is over. What to
 * start next, and what a message means, is for the pool's user to say.
 */
#ifndef ASK_POOL_H
#define ASK_POOL_H

#include <sys/types.h>

#include "ask/message.h"
#include "base/rc.h"

enum { POOL_MAX = 256 }; /* at once: a pipe each, and poll() looks at all of them */

struct pool;

struct pool_job {
	unsigned kind;     /* the user's own; so is */
	size_t target;     /* the number of whoever is asked */
	unsigned limit_ms; /* after which the child is ended */
	size_t bytes;      /* all that the child may tell */
	const void *with;  /* for run() alone: borrowed until pool_start() has returned */
	void (*run)(const struct pool_job *job, int pipe, pid_t parent); /* in the child */
};

struct pool_child { /* borrowed for the call */
	struct pool_job job;
	char doing[MESSAGE_TEXT]; /* the question that is under way; "": none */
};

struct pool_options {
	unsigned parallel, rate; /* at once; new ones a second; neither is 0 */
	void *ctx;
	/* False: no child of this kind says that, and it is ended. What is asked (MESSAGE_BEGIN)
	 * and that it was answered (MESSAGE_SAID) is kept in `doing` before. */
	bool (*take)(void *ctx, const struct pool_child *c, const struct message *m);
	/* `why` NULL: it did all that it was to do. */
	void (*ended)(void *ctx, const struct pool_child *c, const char *why);
	bool (*goes_on)(void *ctx); /* false: stop; asked ten times a second */
};

MUST_CHECK enum rc pool_new(const struct pool_options *opt, struct pool **ret_p);
void pool_free(struct pool *p); /* ends all that still run, silently; NULL is fine */

/* RC_IO and errno: no process or no pipe. Only from within `start_one`. */
MUST_CHECK enum rc pool_start(struct pool *p, const struct pool_job *job);

/* Starts and listens until there is nothing more to do. `start_one` starts a child, or settles
 * without one what it would have done; false: there is nothing to start now, but perhaps when
 * another child has told more. False: it was stopped; children may be left. */
bool pool_work(struct pool *p, bool (*start_one)(void *ctx));

/* Ends all that still run. */
void pool_end(struct pool *p, const char *why);

#endif
