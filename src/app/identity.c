#include "app/identity.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/monotime.h"
#include "naming/syn.h"

/* 16 KiB in each shard: of a network with more talkers some repeat themselves earlier. */
enum { SLOTS = 1024 };
enum { AGAIN_S = 60 };
/* Of each of the shards, in a second: an office that boots in the morning is far below. SYNs are
 * the weakest word, and a stranger can make any number of them. */
enum { IDENTS_PER_S = 1024, SYNS_PER_S = 32, REPEATS_PER_S = 1024 };

struct slot {
	uint64_t key;
	uint32_t told; /* in which second, from 1; 0: never */
	/* From `since` seconds after that on it is not looked at for so long. */
	uint16_t since, silence_s;
};

struct identity {
	uint64_t seed;
	bool by_minute;
	unsigned idents_left, syns_left, repeats_left;
	uint64_t lost;
	char shape[SYN_TEXT];
	struct slot slots[SLOTS];
};

enum rc identity_new(uint64_t seed, bool by_minute, struct identity **ret_i)
{
	struct identity *i = calloc(1, sizeof(*i));

	if (i == NULL)
		return RC_NOMEM;
	i->seed = seed;
	i->by_minute = by_minute;
	identity_tick(i);
	*ret_i = i;
	return RC_OK;
}

void identity_free(struct identity *i)
{
	free(i);
}

void identity_tick(struct identity *i)
{
	i->idents_left = IDENTS_PER_S;
	i->syns_left = SYNS_PER_S;
	i->repeats_left = REPEATS_PER_S;
}

uint64_t identity_lost(const struct identity *i)
{
	return i->lost;
}

static uint32_t second_of(uint64_t mono_ns)
{
	return (uint32_t)(mono_ns / NS_PER_S + 1);
}

static bool is_silent(const struct slot *s, uint64_t key, uint32_t second)
{
	return s->key == key && s->told != 0 && second - s->told - s->since < s->silence_s;
}

static bool spend(struct identity *i, unsigned *left)
{
	if (*left == 0) {
		i->lost++;
		return false;
	}
	--*left;
	return true;
}

/* True: it is news, and noted. */
static bool note(struct identity *i, unsigned *left, uint64_t key, uint64_t mono_ns)
{
	struct slot *s = &i->slots[key % SLOTS];
	uint32_t second = second_of(mono_ns);

	if (is_silent(s, key, second) || !spend(i, left))
		return false;
	*s = (struct slot){.key = key, .told = second, .silence_s = AGAIN_S};
	return true;
}

/* Could a later message take it back? */
static bool can_end(const struct ev_ident *id)
{
	bool is_lease = id->has_mac && !addr_is_zero(&id->addr);

	switch ((enum ev_ident_from)id->from) {
	case IDENT_DHCP:
	case IDENT_DHCP6:
		return is_lease && id->act != IDENT_WISH;
	case IDENT_NTLM:
	case IDENT_SMB1:
	case IDENT_KERBEROS: /* a logon may be refused; a system stays what it is */
		return id->user.len > 0 || id->act == IDENT_ENDS;
	case IDENT_NBNS:
	case IDENT_MDNS:
		return id->act != IDENT_WISH;
	default:
		return id->act == IDENT_ENDS;
	}
}

static uint64_t key_of(const struct identity *i, const struct event *ev)
{
	const struct ev_ident *id = &ev->ident;
	const struct bytes texts[] = {id->name, id->domain, id->user, id->os, id->id, id->note};
	const uint8_t small[] = {id->from, id->act,   id->has_mac,  id->is_group, id->suffix,
				 id->ttl,  id->roles, id->os_major, id->os_minor};
	uint8_t room[6 * (EV_TEXT_MAX + 1) + 128];
	struct writer w = {.at = room, .cap = sizeof(room)};

	wr_bytes(&w, (struct bytes){small, sizeof(small)});
	wr_be(&w, 2, id->os_build);
	wr_be(&w, 2, id->dialect);
	wr_be(&w, 4, id->lease_s);
	wr_be(&w, 4, ev->vlan);
	wr_be(&w, 8, id->boot_ns);
	wr_bytes(&w, (struct bytes){id->mac.b, sizeof(id->mac.b)});
	wr_bytes(&w, (struct bytes){id->addr.b, sizeof(id->addr.b)});
	for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
		struct bytes text = bytes_slice(texts[k], 0, EV_TEXT_MAX);

		wr_be(&w, 1, text.len);
		wr_bytes(&w, text);
	}
	return hash_bytes(room, w.len, i->seed);
}

bool identity_is_news(struct identity *i, const struct event *ev, uint64_t mono_ns)
{
	if (can_end(&ev->ident))
		return spend(i, &i->idents_left);
	return note(i, &i->idents_left, key_of(i, ev), mono_ns);
}

/* The step of wyhash: this is asked for every packet. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 m = (unsigned __int128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t link_key(const struct identity *i, const struct packet *p)
{
	uint64_t card = 0;

	memcpy(&card, p->src_mac.b, sizeof(p->src_mac.b));
	card |= (uint64_t)p->ttl << 48;
	return mix(addr_half(&p->src, 0) ^ i->seed ^ UINT64_C(0x9e3779b97f4a7c15),
		   addr_half(&p->src, 1) ^ UINT64_C(0xe7037ed1a0b428db)) ^
	       mix(card ^ UINT64_C(0x8ebc6af09c88c6e3), p->vlan ^ UINT64_C(0x589965cc75374cc3));
}

/* Nobody is behind a group's address, or none. */
static bool is_somebody(const struct packet *p)
{
	static const struct mac zero;

	return !addr_is_zero(&p->src) && !addr_is_multicast(&p->src) &&
	       !addr_is_loopback(&p->src) && (p->src_mac.b[0] & 1) == 0 &&
	       !mac_eq(&p->src_mac, &zero);
}

/* At most until the minute of the clock is over. */
static uint16_t within_minute(uint64_t at_ns, uint32_t silence_s)
{
	const uint32_t rest = 60 - (uint32_t)(at_ns / NS_PER_S % 60);

	return (uint16_t)(rest < silence_s ? rest : silence_s);
}

/* Somebody is heard whose silence is over. True: it is told, and `ret_is_repeat` says whether the
 * minute alone is new. */
static bool note_link(struct identity *i, const struct packet *p, uint64_t key, bool *ret_is_repeat)
{
	struct slot *s = &i->slots[key % SLOTS];
	const uint32_t second = second_of(p->mono_ns);

	*ret_is_repeat = s->key == key && s->told != 0 && second - s->told < AGAIN_S;
	if (!spend(i, *ret_is_repeat ? &i->repeats_left : &i->idents_left))
		return false;
	if (!*ret_is_repeat)
		*s = (struct slot){.key = key, .told = second};
	s->since = (uint16_t)(second - s->told);
	s->silence_s = (uint16_t)(AGAIN_S - s->since);
	if (i->by_minute)
		s->silence_s = within_minute(p->at_ns, s->silence_s);
	return true;
}

static bool link_news(struct identity *i, const struct packet *p, struct ev_ident *ret_ident)
{
	uint64_t key = link_key(i, p);
	bool is_repeat = false;

	if (is_silent(&i->slots[key % SLOTS], key, second_of(p->mono_ns)) || !is_somebody(p) ||
	    !note_link(i, p, key, &is_repeat))
		return false;
	*ret_ident = (struct ev_ident){.from = IDENT_LINK,
				       .has_mac = true,
				       .mac = p->src_mac,
				       .addr = p->src,
				       .ttl = p->ttl,
				       .is_repeat = is_repeat};
	return true;
}

/* A SYN costs nothing but a counter once its second is full. */
static bool syn_news(struct identity *i, const struct packet *p, struct ev_ident *ret_ident)
{
	struct bytes options = packet_tcp_options(p);
	uint8_t room[16 + 8 + SYN_OPTIONS_MAX];
	struct writer w = {.at = room, .cap = sizeof(room)};

	if (i->syns_left == 0) {
		i->lost++;
		return false;
	}
	wr_bytes(&w, (struct bytes){p->src.b, sizeof(p->src.b)});
	wr_be(&w, 1, p->ttl);
	wr_be(&w, 1, p->is_df);
	wr_be(&w, 2, p->tcp.window);
	wr_be(&w, 4, p->vlan);
	wr_bytes(&w, options);
	if (!note(i, &i->syns_left, hash_bytes(room, w.len, i->seed), p->mono_ns))
		return false;

	const struct syn s = {p->ttl, p->tcp.window, p->is_df, options};
	size_t len = syn_shape(&s, i->shape);

	*ret_ident = (struct ev_ident){.from = IDENT_SYN,
				       .addr = p->src,
				       .ttl = p->ttl,
				       .note = {(const uint8_t *)i->shape, len}};
	return true;
}

bool identity_packet(struct identity *i, const struct packet *p, struct ev_ident *ret_ident)
{
	if (p->kind == PACKET_TCP && (p->tcp.flags & TCP_ACK) == 0)
		return (p->tcp.flags & TCP_SYN) != 0 && syn_news(i, p, ret_ident);
	if (p->kind != PACKET_TCP && p->kind != PACKET_UDP && p->kind != PACKET_ICMP)
		return false;
	return p->has_mac && link_news(i, p, ret_ident);
}
