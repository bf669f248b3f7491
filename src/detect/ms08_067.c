/*
 * ms08-067 - asks a server to canonicalise a path that climbs above its root.
 *
 * Attack, check and lawful call use the same function, so the path decides, and around it what
 * went before: binds full of invented interfaces, cut-up requests, more than one destination.
 * Answers are read as well: they tell what the target is, and whether Conficker has patched it; and
 * whether the target soon called the attacker back, which is how the worm's body gets there.
 * doc/detectors/ms08-067.md.
 */
#include <stdio.h>

#include "base/map.h"
#include "base/monotime.h"
#include "base/text.h"
#include "detect/detectors.h"
#include "detect/ms08_path.h"

enum { KNOB_CONTEXTS, KNOB_UNKNOWN, KNOB_SOURCES, KNOBS };

static const struct knob knobs[] = {
	[KNOB_CONTEXTS] = {"contexts", "contexts of one bind that are many", 2, 1000, 5},
	[KNOB_UNKNOWN] = {"unknown", "of these, unknown or refused ones", 1, 1000, 4},
	[KNOB_SOURCES] = {"sources", "attackers, and pairs of machines, remembered", 16, 1000000,
			  16384},
	[KNOBS] = {.name = NULL},
};

enum {
	TOLD = 4,
	GUESSED = 10, /* less sure where the bind was not heard */
	PTYPE_REQUEST = 0,
	PTYPE_BIND = 11,
	PTYPE_BIND_ACK = 12,
	PTYPE_ALTER = 14,
	PTYPE_ALTER_ACK = 15,
	PFC_WHOLE = 3,
	PULL_S = 120,        /* a body is fetched at once */
	PULL_PORT = 1024,    /* and from a port that no service has */
	PULL_CONFIDENCE = 75 /* as far as a connection can tell */
};

/* What the answer says (nmap smb-vuln-ms08-067 and smb-vuln-conficker; Leder and Werner). */
enum { ANSWER_OK = 0, ANSWER_CONFICKER = 0x57, ANSWER_PATCHED = 0x7b };

struct pair_key {
	struct addr source, target;
};

struct pair {                   /* what went on between two machines, odd enough to remember */
	uint32_t contexts, odd; /* of the bind with most of them */
	uint32_t fragments;
	uint64_t check_seq;   /* the latest exact question */
	uint64_t exploit_seq; /* the latest attack */
	uint64_t exploit_ns;  /* when that was, by the clock that never goes back; 0: never */
};

struct attacker {
	struct addr target[TOLD];
	uint32_t n;
};

struct state {
	long set[KNOBS];
	struct map *pairs;     /* struct pair_key -> struct pair */
	struct map *attackers; /* struct addr -> struct attacker */
};

static enum rc ms08_init(void *state, const struct detector_setup *setup)
{
	struct state *s = state;
	enum rc rc = RC_OK;

	for (unsigned i = 0; i < KNOBS; i++)
		s->set[i] = setup->knobs[i];
	rc = map_new((size_t)s->set[KNOB_SOURCES], sizeof(struct pair_key), sizeof(struct pair),
		     setup->seed, &s->pairs);
	if (rc == RC_OK)
		rc = map_new((size_t)s->set[KNOB_SOURCES], sizeof(struct addr),
			     sizeof(struct attacker), setup->seed, &s->attackers);
	return rc;
}

static void ms08_fini(void *state)
{
	struct state *s = state;

	map_free(s->pairs);
	map_free(s->attackers);
}

/* NULL: the table is full. What it holds only makes a finding surer, so nothing is lost. */
static struct pair *pair_put(struct state *s, const struct addr *source, const struct addr *target)
{
	struct pair_key k = {*source, *target};
	bool is_new = false;

	return map_put(s->pairs, &k, &is_new);
}

static struct pair *pair_get(struct state *s, const struct addr *source, const struct addr *target)
{
	struct pair_key k = {*source, *target};

	return map_get(s->pairs, &k);
}

static bool is_srvsvc(const struct uuid *u)
{
	static const struct uuid srvsvc = {
		0x4b324fc8, 0x1670, 0x01d3, {0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88}};

	return uuid_eq(u, &srvsvc);
}

/* Many contexts in one bind: a lawful client offers one to three. */
static void bind_observe(struct state *s, const struct event *ev)
{
	const struct ev_rpc *r = &ev->rpc;
	bool is_ack = r->ptype == PTYPE_BIND_ACK || r->ptype == PTYPE_ALTER_ACK;
	uint32_t odd = is_ack ? r->n_rejected : r->n_unknown;

	if (r->n_contexts < (uint32_t)s->set[KNOB_CONTEXTS] || odd < (uint32_t)s->set[KNOB_UNKNOWN])
		return;

	struct pair *p = is_ack ? pair_put(s, &ev->dst.addr, &ev->src.addr)
				: pair_put(s, &ev->src.addr, &ev->dst.addr);

	if (p != NULL && r->n_contexts >= p->contexts) {
		p->contexts = r->n_contexts;
		p->odd = odd > p->odd ? odd : p->odd;
	}
}

static void rpc_observe(struct state *s, const struct event *ev)
{
	const struct ev_rpc *r = &ev->rpc;

	if (r->ptype == PTYPE_BIND || r->ptype == PTYPE_BIND_ACK || r->ptype == PTYPE_ALTER ||
	    r->ptype == PTYPE_ALTER_ACK) {
		bind_observe(s, ev);
	} else if (r->ptype == PTYPE_REQUEST && (r->pfc_flags & PFC_WHOLE) != PFC_WHOLE &&
		   r->has_uuid && is_srvsvc(&r->uuid) && r->has_opnum &&
		   (r->opnum == SRVSVC_CANONICALIZE || r->opnum == SRVSVC_COMPARE)) {
		struct pair *p = pair_put(s, &ev->src.addr, &ev->dst.addr);

		if (p != NULL)
			p->fragments++;
	}
}

/* How many destinations this source has attacked, this one included; at most TOLD. */
static unsigned destinations(struct state *s, const struct event *ev)
{
	bool is_new = false;
	struct attacker *a = map_put(s->attackers, &ev->src.addr, &is_new);

	if (a == NULL)
		return 1;
	for (unsigned i = 0; i < a->n; i++) {
		if (addr_eq(&a->target[i], &ev->dst.addr))
			return a->n;
	}
	if (a->n < TOLD)
		a->target[a->n++] = ev->dst.addr;
	return a->n;
}

struct verdict_of_call { /* what one request comes to */
	enum ms08_class class;
	enum ms08_question question;
	struct ms08_shape shape;
	struct bytes path; /* the one that decides */
};

/* Is it as the known scanners send it? Anything else could be refused for another reason. */
static bool is_exact(const struct ev_srvsvc *c)
{
	return c->path_type == 1 && !c->is_cut;
}

static void judge(const struct ev_srvsvc *c, struct verdict_of_call *ret_v)
{
	const bool is_compare = c->opnum == SRVSVC_COMPARE;
	const struct bytes none = {NULL, 0};
	struct ms08_shape other;

	ret_v->path = c->path;
	ms08_shape(is_compare ? none : c->path2, c->path, &ret_v->shape);
	ret_v->class = ms08_class(&ret_v->shape);
	ret_v->question = ms08_question(c->path);

	ms08_shape(none, c->path2, &other);
	if (ms08_class(&other) > ret_v->class &&
	    (is_compare || ms08_class(&other) != MS08_BALANCED)) {
		ret_v->class = ms08_class(&other);
		ret_v->shape = other;
		ret_v->path = c->path2;
		ret_v->question = is_compare ? ret_v->question : MS08_NO_QUESTION;
	}
	if (ret_v->class == MS08_EXPLOIT || ret_v->class == MS08_LONG)
		return;
	if (ret_v->question == MS08_RUN && is_compare)
		ret_v->class = MS08_CHECK;
	else if (ret_v->question == MS08_DOTDOT || (ret_v->question == MS08_ROOT && is_exact(c)))
		ret_v->class = is_compare ? ret_v->class : MS08_CHECK;
	/* One step below the root with nothing to consume overwrites nothing: a question too. */
	if (ret_v->class < MS08_CHECK && ret_v->shape.low < 0)
		ret_v->class = MS08_CHECK;
}

static bool is_binary(const struct ms08_shape *s)
{
	return s->binary >= 3 && s->binary * 32 >= s->units;
}

static const char *call_name(const struct ev_srvsvc *c)
{
	return c->opnum == SRVSVC_COMPARE ? "NetPathCompare" : "NetPathCanonicalize";
}

/* "over \BROWSER", "over TCP" */
static void carrier(const struct ev_srvsvc *c, char *to, size_t cap)
{
	char pipe[48];

	text_from_utf8(c->pipe, pipe, sizeof(pipe));
	if (pipe[0] == '\0' && c->is_guessed)
		snprintf(to, cap, "over a connection begun earlier");
	else if (pipe[0] == '\0')
		snprintf(to, cap, "over TCP");
	else
		snprintf(to, cap, "over \\%s", pipe);
}

static void details_add(struct finding *f, const struct event *ev, const struct verdict_of_call *v)
{
	const struct ev_srvsvc *c = &ev->srvsvc;
	char text[DETAIL_TEXT];

	finding_detail_text(f, "call", call_name(c));
	finding_detail_number(f, "opnum", c->opnum);
	finding_detail_text(f, "proto", "TCP"); /* SMB and RPC are heard over nothing else */
	finding_detail_number(f, "source_port", ev->src.port);
	finding_detail_number(f, "target_port", ev->dst.port);
	text_from_utf8(c->pipe, text, sizeof(text));
	finding_detail_text(f, "pipe", text);
	finding_detail_number(f, "path_units", v->shape.units);
	finding_detail_number(f, "path_low", v->shape.low);
	finding_detail_number(f, "path_climbs", v->shape.climbs);
	finding_detail_number(f, "path_binary_units", v->shape.binary);
	finding_detail_number(f, "path_type", c->path_type);
	text_from_utf16(v->path, text, sizeof(text));
	finding_detail_text(f, "path", text);
	if (c->is_cut)
		finding_detail_text(f, "path_is_cut", "judged by what was kept of it");
}

/* Without its bind the interface of a call is unknown, and other interfaces have an opnum 31 too.
 * That the stub is exactly such a call, and its path what it is, still says most. */
static void doubt(struct finding *f, const struct ev_srvsvc *c)
{
	size_t len = strlen(f->why);

	if (!c->is_guessed)
		return;
	f->confidence -= f->confidence < GUESSED ? f->confidence : GUESSED;
	finding_detail_text(f, "interface", "guessed: the bind was not heard");
	snprintf(f->why + len, sizeof(f->why) - len,
		 "; its bind was not heard, the interface is guessed from the arguments");
}

static struct finding sighting(const struct event *ev, const char *threat, enum finding_class class)
{
	struct finding f = {.class = class,
			    .source = ev->src.addr,
			    .target = ev->dst.addr,
			    .has_target = true,
			    .first_ns = ev->at_ns,
			    .last_ns = ev->at_ns,
			    .count = 1,
			    .packets = {ev->seq},
			    .n_packets = 1};

	snprintf(f.threat, sizeof(f.threat), "%s", threat);
	return f;
}

static void exploit_tell(struct state *s, const struct event *ev, const struct verdict_of_call *v,
			 const struct finding_out *out)
{
	struct finding f = sighting(ev, "ms08-067", CLASS_EXPLOIT);
	struct pair *p = pair_put(s, &ev->src.addr, &ev->dst.addr);
	unsigned n = destinations(s, ev), sure = 84;
	char to[ADDR_TEXT], over[64];

	carrier(&ev->srvsvc, over, sizeof(over));
	snprintf(
		f.why, sizeof(f.why),
		"asked %s to canonicalise a path that climbs above its root (%s %s, %u characters, "
		"packet %llu): the MS08-067 exploit",
		addr_format(&ev->dst.addr, to), call_name(&ev->srvsvc), over, v->shape.units,
		(unsigned long long)ev->seq);
	details_add(&f, ev, v);
	finding_detail_number(&f, "destinations", n);
	sure += is_binary(&v->shape) ? 5 : 0;
	sure += v->shape.longest >= MS08_RUN_UNITS ? 3 : 0;
	sure += n >= 2 ? 3 : 0;
	if (p != NULL && p->contexts > 0) {
		sure += 3;
		finding_detail_number(&f, "bind_contexts", p->contexts);
		finding_detail_number(&f, "bind_contexts_odd", p->odd);
	}
	if (p != NULL && p->fragments > 0) {
		sure += 1;
		finding_detail_number(&f, "fragments", p->fragments);
	}
	if (p != NULL) {
		p->exploit_seq = ev->seq;
		p->exploit_ns = ev->mono_ns;
	}
	f.confidence = sure < 99 ? sure : 99;
	doubt(&f, &ev->srvsvc);
	out->found(out->ctx, &f);
}

/* Too long without climbing: the older defect, if the rest is odd as well; a lawful path is at
 * most 260 characters on the systems concerned, but a name by itself proves nothing. */
static void long_tell(struct state *s, const struct event *ev, const struct verdict_of_call *v,
		      const struct finding_out *out)
{
	struct finding f = sighting(ev, "ms06-040", CLASS_EXPLOIT);
	const struct pair *p = pair_get(s, &ev->src.addr, &ev->dst.addr);
	char to[ADDR_TEXT], over[64];

	carrier(&ev->srvsvc, over, sizeof(over));
	snprintf(f.why, sizeof(f.why),
		 "sent %s a path of %u characters (%s %s, packet %llu), more than the server has "
		 "room for without the patch MS06-040%s",
		 addr_format(&ev->dst.addr, to), v->shape.units, call_name(&ev->srvsvc), over,
		 (unsigned long long)ev->seq,
		 is_binary(&v->shape) ? ", and it is no text" : "; it may be lawful");
	details_add(&f, ev, v);
	f.confidence = 40;
	f.confidence += is_binary(&v->shape) ? 35 : 0;
	f.confidence += p != NULL && p->contexts > 0 ? 15 : 0;
	doubt(&f, &ev->srvsvc);
	out->found(out->ctx, &f);
}

static const char *question_text(const struct verdict_of_call *v)
{
	switch (v->question) {
	case MS08_ROOT:
		return "the path \\ alone";
	case MS08_DOTDOT:
		return "the path \\..\\";
	case MS08_RUN:
		return "one letter repeated and \\..\\n";
	case MS08_NO_QUESTION:
		break;
	}
	return "one step above the root with nothing to overwrite";
}

static void check_tell(struct state *s, const struct event *ev, const struct verdict_of_call *v,
		       const struct finding_out *out)
{
	struct finding f = sighting(ev, "ms08-067", CLASS_CHECK);
	char to[ADDR_TEXT];

	snprintf(f.why, sizeof(f.why),
		 "asked %s the harmless question of a vulnerability scanner (%s, %s, packet %llu)",
		 addr_format(&ev->dst.addr, to), call_name(&ev->srvsvc), question_text(v),
		 (unsigned long long)ev->seq);
	details_add(&f, ev, v);
	f.confidence = v->question == MS08_NO_QUESTION ? 50 : v->question == MS08_ROOT ? 60 : 95;
	doubt(&f, &ev->srvsvc);
	if ((v->question == MS08_DOTDOT || v->question == MS08_RUN) && is_exact(&ev->srvsvc)) {
		struct pair *p = pair_put(s, &ev->src.addr, &ev->dst.addr);

		if (p != NULL)
			p->check_seq = ev->seq;
	}
	out->found(out->ctx, &f);
}

static void request_observe(struct state *s, const struct event *ev, const struct finding_out *out)
{
	struct verdict_of_call v;

	judge(&ev->srvsvc, &v);
	switch (v.class) {
	case MS08_EXPLOIT:
		exploit_tell(s, ev, &v, out);
		return;
	case MS08_LONG:
		long_tell(s, ev, &v, out);
		return;
	case MS08_CHECK:
		check_tell(s, ev, &v, out);
		return;
	case MS08_BALANCED:
	case MS08_BENIGN:
		break;
	}
	if (ev->srvsvc.path.len >= EV_PATH_MAX || ev->srvsvc.path2.len >= EV_PATH_MAX)
		out->lossy(out->ctx, "ms08-067: a path longer than what is kept of it");
}

static void answer_text(const struct ev_srvsvc *c, char *to, size_t cap)
{
	if (c->is_fault)
		snprintf(to, cap, "fault 0x%08x: refused, or no Windows", c->status);
	else if (c->status == ANSWER_OK)
		snprintf(to, cap, "0x0 accepted: not patched");
	else if (c->status == ANSWER_PATCHED)
		snprintf(to, cap, "0x7b patched");
	else if (c->status == ANSWER_CONFICKER)
		snprintf(to, cap, "0x57 as after Conficker's own patch");
	else
		snprintf(to, cap, "0x%x", c->status);
}

/* The one who answers acts here: its answer is Conficker's, from the memory that it patched. */
static void implant_tell(const struct event *ev, bool is_exact_question,
			 const struct finding_out *out)
{
	struct finding f = sighting(ev, "ms08-067", CLASS_IMPLANT);
	char who[ADDR_TEXT];

	f.has_target = false;
	memset(&f.target, 0, sizeof(f.target));
	snprintf(f.why, sizeof(f.why),
		 "answered the check of %s with 0x57 (packet %llu), as Conficker A to C do after "
		 "patching the server in memory",
		 addr_format(&ev->dst.addr, who), (unsigned long long)ev->seq);
	finding_detail_text(&f, "answer", "0x57 as after Conficker's own patch");
	finding_detail_text(&f, "question", is_exact_question ? "exact" : "not heard in full");
	f.confidence = is_exact_question ? 70 : 45;
	out->found(out->ctx, &f);
}

/* An answer adds to the finding of its request; it is no attempt of its own. */
static void answer_observe(struct state *s, const struct event *ev, const struct finding_out *out)
{
	const struct ev_srvsvc *c = &ev->srvsvc;
	const struct pair *p = pair_get(s, &ev->dst.addr, &ev->src.addr);
	enum ms08_question q = ms08_question(c->path);
	char text[DETAIL_TEXT];
	bool is_attack = p != NULL && c->request_seq != 0 && p->exploit_seq == c->request_seq;
	bool is_check = p != NULL && c->request_seq != 0 && p->check_seq == c->request_seq;

	if (!c->has_status && !c->is_fault)
		return;
	if (is_attack || is_check) {
		struct finding f =
			sighting(ev, "ms08-067", is_attack ? CLASS_EXPLOIT : CLASS_CHECK);

		f.source = ev->dst.addr;
		f.target = ev->src.addr;
		f.count = 0;
		f.confidence = 1; /* the request's words stay */
		answer_text(c, text, sizeof(text));
		finding_detail_text(&f, "answer", text);
		out->found(out->ctx, &f);
	}
	if (!c->is_fault && c->status == ANSWER_CONFICKER &&
	    ((q == MS08_DOTDOT && c->opnum == SRVSVC_CANONICALIZE) ||
	     (q == MS08_RUN && c->opnum == SRVSVC_COMPARE)))
		implant_tell(ev, is_check, out);
}

/* Who was attacked calls the attacker, at a port that no service has: it fetches the body. */
static void pull_tell(struct state *s, const struct event *ev, const struct finding_out *out)
{
	const struct pair *p = NULL;
	struct finding f;
	char to[ADDR_TEXT];

	if (ev->conn.outcome != EV_ESTABLISHED || ev->dst.port < PULL_PORT)
		return;
	p = pair_get(s, &ev->dst.addr, &ev->src.addr);
	if (p == NULL || p->exploit_ns == 0 || ev->mono_ns - p->exploit_ns > PULL_S * NS_PER_S)
		return;
	f = sighting(ev, "ms08-067", CLASS_TRANSFER);
	f.source = ev->dst.addr;
	f.target = ev->src.addr;
	f.first_ns = f.last_ns = ev->conn.first_ns;
	f.packets[0] = ev->conn.first_seq;
	f.confidence = PULL_CONFIDENCE;
	snprintf(f.why, sizeof(f.why),
		 "was called back by %s, which it had just attacked, at port %u (packet %llu): so "
		 "the worm's body is fetched",
		 addr_format(&ev->src.addr, to), ev->dst.port,
		 (unsigned long long)ev->conn.first_seq);
	finding_detail_text(&f, "direction", "pulled");
	finding_detail_number(&f, "port", ev->dst.port);
	out->found(out->ctx, &f);
}

static void ms08_observe(void *state, const struct event *ev, const struct finding_out *out)
{
	if (ev->kind == EV_RPC)
		rpc_observe(state, ev);
	else if (ev->kind == EV_CONN)
		pull_tell(state, ev, out);
	else if (ev->srvsvc.opnum != SRVSVC_CANONICALIZE && ev->srvsvc.opnum != SRVSVC_COMPARE)
		return;
	else if (ev->srvsvc.is_response)
		answer_observe(state, ev, out);
	else
		request_observe(state, ev, out);
}

const struct detector detector_ms08_067 = {
	.id = "ms08-067",
	.summary = "asks a server to canonicalise a path that climbs above its root",
	.wants = EV_BIT(EV_CONN) | EV_BIT(EV_RPC) | EV_BIT(EV_SRVSVC),
	.knobs = knobs,
	.state_size = sizeof(struct state),
	.init = ms08_init,
	.observe = ms08_observe,
	.fini = ms08_fini,
};
