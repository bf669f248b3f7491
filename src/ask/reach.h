/*
 * reach - the one way to a machine: is it in scope, and a connection that waits no longer than
 * told.
 *
 * Every question of quell's own goes through reach_udp() or reach_tcp(). What others' libraries
 * send is asked for here before they are told an address: reach_allows().
 */
#ifndef ASK_REACH_H
#define ASK_REACH_H

#include <sys/socket.h>

#include "base/addr.h"
#include "base/bytes.h"

struct reach {
	const struct net *scope;
	size_t n_scope;
};

/* In scope, and the address of one machine: not a group, not everybody, not nobody. */
bool reach_allows(const struct reach *r, const struct addr *a);

uint64_t reach_now_ms(void); /* a clock that only goes forward */

/* The address as the socket calls want it; returns its length. */
socklen_t reach_sockaddr(const struct addr *a, uint16_t port, struct sockaddr_storage *ret_sa);

/* A connected socket, or -1 and errno: EACCES if it is out of scope, ETIMEDOUT. */
int reach_udp(const struct reach *r, const struct addr *a, uint16_t port);
int reach_tcp(const struct reach *r, const struct addr *a, uint16_t port, uint64_t until_ms);

/* One datagram, or the next bytes of a stream; waits until then. -1 and errno; 0: the peer closed.
 */
ssize_t reach_recv(int fd, void *to, size_t cap, uint64_t until_ms);
/* Exactly `n` bytes, or false and errno (EPIPE: the peer closed). */
bool reach_recv_all(int fd, void *to, size_t n, uint64_t until_ms);
bool reach_send_all(int fd, struct bytes b, uint64_t until_ms);

/* "no answer", "refused", "no route", … for errno of the calls above; never NULL. */
const char *reach_words(int err);

#endif
