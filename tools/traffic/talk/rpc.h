/*
 * rpc - calls over a pipe that is open (C706, MS-RPCE), in the ways that clients, worms and
 * evasive tools carry them; and the calls of the server service (MS-SRVS) that are made here.
 */
#ifndef TRAFFIC_RPC_H
#define TRAFFIC_RPC_H

#include "base/uuid.h"
#include "talk/smb.h"

enum { RPC_STUB = 4096, RPC_DECOYS_MAX = 15 };

struct rpc_style {
	bool by_write;   /* WRITE and READ instead of one transaction */
	size_t piece;    /* bytes per SMB message; 0: all */
	size_t fragment; /* bytes of stub per RPC packet; 0: all */
	bool is_be;
	bool has_object;
	unsigned decoys; /* random interfaces bound in front of the real one */
	bool alters;     /* the real one comes in an alter_context, after a bind to another */
};

struct rpc {
	struct smb *smb;
	struct rpc_style style;
	uint32_t call_id;
	uint16_t ctx_id;
};

void rpc_bind(struct rpc *r, struct smb *smb, const struct rpc_style *style);

/* `answer.at` NULL: none comes. */
void rpc_call(struct rpc *r, uint16_t opnum, struct bytes stub, struct bytes answer);

/* Instead of an answer. */
void rpc_call_refused(struct rpc *r, uint16_t opnum, struct bytes stub, uint32_t status);

/* Opens srvsvc's pipe on IPC$, asks for shares and for the server's version, closes. */
void rpc_look_around(struct smb *smb, const char *pipe);

enum path_fate { PATH_DONE, PATH_INVALID_NAME, PATH_INVALID_PARAMETER, PATH_SILENCE };

/* NetprPathCanonicalize; NetprPathCompare where `is_compare`. `path` in UTF-16LE without NUL. */
struct path_call {
	bool is_compare;
	struct bytes path;
	const char *prefix; /* of compare: the other path */
	uint32_t path_type, flags;
	enum path_fate fate;
};

void rpc_path(struct rpc *r, const struct path_call *call);

#endif
