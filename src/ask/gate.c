#include "ask/gate.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DNS_PORT = 53, KERBEROS_PORT = 88, NOTICE_MAX = 512 };

struct gate {
	struct addr addr;
	uint16_t port;
	bool has_kerberos;
	int listener;
};

static atomic_bool was_tried, is_closed;
static atomic_uint passes = 1; /* connections that may still be made */

static bool address_of(const struct sockaddr_storage *sa, socklen_t len, struct addr *ret_addr,
		       uint16_t *ret_port)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (sa->ss_family == AF_INET && len >= sizeof(v4)) {
		memcpy(&v4, sa, sizeof(v4));
		*ret_addr = addr_from_v4((const uint8_t *)&v4.sin_addr);
		*ret_port = ntohs(v4.sin_port);
		return true;
	}
	if (sa->ss_family == AF_INET6 && len >= sizeof(v6)) {
		memcpy(&v6, sa, sizeof(v6));
		memcpy(ret_addr->b, &v6.sin6_addr, sizeof(ret_addr->b));
		*ret_port = ntohs(v6.sin6_port);
		return true;
	}
	return false;
}

static bool is_stream(int fd)
{
	int type = 0;
	socklen_t len = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM;
}

/* connect(fd, address, length) of a thread of this process: its memory is ours. */
static bool may_pass(struct gate *g, const struct seccomp_data *call)
{
	struct sockaddr_storage sa = {0};
	socklen_t len = call->args[2] < sizeof(sa) ? (socklen_t)call->args[2] : sizeof(sa);
	struct addr a;
	uint16_t port = 0;

	if (call->args[1] == 0)
		return false;
	memcpy(&sa, (const void *)(uintptr_t)call->args[1], len);
	if (sa.ss_family == AF_UNIX) /* the name service's cache */
		return true;
	if (!address_of(&sa, len, &a, &port))
		return false;
	if (g->has_kerberos && (port == DNS_PORT || port == KERBEROS_PORT))
		return true;
	if (!is_stream((int)call->args[0])) /* the resolver asks for its own address so */
		return false;
	if (!addr_eq(&a, &g->addr) || port != g->port || atomic_load(&passes) == 0) {
		atomic_store(&was_tried, true);
		return false;
	}
	(void)atomic_fetch_sub(&passes, 1); /* the keeper alone takes some */
	return true;
}

static void *keep_gate(void *ctx)
{
	struct gate *g = ctx;
	union { /* the kernel's may be longer than the header's */
		struct seccomp_notif notice;
		uint8_t room[NOTICE_MAX];
	} in;
	union {
		struct seccomp_notif_resp answer;
		uint8_t room[NOTICE_MAX];
	} out;

	for (;;) {
		memset(&in, 0, sizeof(in));
		memset(&out, 0, sizeof(out));
		if (ioctl(g->listener, SECCOMP_IOCTL_NOTIF_RECV, &in) != 0) {
			if (errno == EINTR || errno == ENOENT)
				continue;
			_exit(1);
		}
		out.answer.id = in.notice.id;
		if (may_pass(g, &in.notice.data))
			out.answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		else
			out.answer.error = -EACCES;
		(void)ioctl(g->listener, SECCOMP_IOCTL_NOTIF_SEND, &out);
	}
}

static bool sizes_fit(void)
{
	struct seccomp_notif_sizes sizes = {0};

	return syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0 &&
	       sizes.seccomp_notif <= NOTICE_MAX && sizes.seccomp_notif_resp <= NOTICE_MAX;
}

/* The keeper is started by a thread that has no filter yet, and stays without one. */
struct start {
	pthread_mutex_t lock;
	pthread_cond_t is_ready;
	struct gate gate;
};

static void *wait_and_keep(void *ctx)
{
	struct start *s = ctx;

	pthread_mutex_lock(&s->lock);
	while (s->gate.listener == -1)
		pthread_cond_wait(&s->is_ready, &s->lock);
	pthread_mutex_unlock(&s->lock);
	return keep_gate(&s->gate);
}

enum rc gate_close_but_for(const struct addr *a, uint16_t port, bool has_kerberos)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
	struct start *s = sizes_fit() ? calloc(1, sizeof(*s)) : NULL;
	pthread_t keeper;
	int listener = -1;

	if (s == NULL)
		return RC_IO;
	s->gate = (struct gate){*a, port, has_kerberos, -1};
	if (pthread_mutex_init(&s->lock, NULL) != 0 || pthread_cond_init(&s->is_ready, NULL) != 0 ||
	    pthread_create(&keeper, NULL, wait_and_keep, s) != 0) {
		free(s);
		return RC_IO;
	}
	listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	if (listener == -1)
		return RC_IO; /* the keeper waits until the process ends */
	atomic_store(&is_closed, true);
	pthread_mutex_lock(&s->lock);
	s->gate.listener = listener;
	pthread_cond_signal(&s->is_ready);
	pthread_mutex_unlock(&s->lock);
	return RC_OK;
}

void gate_allow(unsigned more)
{
	(void)atomic_fetch_add(&passes, more);
}

bool gate_was_tried(void)
{
	return atomic_load(&was_tried);
}

bool gate_is_closed(void)
{
	return atomic_load(&is_closed);
}
