/* Files that only libpcap can read: pcap of versions before 2.4. It is slower: frames are copied
 * twice. */
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/capture_impl.h"

struct odd_capture {
	struct capture base;
	pcap_t *pcap;
	uint16_t linktype;
	enum rc over;
};

uint16_t linktype_of_dlt(int dlt)
{
	switch (dlt) {
#ifdef DLT_FR
	case DLT_FR:
		return 107;
#endif
	case DLT_ATM_RFC1483:
		return 100;
	case DLT_RAW:
		return 101;
	case DLT_SLIP_BSDOS:
		return 102;
	case DLT_PPP_BSDOS:
		return 103;
	case DLT_PFSYNC:
		return 246;
	case DLT_PKTAP:
		return 258;
	default:
		return (uint16_t)dlt;
	}
}

static enum rc end_of(struct odd_capture *o, int result)
{
	if (result == PCAP_ERROR_BREAK)
		return o->over = RC_END;
	snprintf(o->base.error, sizeof(o->base.error), "%s", pcap_geterr(o->pcap));
	if (strstr(o->base.error, "truncated") != NULL) {
		o->base.stats.truncated_files = 1;
		o->base.error[0] = '\0';
		return o->over = RC_END;
	}
	return o->over = RC_FORMAT;
}

static void keep(struct odd_capture *o, struct block *b, const struct pcap_pkthdr *h,
		 const uint8_t *data)
{
	struct scan s = {.b = b, .stats = &o->base.stats};
	/* Opened for nanoseconds, libpcap puts them where the type says microseconds. */
	uint64_t at_ns = (uint64_t)h->ts.tv_sec * UINT64_C(1000000000) + (uint64_t)h->ts.tv_usec;

	if (h->caplen > FRAME_MAX) {
		o->base.stats.skipped_records++;
		return;
	}
	memcpy(b->buf + b->len, data, h->caplen);
	scan_add(&s, at_ns, (struct bytes){b->buf + b->len, h->caplen}, h->len, o->linktype);
	b->len += h->caplen;
}

static enum rc odd_read(struct capture *c, struct block *b, int wait_ms)
{
	struct odd_capture *o = (struct odd_capture *)c;

	(void)wait_ms;
	b->n = b->len = 0;
	while (o->over == RC_OK && b->n < BLOCK_FRAMES && b->cap - b->len >= FRAME_MAX) {
		struct pcap_pkthdr *h = NULL;
		const u_char *data = NULL;
		int result = pcap_next_ex(o->pcap, &h, &data);

		if (result != 1)
			end_of(o, result);
		else
			keep(o, b, h, data);
	}
	c->stats.frames += b->n;
	return b->n > 0 ? RC_OK : o->over;
}

static void odd_free(struct capture *c)
{
	struct odd_capture *o = (struct odd_capture *)c;

	if (o->pcap != NULL)
		pcap_close(o->pcap);
	free(o);
}

enum rc odd_capture_new(int fd, struct capture **ret_cap)
{
	static const struct capture_kind kind = {odd_read, NULL, NULL, odd_free, NULL};
	char err[PCAP_ERRBUF_SIZE];
	struct odd_capture *o = calloc(1, sizeof(*o));
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0); /* pcap_close() closes it */
	FILE *file = own != -1 ? fdopen(own, "rb") : NULL;

	if (o == NULL || file == NULL) {
		int why = errno;

		if (file != NULL)
			fclose(file);
		else if (own != -1)
			close(own);
		free(o);
		errno = why;
		return o == NULL ? RC_NOMEM : RC_IO;
	}
	o->base.kind = &kind;
	o->base.poll_fd = -1;
	o->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, err);
	if (o->pcap == NULL) {
		fclose(file);
		free(o);
		return RC_FORMAT;
	}
	o->linktype = linktype_of_dlt(pcap_datalink(o->pcap));
	*ret_cap = &o->base;
	return RC_OK;
}
