/* wrap - what happens to frames on their way into the capture: tags, tunnels, fragments, losses. */
#ifndef TRAFFIC_WRAP_H
#define TRAFFIC_WRAP_H

#include "lan/trace.h"

struct wrap {
	unsigned seen;      /* frames so far */
	unsigned from, to;  /* wrap_lose: frames [from, to) are lost, counted from 1 */
	uint8_t held[2048]; /* wrap_swap */
	size_t held_len;
};

/* Each is a trace_tap whose ctx is a struct wrap. */
void wrap_vlan(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);
void wrap_qinq(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);
void wrap_mpls(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);
void wrap_pppoe(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);
void wrap_gre(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);
void wrap_vxlan(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);
void wrap_fragments(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);
void wrap_lose(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);

/* Every frame comes twice; one in four comes after the next. */
void wrap_twice(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);
void wrap_swap(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);

/* Only what port 445 is sent, or only what it sends, is heard. */
void wrap_to_server(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);
void wrap_from_server(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);

#endif
