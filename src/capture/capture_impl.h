/*
 * capture_impl - how the kinds of captures stand behind capture.h: files that we read ourselves
 * (file.c with pcap.c and pcapng.c), files that only libpcap reads (oddfile.c), interfaces
 * (live.c).
 */
#ifndef CAPTURE_CAPTURE_IMPL_H
#define CAPTURE_CAPTURE_IMPL_H

#include "capture/capture.h"
#include "capture/source.h"

enum { CAPTURE_ERROR = 320 };

struct capture;

struct capture_kind {
	enum rc (*read)(struct capture *c, struct block *b, int wait_ms);
	/* Brings the bytes of block `ticket`, touching nothing but the block; or NULL. */
	void (*fetch)(const struct capture *c, struct block *b, uint64_t ticket);
	void (*update)(struct capture *c); /* brings c->stats up to date; or NULL */
	void (*free)(struct capture *c);
	size_t (*fds)(const struct capture *c, int ret_fds[CAPTURE_FDS]); /* or NULL */
};

struct capture { /* each kind's own struct starts with one */
	const struct capture_kind *kind;
	struct capture_stats stats;
	int poll_fd; /* or -1 */
	char error[CAPTURE_ERROR];
};

/* A run over bytes that are there, by one of the file formats. */
struct scan {
	struct bytes in; /* what is left; starts at a record */
	struct block *b; /* gets the frames; they lie in `in` */
	struct capture_stats *stats;
	uint64_t skip;     /* bytes past the end of `in` that belong to the last record */
	const char *error; /* a literal, with RC_FORMAT */
};

/* Puts a frame into the block, which has room. */
static inline void scan_add(struct scan *s, uint64_t at_ns, struct bytes data, uint32_t wire_len,
			    uint16_t linktype)
{
	uint32_t len = (uint32_t)data.len;

	s->b->frames[s->b->n++] =
		(struct frame){at_ns, data, wire_len > len ? wire_len : len, linktype};
	s->stats->bytes += len;
	s->stats->cut_frames += len < wire_len;
}

/*
 * A file format. scan() takes whole records off s->in until it is empty, ends in the middle of a
 * record, or the block is full. RC_FORMAT: s->in starts at a record that cannot be one.
 * How the bytes were cut into runs must not change what comes out.
 */
struct format {
	enum rc (*scan)(void *state, struct scan *s);
	void (*free)(void *state);
};

/* Each takes the first bytes of a file, FORMAT_HEAD or fewer. RC_FORMAT: not theirs, or not one
 * they can read: *ret_why is set then if the file is meant to be theirs. */
enum { FORMAT_HEAD = 24 };

struct opened {
	const struct format *format;
	void *state;
	size_t head; /* bytes of the file before the first record */
};

MUST_CHECK enum rc pcap_format_open(struct bytes head, struct opened *ret_opened,
				    const char **ret_why);
MUST_CHECK enum rc pcapng_format_open(struct bytes head, struct opened *ret_opened,
				      const char **ret_why);

/* Takes `src` and `opened` over, also when it fails. `head` are the bytes taken off src so far. */
MUST_CHECK enum rc file_capture_new(struct source *src, struct opened opened, struct bytes head,
				    struct capture **ret_cap);

/* Reads a seekable file from where it starts through libpcap. RC_FORMAT: it does not know it. */
MUST_CHECK enum rc odd_capture_new(int fd, struct capture **ret_cap);

/* LINKTYPE_* for libpcap's DLT_*, which differ for old values. */
uint16_t linktype_of_dlt(int dlt);

/* "not a capture: it starts like …": a literal. */
const char *looks_like(struct bytes head);

#endif
