/*
 * Datagrams lie in a map by what names them, and in a list by age: the oldest is the first to
 * time out and the first to go when the limits are reached. Pieces are kept as they came, sorted
 * and without overlaps, so a datagram costs what was sent of it and not what it claims to be.
 */
#include "flow/defrag.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/monotime.h"

enum {
	TIMEOUT_S = 30, /* Linux's and Windows' ipfrag_time; RFC 8200 4.5 has 60 */
	DATAGRAM_MAX = 65535,
	PIECES_MAX = 512, /* per datagram: an MTU of 576 makes 120 */
	UNIT = 8,         /* all fragments but the last are multiples of it */
};

struct frag_piece {
	struct frag_piece *next;
	uint32_t offset, len;
	uint32_t missing; /* bytes after them that the capture cut off */
	uint8_t bytes[];
};

struct frag_key { /* zeroed before it is filled: it is compared as bytes */
	struct addr src, dst;
	uint32_t vlan, id;
	uint32_t proto; /* RFC 791 only; in IPv6 fragments may say different things */
};

struct datagram {
	struct frag_key key;
	uint64_t first_mono;
	struct datagram *prev, *next; /* by age */
	struct frag_piece *first;
	uint32_t pieces, covered;
	uint32_t total;   /* its length; 0: the last fragment is not here */
	uint8_t ip_proto; /* of its first fragment */
	bool is_dead;     /* given up: its other fragments are swallowed */
};

struct defrag {
	struct map *map; /* struct frag_key -> struct datagram * */
	size_t datagrams_max, bytes_max, bytes;
	struct datagram *oldest, *newest;
	struct defrag_stats stats;
	uint8_t whole[DATAGRAM_MAX];
};

enum rc defrag_new(size_t datagrams, size_t buffer_bytes, uint64_t seed, struct defrag **ret_defrag)
{
	if (datagrams == 0 || buffer_bytes == 0)
		return RC_INVAL;

	struct defrag *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return RC_NOMEM;

	enum rc rc = map_new(datagrams, sizeof(struct frag_key), sizeof(struct datagram *), seed,
			     &d->map);

	if (rc != RC_OK) {
		free(d);
		return rc;
	}
	d->datagrams_max = datagrams;
	d->bytes_max = buffer_bytes;
	*ret_defrag = d;
	return RC_OK;
}

static size_t piece_cost(size_t len)
{
	return sizeof(struct frag_piece) + len;
}

static void drop_pieces(struct defrag *d, struct datagram *g)
{
	while (g->first != NULL) {
		struct frag_piece *next = g->first->next;

		d->bytes -= piece_cost(g->first->len);
		free(g->first);
		g->first = next;
	}
	g->pieces = 0;
}

static void forget(struct defrag *d, struct datagram *g)
{
	drop_pieces(d, g);
	*(g == d->oldest ? &d->oldest : &g->prev->next) = g->next;
	*(g == d->newest ? &d->newest : &g->next->prev) = g->prev;
	map_del(d->map, &g->key);
	free(g);
}

void defrag_free(struct defrag *d)
{
	if (d == NULL)
		return;
	while (d->oldest != NULL)
		forget(d, d->oldest);
	map_free(d->map);
	free(d);
}

void defrag_stats_get(const struct defrag *d, struct defrag_stats *ret_stats)
{
	*ret_stats = d->stats;
}

static void expire(struct defrag *d, uint64_t now_ns)
{
	while (d->oldest != NULL && now_ns - d->oldest->first_mono >= TIMEOUT_S * NS_PER_S) {
		d->stats.timed_out += !d->oldest->is_dead;
		forget(d, d->oldest);
	}
}

static void shed_oldest(struct defrag *d)
{
	d->stats.shed += !d->oldest->is_dead;
	forget(d, d->oldest);
}

/* NULL: no memory. */
static struct datagram *find(struct defrag *d, const struct packet *p)
{
	struct frag_key key;
	bool is_new = false;

	memset(&key, 0, sizeof(key));
	key.src = p->src;
	key.dst = p->dst;
	key.vlan = p->vlan;
	key.id = p->frag.id;
	key.proto = addr_is_v4(&p->src) ? p->ip_proto : 0;

	struct datagram **at = map_get(d->map, &key);

	if (at != NULL)
		return *at;
	if (map_len(d->map) == d->datagrams_max)
		shed_oldest(d);

	struct datagram *g = calloc(1, sizeof(*g));

	at = g != NULL ? map_put(d->map, &key, &is_new) : NULL;
	if (at == NULL) {
		free(g);
		return NULL;
	}
	*at = g;
	g->key = key;
	g->first_mono = p->mono_ns;
	g->prev = d->newest;
	*(g->prev != NULL ? &g->prev->next : &d->oldest) = g;
	d->newest = g;
	return g;
}

/* Can the fragment be part of its datagram, as far as lengths go? */
static bool fits(const struct datagram *g, const struct packet *p, uint32_t len)
{
	uint32_t end = p->frag.offset + len;

	if (len == 0 || end > DATAGRAM_MAX || (p->frag.more && len % UNIT != 0))
		return false;
	if (g->total != 0)
		return p->frag.more ? end <= g->total : end == g->total;
	if (p->frag.more)
		return true;
	for (const struct frag_piece *q = g->first; q != NULL; q = q->next) {
		if (q->offset + q->len + q->missing > end)
			return false;
	}
	return true;
}

/* Makes a piece of `in` and puts it before *at. False: the limits, or no memory. */
static bool put_piece(struct defrag *d, struct datagram *g, struct frag_piece **at, uint32_t offset,
		      struct bytes in, uint32_t missing)
{
	size_t cost = piece_cost(in.len);

	while (cost > d->bytes_max - d->bytes && d->oldest != g)
		shed_oldest(d);
	if (cost > d->bytes_max - d->bytes || g->pieces == PIECES_MAX)
		return false;

	struct frag_piece *q = malloc(cost);

	if (q == NULL)
		return false;
	*q = (struct frag_piece){*at, offset, (uint32_t)in.len, missing};
	if (in.len > 0)
		memcpy(q->bytes, in.at, in.len);
	*at = q;
	d->bytes += cost;
	g->pieces++;
	g->covered += q->len + missing;
	return true;
}

/* Puts in what of the fragment is new. False: no room. */
static bool fill_in(struct defrag *d, struct datagram *g, const struct packet *p, bool *overlaps)
{
	uint32_t from = p->frag.offset;
	uint32_t end = from + (uint32_t)p->payload.len + p->payload_missing;
	struct frag_piece **at = &g->first;

	while (from < end) {
		const struct frag_piece *q = *at;
		uint32_t until = q != NULL && q->offset < end ? q->offset : end;

		if (from < until) { /* nothing there yet */
			struct bytes in =
				bytes_slice(p->payload, from - p->frag.offset, until - from);
			uint32_t missing = until - from - (uint32_t)in.len;

			if (!put_piece(d, g, at, from, in, missing))
				return false;
			at = &(*at)->next;
			from = until;
		} else {
			uint32_t there = q->offset + q->len + q->missing;

			*overlaps |= there > from;
			from = there > from ? there : from;
			at = &(*at)->next;
		}
	}
	return true;
}

/* Is it a copy of one that came before? */
static bool is_duplicate(const struct datagram *g, const struct packet *p)
{
	for (const struct frag_piece *q = g->first; q != NULL; q = q->next) {
		if (q->offset == p->frag.offset)
			return q->missing == p->payload_missing &&
			       bytes_eq((struct bytes){q->bytes, q->len}, p->payload);
	}
	return false;
}

static void become(struct defrag *d, struct datagram *g, struct packet *p)
{
	uint32_t len = 0, total = g->total;

	for (const struct frag_piece *q = g->first; q != NULL; q = q->next) {
		if (q->len > 0)
			memcpy(d->whole + len, q->bytes, q->len);
		len += q->len;
		if (q->missing > 0)
			break; /* what comes after a hole is of no use */
	}
	p->ip_proto = g->ip_proto;
	d->stats.datagrams++;
	forget(d, g);
	p->payload_missing = 0;
	(void)packet_decode_l4((struct bytes){d->whole, len}, total - len, p);
}

static void give_up(struct defrag *d, struct datagram *g)
{
	drop_pieces(d, g);
	g->is_dead = true;
}

bool defrag_packet(struct defrag *d, struct packet *p)
{
	uint32_t len = (uint32_t)p->payload.len + p->payload_missing;
	bool overlaps = false;

	expire(d, p->mono_ns);

	struct datagram *g = find(d, p);

	if (g == NULL) {
		d->stats.shed++;
		return false;
	}
	if (g->is_dead || is_duplicate(g, p))
		return false;
	if (!fits(g, p, len)) {
		d->stats.malformed++;
		return false;
	}
	if (!fill_in(d, g, p, &overlaps)) {
		d->stats.shed++;
		give_up(d, g);
		return false;
	}
	if (overlaps) {
		d->stats.malformed++;
		if (!addr_is_v4(&p->src)) { /* RFC 5722 */
			give_up(d, g);
			return false;
		}
	}
	if (p->frag.offset == 0)
		g->ip_proto = p->ip_proto;
	if (!p->frag.more)
		g->total = p->frag.offset + len;
	if (g->total == 0 || g->covered != g->total)
		return false;
	become(d, g, p);
	return true;
}
