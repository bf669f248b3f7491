/*
 * priv - giving up rights, in one place and one order.
 *
 * A process that meets hostile bytes calls, in this order and nothing in between:
 *   priv_close_others()  no descriptor that it does not need
 *   priv_drop_root()     nobody's ids, no groups, no capabilities
 *   priv_sandbox()       no new privileges, no file system (Landlock), few system calls (seccomp)
 * From then on it can read, write and wait on what it holds, use memory and threads, and nothing
 * else: no open, no socket, no exec, no signal to others. There is no way back and no option to
 * leave it out.
 */
#ifndef PRIV_PRIV_H
#define PRIV_PRIV_H

#include <stddef.h>
#include <sys/types.h>

#include "base/rc.h"

/* Closes every descriptor but 0, 1, 2 and the `n` of `keep`. RC_IO. */
MUST_CHECK enum rc priv_close_others(const int *keep, size_t n);

/* Root becomes nobody; every capability is lost, whoever had it. RC_IO. */
MUST_CHECK enum rc priv_drop_root(void);

/* Dies with its parent, whose number is `parent`, then shuts itself in. RC_CLOSED: the parent is
 * gone already. RC_IO: a lock could not be turned. In both cases the caller must not go on. A
 * kernel without Landlock is passed over: seccomp alone forbids the same. */
MUST_CHECK enum rc priv_sandbox(pid_t parent);

#endif
