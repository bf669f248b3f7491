/*
 * rpc_client - calls to a Windows machine's services over named pipes, by Samba's libraries.
 *
 * Loaded when needed, like libsmbclient (ask/samba.h), by the child that logs on; no connection
 * leaves the gate (ask/gate.h). Only after the account was let in by the same machine does it log
 * on again here: once, for all pipes. The libraries carry requests and replies; what is in them is
 * written and read by wire/ alone, for all services in the same way, so that no stranger's bytes
 * are taken apart by code that quell does not test.
 */
#ifndef ASSESS_RPC_CLIENT_H
#define ASSESS_RPC_CLIENT_H

#include "assess/visit.h"
#include "base/bytes.h"

enum rpc_pipe { RPC_WINREG, RPC_SAMR, RPC_LSARPC, RPC_SVCCTL, RPC_SRVSVC, RPC_PIPES };

enum { RPC_REPLY_MAX = 1 << 20 };

struct rpc_client;

/* For a parent whose children will call, so that each need not load the libraries itself. False:
 * they are not there. */
bool rpc_client_load(void);

/* Loads the libraries and sets them up; connects to nothing yet. `credentials` NULL: nobody's, a
 * null session. The child ends without freeing it. NULL: `why` (MESSAGE_TEXT). */
struct rpc_client *rpc_client_new(const struct visit *v, const struct ask_credentials *credentials,
				  char *why);

/* Opens and binds the pipe, the first time; afterwards says how that went. False: `why` says it, in
 * words ("access denied", "there is no such pipe: the service is not running", "no answer"). */
bool rpc_client_open(struct rpc_client *r, enum rpc_pipe pipe, char *why);

/* The same of v->rpc, with the account's credentials, which is made here if there is none yet. */
bool rpc_client_reach(struct visit *v, enum rpc_pipe pipe, char *why);

/* One call on a pipe that is open, request and reply as stub data. The reply is the client's, until
 * the next call on this pipe. False: `why`. A reply of more than RPC_REPLY_MAX is none. */
bool rpc_client_call(struct rpc_client *r, enum rpc_pipe pipe, uint16_t opnum, struct bytes request,
		     struct bytes *ret_reply, char *why);

/* An NTSTATUS that is in a reply, in words, into `why`. */
void rpc_client_explain(uint32_t status, char *why);

#endif
