/*
 * Interfaces, through libpcap and its ring shared with the kernel (TPACKET_V3).
 *
 * After capture_open_live() only these system calls are made: poll; ioctl(SIOCGIFFLAGS) where
 * nothing was heard, nanosleep when the interface is gone; getsockopt(SO_ERROR), getsockname and
 * ioctl by libpcap on trouble; getsockopt(PACKET_STATISTICS) for the kernel's losses; pread for
 * those of the interface, from files opened here. The ring is mapped already.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "capture/capture_impl.h"

enum {
	SNAPLEN = 65535 + 64,  /* the largest IP packet that a card may join, and its link header */
	RING_TIMEOUT_MS = 100, /* how long the kernel may keep frames to fill a piece of the ring */
	COUNTERS = 2,
};

struct live_capture {
	struct capture base;
	pcap_t *pcap;
	struct block *into;         /* during a read */
	uint64_t ready_ns;          /* frames from before it are every worker's; dropped */
	int counters[COUNTERS];     /* of the interface; -1: it has none */
	uint64_t at_open[COUNTERS]; /* what they stood at */
	uint16_t linktype;
	bool is_over;
	char name[64];
};

static bool read_counter(int fd, uint64_t *ret_value)
{
	char text[32] = "";
	ssize_t n = fd == -1 ? -1 : pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return false;
	*ret_value = strtoull(text, NULL, 10);
	return true;
}

static void open_counters(struct live_capture *l)
{
	static const char *const names[COUNTERS] = {"rx_missed_errors", "rx_fifo_errors"};
	char path[160];

	for (size_t i = 0; i < COUNTERS; i++) {
		snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", l->name, names[i]);
		l->counters[i] =
			strchr(l->name, '/') == NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		(void)read_counter(l->counters[i], &l->at_open[i]);
	}
}

/* Reading PACKET_STATISTICS resets it, so that nothing wraps. libpcap's pcap_stats() would want
 * to open files. */
static void live_update(struct capture *c)
{
	struct live_capture *l = (struct live_capture *)c;
	struct tpacket_stats_v3 kernel = {0};
	socklen_t len = sizeof(kernel);
	uint64_t lost = 0;

	if (getsockopt(pcap_fileno(l->pcap), SOL_PACKET, PACKET_STATISTICS, &kernel, &len) == 0)
		c->stats.lost_kernel += kernel.tp_drops;
	for (size_t i = 0; i < COUNTERS; i++) {
		uint64_t now = 0;

		if (read_counter(l->counters[i], &now) && now > l->at_open[i])
			lost += now - l->at_open[i];
	}
	if (lost > c->stats.lost_interface)
		c->stats.lost_interface = lost;
}

static void keep(u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	struct live_capture *l = (struct live_capture *)(void *)user;
	struct block *b = l->into;
	struct scan s = {.b = b, .stats = &l->base.stats};
	uint64_t unit = pcap_get_tstamp_precision(l->pcap) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
	uint64_t at_ns =
		(uint64_t)h->ts.tv_sec * UINT64_C(1000000000) + (uint64_t)h->ts.tv_usec * unit;

	if (at_ns < l->ready_ns)
		return;
	memcpy(b->buf + b->len, data, h->caplen);
	scan_add(&s, at_ns, (struct bytes){b->buf + b->len, h->caplen}, h->len, l->linktype);
	b->len += h->caplen;
}

/* As many frames as are waiting and fit. Less than 0: libpcap's error. */
static int take_waiting(struct live_capture *l, struct block *b)
{
	int got = 0;

	do {
		size_t fit = (b->cap - b->len) / SNAPLEN, left = BLOCK_FRAMES - b->n;

		if (fit > left)
			fit = left;
		if (fit == 0)
			break;
		got = pcap_dispatch(l->pcap, (int)fit, keep, (u_char *)l);
	} while (got > 0);
	return got;
}

static enum rc gone(struct live_capture *l, const char *why)
{
	l->is_over = true;
	snprintf(l->base.error, sizeof(l->base.error), "%s", why);
	return RC_CLOSED;
}

/* Why nothing more will come, or NULL. libpcap says when an interface has disappeared, but waits
 * for one that was taken down to come back: to hear nothing meanwhile would look like a quiet
 * network. `result` is take_waiting()'s. */
static const char *trouble(struct live_capture *l, int result)
{
	struct ifreq r;

	if (result < 0)
		return pcap_geterr(l->pcap);
	memset(&r, 0, sizeof(r));
	if (strcmp(l->name, "any") == 0 || strlen(l->name) >= sizeof(r.ifr_name))
		return NULL;
	memcpy(r.ifr_name, l->name, strlen(l->name));
	if (ioctl(pcap_fileno(l->pcap), SIOCGIFFLAGS, &r) != 0)
		return errno == ENODEV ? "The interface disappeared" : NULL;
	return (r.ifr_flags & IFF_UP) == 0 ? "the interface was taken down" : NULL;
}

static enum rc live_read(struct capture *c, struct block *b, int wait_ms)
{
	const struct timespec late = {.tv_nsec = 2L * RING_TIMEOUT_MS * 1000 * 1000};
	struct live_capture *l = (struct live_capture *)c;
	struct pollfd p = {.fd = c->poll_fd, .events = POLLIN};
	const char *why = NULL;
	int result = 0;

	b->n = b->len = 0;
	if (l->is_over)
		return RC_CLOSED;
	l->into = b;
	result = take_waiting(l, b);
	if (result == 0 && b->n == 0 && wait_ms != 0 && poll(&p, 1, wait_ms) > 0)
		result = take_waiting(l, b);
	if (b->n == 0 && trouble(l, result) != NULL) {
		/* The kernel has not handed over yet what came last. */
		nanosleep(&late, NULL);
		result = take_waiting(l, b);
		why = b->n == 0 ? trouble(l, result) : NULL;
	}
	l->into = NULL;
	c->stats.frames += b->n;
	return why != NULL ? gone(l, why) : RC_OK; /* behind frames, trouble comes again */
}

static size_t live_fds(const struct capture *c, int ret_fds[CAPTURE_FDS])
{
	const struct live_capture *l = (const struct live_capture *)c;
	size_t n = 0;

	ret_fds[n++] = c->poll_fd;
	for (size_t i = 0; i < COUNTERS; i++) {
		if (l->counters[i] != -1)
			ret_fds[n++] = l->counters[i];
	}
	return n;
}

static void live_free(struct capture *c)
{
	struct live_capture *l = (struct live_capture *)c;

	for (size_t i = 0; i < COUNTERS; i++) {
		if (l->counters[i] != -1)
			close(l->counters[i]);
	}
	if (l->pcap != NULL)
		pcap_close(l->pcap);
	free(l);
}

static uint64_t real_time_ns(void)
{
	struct timespec now = {0, 0};

	clock_gettime(CLOCK_REALTIME, &now); /* the clock that the kernel stamps frames with */
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/*
 * Shares the interface: each flow goes to one of the sockets, both directions to the same;
 * fragments are put together for that. Until a socket has joined it hears everything, so what is
 * older than this moment is dropped.
 */
static bool join_fanout(struct live_capture *l, unsigned id)
{
	unsigned arg = (id & 0xffff) | (unsigned)(PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG)
					       << 16;

	if (setsockopt(pcap_fileno(l->pcap), SOL_PACKET, PACKET_FANOUT, &arg, sizeof(arg)) != 0)
		return false;
	l->ready_ns = real_time_ns();
	return true;
}

static int activate(struct live_capture *l, const struct capture_live_options *opt)
{
	pcap_t *p = l->pcap;

	if (pcap_set_snaplen(p, SNAPLEN) != 0 || pcap_set_timeout(p, RING_TIMEOUT_MS) != 0 ||
	    pcap_set_promisc(p, opt->promiscuous) != 0)
		return PCAP_ERROR;
	if (opt->ring_bytes > 0 && opt->ring_bytes <= INT32_MAX)
		(void)pcap_set_buffer_size(p, (int)opt->ring_bytes);
	(void)pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	return pcap_activate(p); /* more than 0: a warning */
}

static enum rc set_filter(struct live_capture *l, const char *filter, char *err, size_t err_len)
{
	struct bpf_program program;

	if (filter == NULL)
		return RC_OK;
	if (pcap_compile(l->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		snprintf(err, err_len, "the filter \"%s\" cannot be used on %s: %s", filter,
			 l->name, pcap_geterr(l->pcap));
		return RC_INVAL;
	}
	int result = pcap_setfilter(l->pcap, &program);

	pcap_freecode(&program);
	if (result != 0) {
		snprintf(err, err_len, "interface %s takes no filter: %s", l->name,
			 pcap_geterr(l->pcap));
		return RC_IO;
	}
	return RC_OK;
}

/* In words of ours where libpcap's leave the operator alone. */
static enum rc refused(const struct live_capture *l, int result, char *err, size_t err_len)
{
	const char *more = pcap_geterr(l->pcap);

	switch (result) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		snprintf(err, err_len, "there is no interface %s", l->name);
		return RC_INVAL;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		snprintf(err, err_len,
			 "interface %s: listening needs root (sudo) or the capability CAP_NET_RAW",
			 l->name);
		return RC_IO;
	case PCAP_ERROR_IFACE_NOT_UP:
		snprintf(err, err_len, "interface %s is down: nothing can be heard there", l->name);
		return RC_IO;
	default:
		snprintf(err, err_len, "interface %s: %s%s%s", l->name, pcap_statustostr(result),
			 more[0] != '\0' ? ": " : "", more);
		return RC_IO;
	}
}

static enum rc start(struct live_capture *l, const struct capture_live_options *opt, char *err,
		     size_t err_len)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int result = 0;

	l->pcap = pcap_create(opt->interface, why);
	if (l->pcap == NULL) {
		snprintf(err, err_len, "interface %s: %s", l->name, why);
		return RC_IO;
	}
	result = activate(l, opt);
	if (result < 0)
		return refused(l, result, err, err_len);
	l->linktype = linktype_of_dlt(pcap_datalink(l->pcap));
	if (pcap_setnonblock(l->pcap, 1, why) != 0) {
		snprintf(err, err_len, "interface %s: %s", l->name, why);
		return RC_IO;
	}
	enum rc rc = set_filter(l, opt->filter, err, err_len);

	if (rc != RC_OK)
		return rc;
	if (opt->fanout > 1 && !join_fanout(l, opt->fanout_id)) {
		snprintf(err, err_len, "interface %s cannot be shared by workers: %s", l->name,
			 strerror(errno));
		return RC_IO;
	}
	l->base.poll_fd = pcap_get_selectable_fd(l->pcap);
	return RC_OK;
}

enum rc capture_open_live(const struct capture_live_options *opt, struct capture **ret_cap,
			  char *err, size_t err_len)
{
	static const struct capture_kind kind = {live_read, NULL, live_update, live_free, live_fds};
	struct live_capture *l = calloc(1, sizeof(*l));
	enum rc rc = RC_OK;

	if (l == NULL) {
		snprintf(err, err_len, "interface %s: %s", opt->interface, rc_str(RC_NOMEM));
		return RC_NOMEM;
	}
	l->base.kind = &kind;
	l->base.poll_fd = -1;
	snprintf(l->name, sizeof(l->name), "%s", opt->interface);
	open_counters(l);
	rc = start(l, opt, err, err_len);
	if (rc != RC_OK) {
		live_free(&l->base);
		return rc;
	}
	*ret_cap = &l->base;
	return RC_OK;
}
