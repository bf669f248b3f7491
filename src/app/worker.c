#include "app/worker.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/identity.h"
#include "proto/datagram.h"
#include "proto/proto.h"

/* How many packets ahead memory is fetched: first the slot that names the flow, then the flow. */
enum { AHEAD_SLOT = 16, AHEAD_FLOW = 8 };

/* Causes of blindness that the coverage counts streams by. */
enum { BLIND_ENCRYPTED = 1, BLIND_COMPRESSED = 2, BLIND_SEALED = 4 };

enum { LIMITS_TOLD = 6 }; /* of a stream; there are no more kinds of them */

struct shard {
	struct worker *worker;
	struct flow_table *table;
	struct flow_sink sink;
	struct identity *identity; /* NULL: nobody wants to know */
	size_t held;               /* by all its streams' parsers */
	uint8_t number;
};

struct stream { /* one followed stream; the parser's state lies behind it */
	const struct proto *proto;
	size_t held;                     /* bytes, with this */
	unsigned blind;                  /* BLIND_*: counted once each */
	const char *limits[LIMITS_TOLD]; /* the same for limits: literals of the parser */
	_Alignas(max_align_t) unsigned char state[];
};

struct worker {
	struct worker_options opt;
	struct shard shards[FLOW_SHARDS];
	struct event_list *out;
	struct coverage coverage;
	uint64_t lost_events;
	bool in_tick;
};

struct context { /* of one call into a parser */
	struct shard *shard;
	struct stream *stream;
	const struct flow_view *view;
};

static void emit(struct shard *s, const struct packet *now, struct event *ev)
{
	struct worker *w = s->worker;

	ev->shard = s->number;
	ev->is_tick = w->in_tick;
	ev->seq = now->seq;
	ev->at_ns = now->at_ns;
	ev->mono_ns = now->mono_ns;
	if (event_list_add(w->out, ev) != RC_OK)
		w->lost_events++;
}

static void count_anomaly(struct worker *w, const char *proto, const char *what)
{
	char name[sizeof(w->coverage.anomalies[0].name)];

	if (what != NULL)
		snprintf(name, sizeof(name), "%s: %s", proto, what);
	else
		snprintf(name, sizeof(name), "%s", proto);
	w->coverage.malformed++;
	named_count_add(w->coverage.anomalies, &w->coverage.n_anomalies, name, 1);
}

static void set_ends(struct event *ev, const struct flow_view *v, enum dir dir)
{
	ev->vlan = v->vlan;
	ev->src = dir == TO_SERVER ? v->client : v->server;
	ev->dst = dir == TO_SERVER ? v->server : v->client;
}

static void emit_ident(struct shard *s, const struct packet *now, struct event *ev)
{
	if (!ev->ident.has_mac && addr_is_zero(&ev->ident.addr))
		ev->ident.addr = ev->ident.is_of_dst ? ev->dst.addr : ev->src.addr;
	/* Whoever looks at frames (-Y, --events) wants to see each that says it. */
	if ((s->worker->opt.wants & EV_BIT(EV_FRAME)) != 0 ||
	    (s->identity != NULL && identity_is_news(s->identity, ev, now->mono_ns)))
		emit(s, now, ev);
}

static void on_event(void *ctx, enum dir dir, struct event *ev)
{
	struct context *c = ctx;

	set_ends(ev, c->view, dir);
	if (ev->kind == EV_IDENT)
		emit_ident(c->shard, c->view->now, ev);
	else
		emit(c->shard, c->view->now, ev);
}

static void on_anomaly(void *ctx, enum dir dir, const char *proto, const char *what)
{
	struct context *c = ctx;

	count_anomaly(c->shard->worker, proto, what);
	if (c->shard->worker->opt.wants & EV_BIT(EV_ANOMALY)) {
		struct event ev = {.kind = EV_ANOMALY, .anomaly = {.proto = proto, .what = what}};

		on_event(ctx, dir, &ev);
	}
}

static void on_blind(void *ctx, enum dir dir, const char *what)
{
	static const struct {
		const char *what;
		unsigned bit;
		size_t counter;
	} causes[] = {
		{"smb3-encrypted", BLIND_ENCRYPTED, offsetof(struct coverage, encrypted_smb_flows)},
		{"smb3-compressed", BLIND_COMPRESSED,
		 offsetof(struct coverage, compressed_smb_flows)},
		{"rpc-sealed", BLIND_SEALED, offsetof(struct coverage, sealed_rpc_flows)},
	};
	struct context *c = ctx;
	struct coverage *cov = &c->shard->worker->coverage;

	(void)dir;
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (strcmp(what, causes[i].what) != 0)
			continue;
		if ((c->stream->blind & causes[i].bit) == 0)
			++*(uint64_t *)(void *)((char *)cov + causes[i].counter);
		c->stream->blind |= causes[i].bit;
		return;
	}
	for (size_t i = 0; i < LIMITS_TOLD; i++) {
		const char **told = &c->stream->limits[i];

		if (*told != NULL && strcmp(*told, what) == 0)
			return;
		if (*told == NULL) {
			*told = what;
			break;
		}
	}
	named_count_add(cov->limits, &cov->n_limits, what, 1);
}

static struct proto_out out_for(struct context *c)
{
	return (struct proto_out){
		.event = on_event,
		.anomaly = on_anomaly,
		.blind = on_blind,
		.ctx = c,
		.wants = c->shard->worker->opt.wants,
		.seq = c->view->now->seq,
	};
}

/* Called whenever a stream's parser was. */
static void count_held(struct shard *s, struct stream *stream)
{
	const struct proto *proto = stream->proto;
	size_t now = sizeof(*stream) + proto->state_size;

	if (proto->held != NULL)
		now += proto->held(stream->state);
	s->held += now - stream->held;
	stream->held = now;
}

/* A stream has its quota, but peers decide how many streams there are. */
static void keep_to_limit(struct shard *s)
{
	size_t most = s->worker->opt.limits->parser_bytes / FLOW_SHARDS + 1;

	while (s->held > most && flow_shed_stream(s->table))
		;
}

static enum flow_choice on_classify(void *ctx, const struct flow_view *v, enum dir dir,
				    struct bytes head, void **ret_stream)
{
	const struct proto *proto = NULL;
	enum proto_match match = proto_probe(dir, head, &proto);
	struct shard *s = ctx;

	(void)v;
	if (match != PROTO_YES)
		return match == PROTO_UNSURE && head.len < PROTO_HEAD_MAX ? FLOW_UNSURE : FLOW_SKIP;

	struct stream *stream = calloc(1, sizeof(*stream) + proto->state_size);

	if (stream == NULL) {
		struct coverage *cov = &s->worker->coverage;

		named_count_add(cov->limits, &cov->n_limits, "memory for a stream", 1);
		return FLOW_SKIP;
	}
	stream->proto = proto;
	count_held(s, stream);
	*ret_stream = stream;
	return FLOW_FOLLOW;
}

static struct step on_data(void *ctx, void *stream, const struct flow_view *v, enum dir dir,
			   struct bytes in)
{
	struct context c = {ctx, stream, v};
	struct proto_out out = out_for(&c);

	struct step step = c.stream->proto->feed(c.stream->state, dir, in, &out);

	count_held(c.shard, c.stream);
	return step;
}

static bool on_gap(void *ctx, void *stream, const struct flow_view *v, enum dir dir,
		   uint64_t missing)
{
	struct context c = {ctx, stream, v};
	struct proto_out out = out_for(&c);

	bool goes_on = c.stream->proto->gap != NULL &&
		       c.stream->proto->gap(c.stream->state, dir, missing, &out);

	count_held(c.shard, c.stream);
	return goes_on;
}

static void on_closed(void *ctx, void *stream)
{
	struct shard *shard = ctx;
	struct stream *s = stream;

	shard->held -= s->held;
	if (s->proto->fini != NULL)
		s->proto->fini(s->state);
	free(s);
}

static void on_conn(void *ctx, const struct flow_conn *conn)
{
	struct shard *s = ctx;

	if ((s->worker->opt.wants & EV_BIT(EV_CONN)) == 0)
		return;

	static const uint8_t outcomes[] = {
		[FLOW_ESTABLISHED] = EV_ESTABLISHED, [FLOW_REFUSED] = EV_REFUSED,
		[FLOW_UNANSWERED] = EV_UNANSWERED,   [FLOW_MIDSTREAM] = EV_MIDSTREAM,
		[FLOW_BACKSCATTER] = EV_BACKSCATTER,
	};
	struct event ev = {
		.kind = EV_CONN,
		.vlan = conn->vlan,
		.src = conn->src,
		.dst = conn->dst,
		.conn = {.outcome = outcomes[conn->outcome],
			 .ip_proto = conn->ip_proto,
			 .by_icmp = conn->by_icmp,
			 .first_seq = conn->first_seq,
			 .first_ns = conn->first_ns},
	};
	struct packet now = {.seq = conn->seq, .at_ns = conn->at_ns, .mono_ns = conn->mono_ns};

	emit(s, &now, &ev);
}

struct datagram_context { /* of one call into datagram_take() */
	struct shard *shard;
	const struct packet *packet;
};

static void on_datagram_event(void *ctx, enum dir dir, struct event *ev)
{
	const struct datagram_context *c = ctx;
	const struct packet *p = c->packet;

	(void)dir; /* src and dst are the packet's */
	ev->vlan = p->vlan;
	ev->src = (struct endpoint){p->src, p->sport};
	ev->dst = (struct endpoint){p->dst, p->dport};
	if (ev->kind == EV_IDENT)
		emit_ident(c->shard, p, ev);
	else
		emit(c->shard, p, ev);
}

static void on_datagram_anomaly(void *ctx, enum dir dir, const char *proto, const char *what)
{
	const struct datagram_context *c = ctx;

	count_anomaly(c->shard->worker, proto, what);
	if (c->shard->worker->opt.wants & EV_BIT(EV_ANOMALY)) {
		struct event ev = {.kind = EV_ANOMALY, .anomaly = {.proto = proto, .what = what}};

		on_datagram_event(ctx, dir, &ev);
	}
}

static void on_datagram_blind(void *ctx, enum dir dir, const char *what)
{
	const struct datagram_context *c = ctx;
	struct coverage *cov = &c->shard->worker->coverage;

	(void)dir;
	named_count_add(cov->limits, &cov->n_limits, what, 1);
}

static void packet_datagram(struct shard *s, const struct packet *p)
{
	struct datagram_context c = {s, p};
	const struct proto_out out = {
		.event = on_datagram_event,
		.anomaly = on_datagram_anomaly,
		.blind = on_datagram_blind,
		.ctx = &c,
		.wants = s->worker->opt.wants,
		.seq = p->seq,
	};

	datagram_take(p, &out);
}

static void emit_speaker(struct shard *s, const struct packet *p, const struct ev_ident *ident)
{
	struct event ev = {
		.kind = EV_IDENT,
		.vlan = p->vlan,
		.src = {p->src, p->sport},
		.dst = {p->dst, p->dport},
		.ident = *ident,
	};

	emit(s, p, &ev);
}

/* Who somebody is, by what the packet carries, and by its headers. An event is large: none is made
 * before there is something to tell, since this is asked of every packet. */
static void packet_identify(struct shard *s, const struct packet *p)
{
	struct ev_ident ident;

	if (p->kind != PACKET_TCP && datagram_wants(p))
		packet_datagram(s, p);
	if (identity_packet(s->identity, p, &ident))
		emit_speaker(s, p, &ident);
}

static enum rc shard_init(struct worker *w, unsigned number)
{
	const struct settings_limits *all = w->opt.limits;
	struct shard *s = &w->shards[number];
	struct flow_limits limits = {
		.flows = all->flows / FLOW_SHARDS + 1,
		.buffer_bytes = all->reassembly_bytes / FLOW_SHARDS + 1,
		.stream_bytes = all->stream_bytes,
		.syn_timeout_s = all->syn_timeout_s,
		.idle_timeout_s = all->idle_timeout_s,
	};

	s->worker = w;
	s->number = (uint8_t)number;
	s->sink = (struct flow_sink){
		.conn = on_conn,
		.classify = on_classify,
		.data = on_data,
		.gap = on_gap,
		.closed = on_closed,
		.ctx = s,
	};
	if (w->opt.wants & EV_BIT(EV_IDENT)) {
		enum rc rc = identity_new(w->opt.seed, w->opt.by_minute, &s->identity);

		if (rc != RC_OK)
			return rc;
	}
	return flow_table_new(&limits, &s->sink, w->opt.seed, &s->table);
}

enum rc worker_new(const struct worker_options *opt, struct worker **ret_worker)
{
	struct worker *w = calloc(1, sizeof(*w));
	enum rc rc = w == NULL ? RC_NOMEM : RC_OK;

	if (w != NULL)
		w->opt = *opt;
	for (unsigned i = opt->id; rc == RC_OK && i < FLOW_SHARDS; i += opt->of)
		rc = shard_init(w, i);
	if (rc != RC_OK) {
		worker_free(w);
		return rc;
	}
	*ret_worker = w;
	return RC_OK;
}

void worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	for (unsigned i = w->opt.id; i < FLOW_SHARDS; i += w->opt.of) {
		flow_table_free(w->shards[i].table);
		identity_free(w->shards[i].identity);
	}
	free(w);
}

static void emit_frame(struct shard *s, const struct packet *p)
{
	struct event ev = {
		.kind = EV_FRAME,
		.vlan = p->vlan,
		.src = {p->src, p->sport},
		.dst = {p->dst, p->dport},
		.frame = {.ip_proto = p->ip_proto,
			  .ttl = p->ttl,
			  .kind = p->kind,
			  .wire_len = p->wire_len,
			  .payload_len = (uint32_t)p->payload.len + p->payload_missing,
			  .src_mac = p->src_mac,
			  .dst_mac = p->dst_mac,
			  .has_mac = p->has_mac},
	};

	if (p->kind == PACKET_TCP) {
		ev.frame.tcp_flags = p->tcp.flags;
		ev.frame.tcp_seq = p->tcp.seq;
		ev.frame.tcp_ack = p->tcp.ack;
	}
	emit(s, p, &ev);
}

static void emit_arp(struct shard *s, const struct packet *p)
{
	struct event ev = {
		.kind = EV_ARP,
		.vlan = p->vlan,
		.src = {p->src, 0},
		.dst = {p->dst, 0},
		.arp = {.op = p->arp.op,
			.sha = p->arp.sha,
			.tha = p->arp.tha,
			.eth_src = p->has_mac ? p->src_mac : p->arp.sha},
	};

	emit(s, p, &ev);
}

static void packet_malformed(struct shard *s, const struct packet *p)
{
	count_anomaly(s->worker, p->why, NULL);
	if (s->worker->opt.wants & EV_BIT(EV_ANOMALY)) {
		struct event ev = {
			.kind = EV_ANOMALY,
			.vlan = p->vlan,
			.src = {p->src, 0},
			.dst = {p->dst, 0},
			.anomaly = {.proto = p->why, .what = "malformed"},
		};

		emit(s, p, &ev);
	}
}

static void packet_take(struct shard *s, const struct packet *p)
{
	unsigned wants = s->worker->opt.wants;

	if (wants & EV_BIT(EV_FRAME))
		emit_frame(s, p);
	if (s->identity != NULL)
		packet_identify(s, p);
	switch ((enum packet_kind)p->kind) {
	case PACKET_TCP:
	case PACKET_UDP:
	case PACKET_ICMP:
		flow_packet(s->table, p);
		keep_to_limit(s);
		break;
	case PACKET_ARP:
		if (wants & EV_BIT(EV_ARP))
			emit_arp(s, p);
		break;
	case PACKET_MALFORMED:
		packet_malformed(s, p);
		break;
	case PACKET_OTHER:
	case PACKET_FRAGMENT:
	case PACKET_IP:
	case PACKET_NEIGHBOUR:
		break;
	}
}

static void tick_shard(struct shard *s, const struct packet *p)
{
	if (s->identity != NULL)
		identity_tick(s->identity);
	flow_tick(s->table, p);
	keep_to_limit(s);
}

static void tick(struct worker *w, const struct packet *p)
{
	w->in_tick = true;
	for (unsigned i = w->opt.id; i < FLOW_SHARDS; i += w->opt.of)
		tick_shard(&w->shards[i], p);
	w->in_tick = false;
}

/* Starts fetching for a packet that is due soon, if it is ours. */
static void fetch(const struct worker *w, const struct batch *b, size_t i,
		  void (*prefetch)(const struct flow_table *t, uint32_t hash))
{
	const struct flow_table *t = i < b->n ? w->shards[b->packets[i].shard].table : NULL;

	if (t != NULL)
		prefetch(t, b->packets[i].hash);
}

void worker_batch(struct worker *w, struct batch *b)
{
	w->out = &b->out[w->opt.id];
	for (size_t i = 0; i < AHEAD_SLOT; i++)
		fetch(w, b, i, flow_prefetch_slot);
	for (size_t i = 0; i < AHEAD_FLOW; i++)
		fetch(w, b, i, flow_prefetch);
	for (size_t i = 0; i < b->n; i++) {
		const struct packet *p = &b->packets[i];
		struct shard *s = &w->shards[p->shard];

		fetch(w, b, i + AHEAD_SLOT, flow_prefetch_slot);
		fetch(w, b, i + AHEAD_FLOW, flow_prefetch);
		if (p->is_tick)
			tick(w, p);
		if (s->table != NULL)
			packet_take(s, p);
	}
}

void worker_finish(struct worker *w, struct batch *b)
{
	w->out = &b->out[w->opt.id];
	for (unsigned i = w->opt.id; i < FLOW_SHARDS; i += w->opt.of)
		flow_finish(w->shards[i].table);
}

void worker_coverage(const struct worker *w, struct coverage *c)
{
	uint64_t lost = 0;

	coverage_add(c, &w->coverage);
	for (unsigned i = w->opt.id; i < FLOW_SHARDS; i += w->opt.of) {
		struct flow_stats f;

		flow_stats_get(w->shards[i].table, &f);
		c->flows += f.flows;
		c->midstream_flows += f.midstream;
		c->one_sided_flows += f.one_sided;
		c->streams += f.streams;
		c->gap_bytes += f.gap_bytes;
		c->dropped_bytes += f.dropped_bytes;
		c->shed_flows += f.shed_flows;
		c->shed_streams += f.shed_streams;
		c->undecided_attempts += f.undecided;
		c->differing_overlaps += f.overlaps_differing;
		if (w->shards[i].identity != NULL)
			lost += identity_lost(w->shards[i].identity);
		if (f.shed_flows > 0)
			named_count_add(c->limits, &c->n_limits, "flows", f.shed_flows);
		if (f.shed_streams > 0)
			named_count_add(c->limits, &c->n_limits, "streams", f.shed_streams);
	}
	if (lost > 0)
		named_count_add(c->limits, &c->n_limits, LIMIT_IDENTITY, lost);
	if (w->lost_events > 0)
		named_count_add(c->limits, &c->n_limits, "events", w->lost_events);
}
