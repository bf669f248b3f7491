/*
 * rpc - calls to a Windows machine's services over named pipes, by Samba's libraries.
 *
 * Loaded when needed, like libsmbclient (ask/samba.h), by the child that logs on; no connection
 * leaves the gate (ask/gate.h). Only after the account was let in by the same machine does it log
 * on again here. Replies of interfaces that Samba's headers describe come as its structs; the
 * others (winreg, srvsvc) are bytes, and wire/ reads them.
 */
#ifndef ASSESS_RPC_H
#define ASSESS_RPC_H

#include "assess/visit.h"

enum rpc_pipe { RPC_WINREG, RPC_SAMR, RPC_LSARPC, RPC_SVCCTL, RPC_SRVSVC, RPC_PIPES };

/* Loads the libraries and sets them up; connects to nothing yet. NULL: `why` (MESSAGE_TEXT). */
struct rpc *rpc_new(const struct visit *v, char *why);

/* Opens and binds the pipe. False: `why` says it, in words ("access denied", "there is no such
 * pipe: the service is not running", "no answer"). Once: a pipe that failed is not tried again. */
bool rpc_open(struct rpc *r, enum rpc_pipe pipe, char *why);

/* One call, request and reply as stub data. The reply is in memory that rpc_new() owns, until the
 * next call on this pipe. False: `why`. At most 1 MiB. */
bool rpc_call(struct rpc *r, enum rpc_pipe pipe, uint16_t opnum, struct bytes request,
	      struct bytes *ret_reply, char *why);

#endif
