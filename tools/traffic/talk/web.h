/* web - web pages, encrypted or not (RFC 9112, RFC 8446 as seen from outside), and print jobs. */
#ifndef TRAFFIC_WEB_H
#define TRAFFIC_WEB_H

#include "lan/tcp.h"

struct visit {
	const char *site;
	unsigned objects;
	size_t mean; /* bytes per object */
};

/* Fetches a few objects over one connection. Return when it is over. */
uint64_t http_visit(struct lan *n, uint64_t at, struct datagram who, const struct visit *v);
uint64_t https_visit(struct lan *n, uint64_t at, struct datagram who, const struct visit *v);

uint64_t print_job(struct lan *n, uint64_t at, struct datagram who, size_t pages);

/* One GET and the whole answer with this body: what http_visit() is made of. */
void http_get(struct tcp *t, const char *site, const char *path);
void http_answer(struct tcp *t, const char *type, struct bytes body);

#endif
