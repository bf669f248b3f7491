#include "app/front.h"

#include <stdlib.h>

#include "base/monotime.h"
#include "flow/defrag.h"

enum { DATAGRAMS_START = 128 * 1024 };

struct front {
	struct monotime clock;
	struct defrag *defrag;
	uint64_t seed;
	uint64_t next_tick_ns; /* on the clock */
	uint64_t first_ns, last_ns;
	uint64_t undecoded;
};

enum rc front_new(const struct front_options *opt, struct front **ret_front)
{
	struct front *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return RC_NOMEM;
	f->seed = opt->seed;
	if (opt->start_ns != 0)
		(void)monotime_advance(&f->clock, opt->start_ns);
	if (defrag_new(opt->fragments, opt->fragment_bytes, opt->seed, &f->defrag) != RC_OK) {
		front_free(f);
		return RC_NOMEM;
	}
	*ret_front = f;
	return RC_OK;
}

void front_free(struct front *f)
{
	if (f == NULL)
		return;
	defrag_free(f->defrag);
	free(f);
}

enum rc batch_new(const struct front_options *opt, struct batch **ret_batch)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return RC_NOMEM;
	if (block_new(&b->block) != RC_OK) {
		batch_free(b);
		return RC_NOMEM;
	}
	for (size_t i = 0; i < WORKERS_MAX; i++)
		event_list_init(&b->out[i], opt->events_max);
	*ret_batch = b;
	return RC_OK;
}

void batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	block_free(b->block);
	for (size_t i = 0; i < WORKERS_MAX; i++)
		event_list_done(&b->out[i]);
	free(b->datagrams);
	free(b);
}

/* Time only ticks once a second, and before the packet that brought the new second. */
static bool is_tick(struct front *f, uint64_t mono_ns)
{
	if (mono_ns < f->next_tick_ns)
		return false;
	f->next_tick_ns = mono_ns + NS_PER_S;
	return true;
}

/* The datagram lies in the defragmenter only until its next fragment: keep it with the batch. */
static bool keep_datagram(struct batch *b, struct packet *p)
{
	size_t need = b->datagrams_len + p->payload.len;

	if (need > b->datagrams_cap) {
		/* Growing would move the payloads of earlier packets: one batch, one block. */
		if (b->datagrams_len > 0)
			return false;
		size_t cap = need > DATAGRAMS_START ? need : DATAGRAMS_START;
		uint8_t *at = realloc(b->datagrams, cap);

		if (at == NULL)
			return false;
		b->datagrams = at;
		b->datagrams_cap = cap;
	}
	if (p->payload.len > 0)
		memcpy(b->datagrams + b->datagrams_len, p->payload.at, p->payload.len);
	p->payload.at = b->datagrams + b->datagrams_len;
	b->datagrams_len = need;
	return true;
}

static void set_owner(const struct front *f, struct packet *p)
{
	p->hash = flow_hash(p, f->seed);
	p->shard = (uint8_t)(p->hash >> 28);
}

static bool has_flow(const struct packet *p)
{
	return p->kind == PACKET_TCP || p->kind == PACKET_UDP || p->kind == PACKET_ICMP;
}

void front_decode(const struct front *f, struct batch *b)
{
	b->n = b->block->n;
	b->undecoded = 0;
	for (size_t i = 0; i < WORKERS_MAX; i++)
		event_list_clear(&b->out[i]);
	for (size_t i = 0; i < b->n; i++) {
		const struct frame *frame = &b->block->frames[i];
		struct packet *p = &b->packets[i];

		p->seq = b->seq + i;
		p->at_ns = frame->at_ns;
		p->wire_len = frame->wire_len;
		p->hash = 0;
		p->shard = 0;
		(void)packet_decode(frame->linktype, frame->data, p);
		if (has_flow(p))
			set_owner(f, p);
		else if (p->kind == PACKET_OTHER || p->kind == PACKET_IP)
			b->undecoded++;
	}
}

/* The packet becomes its datagram if this was the last piece. */
static void join(struct front *f, struct batch *b, struct packet *p)
{
	if (!defrag_packet(f->defrag, p))
		return;
	if (!keep_datagram(b, p)) {
		p->kind = PACKET_MALFORMED;
		p->why = "ip-fragments-room";
	} else if (has_flow(p)) {
		set_owner(f, p);
	}
}

void front_order(struct front *f, struct batch *b)
{
	f->undecoded += b->undecoded;
	b->datagrams_len = 0;
	for (size_t i = 0; i < b->n; i++) {
		struct packet *p = &b->packets[i];

		p->mono_ns = monotime_advance(&f->clock, p->at_ns);
		p->is_tick = is_tick(f, p->mono_ns);
		if (p->at_ns < f->first_ns || f->first_ns == 0)
			f->first_ns = p->at_ns;
		if (p->at_ns > f->last_ns)
			f->last_ns = p->at_ns;
		if (p->kind == PACKET_FRAGMENT)
			join(f, b, p);
	}
}

void front_idle(struct front *f, struct batch *b, uint64_t seq, uint64_t at_ns)
{
	for (size_t i = 0; i < WORKERS_MAX; i++)
		event_list_clear(&b->out[i]);
	b->n = 1;
	b->packets[0] = (struct packet){
		.seq = seq,
		.at_ns = at_ns,
		.mono_ns = monotime_advance(&f->clock, at_ns),
		.kind = PACKET_OTHER,
	};
	b->packets[0].is_tick = is_tick(f, b->packets[0].mono_ns);
}

void front_times(const struct front *f, struct front_times *ret_times)
{
	*ret_times = (struct front_times){f->first_ns, f->last_ns, f->clock.now_ns};
}

void front_coverage(const struct front *f, struct coverage *c)
{
	struct defrag_stats d;

	defrag_stats_get(f->defrag, &d);
	c->undecoded_packets += f->undecoded;
	c->fragments_lost += d.timed_out + d.shed;
	if (d.malformed > 0) {
		c->malformed += d.malformed;
		named_count_add(c->anomalies, &c->n_anomalies, "ip: fragments", d.malformed);
	}
	if (d.shed > 0)
		named_count_add(c->limits, &c->n_limits, "fragments", d.shed);
}
