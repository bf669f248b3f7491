#include "host/place.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/monotime.h"
#include "host/vendor.h"

enum {
	HINTS = 4096,      /* packets of addresses not proved yet: a table that overwrites */
	BEHIND_ENOUGH = 2, /* addresses from farther away that make a router */
	ANSWERS_MANY = 8,  /* addresses that one MAC answers ARP for, and is a proxy */
	CONTEST_S = 600,   /* two that show in turn within it have the address both */
	LEAST_TTL = 17,    /* below, a packet was not meant to leave its network (1, 2, 4) */
	ARP_REPLY = 2,
	SURE_ARP = 90,
	SURE_ARP_OTHER = 40, /* somebody else's frame says so */
	SURE_CONTESTED = 50,
	SURE_LINK = 75,
	SURE_LINK_NO_TTL = 40,
	SURE_DHCP = 95,
	SURE_DHCP_WISH = 50,
};

struct card {                              /* a MAC */
	struct addr behind[BEHIND_ENOUGH]; /* addresses that came through it from farther away */
	struct addr answers[ANSWERS_MANY]; /* that it answers ARP for */
	struct addr leased;
	uint64_t last_ns, last_seq;
	uint8_t n_behind, n_answers;
	bool is_router, has_lease, sends_itself; /* sends_itself: from several, undiminished */
};

struct hint { /* the last packet of an address that nothing proved yet */
	struct addr addr;
	bool has_mac;
	uint8_t ttl, shape_len;
	struct mac mac;
	struct moment at, shape_at;
	uint8_t shape[SHAPE_MAX];
};

struct places {
	struct map *places; /* struct addr -> struct place */
	struct map *cards;  /* struct mac -> struct card */
	struct hint *hints;
	uint8_t shape[SHAPE_MAX]; /* that places_prove() lent out */
	const struct policy *policy;
	struct ledger *ledger;
	uint64_t seed, refused;
};

enum rc places_new(size_t max, uint64_t seed, const struct policy *policy, struct ledger *l,
		   struct places **ret_p)
{
	struct places *p = calloc(1, sizeof(*p));
	enum rc rc = p == NULL ? RC_NOMEM : RC_OK;

	if (rc == RC_OK)
		rc = map_new(max, sizeof(struct addr), sizeof(struct place), seed, &p->places);
	if (rc == RC_OK)
		rc = map_new(max, sizeof(struct mac), sizeof(struct card), seed, &p->cards);
	if (rc == RC_OK) {
		p->hints = calloc(HINTS, sizeof(*p->hints));
		rc = p->hints == NULL ? RC_NOMEM : RC_OK;
	}
	if (rc != RC_OK) {
		places_free(p);
		return rc;
	}
	p->policy = policy;
	p->ledger = l;
	p->seed = seed;
	*ret_p = p;
	return RC_OK;
}

void places_free(struct places *p)
{
	if (p == NULL)
		return;
	map_free(p->places);
	map_free(p->cards);
	free(p->hints);
	free(p);
}

uint64_t places_refused(const struct places *p)
{
	return p->refused;
}

static bool is_kept(const struct places *p, const struct addr *a)
{
	return !addr_is_zero(a) && !addr_is_multicast(a) && !addr_is_loopback(a) &&
	       policy_is_local(p->policy, a);
}

struct place *places_get(struct places *p, const struct addr *a)
{
	return map_get(p->places, a);
}

struct place *places_put(struct places *p, const struct addr *a)
{
	bool is_new = false;
	struct place *place = map_get(p->places, a);

	if (place != NULL || !is_kept(p, a))
		return place;
	place = map_put(p->places, a, &is_new);
	if (place == NULL)
		p->refused++;
	return place;
}

static struct card *card_of(struct places *p, const struct mac *m)
{
	bool is_new = false;
	struct card *card = NULL;

	if (mac_kind(m) == MAC_GROUP)
		return NULL;
	card = map_put(p->cards, m, &is_new);
	if (card == NULL)
		p->refused++;
	return card;
}

static void claim_text(struct places *p, const struct claim *about, unsigned kind, const char *text,
		       struct moment now)
{
	struct claim c = *about;

	c.kind = (uint8_t)kind;
	c.value = (struct bytes){(const uint8_t *)text, strlen(text)};
	ledger_claim(p->ledger, &c, now);
}

static void role_of_mac(struct places *p, const struct mac *m, const char *role,
			unsigned confidence, struct moment now)
{
	struct claim c = {
		.source = FROM_LINK, .confidence = (uint8_t)confidence, .has_mac = true, .mac = *m};

	claim_text(p, &c, FACT_ROLE, role, now);
}

/* Its frames are others' packets: they say nothing of who has an address. Its own, which it says
 * by ARP, stays. */
static void make_router(struct places *p, const struct mac *m, struct card *card, struct moment now)
{
	struct about links = {.mac = m, .kind = FACT_LINK, .source = FROM_LINK};

	if (!card->is_router)
		ledger_weaken(p->ledger, &links, 0);
	card->is_router = true;
	role_of_mac(p, m, "router", 85, now);
}

static bool add_once(struct addr *list, uint8_t *n, uint8_t most, const struct addr *a)
{
	for (uint8_t i = 0; i < *n; i++) {
		if (addr_eq(&list[i], a))
			return false;
	}
	if (*n < most)
		list[(*n)++] = *a;
	return *n == most;
}

/* How many routers a packet passed: systems start at one of four values. */
static unsigned hops_of(uint8_t ttl)
{
	unsigned start = ttl <= 32 ? 32 : ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;

	return ttl < LEAST_TTL || ttl == 60 || ttl == 100 ? 0 : start - ttl;
}

void places_vacate(struct places *p, const struct addr *a, uint64_t before_ns)
{
	struct about all = {.addr = a, .before_ns = before_ns};

	ledger_close(p->ledger, &all);
}

static void note_contest(struct places *p, const struct addr *a, struct place *place,
			 struct moment now)
{
	struct about links = {.addr = a, .kind = FACT_LINK};
	struct claim c = {.source = FROM_ARP, .confidence = 80, .addr = *a};
	bool is_first = memcmp(place->mac.b, place->other.b, sizeof(place->mac.b)) < 0;
	char text[128], one[MAC_TEXT], two[MAC_TEXT];

	/* In one order, whoever spoke last. */
	mac_format(is_first ? &place->mac : &place->other, one);
	mac_format(is_first ? &place->other : &place->mac, two);
	snprintf(text, sizeof(text), "two machines claim this address: %s and %s", one, two);
	ledger_weaken(p->ledger, &links, SURE_CONTESTED);
	claim_text(p, &c, FACT_NOTE, text, now);
}

/* Another MAC than before. True: the address changed hands; false: both have it. */
static bool is_takeover(struct places *p, const struct addr *a, struct place *place,
			const struct mac *m, struct moment now)
{
	bool is_back = mac_eq(&place->other, m) && place->other_ns != 0 &&
		       now.at_ns < place->other_ns + CONTEST_S * NS_PER_S;

	if (mac_kind(m) == MAC_VIRTUAL || mac_kind(&place->mac) == MAC_VIRTUAL)
		return false;
	if (is_back || (place->is_contested && mac_eq(&place->other, m))) {
		place->is_contested = true;
		note_contest(p, a, place, now);
		return false;
	}
	return true;
}

static void set_mac(struct place *place, const struct mac *m, uint64_t at_ns)
{
	if (place->has_mac && !mac_eq(&place->mac, m)) {
		place->other = place->mac;
		place->other_ns = place->mac_ns;
	}
	place->has_mac = true;
	place->mac = *m;
	place->mac_ns = at_ns;
}

void places_bind(struct places *p, const struct claim *link, struct moment now)
{
	struct place *place = places_put(p, &link->addr);

	if (place == NULL || mac_kind(&link->mac) == MAC_GROUP)
		return;
	if (place->has_mac && !mac_eq(&place->mac, &link->mac) &&
	    is_takeover(p, &link->addr, place, &link->mac, now)) {
		places_vacate(p, &link->addr, 0);
		memset(&place->crowd, 0, sizeof(place->crowd));
		place->own_name_ns = 0;
		place->is_contested = false;
	}
	set_mac(place, &link->mac, now.at_ns);
	ledger_claim(p->ledger, link, now);
	if (mac_kind(&link->mac) == MAC_VIRTUAL) {
		struct claim role = *link;

		role.until_ns = 0;
		claim_text(p, &role, FACT_ROLE, "virtual-address", now);
	}
}

/* A MAC that answers for many addresses, and was not heard to send from them, is a proxy of ARP. */
static void count_answer(struct places *p, const struct claim *link, struct moment now)
{
	struct card *card = card_of(p, &link->mac);

	if (card == NULL || card->is_router || card->sends_itself ||
	    !add_once(card->answers, &card->n_answers, ANSWERS_MANY, &link->addr))
		return;
	role_of_mac(p, &link->mac, "router", 50, now);
}

void places_arp(struct places *p, const struct event *ev, struct moment now)
{
	bool is_own = mac_eq(&ev->arp.sha, &ev->arp.eth_src); /* or a proxy's, or forged */
	struct claim link = {.kind = FACT_LINK,
			     .source = FROM_ARP,
			     .confidence = is_own ? SURE_ARP : SURE_ARP_OTHER,
			     .has_mac = true,
			     .mac = ev->arp.sha,
			     .addr = ev->src.addr};

	if (!is_kept(p, &link.addr) || mac_kind(&link.mac) == MAC_GROUP)
		return;
	if (is_own)
		places_bind(p, &link, now);
	else
		ledger_claim(p->ledger, &link, now);
	if (ev->arp.op == ARP_REPLY)
		count_answer(p, &link, now);
}

static void take_packet(struct places *p, const struct addr *a, const struct mac *m, uint8_t ttl,
			struct moment now)
{
	struct card *card = card_of(p, m);
	struct claim link = {.kind = FACT_LINK,
			     .source = FROM_LINK,
			     .confidence = ttl == 0 ? SURE_LINK_NO_TTL : SURE_LINK,
			     .has_mac = true,
			     .mac = *m,
			     .addr = *a};

	if (card == NULL || card->is_router)
		return;
	if (ttl > 0 && card->n_answers > 1)
		card->sends_itself = true;
	places_bind(p, &link, now);
}

static struct hint *hint_of(struct places *p, const struct addr *a)
{
	struct hint *h = &p->hints[hash_bytes(a->b, sizeof(a->b), p->seed) % HINTS];

	if (!addr_eq(&h->addr, a)) {
		memset(h, 0, sizeof(*h));
		h->addr = *a;
	}
	return h;
}

/* From farther away, so its Ethernet source is a router's. */
static void see_behind(struct places *p, const struct ev_ident *id, struct moment now)
{
	struct card *card = card_of(p, &id->mac);

	if (card == NULL)
		return;
	card->last_ns = now.at_ns;
	card->last_seq = now.seq;
	if (add_once(card->behind, &card->n_behind, BEHIND_ENOUGH, &id->addr) || card->is_router)
		make_router(p, &id->mac, card, now);
}

void places_packet(struct places *p, const struct ev_ident *id, struct moment now)
{
	struct hint *h = NULL;

	if (addr_is_zero(&id->addr) || addr_is_multicast(&id->addr))
		return;
	if (id->has_mac && hops_of(id->ttl) > 0) {
		see_behind(p, id, now);
		return;
	}
	if (!is_kept(p, &id->addr))
		return;
	if (id->has_mac && places_get(p, &id->addr) != NULL) {
		take_packet(p, &id->addr, &id->mac, id->ttl, now);
		return;
	}
	h = hint_of(p, &id->addr);
	if (id->has_mac) {
		h->has_mac = true;
		h->mac = id->mac;
		h->ttl = id->ttl;
		h->at = now;
	}
	if (id->from == IDENT_SYN && id->note.len > 0 && id->note.len <= SHAPE_MAX) {
		memcpy(h->shape, id->note.at, id->note.len);
		h->shape_len = (uint8_t)id->note.len;
		h->shape_at = now;
	}
}

struct place *places_prove(struct places *p, const struct addr *a, struct bytes *ret_shape,
			   struct moment *ret_when)
{
	struct place *place = places_get(p, a);
	struct hint *h = NULL;

	*ret_shape = (struct bytes){NULL, 0};
	if (place != NULL)
		return place;
	place = places_put(p, a);
	if (place == NULL)
		return NULL;
	h = hint_of(p, a);
	if (h->shape_len > 0) {
		memcpy(p->shape, h->shape, h->shape_len);
		*ret_shape = (struct bytes){p->shape, h->shape_len};
		*ret_when = h->shape_at;
	}
	if (h->has_mac)
		take_packet(p, a, &h->mac, h->ttl, h->at);
	memset(h, 0, sizeof(*h));
	return place;
}

static void forget_mac(struct places *p, const struct addr *a, const struct mac *m)
{
	struct place *place = places_get(p, a);

	if (place == NULL || !place->has_mac || !mac_eq(&place->mac, m))
		return;
	places_vacate(p, a, 0);
	place->has_mac = false;
	place->other_ns = 0; /* whoever comes next has it rightly */
	memset(&place->crowd, 0, sizeof(place->crowd));
}

void places_lease(struct places *p, const struct ev_ident *id, unsigned source, struct moment now)
{
	struct claim link = {.kind = FACT_LINK,
			     .source = (uint8_t)source,
			     .confidence = SURE_DHCP,
			     .has_mac = true,
			     .mac = id->mac,
			     .addr = id->addr};
	struct card *card = card_of(p, &id->mac);
	struct place *place = NULL;

	if (card == NULL || !is_kept(p, &id->addr))
		return;
	if (id->act == IDENT_WISH) {
		/* Not granted yet; but those who ask know what they had. */
		link.confidence = SURE_DHCP_WISH;
		ledger_claim(p->ledger, &link, now);
		return;
	}
	if (id->lease_s > 0)
		link.until_ns = now.at_ns + id->lease_s * NS_PER_S;
	if (card->has_lease && !addr_eq(&card->leased, &id->addr) &&
	    addr_is_v4(&card->leased) == addr_is_v4(&id->addr))
		forget_mac(p, &card->leased, &id->mac);
	card->has_lease = true;
	card->leased = id->addr;
	/* The server's word: whoever showed there before is gone. */
	place = places_get(p, &id->addr);
	if (place != NULL && place->has_mac && !mac_eq(&place->mac, &id->mac)) {
		struct mac former = place->mac;

		forget_mac(p, &id->addr, &former);
	}
	places_bind(p, &link, now);
}

void places_release(struct places *p, const struct ev_ident *id, unsigned source, struct moment now)
{
	struct claim link = {.kind = FACT_LINK,
			     .source = (uint8_t)source,
			     .has_mac = true,
			     .mac = id->mac,
			     .addr = id->addr};
	struct card *card = card_of(p, &id->mac);

	ledger_end(p->ledger, &link, now);
	forget_mac(p, &id->addr, &id->mac);
	if (card != NULL && addr_eq(&card->leased, &id->addr))
		card->has_lease = false;
}

void places_finish(struct places *p, struct moment now)
{
	for (size_t i = 0; i < map_len(p->cards); i++) {
		const void *key = NULL;
		const struct card *card = map_at(p->cards, i, &key);

		if (card->n_behind == 0 || card->is_router)
			continue;
		/* One alone may have an odd system. */
		now.at_ns = card->last_ns;
		now.seq = card->last_seq;
		role_of_mac(p, key, "router", 40, now);
	}
}
