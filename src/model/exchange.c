#include "model/exchange.h"

#include <assert.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/text.h"
#include "model/exchange.pb-c.h"

/* The plain counters of a coverage lie in front of its lists, all of one type. */
enum { COUNTERS = offsetof(struct coverage, anomalies) / sizeof(uint64_t) };

static_assert(offsetof(struct coverage, packets) == 0, "counters come first");
static_assert(offsetof(struct coverage, anomalies) ==
		      offsetof(struct coverage, malformed) + sizeof(uint64_t),
	      "and nothing else lies between them");

static const ProtobufCBinaryData nothing = {0};

static ProtobufCBinaryData borrow(const void *at, size_t len)
{
	return (ProtobufCBinaryData){.len = len, .data = (uint8_t *)(uintptr_t)at};
}

static enum rc pack(const ProtobufCMessage *m, uint8_t **ret_at, size_t *ret_len)
{
	size_t len = protobuf_c_message_get_packed_size(m);
	uint8_t *at = malloc(len + 1); /* never malloc(0) */

	if (at == NULL)
		return RC_NOMEM;
	*ret_len = protobuf_c_message_pack(m, at);
	*ret_at = at;
	return RC_OK;
}

static bool addr_take(const ProtobufCBinaryData *from, struct addr *to)
{
	if (from->len != sizeof(to->b))
		return false;
	memcpy(to->b, from->data, sizeof(to->b));
	return true;
}

/* Copies a text that must fit; the sensor cut it before it packed it. What is no UTF-8 becomes
 * U+FFFD, and what this has no room for is cut off. */
static bool text_take(const char *from, char *to, size_t cap)
{
	size_t len = strlen(from);

	if (len >= cap)
		return false;
	text_from_utf8((struct bytes){(const uint8_t *)from, len}, to, cap);
	return true;
}

/* "ms08-067", "path_units": what the program itself names, and reports use as a key. */
static bool is_name(const char *name, size_t cap)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return len > 0 && len < cap && name[len] == '\0';
}

enum rc exchange_pack_finding(const struct finding *f, uint8_t **ret_at, size_t *ret_len)
{
	Quell__Detail details[FINDING_DETAILS];
	Quell__Detail *rows[FINDING_DETAILS];
	Quell__Finding m = QUELL__FINDING__INIT;
	unsigned at = 0;

	for (struct detail d; m.n_details < FINDING_DETAILS && finding_detail_next(f, &at, &d);) {
		Quell__Detail *row = &details[m.n_details];

		quell__detail__init(row);
		row->key = (char *)(uintptr_t)d.key;
		row->is_number = d.is_number;
		row->number = d.number;
		row->text = (char *)(uintptr_t)d.text;
		rows[m.n_details++] = row;
	}
	m.threat = (char *)(uintptr_t)f->threat;
	m.class_ = f->class;
	m.source = borrow(f->source.b, sizeof(f->source.b));
	m.target = f->has_target ? borrow(f->target.b, sizeof(f->target.b)) : nothing;
	m.first_ns = f->first_ns;
	m.last_ns = f->last_ns;
	m.count = f->count;
	m.n_packets = f->n_packets;
	m.packets = (uint64_t *)(uintptr_t)f->packets;
	m.confidence = f->confidence;
	m.why = (char *)(uintptr_t)f->why;
	m.details = rows;
	return pack(&m.base, ret_at, ret_len);
}

static bool finding_take(const Quell__Finding *m, struct finding *f)
{
	if (!is_name(m->threat, sizeof(f->threat)) ||
	    !text_take(m->threat, f->threat, sizeof(f->threat)) ||
	    !text_take(m->why, f->why, sizeof(f->why)) || !addr_take(&m->source, &f->source))
		return false;
	f->has_target = m->target.len > 0;
	if (f->has_target && !addr_take(&m->target, &f->target))
		return false;
	if (m->class_ >= CLASSES || m->confidence > 100 || m->n_packets > FINDING_PACKETS ||
	    m->n_details > FINDING_DETAILS)
		return false;
	f->class = (enum finding_class)m->class_;
	f->confidence = m->confidence;
	f->first_ns = m->first_ns;
	f->last_ns = m->last_ns;
	f->count = m->count;
	f->n_packets = (unsigned)m->n_packets;
	if (m->n_packets > 0)
		memcpy(f->packets, m->packets, m->n_packets * sizeof(f->packets[0]));
	for (size_t i = 0; i < m->n_details; i++) {
		const Quell__Detail *d = m->details[i];

		if (!is_name(d->key, DETAIL_KEY) || strlen(d->text) >= DETAIL_TEXT)
			return false;
		if (d->is_number)
			finding_detail_number(f, d->key, d->number);
		else
			finding_detail_text(f, d->key, d->text);
	}
	return f->n_details == m->n_details; /* each once, and all have room */
}

/* A finding unpacks into some sixty small pieces. They come from one block, and the heap only gives
 * what no longer fits: more than any finding of ours has. */
struct pieces {
	size_t used;
	alignas(max_align_t) unsigned char at[8192];
};

static void *piece_alloc(void *data, size_t size)
{
	struct pieces *p = data;
	size_t whole =
		(size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);

	if (whole < size || whole > sizeof(p->at) - p->used)
		return malloc(size);
	p->used += whole;
	return p->at + p->used - whole;
}

static void piece_free(void *data, void *piece)
{
	struct pieces *p = data;
	uintptr_t at = (uintptr_t)piece, from = (uintptr_t)p->at;

	if (at < from || at >= from + sizeof(p->at))
		free(piece);
}

enum rc exchange_unpack_finding(struct bytes in, struct finding *ret_f)
{
	struct pieces pieces;
	ProtobufCAllocator from = {piece_alloc, piece_free, &pieces};

	pieces.used = 0; /* the rest of it is not worth clearing */

	Quell__Finding *m = quell__finding__unpack(&from, in.len, in.at);
	struct finding f = {0};
	bool ok = m != NULL && finding_take(m, &f);

	quell__finding__free_unpacked(m, &from);
	if (!ok)
		return RC_FORMAT;
	*ret_f = f;
	return RC_OK;
}

enum rc exchange_pack_sighting(const struct sighting *s, uint8_t **ret_at, size_t *ret_len)
{
	ProtobufCBinaryData macs[SIGHTING_MACS];
	Quell__Sighting m = QUELL__SIGHTING__INIT;

	for (unsigned i = 0; i < s->n_macs; i++)
		macs[i] = borrow(s->macs[i].b, sizeof(s->macs[i].b));
	m.addr = borrow(s->addr.b, sizeof(s->addr.b));
	m.n_macs = s->n_macs;
	m.macs = macs;
	m.more_macs = s->more_macs;
	m.has_spoken = s->has_spoken;
	m.attempts_to = s->attempts_to;
	m.first_ns = s->first_ns;
	m.last_ns = s->last_ns;
	return pack(&m.base, ret_at, ret_len);
}

static bool sighting_take(const Quell__Sighting *m, struct sighting *s)
{
	if (!addr_take(&m->addr, &s->addr) || m->n_macs > SIGHTING_MACS)
		return false;
	for (unsigned i = 0; i < m->n_macs; i++) {
		if (m->macs[i].len != sizeof(s->macs[i].b))
			return false;
		memcpy(s->macs[i].b, m->macs[i].data, sizeof(s->macs[i].b));
	}
	s->n_macs = (unsigned)m->n_macs;
	s->more_macs = m->more_macs;
	s->has_spoken = m->has_spoken;
	s->attempts_to = m->attempts_to;
	s->first_ns = m->first_ns;
	s->last_ns = m->last_ns;
	return true;
}

enum rc exchange_unpack_sighting(struct bytes in, struct sighting *ret_s)
{
	Quell__Sighting *m = quell__sighting__unpack(NULL, in.len, in.at);
	struct sighting s = {0};
	bool ok = m != NULL && sighting_take(m, &s);

	quell__sighting__free_unpacked(m, NULL);
	if (!ok)
		return RC_FORMAT;
	*ret_s = s;
	return RC_OK;
}

enum rc exchange_pack_presence(const struct presence *p, uint8_t **ret_at, size_t *ret_len)
{
	Quell__Presence m = QUELL__PRESENCE__INIT;

	m.addr = borrow(p->addr.b, sizeof(p->addr.b));
	m.hour = p->hour;
	m.alive = p->alive;
	m.hostile = p->hostile;
	return pack(&m.base, ret_at, ret_len);
}

enum rc exchange_unpack_presence(struct bytes in, struct presence *ret_p)
{
	Quell__Presence *m = quell__presence__unpack(NULL, in.len, in.at);
	struct presence p = {0};
	bool ok = m != NULL && addr_take(&m->addr, &p.addr) && m->alive != 0 &&
		  m->alive >> PRESENCE_MINUTES == 0 && (m->hostile & ~m->alive) == 0;

	if (ok) {
		p.hour = m->hour;
		p.alive = m->alive;
		p.hostile = m->hostile;
	}
	quell__presence__free_unpacked(m, NULL);
	if (!ok)
		return RC_FORMAT;
	*ret_p = p;
	return RC_OK;
}

static void named_rows(const struct named_count *list, size_t n, Quell__NamedCount *rows,
		       Quell__NamedCount **at)
{
	for (size_t i = 0; i < n; i++) {
		quell__named_count__init(&rows[i]);
		rows[i].name = (char *)(uintptr_t)list[i].name;
		rows[i].n = list[i].n;
		at[i] = &rows[i];
	}
}

enum rc exchange_pack_coverage(const struct coverage *c, uint8_t **ret_at, size_t *ret_len)
{
	uint64_t counters[COUNTERS];
	Quell__NamedCount rows[2][COVERAGE_NAMED];
	Quell__NamedCount *at[2][COVERAGE_NAMED];
	Quell__Coverage m = QUELL__COVERAGE__INIT;

	memcpy(counters, c, sizeof(counters));
	named_rows(c->anomalies, c->n_anomalies, rows[0], at[0]);
	named_rows(c->limits, c->n_limits, rows[1], at[1]);
	m.n_counters = COUNTERS;
	m.counters = counters;
	m.n_anomalies = c->n_anomalies;
	m.anomalies = at[0];
	m.n_limits = c->n_limits;
	m.limits = at[1];
	return pack(&m.base, ret_at, ret_len);
}

static bool named_take(Quell__NamedCount *const *rows, size_t n, struct named_count *list,
		       size_t *ret_n)
{
	if (n > COVERAGE_NAMED)
		return false;
	for (size_t i = 0; i < n; i++) {
		list[i].n = rows[i]->n;
		if (!text_take(rows[i]->name, list[i].name, sizeof(list[i].name)))
			return false;
	}
	*ret_n = n;
	return true;
}

enum rc exchange_unpack_coverage(struct bytes in, struct coverage *ret_c)
{
	Quell__Coverage *m = quell__coverage__unpack(NULL, in.len, in.at);
	struct coverage c = {0};
	bool ok = m != NULL && m->n_counters == COUNTERS &&
		  named_take(m->anomalies, m->n_anomalies, c.anomalies, &c.n_anomalies) &&
		  named_take(m->limits, m->n_limits, c.limits, &c.n_limits);

	if (ok)
		memcpy(&c, m->counters, COUNTERS * sizeof(uint64_t));
	quell__coverage__free_unpacked(m, NULL);
	if (!ok)
		return RC_FORMAT;
	*ret_c = c;
	return RC_OK;
}

enum rc exchange_pack_source(const struct exchange_source *s, uint8_t **ret_at, size_t *ret_len)
{
	Quell__Source m = QUELL__SOURCE__INIT;

	m.packets = s->packets;
	m.bytes = s->bytes;
	m.first_ns = s->first_ns;
	m.last_ns = s->last_ns;
	m.listened_ns = s->listened_ns;
	m.n_first_seq = s->n_files;
	m.first_seq = s->first_seq;
	m.error = (char *)(uintptr_t)s->error;
	return pack(&m.base, ret_at, ret_len);
}

static enum rc source_take(const Quell__Source *m, struct exchange_source *ret_s)
{
	size_t n = m->n_first_seq;
	uint64_t *first_seq = NULL;

	if (n > EXCHANGE_FILES || !text_take(m->error, ret_s->error, sizeof(ret_s->error)))
		return RC_FORMAT;
	first_seq = calloc(n + 1, sizeof(*first_seq)); /* never calloc(0) */
	if (first_seq == NULL)
		return RC_NOMEM;
	if (n > 0)
		memcpy(first_seq, m->first_seq, n * sizeof(*first_seq));
	ret_s->packets = m->packets;
	ret_s->bytes = m->bytes;
	ret_s->first_ns = m->first_ns;
	ret_s->last_ns = m->last_ns;
	ret_s->listened_ns = m->listened_ns;
	ret_s->first_seq = first_seq;
	ret_s->n_files = n;
	return RC_OK;
}

enum rc exchange_unpack_source(struct bytes in, struct exchange_source *ret_s)
{
	Quell__Source *m = quell__source__unpack(NULL, in.len, in.at);
	enum rc rc = m != NULL ? source_take(m, ret_s) : RC_FORMAT;

	quell__source__free_unpacked(m, NULL);
	return rc;
}

enum rc exchange_pack_status(const struct exchange_status *s, uint8_t **ret_at, size_t *ret_len)
{
	Quell__Status m = QUELL__STATUS__INIT;

	m.packets = s->packets;
	m.bytes = s->bytes;
	m.lost = s->lost;
	m.at_ns = s->at_ns;
	return pack(&m.base, ret_at, ret_len);
}

enum rc exchange_unpack_status(struct bytes in, struct exchange_status *ret_s)
{
	Quell__Status *m = quell__status__unpack(NULL, in.len, in.at);

	if (m == NULL)
		return RC_FORMAT;
	*ret_s = (struct exchange_status){m->packets, m->bytes, m->lost, m->at_ns};
	quell__status__free_unpacked(m, NULL);
	return RC_OK;
}

/* Packing only reads. */
static char *text_lend(const char *text)
{
	return (char *)(uintptr_t)text;
}

enum rc exchange_pack_fact(const struct fact *f, uint8_t **ret_at, size_t *ret_len)
{
	Quell__Fact m = QUELL__FACT__INIT;

	m.kind = f->kind;
	m.source = f->source;
	m.confidence = f->confidence;
	m.mac = f->has_mac ? borrow(f->mac.b, sizeof(f->mac.b)) : nothing;
	m.addr = addr_is_zero(&f->addr) ? nothing : borrow(f->addr.b, sizeof(f->addr.b));
	m.host = text_lend(f->host);
	m.value = text_lend(f->value);
	m.origin = text_lend(f->origin);
	m.machine = text_lend(f->machine);
	m.first_ns = f->first_ns;
	m.last_ns = f->last_ns;
	m.until_ns = f->until_ns;
	m.is_ended = f->is_ended;
	m.count = f->count;
	m.packet = f->packet;
	return pack(&m.base, ret_at, ret_len);
}

static const char *text_keep(const char *from, struct arena *arena, bool *ret_is_bad)
{
	char to[EXCHANGE_TEXT + 1];
	const char *kept = "";

	if (from[0] == '\0')
		return kept;
	kept = text_take(from, to, sizeof(to)) ? arena_strdup(arena, to) : NULL;
	*ret_is_bad |= kept == NULL;
	return kept;
}

static bool fact_take(const Quell__Fact *m, struct arena *arena, struct fact *f)
{
	bool is_bad = false;

	if (m->kind == 0 || m->kind >= FACT_KINDS || m->source == 0 || m->source > FROM_OPERATOR ||
	    strcmp(fact_source_name(m->source), "unknown") == 0 || m->confidence < 1 ||
	    m->confidence > 100 || m->last_ns < m->first_ns)
		return false;
	f->kind = (uint8_t)m->kind;
	f->source = (uint8_t)m->source;
	f->confidence = (uint8_t)m->confidence;
	f->has_mac = m->mac.len > 0;
	if (f->has_mac && m->mac.len != sizeof(f->mac.b))
		return false;
	if (f->has_mac)
		memcpy(f->mac.b, m->mac.data, sizeof(f->mac.b));
	if (m->addr.len > 0 && !addr_take(&m->addr, &f->addr))
		return false;
	f->host = text_keep(m->host, arena, &is_bad);
	f->value = text_keep(m->value, arena, &is_bad);
	f->origin = text_keep(m->origin, arena, &is_bad);
	f->machine = text_keep(m->machine, arena, &is_bad);
	f->first_ns = m->first_ns;
	f->last_ns = m->last_ns;
	f->until_ns = m->until_ns;
	f->is_ended = m->is_ended;
	f->count = m->count;
	f->packet = m->packet;
	/* About nobody, or saying nothing: no fact. */
	return !is_bad && (f->has_mac || !addr_is_zero(&f->addr) || f->host[0] != '\0') &&
	       (f->kind == FACT_LINK || f->value[0] != '\0');
}

enum rc exchange_unpack_fact(struct bytes in, struct arena *arena, struct fact *ret_f)
{
	struct pieces pieces;
	ProtobufCAllocator from = {piece_alloc, piece_free, &pieces};

	pieces.used = 0;

	Quell__Fact *m = quell__fact__unpack(&from, in.len, in.at);
	struct fact f = {0};
	bool ok = m != NULL && fact_take(m, arena, &f);

	quell__fact__free_unpacked(m, &from);
	if (!ok)
		return RC_FORMAT;
	*ret_f = f;
	return RC_OK;
}
