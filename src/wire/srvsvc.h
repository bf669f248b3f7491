/*
 * srvsvc - the three calls of the server service that work on paths (MS-SRVS 3.1.4.29 to .31):
 * NetprPathType (30), NetprPathCanonicalize (31), NetprPathCompare (32).
 *
 * Stubs only; wire/dcerpc.h carries them. What parses in part is filled in as far as it went.
 */
#ifndef WIRE_SRVSVC_H
#define WIRE_SRVSVC_H

#include "wire/ndr.h"

enum srvsvc_opnum {
	SRVSVC_OP_PATH_TYPE = 30,
	SRVSVC_OP_CANONICALIZE = 31,
	SRVSVC_OP_COMPARE = 32,
};

struct srvsvc_request {
	uint16_t opnum;
	bool has_server;
	struct ndr_string server;
	struct ndr_string path;  /* PathName, PathName1 */
	uint32_t outbuf_len;     /* 31 */
	struct ndr_string path2; /* 31: Prefix; 32: PathName2 */
	uint32_t path_type;      /* 31, 32 */
	uint32_t flags;
};

struct srvsvc_response {
	uint16_t opnum;
	struct bytes outbuf; /* 31: the canonicalised path, UTF-16 */
	uint32_t path_type;  /* 30, 31 */
	uint32_t status;     /* NET_API_STATUS */
};

/* Reads or writes the stub that `n` is at, by x->opnum. True: all of it was good. */
bool srvsvc_request(struct ndr *n, struct srvsvc_request *x);
bool srvsvc_response(struct ndr *n, struct srvsvc_response *x);

static inline bool srvsvc_is_path_call(uint16_t opnum)
{
	return opnum >= SRVSVC_OP_PATH_TYPE && opnum <= SRVSVC_OP_COMPARE;
}

#endif
