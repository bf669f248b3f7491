/* The table: entries, their index and lists, what a full table sheds, and time passing. */
#include "flow/table.h"

#include <stdlib.h>

enum {
	CLOSED_S = 60,       /* longer than the pauses between most retransmissions of a SYN */
	SECOND_CHANCES = 16, /* entries that one eviction may look at */
	SYNS_UNANSWERED = 3, /* so many in vain are an outcome even if the capture ends then */
};

enum { UNITS_PER_100_S = 745 }; /* of table_when() */

static uint32_t units(unsigned s)
{
	uint64_t n = (uint64_t)s * UNITS_PER_100_S / 100;

	return n < INT32_MAX ? (uint32_t)n : INT32_MAX;
}

static bool is_later(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

enum rc flow_table_new(const struct flow_limits *limits, const struct flow_sink *sink,
		       uint64_t seed, struct flow_table **ret_table)
{
	uint32_t slots = 16;

	(void)seed; /* it is in the packets' hashes */
	if (limits->flows == 0 || limits->flows > INT32_MAX / 2 || limits->buffer_bytes == 0 ||
	    limits->stream_bytes == 0 || limits->syn_timeout_s == 0 || limits->idle_timeout_s == 0)
		return RC_INVAL;
	while (slots < 2 * limits->flows)
		slots *= 2;

	struct flow_table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return RC_NOMEM;
	t->limits = *limits;
	if (t->limits.stream_bytes > INT32_MAX / 2)
		t->limits.stream_bytes = INT32_MAX / 2;
	t->sink = *sink;
	t->mask = slots - 1;
	t->slots = calloc(slots, sizeof(*t->slots));
	/* Never zeroed as a whole: pages that no flow needs are never touched. */
	t->flows = aligned_alloc(sizeof(*t->flows), limits->flows * sizeof(*t->flows));
	t->free = NOBODY;
	for (int i = 0; i < LISTS; i++)
		t->first[i] = t->last[i] = NOBODY;
	t->syn_timeout_ns = limits->syn_timeout_s * NS_PER_S;
	t->idle = units(limits->idle_timeout_s);
	if (t->slots == NULL || t->flows == NULL) {
		free(t->slots);
		free(t->flows);
		free(t);
		return RC_NOMEM;
	}
	*ret_table = t;
	return RC_OK;
}

void flow_table_free(struct flow_table *t)
{
	if (t == NULL)
		return;
	t->p = &t->end;
	for (int list = 0; list < LISTS; list++) {
		for (uint32_t i = t->first[list]; i != NOBODY; i = t->flows[i].next)
			stream_close(t, &t->flows[i]);
	}
	free(t->slots);
	free(t->flows);
	free(t);
}

void flow_stats_get(const struct flow_table *t, struct flow_stats *ret_stats)
{
	*ret_stats = t->stats;
}

void flow_prefetch_slot(const struct flow_table *t, uint32_t hash)
{
	__builtin_prefetch(&t->slots[hash & t->mask], 1);
}

void flow_prefetch(const struct flow_table *t, uint32_t hash)
{
	const struct slot *a = &t->slots[hash & t->mask], *b = &t->slots[(hash + 1) & t->mask];
	uint32_t entry = a->hash == hash ? a->entry : b->hash == hash ? b->entry : 0;

	if (entry != 0)
		__builtin_prefetch(&t->flows[entry - 1], 1);
}

static bool ends_are(const struct flow *f, const struct packet *p, int src)
{
	return f->port[src] == p->sport && f->port[!src] == p->dport &&
	       addr_eq(&f->addr[src], &p->src) && addr_eq(&f->addr[!src], &p->dst);
}

struct flow *table_find(const struct flow_table *t, const struct packet *p, enum dir *ret_dir)
{
	uint32_t net = table_net(p);

	for (uint32_t i = p->hash & t->mask; t->slots[i].entry != 0; i = (i + 1) & t->mask) {
		struct flow *f = &t->flows[t->slots[i].entry - 1];

		if (t->slots[i].hash != p->hash || f->net != net)
			continue;
		if (ends_are(f, p, TO_SERVER)) {
			*ret_dir = TO_SERVER;
			return f;
		}
		if (ends_are(f, p, TO_CLIENT)) {
			*ret_dir = TO_CLIENT;
			return f;
		}
	}
	return NULL;
}

static void index_add(struct flow_table *t, const struct flow *f)
{
	uint32_t i = f->hash & t->mask;

	while (t->slots[i].entry != 0)
		i = (i + 1) & t->mask;
	t->slots[i] = (struct slot){f->hash, table_entry(t, f) + 1};
}

/* Takes the entry out and moves up what stands behind it, so that no tombstones are left. */
static void index_del(struct flow_table *t, const struct flow *f)
{
	uint32_t hole = f->hash & t->mask, entry = table_entry(t, f) + 1;

	while (t->slots[hole].entry != entry)
		hole = (hole + 1) & t->mask;
	for (uint32_t i = (hole + 1) & t->mask; t->slots[i].entry != 0; i = (i + 1) & t->mask) {
		if (((i - t->slots[i].hash) & t->mask) >= ((i - hole) & t->mask)) {
			t->slots[hole] = t->slots[i];
			hole = i;
		}
	}
	t->slots[hole].entry = 0;
}

static void unlink_entry(struct flow_table *t, const struct flow *f)
{
	if (f->prev != NOBODY)
		t->flows[f->prev].next = f->next;
	else
		t->first[f->list] = f->next;
	if (f->next != NOBODY)
		t->flows[f->next].prev = f->prev;
	else
		t->last[f->list] = f->prev;
}

static void append_entry(struct flow_table *t, struct flow *f, enum flow_list list)
{
	uint32_t i = table_entry(t, f);

	f->list = (uint8_t)list;
	f->queued = table_when(t->p);
	f->prev = t->last[list];
	f->next = NOBODY;
	if (f->prev != NOBODY)
		t->flows[f->prev].next = i;
	else
		t->first[list] = i;
	t->last[list] = i;
}

void table_move(struct flow_table *t, struct flow *f, enum flow_list list)
{
	unlink_entry(t, f);
	append_entry(t, f, list);
}

/* A flow's end, as far as the counters go. */
static void count_end(struct flow_table *t, const struct flow *f)
{
	if ((f->marks & MARK_TELLS_SIDED) != 0 && (f->marks & HEARD_BOTH) != HEARD_BOTH)
		t->stats.one_sided++;
}

static void release(struct flow_table *t, struct flow *f)
{
	count_end(t, f);
	if (f->stream != NULL)
		stream_end(t, f);
	index_del(t, f);
	unlink_entry(t, f);
	f->next = t->free;
	t->free = table_entry(t, f);
}

static bool is_overdue(const struct flow_table *t, const struct flow *f)
{
	return t->p->mono_ns - f->first_mono >= t->syn_timeout_ns;
}

/* What becomes of an entry of LIST_HALF whose time is up. */
static void expire_half(struct flow_table *t, struct flow *f)
{
	if (f->state == STATE_HALF) {
		conn_tell(t, f, FLOW_UNANSWERED, false);
		f->state = STATE_GAVE_UP;
		table_move(t, f, LIST_CLOSED);
	} else if (f->last != f->queued) {
		table_move(t, f, LIST_PLAIN);
	} else {
		release(t, f);
	}
}

/* The first entry of a list that was not used since it was put there. */
static struct flow *least_used(struct flow_table *t, enum flow_list list)
{
	for (int i = 0; i < SECOND_CHANCES; i++) {
		struct flow *f = &t->flows[t->first[list]];

		if (!is_later(f->last, f->queued))
			return f;
		table_move(t, f, list);
	}
	return &t->flows[t->first[list]];
}

/* A flood pushes entries out one after the other: have ready what that will touch. gcc drops calls
 * of a function that only fetches as having no effect, so this must be part of its callers. */
static inline __attribute__((always_inline)) void expect_shed(const struct flow_table *t,
							      const struct flow *f)
{
	if (f->next == NOBODY)
		return;

	const struct flow *next = &t->flows[f->next];

	__builtin_prefetch(&t->slots[next->hash & t->mask], 1);
	if (next->next == NOBODY)
		return;
	__builtin_prefetch(&t->flows[next->next], 1);
	__builtin_prefetch(&t->flows[next->next].first_seq, 1);
}

/* Makes room for one. */
static void shed(struct flow_table *t)
{
	struct flow *f = NULL;

	if (t->first[LIST_CLOSED] != NOBODY) {
		f = &t->flows[t->first[LIST_CLOSED]];
		expect_shed(t, f);
		release(t, f);
		return;
	}
	if (t->first[LIST_HALF] != NOBODY) {
		f = &t->flows[t->first[LIST_HALF]];
		if (f->state == STATE_HALF && is_overdue(t, f)) {
			conn_tell(t, f, FLOW_UNANSWERED, false);
			release(t, f);
			return;
		}
		expect_shed(t, f);
	} else {
		f = least_used(t, t->first[LIST_PLAIN] != NOBODY ? LIST_PLAIN : LIST_FOLLOWED);
	}
	t->stats.shed_flows++;
	t->stats.shed_streams += f->reading == READ_FOLLOWED;
	release(t, f);
}

static void set_up(struct flow_table *t, struct flow *f, enum dir dir)
{
	const struct packet *p = t->p;
	unsigned src = dir; /* the sender's place in the arrays */

	f->addr[src] = p->src;
	f->addr[!src] = p->dst;
	f->port[src] = p->sport;
	f->port[!src] = p->dport;
	f->net = table_net(p);
	f->hash = p->hash;
	f->last = table_when(p);
	f->state = STATE_HALF;
	f->marks = dir == TO_SERVER ? HEARD_CLIENT : HEARD_SERVER;
	f->reading = READ_UNDECIDED;
	f->first_seq = p->seq;
	f->first_ns = p->at_ns;
	f->first_mono = p->mono_ns;
	f->stream = NULL;
	f->skipped[0] = f->skipped[1] = 0;
	f->known = 0;
	f->syns = 0;
	f->late = 0;
	f->tries[0] = f->tries[1] = 0;
	t->stats.flows++;
}

struct flow *table_add(struct flow_table *t, enum dir dir)
{
	struct flow *f = NULL;

	if (t->free == NOBODY && t->fresh == t->limits.flows)
		shed(t);
	if (t->free != NOBODY) {
		f = &t->flows[t->free];
		t->free = f->next;
	} else {
		f = &t->flows[t->fresh++];
	}
	set_up(t, f, dir);
	index_add(t, f);
	append_entry(t, f, LIST_HALF);
	return f;
}

void table_renew(struct flow_table *t, struct flow *f, enum dir dir)
{
	count_end(t, f);
	if (f->stream != NULL)
		stream_end(t, f);
	unlink_entry(t, f);
	set_up(t, f, dir);
	append_entry(t, f, LIST_HALF);
}

static void see(struct flow_table *t, const struct packet *p)
{
	t->p = p;
	t->end.seq = p->seq;
	t->end.at_ns = p->at_ns;
	t->end.mono_ns = p->mono_ns;
}

void flow_packet(struct flow_table *t, const struct packet *p)
{
	see(t, p);
	conn_packet(t, p);
}

/* Forgets the entries of a list that nobody used for `age`. */
static void expire(struct flow_table *t, enum flow_list list, uint32_t age)
{
	uint32_t now = table_when(t->p);

	while (t->first[list] != NOBODY) {
		struct flow *f = &t->flows[t->first[list]];

		if (now - f->queued < age)
			break;
		if (now - f->last < age)
			table_move(t, f, list);
		else
			release(t, f);
	}
}

void flow_tick(struct flow_table *t, const struct packet *p)
{
	see(t, p);
	while (t->first[LIST_HALF] != NOBODY && is_overdue(t, &t->flows[t->first[LIST_HALF]]))
		expire_half(t, &t->flows[t->first[LIST_HALF]]);
	stream_tick(t);
	expire(t, LIST_CLOSED, units(CLOSED_S));
	expire(t, LIST_PLAIN, t->idle);
	expire(t, LIST_FOLLOWED, t->idle);
}

bool flow_shed_stream(struct flow_table *t)
{
	while (t->first[LIST_FOLLOWED] != NOBODY) {
		struct flow *f = least_used(t, LIST_FOLLOWED);
		bool is_followed = f->reading == READ_FOLLOWED;

		if (is_followed) {
			t->stats.shed_streams++;
			stream_close(t, f);
		}
		table_move(t, f, LIST_PLAIN);
		if (is_followed)
			return true;
	}
	return false;
}

void flow_finish(struct flow_table *t)
{
	t->p = &t->end;
	for (uint32_t i = t->first[LIST_HALF]; i != NOBODY; i = t->flows[i].next) {
		const struct flow *f = &t->flows[i];

		if (f->state != STATE_HALF)
			continue;
		if (is_overdue(t, f) || f->syns >= SYNS_UNANSWERED)
			conn_tell(t, f, FLOW_UNANSWERED, false);
		else
			t->stats.undecided++;
	}
	for (int list = 0; list < LISTS; list++) {
		while (t->first[list] != NOBODY)
			release(t, &t->flows[t->first[list]]);
	}
}
