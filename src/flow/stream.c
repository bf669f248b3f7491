/*
 * Streams: which bytes anybody wants, and those put in order.
 *
 * Most flows never get a struct stream: their first bytes are shown to the sink straight from
 * the packet, nobody wants them, and the flow is done. A stream is made for bytes that must
 * wait: too few to tell, too early, or followed.
 *
 * Bytes in order go to the reader straight from the packet while nothing of theirs is kept; what
 * it leaves is copied to a buffer of the direction. A hole is given up as soon as the receiver
 * acknowledges what lies behind it: then we missed it. Where the receiver misses it as well, it
 * will be sent again and nothing is given up: otherwise a segment forged far ahead would make us
 * blind for what follows.
 */
#include "flow/held.h"
#include "flow/table.h"

#include <stdlib.h>

enum {
	HEAD_MAX = 64,       /* bytes after which nobody is unsure any more */
	SKIP_AFTER = 16384,  /* of a direction nobody wants, while the other says nothing */
	MID_TRIES = 8,       /* segments that may be the start of a message, mid-stream */
	HELD_BYTES = 65536,  /* behind a hole: a window without scaling */
	AHEAD_MAX = 4 << 20, /* how far ahead a segment may lie */
	AHEAD_COUNT = 32,    /* so many further ahead: the numbers are right, we missed a lot */
	BEHIND_RST = 65536,  /* a RST may be that old */
	HOLE_S = 10,         /* longer than a sender takes to send three times */
	BUF_START = 256,
	BUF_KEEP = 4096, /* an empty buffer of more is given back */
};

struct half {         /* one direction */
	uint8_t *buf; /* in order, not consumed */
	size_t at, len, cap;
	size_t need;    /* bytes the reader waits for */
	uint32_t next;  /* number of the first byte that is not in `buf` yet */
	uint32_t acked; /* the receiver has all before */
	uint32_t fin;
	uint32_t far; /* segments too far ahead in a row */
	struct held held;
	bool has_next, has_acked, has_fin;
	uint8_t dir;
	bool is_waiting; /* on the list of holes */
	struct half *prev, *later;
	uint64_t hole_ns; /* mono: since when it waits */
	/* Frames: since which it waits, or meets segments too far ahead; its sender's last. */
	uint64_t hole_seq, far_seq, heard_seq;
	struct flow *f;
};

struct stream {
	struct half half[2];
	void *reader;
	bool is_followed;
};

static void hole_leave(struct flow_table *t, struct half *h)
{
	if (!h->is_waiting)
		return;
	if (h->prev != NULL)
		h->prev->later = h->later;
	else
		t->hole_first = h->later;
	if (h->later != NULL)
		h->later->prev = h->prev;
	else
		t->hole_last = h->prev;
	h->is_waiting = false;
}

static void hole_join(struct flow_table *t, struct half *h)
{
	h->hole_ns = t->p->mono_ns;
	h->hole_seq = t->p->seq;
	h->prev = t->hole_last;
	h->later = NULL;
	if (h->prev != NULL)
		h->prev->later = h;
	else
		t->hole_first = h;
	t->hole_last = h;
	h->is_waiting = true;
}

static bool has_hole(const struct half *h)
{
	return h->held.first != NULL || (h->has_fin && (int32_t)(h->fin - h->next) > 0);
}

static void hole_update(struct flow_table *t, struct half *h)
{
	if (!has_hole(h))
		hole_leave(t, h);
	else if (!h->is_waiting)
		hole_join(t, h);
}

static void buf_free(struct flow_table *t, struct half *h)
{
	t->buffered -= h->cap;
	free(h->buf);
	h->buf = NULL;
	h->at = h->len = h->cap = 0;
}

/*
 * May `n` bytes more be held? What nobody asked for yet has half of the memory at most, so that
 * many flows of a byte or two cannot take the room of those that are read.
 */
static bool may_hold(const struct flow_table *t, bool is_followed, size_t n)
{
	size_t most = is_followed ? t->limits.buffer_bytes : t->limits.buffer_bytes / 2;

	return t->buffered <= most && n <= most - t->buffered;
}

/* False: the limits, or no memory. */
static bool buf_room(struct flow_table *t, struct half *h, size_t n)
{
	size_t cap = h->cap > 0 ? h->cap : BUF_START, want = h->len + n;

	if (want > t->limits.stream_bytes)
		return false;
	if (h->at > 0 && h->at + want > h->cap) {
		memmove(h->buf, h->buf + h->at, h->len);
		h->at = 0;
	}
	if (h->at + want <= h->cap)
		return true;
	while (cap < want)
		cap *= 2;
	if (cap > t->limits.stream_bytes)
		cap = t->limits.stream_bytes;
	if (!may_hold(t, h->f->stream->is_followed, cap - h->cap))
		return false;

	uint8_t *buf = realloc(h->buf, cap);

	if (buf == NULL)
		return false;
	t->buffered += cap - h->cap;
	h->buf = buf;
	h->cap = cap;
	return true;
}

static bool buf_add(struct flow_table *t, struct half *h, struct bytes in)
{
	if (in.len == 0)
		return true;
	if (!buf_room(t, h, in.len))
		return false;
	memcpy(h->buf + h->at + h->len, in.at, in.len);
	h->len += in.len;
	return true;
}

static void buf_drop(struct flow_table *t, struct half *h, size_t n)
{
	h->at += n;
	h->len -= n;
	if (h->len > 0)
		return;
	h->at = 0;
	if (h->cap > BUF_KEEP)
		buf_free(t, h);
}

static struct flow_view view_of(const struct flow_table *t, const struct flow *f)
{
	return (struct flow_view){
		.client = {f->addr[TO_SERVER], f->port[TO_SERVER]},
		.server = {f->addr[TO_CLIENT], f->port[TO_CLIENT]},
		.vlan = f->net & 0xffffff,
		.is_midstream = (f->marks & MARK_MIDSTREAM) != 0,
		.now = t->p,
	};
}

void stream_close(struct flow_table *t, struct flow *f)
{
	struct stream *s = f->stream;

	f->reading = READ_DONE;
	if (s == NULL)
		return;
	f->stream = NULL;
	for (int dir = 0; dir < 2; dir++) {
		struct half *h = &s->half[dir];

		hole_leave(t, h);
		t->stats.overlaps_differing += h->held.differing;
		t->buffered -= h->held.bytes;
		held_done(&h->held);
		buf_free(t, h);
	}
	t->buffered -= sizeof(*s);
	if (s->is_followed)
		t->sink.closed(t->sink.ctx, s->reader);
	free(s);
}

/* The limits leave no room for it. */
static void give_up(struct flow_table *t, struct flow *f, size_t dropped)
{
	t->stats.shed_streams++;
	t->stats.dropped_bytes += dropped;
	stream_close(t, f);
}

/* From here on, calls that may close the stream return whether it is still there. */

/* Shows `in` to the reader and says how much of it is left. */
static bool read_on(struct flow_table *t, struct flow *f, enum dir dir, struct bytes *in)
{
	struct half *h = &f->stream->half[dir];
	struct flow_view v = view_of(t, f);
	struct step step = t->sink.data(t->sink.ctx, f->stream->reader, &v, dir, *in);

	if (step.verdict != STEP_MORE || step.consumed > in->len ||
	    step.need <= in->len - step.consumed) {
		stream_close(t, f);
		return false;
	}
	*in = bytes_slice(*in, step.consumed, in->len - step.consumed);
	h->need = step.need;
	if (step.need > t->limits.stream_bytes) {
		give_up(t, f, in->len);
		return false;
	}
	return true;
}

/* The reader gets what is in the buffer, if it is enough. */
static bool read_buf(struct flow_table *t, struct flow *f, enum dir dir)
{
	struct half *h = &f->stream->half[dir];

	if (h->len == 0 || h->len < h->need)
		return true;

	struct bytes in = {h->buf + h->at, h->len};

	if (!read_on(t, f, dir, &in))
		return false;
	buf_drop(t, h, h->len - in.len);
	return true;
}

/* Bytes before `h->next` that the reader will not see, apart from what it left in the buffer. */
static bool read_gap(struct flow_table *t, struct flow *f, enum dir dir, uint64_t missing)
{
	struct half *h = &f->stream->half[dir];
	struct flow_view v = view_of(t, f);
	uint64_t all = missing + h->len;

	if (all == 0)
		return true;
	buf_drop(t, h, h->len);
	h->need = 1;
	if (!t->sink.gap(t->sink.ctx, f->stream->reader, &v, dir, all)) {
		stream_close(t, f);
		return false;
	}
	return true;
}

/* Nobody wants the first bytes of `dir`. Has the whole flow been decided by that? */
static bool skip_dir(struct flow *f, enum dir dir)
{
	if ((f->marks & MARK_MIDSTREAM) != 0 && ++f->tries[dir] < MID_TRIES)
		return false;
	f->reading |= (uint8_t)(READ_SKIPS << dir);
	return (f->reading & READ_SKIPS_BOTH) == READ_SKIPS_BOTH;
}

static bool skips(const struct flow *f, enum dir dir)
{
	return (f->reading & READ_SKIPS << dir) != 0;
}

/* `n` bytes of an undecided flow passed unread. True: so many that it is decided. */
static bool pass(struct flow *f, enum dir dir, size_t n)
{
	f->skipped[dir] += (uint32_t)n;
	return f->skipped[dir] > SKIP_AFTER && skips(f, dir);
}

static enum flow_choice classify(struct flow_table *t, const struct flow *f, enum dir dir,
				 struct bytes head, void **ret_reader)
{
	struct flow_view v = view_of(t, f);
	enum flow_choice choice = t->sink.classify(t->sink.ctx, &v, dir, head, ret_reader);

	return choice == FLOW_UNSURE && head.len >= HEAD_MAX ? FLOW_SKIP : choice;
}

static void start_following(struct flow_table *t, struct flow *f, void *reader)
{
	struct stream *s = f->stream;

	s->reader = reader;
	s->is_followed = true;
	f->reading = READ_FOLLOWED;
	t->stats.streams++;
	table_move(t, f, LIST_FOLLOWED);
	s->half[TO_SERVER].need = s->half[TO_CLIENT].need = 1;
}

/* In order, but nobody reads the flow yet. */
static bool consider(struct flow_table *t, struct flow *f, enum dir dir, struct bytes in)
{
	struct half *h = &f->stream->half[dir];
	void *reader = NULL;

	if (skips(f, dir)) {
		if (!pass(f, dir, in.len))
			return true;
		stream_close(t, f);
		return false;
	}
	if (!buf_add(t, h, in)) {
		give_up(t, f, in.len);
		return false;
	}

	enum flow_choice choice =
		classify(t, f, dir, (struct bytes){h->buf + h->at, h->len}, &reader);

	if (choice == FLOW_UNSURE)
		return true;
	if (choice == FLOW_FOLLOW) {
		start_following(t, f, reader);
		/* What the other side said was there before. */
		return read_buf(t, f, dir_other(dir)) && read_buf(t, f, dir);
	}
	(void)pass(f, dir, h->len);
	buf_drop(t, h, h->len);
	if (!skip_dir(f, dir))
		return true;
	stream_close(t, f);
	return false;
}

/* Bytes in order. */
static bool deliver(struct flow_table *t, struct flow *f, enum dir dir, struct bytes in)
{
	struct half *h = &f->stream->half[dir];

	if (in.len == 0)
		return true;
	if (!f->stream->is_followed)
		return consider(t, f, dir, in);
	if (h->len == 0 && in.len >= h->need && !read_on(t, f, dir, &in))
		return false;
	if (!buf_add(t, h, in)) {
		give_up(t, f, h->len + in.len);
		return false;
	}
	return read_buf(t, f, dir);
}

/* The bytes from h->next to `seq` never came. */
static bool skip_to(struct flow_table *t, struct flow *f, enum dir dir, uint32_t seq)
{
	struct half *h = &f->stream->half[dir];
	uint32_t missing = seq - h->next;

	if ((int32_t)missing <= 0)
		return true;
	h->next = seq;
	if (f->stream->is_followed) {
		t->stats.gap_bytes += missing;
		return read_gap(t, f, dir, missing);
	}
	/* The first bytes are lost, but a later segment may start a message. */
	buf_drop(t, h, h->len);
	f->marks |= MARK_MIDSTREAM;
	return true;
}

/* How far `seq` lies ahead of what is in order. */
static int32_t ahead(const struct half *h, uint32_t seq)
{
	return (int32_t)(seq - h->next);
}

/* The capture cut off what lies before `end`: waiting for it is in vain. */
static bool skip_cut(struct flow_table *t, struct flow *f, enum dir dir, uint32_t end)
{
	const struct half *h = &f->stream->half[dir];

	if (h->held.first != NULL && (int32_t)(h->held.first->seq - end) < 0)
		end = h->held.first->seq;
	return ahead(h, end) <= 0 || skip_to(t, f, dir, end);
}

/* What is held and now in order. */
static bool drain(struct flow_table *t, struct flow *f, enum dir dir)
{
	struct half *h = &f->stream->half[dir];

	while (h->held.first != NULL && ahead(h, h->held.first->seq) <= 0) {
		uint32_t before = h->held.bytes;
		struct piece *p = held_take(&h->held);
		uint32_t end = p->seq + p->len;
		bool is_there = true;

		t->buffered -= before - h->held.bytes;
		if (ahead(h, end) > 0) {
			uint32_t old = h->next - p->seq;

			h->next = end;
			is_there =
				deliver(t, f, dir, bytes_slice(piece_bytes(p), old, p->len - old));
		}
		if (is_there && p->missing > 0)
			is_there = skip_cut(t, f, dir, end + p->missing);
		free(p);
		if (!is_there)
			return false;
	}
	hole_update(t, h);
	return true;
}

/* Gives the first hole up. */
static bool give_up_hole(struct flow_table *t, struct flow *f, enum dir dir)
{
	struct half *h = &f->stream->half[dir];
	uint32_t to = h->held.first != NULL ? h->held.first->seq : h->fin;

	hole_leave(t, h); /* the next one waits from now on */
	return skip_to(t, f, dir, to) && drain(t, f, dir);
}

/* The receiver was heard after frame `since`, and misses the same bytes as we do. */
static bool will_come_again(const struct flow *f, enum dir dir, uint64_t since)
{
	const struct half *h = &f->stream->half[dir];

	return f->stream->half[dir_other(dir)].heard_seq > since && h->has_acked &&
	       (int32_t)(h->acked - h->next) <= 0;
}

/* Holes that the receiver does not have. */
static bool check_acked(struct flow_table *t, struct flow *f, enum dir dir)
{
	const struct half *h = &f->stream->half[dir];

	while (h->has_acked && has_hole(h)) {
		uint32_t to = h->held.first != NULL ? h->held.first->seq : h->fin;

		if ((int32_t)(h->acked - to) < 0)
			return true;
		if (!give_up_hole(t, f, dir))
			return false;
	}
	return true;
}

static bool has_room(const struct flow_table *t, const struct half *h, size_t len)
{
	size_t most = t->limits.stream_bytes < HELD_BYTES ? t->limits.stream_bytes : HELD_BYTES;
	size_t cost = held_cost(len);

	return h->held.pieces < HELD_PIECES && h->held.bytes + cost <= most &&
	       may_hold(t, h->f->stream->is_followed, cost);
}

static void hold(struct flow_table *t, struct half *h, uint32_t seq, struct bytes in,
		 uint32_t missing)
{
	uint32_t before = h->held.bytes;

	if (!held_add(&h->held, seq, in, missing))
		t->stats.dropped_bytes += in.len;
	t->buffered += h->held.bytes;
	t->buffered -= before;
	hole_update(t, h);
}

/* Something new that is in order at least in part. */
static bool take_in_order(struct flow_table *t, struct flow *f, enum dir dir, struct bytes in,
			  uint32_t missing)
{
	struct half *h = &f->stream->half[dir];
	uint32_t seq = h->next, before = h->held.bytes;

	if (h->held.first != NULL) {
		held_overlay(&h->held, seq, in);
		t->buffered -= before - h->held.bytes;
	}
	h->next += (uint32_t)in.len;
	if (in.len > 0 && h->is_waiting) { /* a step forward: the rest waits anew */
		hole_leave(t, h);
		hole_update(t, h);
	}
	if (!deliver(t, f, dir, in))
		return false;
	if (missing > 0 && !skip_cut(t, f, dir, seq + (uint32_t)in.len + missing))
		return false;
	return (h->held.first == NULL && !h->has_fin) || drain(t, f, dir);
}

/* A segment that lies ahead. */
static bool take_early(struct flow_table *t, struct flow *f, enum dir dir, uint32_t seq,
		       struct bytes in, uint32_t missing)
{
	struct half *h = &f->stream->half[dir];
	bool is_acked = h->has_acked && (int32_t)(h->acked - seq) >= 0;

	if (!is_acked && ahead(h, seq) > AHEAD_MAX) {
		if (h->far == 0)
			h->far_seq = t->p->seq;
		if (++h->far < AHEAD_COUNT || will_come_again(f, dir, h->far_seq)) {
			t->stats.dropped_bytes += in.len;
			return true;
		}
		if (h->held.first == NULL && !skip_to(t, f, dir, seq))
			return false;
		h->far = 0;
	}
	while (ahead(h, seq) > 0 && !has_room(t, h, in.len)) {
		if (h->held.first == NULL || will_come_again(f, dir, h->hole_seq)) {
			t->stats.dropped_bytes += in.len;
			return true;
		}
		if (!give_up_hole(t, f, dir))
			return false;
	}
	if (ahead(h, seq) > 0) {
		hold(t, h, seq, in, missing);
		return check_acked(t, f, dir);
	}

	uint32_t old = h->next - seq;

	return old > in.len ||
	       take_in_order(t, f, dir, bytes_slice(in, old, in.len - old), missing);
}

/* A retransmission: the same as what is still in the buffer? */
static void compare_old(struct flow_table *t, const struct half *h, uint32_t seq, struct bytes in)
{
	uint32_t start = h->next - (uint32_t)h->len; /* number of the buffer's first byte */
	int32_t skip = (int32_t)(start - seq);
	size_t from = skip > 0 ? 0 : (size_t)-skip;

	if (skip > 0)
		in = bytes_slice(in, (size_t)skip, in.len);
	if (from >= h->len || in.len == 0)
		return;
	if (in.len > h->len - from)
		in.len = h->len - from;
	if (memcmp(h->buf + h->at + from, in.at, in.len) != 0)
		t->stats.overlaps_differing++;
}

static struct stream *stream_new(struct flow_table *t, struct flow *f, bool is_wanted)
{
	struct stream *s = NULL;

	if (may_hold(t, is_wanted, sizeof(*s)))
		s = calloc(1, sizeof(*s));
	if (s == NULL)
		return NULL;
	t->buffered += sizeof(*s);
	for (int dir = 0; dir < 2; dir++) {
		struct half *h = &s->half[dir];

		h->dir = (uint8_t)dir;
		h->f = f;
		h->next = f->seq_next[dir];
		h->has_next = (f->known & 1 << dir) != 0;
	}
	f->stream = s;
	return s;
}

/* A segment of a flow without a stream. False: it takes a stream to go on with it. */
static bool glance(struct flow_table *t, struct flow *f, enum dir dir, uint32_t seq,
		   struct bytes in)
{
	uint32_t end = seq + (uint32_t)in.len;
	void *reader = NULL;

	if ((f->known & 1 << dir) == 0) {
		f->known |= (uint8_t)(1 << dir);
		f->seq_next[dir] = seq;
	}
	if (in.len == 0 || (int32_t)(end - f->seq_next[dir]) <= 0)
		return true; /* old, or cut off as a whole */
	if (skips(f, dir)) {
		f->seq_next[dir] = end;
		if (pass(f, dir, in.len))
			f->reading = READ_DONE;
		return true;
	}
	if (seq != f->seq_next[dir])
		return false;

	enum flow_choice choice = classify(t, f, dir, in, &reader);

	if (choice == FLOW_SKIP) {
		f->seq_next[dir] = end;
		(void)pass(f, dir, in.len);
		if (skip_dir(f, dir))
			f->reading = READ_DONE;
		return true;
	}
	if (stream_new(t, f, choice == FLOW_FOLLOW) == NULL) {
		if (choice == FLOW_FOLLOW) {
			t->stats.streams++;
			t->sink.closed(t->sink.ctx, reader);
		}
		give_up(t, f, in.len);
		return true;
	}
	if (choice == FLOW_FOLLOW)
		start_following(t, f, reader);
	f->stream->half[dir].has_next = true;
	f->stream->half[dir].next = end;
	if (choice == FLOW_FOLLOW)
		(void)deliver(t, f, dir, in);
	else if (!buf_add(t, &f->stream->half[dir], in))
		give_up(t, f, in.len);
	return true;
}

void stream_data(struct flow_table *t, struct flow *f, enum dir dir, uint32_t seq, struct bytes in,
		 uint32_t missing)
{
	if (f->reading == READ_DONE)
		return;
	if (f->stream == NULL && glance(t, f, dir, seq, in)) {
		uint32_t end = seq + (uint32_t)in.len;

		if (f->stream != NULL)
			(void)skip_cut(t, f, dir, end + missing);
		else if (f->seq_next[dir] == end)
			f->seq_next[dir] += missing;
		return;
	}
	if (f->stream == NULL && stream_new(t, f, false) == NULL) {
		give_up(t, f, in.len);
		return;
	}

	struct half *h = &f->stream->half[dir];

	h->heard_seq = t->p->seq;
	if (!h->has_next) { /* the first that we hear of it */
		h->has_next = true;
		h->next = seq;
	}
	if (ahead(h, seq) > 0) {
		(void)take_early(t, f, dir, seq, in, missing);
		return;
	}

	uint32_t old = h->next - seq;

	h->far = 0;
	if (old > 0 && h->len > 0)
		compare_old(t, h, seq, in);
	if (old < in.len || (old == in.len && missing > 0))
		(void)take_in_order(t, f, dir, bytes_slice(in, old, in.len - old), missing);
}

void stream_ack(struct flow_table *t, struct flow *f, enum dir dir, uint32_t ack)
{
	if (f->stream == NULL)
		return;

	struct half *h = &f->stream->half[dir_other(dir)];

	f->stream->half[dir].heard_seq = t->p->seq;
	if (!h->has_acked || (int32_t)(ack - h->acked) > 0) {
		h->has_acked = true;
		h->acked = ack;
	}
	if (h->is_waiting)
		(void)check_acked(t, f, dir_other(dir));
}

void stream_fin(struct flow_table *t, struct flow *f, enum dir dir, uint32_t seq)
{
	if (f->stream == NULL)
		return;

	struct half *h = &f->stream->half[dir];

	if (h->has_fin || (h->has_next && (ahead(h, seq) < 0 || ahead(h, seq) > AHEAD_MAX)))
		return;
	if (!h->has_next) {
		h->has_next = true;
		h->next = seq;
	}
	h->has_fin = true;
	h->fin = seq;
	hole_update(t, h);
	(void)check_acked(t, f, dir);
}

bool stream_takes_rst(const struct flow *f, enum dir dir, uint32_t seq)
{
	if (f->stream == NULL || !f->stream->half[dir].has_next)
		return true;

	int32_t at = ahead(&f->stream->half[dir], seq);

	return at >= -BEHIND_RST && at <= AHEAD_MAX;
}

bool stream_is_over(const struct flow *f)
{
	if (f->stream == NULL)
		return true;
	for (int dir = 0; dir < 2; dir++) {
		const struct half *h = &f->stream->half[dir];

		if (h->has_fin && ahead(h, h->fin) > 0)
			return false;
	}
	return true;
}

void stream_end(struct flow_table *t, struct flow *f)
{
	for (int dir = 0; dir < 2; dir++) {
		while (f->stream != NULL && has_hole(&f->stream->half[dir]))
			(void)give_up_hole(t, f, (enum dir)dir);
	}
	stream_close(t, f);
}

void stream_tick(struct flow_table *t)
{
	while (t->hole_first != NULL &&
	       t->p->mono_ns - t->hole_first->hole_ns >= HOLE_S * NS_PER_S) {
		struct half *h = t->hole_first;
		bool again = will_come_again(h->f, (enum dir)h->dir, h->hole_seq);

		hole_leave(t, h);
		if (again)
			hole_join(t, h);
		else
			(void)give_up_hole(t, h->f, (enum dir)h->dir);
	}
}
