#include "ask/reach.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

bool reach_allows(const struct reach *r, const struct addr *a)
{
	if (addr_is_zero(a) || addr_is_multicast(a))
		return false;
	for (size_t i = 0; i < r->n_scope; i++) {
		if (net_contains(&r->scope[i], a))
			return true;
	}
	return false;
}

uint64_t reach_now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

socklen_t reach_sockaddr(const struct addr *a, uint16_t port, struct sockaddr_storage *ret_sa)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	memset(ret_sa, 0, sizeof(*ret_sa));
	if (addr_is_v4(a)) {
		memcpy(&v4.sin_addr, a->b + 12, sizeof(v4.sin_addr));
		memcpy(ret_sa, &v4, sizeof(v4));
		return sizeof(v4);
	}
	memcpy(&v6.sin6_addr, a->b, sizeof(v6.sin6_addr));
	memcpy(ret_sa, &v6, sizeof(v6));
	return sizeof(v6);
}

/* False, and errno ETIMEDOUT, if it did not become so in time. */
static bool wait_for(int fd, short events, uint64_t until_ms)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = events};
		uint64_t now = reach_now_ms();
		int n = 0;

		if (now >= until_ms) {
			errno = ETIMEDOUT;
			return false;
		}
		n = poll(&p, 1, until_ms - now > 60000 ? 60000 : (int)(until_ms - now));
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}

static int fail_with(int fd, int why)
{
	if (fd != -1)
		close(fd);
	errno = why;
	return -1;
}

/* A socket that is connected, or being connected (errno EINPROGRESS). */
static int begin(const struct reach *r, const struct addr *a, uint16_t port, int type)
{
	struct sockaddr_storage sa;
	socklen_t len = reach_sockaddr(a, port, &sa);
	int fd = -1;

	if (!reach_allows(r, a))
		return fail_with(-1, EACCES);
	fd = socket(sa.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	errno = 0;
	if (connect(fd, (const struct sockaddr *)&sa, len) != 0 && errno != EINPROGRESS)
		return fail_with(fd, errno);
	return fd;
}

int reach_udp(const struct reach *r, const struct addr *a, uint16_t port)
{
	return begin(r, a, port, SOCK_DGRAM);
}

int reach_tcp(const struct reach *r, const struct addr *a, uint16_t port, uint64_t until_ms)
{
	int fd = begin(r, a, port, SOCK_STREAM);
	int why = 0;
	socklen_t len = sizeof(why);

	if (fd == -1 || errno != EINPROGRESS)
		return fd;
	if (!wait_for(fd, POLLOUT, until_ms))
		return fail_with(fd, errno);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &len) != 0 || why != 0)
		return fail_with(fd, why != 0 ? why : errno);
	return fd;
}

ssize_t reach_recv(int fd, void *to, size_t cap, uint64_t until_ms)
{
	for (;;) {
		ssize_t n = recv(fd, to, cap, 0);

		if (n >= 0 || (errno != EAGAIN && errno != EINTR))
			return n;
		if (!wait_for(fd, POLLIN, until_ms))
			return -1;
	}
}

bool reach_recv_all(int fd, void *to, size_t n, uint64_t until_ms)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = reach_recv(fd, (char *)to + done, n - done, until_ms);

		if (got <= 0) {
			if (got == 0)
				errno = EPIPE;
			return false;
		}
		done += (size_t)got;
	}
	return true;
}

bool reach_send_all(int fd, struct bytes b, uint64_t until_ms)
{
	while (b.len > 0) {
		ssize_t n = send(fd, b.at, b.len, MSG_NOSIGNAL);

		if (n > 0)
			b = bytes_slice(b, (size_t)n, b.len);
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		else if (!wait_for(fd, POLLOUT, until_ms))
			return false;
	}
	return true;
}

const char *reach_words(int err)
{
	switch (err) {
	case ETIMEDOUT:
		return "no answer";
	case ECONNREFUSED:
		return "refused: nothing listens there";
	case EHOSTUNREACH:
	case ENETUNREACH:
		return "cannot be reached from here";
	case EPIPE:
	case ECONNRESET:
		return "the machine closed the connection";
	case EACCES:
	case EPERM:
		return "not allowed: out of scope, or a firewall of this machine";
	default:
		return "the question could not be sent";
	}
}
