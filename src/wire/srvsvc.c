#include "wire/srvsvc.h"

bool srvsvc_request(struct ndr *n, struct srvsvc_request *x)
{
	ndr_unique(n, &x->has_server);
	if (x->has_server)
		ndr_wstring(n, &x->server);
	ndr_wstring(n, &x->path);
	if (x->opnum == SRVSVC_OP_CANONICALIZE)
		ndr_u32(n, &x->outbuf_len);
	if (x->opnum != SRVSVC_OP_PATH_TYPE) {
		ndr_wstring(n, &x->path2);
		ndr_u32(n, &x->path_type);
	}
	ndr_u32(n, &x->flags);
	return ndr_is_good(n);
}

bool srvsvc_response(struct ndr *n, struct srvsvc_response *x)
{
	if (x->opnum == SRVSVC_OP_CANONICALIZE)
		ndr_byte_array(n, &x->outbuf);
	if (x->opnum != SRVSVC_OP_COMPARE)
		ndr_u32(n, &x->path_type);
	ndr_u32(n, &x->status);
	return ndr_is_good(n);
}
