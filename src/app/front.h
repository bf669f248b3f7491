/*
 * front - from blocks of frames to batches of packets, ready for the workers.
 *
 * The front takes the frames apart, says which shard owns each packet, keeps the clock that never
 * goes back, and puts fragments together. A batch goes to all workers in turn; each takes the
 * packets of its shards. What a worker learns it leaves in the batch's list of its own, so the
 * analyst can put the lists together in the order of the frames.
 */
#ifndef APP_FRONT_H
#define APP_FRONT_H

#include "capture/capture.h"
#include "event/list.h"
#include "flow/flow.h"
#include "model/coverage.h"
#include "wire/packet.h"

enum { WORKERS_MAX = FLOW_SHARDS }; /* a worker without a shard would idle */

struct batch {
	struct block *block;
	struct packet packets[BLOCK_FRAMES];
	size_t n;
	struct event_list out[WORKERS_MAX];
	uint64_t seq;     /* of the first frame */
	const char *file; /* whose frames these are, and the number of its first; NULL: live */
	uint64_t first_seq;
	uint64_t frames_so_far, bytes_so_far; /* of the file, for the status */
	uint64_t undecoded;                   /* frames that hold nothing quell reads */
	uint8_t *datagrams;                   /* payloads put together from fragments; owned */
	size_t datagrams_len, datagrams_cap;
};

struct front_options {
	size_t fragments, fragment_bytes;
	uint64_t seed;     /* for hashing */
	uint64_t start_ns; /* live: the time at which all fronts start; 0: the first packet's */
	size_t events_max; /* bytes of events that one worker may leave in a batch */
};

struct front;

MUST_CHECK enum rc front_new(const struct front_options *opt, struct front **ret_front);
void front_free(struct front *f); /* NULL is fine */

MUST_CHECK enum rc batch_new(const struct front_options *opt, struct batch **ret_batch);
void batch_free(struct batch *b); /* NULL is fine */

/* Takes the frames of b->block apart into b->packets; the first is number b->seq. Touches nothing
 * but the batch: several threads may do it at once. */
void front_decode(const struct front *f, struct batch *b);

/* What needs the batches in order: moves the clock, and puts fragments together. */
void front_order(struct front *f, struct batch *b);

/* A batch without frames, whose one packet only moves the clock: nothing came for a while. */
void front_idle(struct front *f, struct batch *b, uint64_t seq, uint64_t at_ns);

struct front_times {
	uint64_t first_ns, last_ns; /* earliest and latest packet time */
	uint64_t mono_ns;           /* the clock now */
};

void front_times(const struct front *f, struct front_times *ret_times);

/* Adds what the front itself knows: fragments, undecoded packets. */
void front_coverage(const struct front *f, struct coverage *c);

#endif
