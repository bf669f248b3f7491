/*
 * capture - frames, from a file or an interface, in blocks.
 *
 * A block owns the bytes of its frames, so it can be handed to several threads and comes back
 * to be filled again. Files (pcap in both byte orders and both resolutions, pcapng, gzip or zstd
 * around either, standard input) are read by our own reader; formats that only libpcap knows are
 * read through it. Interfaces are read through libpcap (TPACKET_V3). This is the only room that
 * includes pcap.h.
 *
 * Everything here runs in the sandboxed sensor on descriptors that were opened before: nothing
 * in this room opens a path after capture_open_live().
 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include "base/bytes.h"
#include "base/rc.h"

/* A block takes BLOCK_FILL bytes at a time behind what was left of a record; its table has room for
 * as many frames as these can hold, a pcap record of an empty frame having 16 bytes. */
enum {
	FRAME_MAX = 256 * 1024,
	BLOCK_FILL = 128 * 1024,
	BLOCK_BYTES = 512 * 1024,
	BLOCK_FRAMES = BLOCK_FILL / 16 + 8,
	BLOCK_ALIGN = 4096, /* of a block's bytes: see file.c on what a copy costs */
};

struct frame {
	uint64_t at_ns;    /* since 1970 UTC */
	struct bytes data; /* inside the block; as much as was captured */
	uint32_t wire_len; /* on the wire */
	uint16_t linktype; /* LINKTYPE_* of the interface it came from */
};

struct block {
	struct frame frames[BLOCK_FRAMES];
	size_t n;
	uint8_t *buf; /* the frames' bytes, owned; cap bytes */
	size_t cap, len;
	bool is_fetched; /* by capture_fetch(): so many bytes, and what stopped it, or 0 */
	size_t fetched;
	int fetch_errno;
};

MUST_CHECK enum rc block_new(struct block **ret_block);
void block_free(struct block *b); /* NULL is fine */

struct capture;

struct capture_stats {
	uint64_t frames, bytes;   /* handed out; bytes as captured */
	uint64_t lost_kernel;     /* PACKET_STATISTICS drops (live) */
	uint64_t lost_interface;  /* dropped by the interface: the same for all that share it */
	uint64_t truncated_files; /* files that end in the middle of a record */
	uint64_t cut_frames;      /* frames shorter than on the wire: snap length */
	uint64_t skipped_records; /* records of a file that hold no frame we can read */
};

/*
 * Reads the capture open at `fd`, which stays the caller's to close, after capture_free().
 * `name` is for messages only and must live as long. RC_FORMAT: it is no capture that we know;
 * RC_IO: errno tells; *ret_why (a literal, or text owned by the capture room) says more.
 */
MUST_CHECK enum rc capture_open_fd(int fd, const char *name, struct capture **ret_cap,
				   const char **ret_why);

struct capture_live_options {
	const char *interface;
	const char *filter; /* BPF expression, or NULL */
	bool promiscuous;
	unsigned fanout;    /* how many sensors' workers share the interface: 1 or more */
	unsigned fanout_id; /* the same for all of them */
	size_t ring_bytes;  /* kernel ring per worker */
};

/* Opens an interface: needs CAP_NET_RAW, so it is called before rights are given up. On failure
 * (RC_INVAL: no such interface, or no such filter) `err` (of err_len bytes) holds a sentence that
 * names the interface. */
MUST_CHECK enum rc capture_open_live(const struct capture_live_options *opt,
				     struct capture **ret_cap, char *err, size_t err_len);

/*
 * Fills `b`. A file: RC_OK with at least one frame, RC_END at the end (also of a file cut off,
 * which capture_stats tells), RC_FORMAT or RC_IO when it is broken beyond reading on:
 * capture_error() says how, and what came before stands. Live: waits up to wait_ms and may come
 * back with none; RC_CLOSED when the interface is gone or was taken down.
 */
MUST_CHECK enum rc capture_read(struct capture *c, struct block *b, int wait_ms);

/*
 * Plain files can be read by several threads, each into a block of its own: capture_fetch() brings
 * the bytes of the block with number `ticket` (0, 1, 2 and so on), in any order and at once, and
 * capture_read() is then called for each block in the order of the tickets, by one thread at a
 * time; it may then come back with no frames as well. Nobody has to: capture_read() fetches
 * for itself.
 */
bool capture_can_fetch(const struct capture *c);
void capture_fetch(const struct capture *c, struct block *b, uint64_t ticket);

const char *capture_error(const struct capture *c); /* "" if there was none */

/* For poll(): a descriptor that becomes readable, -1 for files. */
int capture_fd(const struct capture *c);

/* What must stay open to go on reading: capture_fd() and the counters of the interface. None for
 * files, whose descriptor the caller has. Returns how many. */
enum { CAPTURE_FDS = 4 };
size_t capture_fds(const struct capture *c, int ret_fds[CAPTURE_FDS]);

void capture_stats_get(struct capture *c, struct capture_stats *ret_stats);

void capture_free(struct capture *c); /* NULL is fine */

#endif
