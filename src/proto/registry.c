#include "proto/dcerpc.h"
#include "proto/http.h"
#include "proto/kerberos.h"
#include "proto/nbss.h"

const struct proto *const proto_registry[] = {&proto_nbss, &proto_dcerpc, &proto_kerberos,
					      &proto_http, NULL};

enum proto_match proto_probe(enum dir dir, struct bytes head, const struct proto **ret_proto)
{
	enum proto_match best = PROTO_NO;

	for (size_t i = 0; proto_registry[i] != NULL; i++) {
		enum proto_match m = proto_registry[i]->probe(dir, head);

		if (m == PROTO_YES) {
			*ret_proto = proto_registry[i];
			return m;
		}
		if (m == PROTO_UNSURE && head.len < PROTO_HEAD_MAX)
			best = PROTO_UNSURE;
	}
	return best;
}
