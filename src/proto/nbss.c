/*
 * nbss - the stream that carries SMB on whatever port: NetBIOS session messages with SMB 1, 2, 3.
 *
 * A message's head is understood as soon as it is there; the rest passes by. So a stream makes the
 * engine hold a head at most, whatever lengths it claims, and a gap in file contents does no harm.
 * After a gap elsewhere the next message is looked for.
 *
 * Events of a message that comes in several segments wait for its last one: that is the frame
 * under which Wireshark shows it.
 */
#include "proto/nbss.h"

#include "proto/nbss_find.h"
#include "proto/smb.h"
#include "wire/nbss.h"
#include "wire/smb1.h"
#include "wire/smb2.h"

enum {
	MAGIC = 4,
	HELD_MAX = 4,                    /* events that wait; longer chains are told at once */
	PROBE = NBSS_HEADER + MAGIC + 2, /* what a first message is known by */
};

struct held {
	struct event ev;
	enum dir dir;
	uint8_t name[EV_NAME_MAX];
};

struct side {                /* one direction */
	uint32_t frame_left; /* of the NBSS message */
	uint32_t part_left;  /* of the SMB message in it, once its head is understood */
	uint32_t part_pos;
	unsigned place; /* of the next SMB message in its compound */
	bool is_known;  /* a message was seen */
	bool is_lost;   /* looking for one */
	bool is_start;  /* of body.file's contents: nothing of it was fed */
	struct smb_body body;
	struct file *related;
	struct held *held;
	unsigned n_held;
};

struct nbss_stream {
	struct quota quota;
	struct files files;
	struct side side[2];
	bool was_encrypted, was_compressed;
};

struct turn { /* one call of feed() */
	struct nbss_stream *s;
	struct side *side;
	enum dir dir;
	const struct proto_out *out;
	struct reader r;
};

static bool starts_smb(struct bytes msg)
{
	static const uint8_t smb[] = {'S', 'M', 'B'};

	return msg.len >= MAGIC && msg.at[0] >= 0xfc && memcmp(msg.at + 1, smb, sizeof(smb)) == 0;
}

/* At least PROBE bytes: is this an NBSS message with SMB in it? */
static bool is_message(struct bytes at)
{
	struct reader r = {.rest = at};
	struct nbss n = {0};

	if (!nbss_read(&r, &n) || n.type != NBSS_MESSAGE || n.len < SMB1_HEADER ||
	    !starts_smb(r.rest))
		return false;
	if (r.rest.at[0] == 0xfe) /* StructureSize */
		return r.rest.at[4] == SMB2_HEADER && r.rest.at[5] == 0;
	return true;
}

static enum proto_match nbss_probe(enum dir dir, struct bytes head)
{
	struct reader r = {.rest = head};
	struct nbss n = {0};

	(void)dir;
	if (!nbss_read(&r, &n)) {
		if (head.len > 0 && head.at[0] != NBSS_MESSAGE &&
		    (head.at[0] < NBSS_REQUEST || head.at[0] > NBSS_KEEPALIVE))
			return PROTO_NO;
		return PROTO_UNSURE;
	}
	if (!nbss_is_sane(&n))
		return PROTO_NO;
	if (n.type == NBSS_REQUEST) {
		uint8_t name[16];

		if (head.len < NBSS_HEADER + 34)
			return head.len > NBSS_HEADER && head.at[NBSS_HEADER] != 32 ? PROTO_NO
										    : PROTO_UNSURE;
		return nbss_read_name(&r, name) ? PROTO_YES : PROTO_NO;
	}
	if (n.type != NBSS_MESSAGE) /* too little to go by */
		return PROTO_UNSURE;
	if (n.len < SMB1_HEADER)
		return PROTO_NO;
	if (r.rest.len < PROBE - NBSS_HEADER)
		return r.rest.len == 0 || r.rest.at[0] >= 0xfc ? PROTO_UNSURE : PROTO_NO;
	return is_message(head) ? PROTO_YES : PROTO_NO;
}

static void flush(struct turn *t)
{
	for (unsigned i = 0; i < t->side->n_held; i++) {
		struct held *h = &t->side->held[i];

		t->out->event(t->out->ctx, h->dir, &h->ev);
	}
	t->side->n_held = 0;
}

/* out->event() of a message that is not all here. */
static void hold(void *ctx, enum dir dir, struct event *ev)
{
	struct turn *t = ctx;
	struct side *side = t->side;
	struct bytes *name = ev->kind == EV_SMB1 ? &ev->smb1.name : &ev->smb2.name;

	if ((ev->kind != EV_SMB1 && ev->kind != EV_SMB2) || side->n_held == HELD_MAX) {
		t->out->event(t->out->ctx, dir, ev);
		return;
	}
	if (side->held == NULL) /* not of the quota: it must not matter how a stream is cut */
		side->held = calloc(HELD_MAX, sizeof(*side->held));
	if (side->held == NULL) {
		t->out->event(t->out->ctx, dir, ev);
		return;
	}
	struct held *h = &side->held[side->n_held++];

	if (name->len > 0)
		memcpy(h->name, name->at, name->len); /* file_new() cuts it to EV_NAME_MAX */
	*name = (struct bytes){h->name, name->len};
	h->ev = *ev;
	h->dir = dir;
}

static void pass_anomaly(void *ctx, enum dir dir, const char *proto, const char *what)
{
	struct turn *t = ctx;

	t->out->anomaly(t->out->ctx, dir, proto, what);
}

static void pass_blind(void *ctx, enum dir dir, const char *what)
{
	struct turn *t = ctx;

	t->out->blind(t->out->ctx, dir, what);
}

static void end_part(struct turn *t)
{
	struct side *side = t->side;

	flush(t);
	file_drop(&t->s->files, side->body.file);
	side->body = (struct smb_body){0};
	side->part_pos = 0;
	if (side->frame_left == 0) {
		file_drop(&t->s->files, side->related);
		side->related = NULL;
		side->place = 0;
	}
}

/* The understood message passes by. */
static void pass(struct turn *t)
{
	struct side *side = t->side;
	struct bytes in = rd_take_upto(&t->r, side->part_left);
	struct smb_body *b = &side->body;

	if (in.len == side->part_left)
		flush(t); /* before what its contents tell */
	if (b->file != NULL && in.len > 0) {
		size_t skip = b->at > side->part_pos ? b->at - side->part_pos : 0;
		size_t stop = b->end > side->part_pos ? b->end - side->part_pos : 0;
		struct bytes mine = bytes_slice(in, skip, stop > skip ? stop - skip : 0);

		if (mine.len > 0) {
			file_feed(&t->s->files, b->file, t->dir, mine, side->is_start,
				  (enum ev_carrier)b->carrier, t->out);
			side->is_start = false;
		}
	}
	side->part_pos += (uint32_t)in.len;
	side->part_left -= (uint32_t)in.len;
	side->frame_left -= (uint32_t)in.len;
	if (side->part_left == 0)
		end_part(t);
}

static void skip_frame(struct turn *t)
{
	t->side->part_left = t->side->frame_left;
	t->side->body = (struct smb_body){0};
}

/* Something starts that cannot be looked into, or is nothing. */
static void opaque(struct turn *t, struct bytes msg)
{
	enum smb2_kind kind = smb2_kind_of(msg);

	if (kind == SMB2_TRANSFORM) {
		if (!t->s->was_encrypted)
			t->out->blind(t->out->ctx, t->dir, "smb3-encrypted");
		t->s->was_encrypted = true;
	} else if (kind == SMB2_COMPRESSED) {
		if (!t->s->was_compressed)
			t->out->blind(t->out->ctx, t->dir, "smb3-compressed");
		t->s->was_compressed = true;
	} else if (t->s->files.raw_next[t->dir]) {
		t->s->files.raw_next[t->dir] = false;
	} else {
		t->out->anomaly(t->out->ctx, t->dir, "nbss", "no-smb");
	}
	skip_frame(t);
}

/* How long the SMB 2 message at the start of `msg` is. */
static uint32_t compound_part(const struct turn *t, struct bytes msg, bool *ret_is_bad)
{
	struct smb2_header h;
	uint32_t left = t->side->frame_left;

	*ret_is_bad = false;
	if (!smb2_read_header(msg, &h) || h.next == 0)
		return left;
	*ret_is_bad = h.next < SMB2_HEADER || h.next % 8 != 0 || h.next > left - SMB2_HEADER;
	return *ret_is_bad ? left : h.next;
}

/* A message starts. Returns how much of it must be there; 0: it is understood. */
static size_t start_part(struct turn *t)
{
	struct side *side = t->side;
	struct bytes here = bytes_slice(t->r.rest, 0, side->frame_left);
	size_t start = side->frame_left < SMB2_HEADER ? side->frame_left : SMB2_HEADER;
	bool is_1, is_2, is_bad = false;

	if (here.len < start)
		return start;
	is_1 = here.len >= MAGIC && here.at[0] == 0xff && starts_smb(here);
	is_2 = smb2_kind_of(here) == SMB2_PLAIN;
	if (!is_1 && !is_2) {
		opaque(t, here);
		return 0;
	}
	struct nbss_stream *s = t->s;
	uint32_t whole = is_2 ? compound_part(t, here, &is_bad) : side->frame_left;
	struct smb_message m = {t->dir, bytes_slice(here, 0, whole), whole};
	size_t need = is_2 ? smb2_head(m.head, whole) : smb1_head(m.head, whole);
	const struct proto_out waiting = {hold, pass_anomaly,  pass_blind,
					  t,    t->out->wants, t->out->seq};

	if (m.head.len < need)
		return need;
	if (is_bad)
		t->out->anomaly(t->out->ctx, t->dir, "smb2", "bad-next-command");
	m.head.len = need;
	side->part_left = whole;
	side->part_pos = 0;
	side->is_start = true;
	const struct proto_out *out = here.len < whole ? &waiting : t->out;

	if (is_2)
		smb2_message(&s->files, &m, side->place++, &side->related, &side->body, out);
	else
		smb1_message(&s->files, &m, &side->body, out);
	return 0;
}

/* The four bytes before a message. False: this is none. */
static bool frame(struct turn *t, struct nbss n)
{
	if (!nbss_is_sane(&n)) {
		/* The first of a direction may be from the middle of something. */
		if (t->side->is_known)
			t->out->anomaly(t->out->ctx, t->dir, "nbss", "bad-header");
		t->side->is_lost = true;
		return false;
	}
	t->side->is_known = true;
	t->side->frame_left = n.len;
	if (n.type != NBSS_MESSAGE)
		skip_frame(t);
	return true;
}

static struct step nbss_feed(void *state, enum dir dir, struct bytes in,
			     const struct proto_out *out)
{
	struct nbss_stream *s = state;
	struct turn t = {s, &s->side[dir], dir, out, {.rest = in}};
	struct side *side = t.side;

	if (!files_init(&s->files, &s->quota)) {
		quota_hit(&s->quota, dir, out);
		return (struct step){STEP_REJECT, 0, 0};
	}
	for (;;) {
		size_t need = 0;

		if (side->is_lost) {
			side->is_lost = !nbss_find(&t.r, &need);
			if (!side->is_lost)
				need = 0;
		} else if (side->part_left > 0) {
			pass(&t);
			need = side->part_left > 0 ? 1 : 0;
		} else if (side->frame_left > 0) {
			need = start_part(&t);
		} else if (t.r.rest.len < NBSS_HEADER) {
			need = NBSS_HEADER;
		} else {
			struct reader ahead = t.r;
			struct nbss n = {0};

			if (nbss_read(&ahead, &n) && frame(&t, n))
				t.r = ahead;
		}
		if (need > 0)
			return (struct step){STEP_MORE, in.len - t.r.rest.len, need};
	}
}

static void lose(struct turn *t)
{
	struct side *side = t->side;

	file_gap(side->body.file, t->dir, UINT32_MAX);
	side->frame_left = side->part_left = 0;
	end_part(t);
	side->is_lost = true;
}

static bool nbss_gap(void *state, enum dir dir, uint64_t missing, const struct proto_out *out)
{
	struct nbss_stream *s = state;
	struct turn t = {s, &s->side[dir], dir, out, {.bad = false}};
	struct side *side = t.side;
	struct smb_body *b = &side->body;

	if (missing > side->frame_left) {
		lose(&t);
		return true;
	}
	side->frame_left -= (uint32_t)missing;
	if (missing > side->part_left) { /* the rest cannot be understood, but it ends in sight */
		file_gap(b->file, dir, UINT32_MAX);
		end_part(&t);
		side->part_left = side->frame_left;
		return true;
	}
	/* What is missing of the contents is told to their reader. */
	uint64_t from = side->part_pos > b->at ? side->part_pos : b->at;
	uint64_t to = side->part_pos + missing < b->end ? side->part_pos + missing : b->end;

	if (b->file != NULL && to > from) {
		file_gap(b->file, dir, to - from);
		side->is_start = false;
	}
	side->part_pos += (uint32_t)missing;
	side->part_left -= (uint32_t)missing;
	if (side->part_left == 0)
		end_part(&t);
	return true;
}

static size_t nbss_held(const void *state)
{
	const struct nbss_stream *s = state;
	size_t n = files_held(&s->files) + s->quota.used;

	for (int i = 0; i < 2; i++) {
		if (s->side[i].held != NULL)
			n += HELD_MAX * sizeof(*s->side[i].held);
	}
	return n;
}

static void nbss_fini(void *state)
{
	struct nbss_stream *s = state;

	for (int i = 0; i < 2; i++) {
		file_drop(&s->files, s->side[i].body.file);
		file_drop(&s->files, s->side[i].related);
		free(s->side[i].held);
	}
	files_done(&s->files);
}

const struct proto proto_nbss = {
	.name = "nbss",
	.spec = "RFC 1002 4.3; MS-CIFS 2.1; MS-SMB2 2.1",
	.state_size = sizeof(struct nbss_stream),
	.probe = nbss_probe,
	.feed = nbss_feed,
	.gap = nbss_gap,
	.held = nbss_held,
	.fini = nbss_fini,
};
