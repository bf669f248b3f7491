/*
 * syn - the shape of a TCP SYN: what each system's TCP chooses in its own way (RFC 9293 3.1,
 * options of RFC 9293 3.2, RFC 7323, RFC 2018).
 *
 * As text "ttl:window:mss:wscale:options:df": "128:8192:1460:2:M,N,W,N,N,S:1". The ttl is rounded
 * up to 32, 64, 128 or 255, since routers have taken from it. Options in their order: M maximum
 * segment size, N no-operation, W window scale, S SACK permitted, T timestamp, E end, and the
 * number of any other. What is not there is 0.
 */
#ifndef NAMING_SYN_H
#define NAMING_SYN_H

#include "base/bytes.h"

enum { SYN_OPTIONS_MAX = 40, SYN_TEXT = 192 };

struct syn {
	uint8_t ttl;
	uint16_t window;
	bool df;              /* IPv4: don't fragment */
	struct bytes options; /* of the TCP header */
};

/* Writes the text with its NUL; `to` holds SYN_TEXT. Returns the length. */
size_t syn_shape(const struct syn *s, char *to);

/* The options of a shape, as bytes for a TCP header, padded to four; unknown ones are left out. For
 * whoever makes traffic. False: no such shape. */
bool syn_parse(struct bytes shape, struct writer *options, struct syn *ret_syn);

#endif
