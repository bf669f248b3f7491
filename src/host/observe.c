#include "host/observe.h"

#include <stdlib.h>

#include "base/monotime.h"
#include "host/crowd.h"
#include "host/os.h"
#include "host/place.h"
#include "host/sayings.h"

enum { OS_FROM_SYN_LEAST = 25, NEWCOMER_S = 60 };

struct observer {
	struct observe_options opt;
	struct ledger *ledger;
	struct places *places;
	struct moment newest;
};

enum rc observer_new(const struct observe_options *opt, struct observer **ret_o)
{
	struct observer *o = calloc(1, sizeof(*o));
	size_t max = opt->max_facts > 0 ? opt->max_facts : 1;
	enum rc rc = o == NULL ? RC_NOMEM : RC_OK;

	if (rc == RC_OK) {
		o->opt = *opt;
		rc = ledger_new(max, opt->seed, &o->ledger);
	}
	if (rc == RC_OK)
		rc = places_new(max, opt->seed, opt->policy, o->ledger, &o->places);
	if (rc != RC_OK) {
		observer_free(o);
		return rc;
	}
	*ret_o = o;
	return RC_OK;
}

void observer_free(struct observer *o)
{
	if (o == NULL)
		return;
	places_free(o->places);
	ledger_free(o->ledger);
	free(o);
}

unsigned observer_wants(void)
{
	return EV_BIT(EV_ARP) | EV_BIT(EV_CONN) | EV_BIT(EV_IDENT);
}

static void see_shape(struct observer *o, const struct addr *a, struct place *place,
		      struct bytes shape, struct moment now)
{
	struct crowd_at at = {a, place, o->ledger, now};
	struct os_guess g = {"", 0};
	struct claim c = {.kind = FACT_OS, .source = (uint8_t)ident_source(IDENT_SYN), .addr = *a};

	if (crowd_is_repeated(&at, c.source, shape))
		return;
	g = os_from_syn(shape);
	c.value = (struct bytes){(const uint8_t *)g.name, strlen(g.name)};
	if (g.confidence == 0)
		return;
	if (g.confidence >= OS_FROM_SYN_LEAST)
		crowd_os(&at, g.name);
	c.confidence = (uint8_t)crowd_discount(place, FACT_OS, g.confidence);
	ledger_claim(o->ledger, &c, now);
}

/* A machine is at this address, beyond doubt. NULL: not one of ours, or no room. */
static struct place *prove(struct observer *o, const struct addr *a)
{
	struct bytes shape;
	struct moment when = {0};
	struct place *place = places_prove(o->places, a, &shape, &when);

	if (place != NULL && shape.len > 0)
		see_shape(o, a, place, shape, when);
	return place;
}

static void see_conn(struct observer *o, const struct event *ev)
{
	struct place *to = NULL;

	if (ev->conn.outcome != EV_ESTABLISHED)
		return; /* the sources of floods and sweeps may be forged */
	(void)prove(o, &ev->src.addr);
	to = prove(o, &ev->dst.addr);
	if (to != NULL) {
		struct crowd_at at = {&ev->dst.addr, to, o->ledger, o->newest};

		crowd_accepted(&at, ev->dst.port);
	}
}

struct saying_of { /* what the claims of one statement are taken with */
	struct observer *o;
	const struct ev_ident *id;
	struct place *place; /* NULL: about a card */
	struct moment now;
};

/* In the machine's own services, or in what it tells everybody. */
static bool is_own_service(const struct ev_ident *id)
{
	return id->from == IDENT_BROWSER || id->from == IDENT_NTLM_CHALLENGE ||
	       id->from == IDENT_NBNS || id->from == IDENT_LLMNR || id->from == IDENT_MDNS;
}

static bool is_logon(const struct ev_ident *id)
{
	return id->from == IDENT_NTLM || id->from == IDENT_KERBEROS || id->from == IDENT_SMB1;
}

/* Names, users and systems say whether somebody else, or more than one, is at the address. */
static void see_crowd(const struct saying_of *s, const struct claim *c)
{
	struct crowd_at at = {&s->id->addr, s->place, s->o->ledger, s->now};

	if (c->kind == FACT_NAME && is_own_service(s->id) && crowd_own_name(&at, c->value)) {
		places_vacate(s->o->places, &s->id->addr,
			      s->now.at_ns > NEWCOMER_S * NS_PER_S
				      ? s->now.at_ns - NEWCOMER_S * NS_PER_S
				      : 1);
		memset(s->place->crowd.systems, 0, sizeof(s->place->crowd.systems));
	}
	if (c->kind == FACT_NAME && is_logon(s->id))
		crowd_client_name(&at, c->value);
	if (c->kind == FACT_USER && is_logon(s->id))
		crowd_user(&at, c->value);
}

/* NetBIOS' messenger name is the user's or the machine's own; one message does not tell which. */
static bool is_messenger_of_machine(const struct saying_of *s, const struct claim *c)
{
	struct crowd_at at = {&s->id->addr, s->place, s->o->ledger, s->now};
	struct claim user = *c;

	if (s->id->from != IDENT_NBNS || s->place == NULL)
		return false;
	if (c->kind == FACT_USER)
		return crowd_has_own_name(&at, c->value);
	if (c->kind != FACT_NAME)
		return false;
	user.kind = FACT_USER;
	ledger_withdraw(s->o->ledger, &user);
	return false;
}

static void take_claim(void *ctx, const struct claim *said)
{
	const struct saying_of *s = ctx;
	struct claim c = *said;
	bool is_refused = s->id->act == IDENT_ENDS && is_logon(s->id);

	if (s->id->act == IDENT_ENDS && !is_logon(s->id)) {
		ledger_end(s->o->ledger, &c, s->now);
		return;
	}
	if (is_messenger_of_machine(s, &c))
		return;
	if (s->place != NULL) {
		struct crowd_at at = {&s->id->addr, s->place, s->o->ledger, s->now};

		if (c.kind == FACT_OS && crowd_is_repeated(&at, c.source, c.value))
			return;
		see_crowd(s, &c);
		if (c.kind == FACT_OS && s->id->from == IDENT_HTTP) /* the literal: it is kept */
			crowd_os(&at, os_from_user_agent(s->id->os).name);
		c.confidence = (uint8_t)crowd_discount(s->place, c.kind, c.confidence);
	} else if (c.kind == FACT_NAME || c.kind == FACT_FQDN) {
		/* A card's client has one name; another one means that it was renamed. */
		ledger_supersede(s->o->ledger, &c);
	}
	if (is_refused && c.kind == FACT_USER)
		ledger_refute(s->o->ledger, &c, s->now);
	else
		ledger_claim(s->o->ledger, &c, s->now);
}

static void see_link(struct observer *o, const struct ev_ident *id, struct moment now)
{
	unsigned source = ident_source(id->from);
	struct claim link = {.kind = FACT_LINK,
			     .source = (uint8_t)source,
			     .confidence = 85,
			     .has_mac = true,
			     .mac = id->mac,
			     .addr = id->addr};

	if (!id->has_mac || addr_is_zero(&id->addr))
		return;
	if (id->from == IDENT_DHCP || id->from == IDENT_DHCP6) {
		if (id->act == IDENT_ENDS)
			places_release(o->places, id, source, now);
		else
			places_lease(o->places, id, source, now);
	} else if (id->from == IDENT_ND) {
		places_bind(o->places, &link, now);
	}
}

static void see_ident(struct observer *o, const struct event *ev)
{
	const struct ev_ident *id = &ev->ident;
	struct saying_of s = {.o = o, .id = id, .now = o->newest};
	struct claim_sink sink = {take_claim, &s};
	bool is_about_card;

	if (id->from == IDENT_LINK || id->from == IDENT_SYN) {
		struct place *place = places_get(o->places, &id->addr);

		places_packet(o->places, id, o->newest);
		if (place != NULL && id->from == IDENT_SYN)
			see_shape(o, &id->addr, place, id->note, o->newest);
		return;
	}
	is_about_card = id->has_mac && (id->from == IDENT_DHCP || id->from == IDENT_DHCP6 ||
					id->from == IDENT_LLDP || id->from == IDENT_CDP ||
					addr_is_zero(&id->addr));
	see_link(o, id, o->newest);
	if (!is_about_card) {
		s.place = prove(o, &id->addr);
		if (s.place == NULL)
			return; /* not one of ours */
	}
	sayings_of(id, &sink);
}

void observer_event(struct observer *o, const struct event *ev)
{
	o->newest = (struct moment){ev->at_ns, ev->seq};
	switch ((enum ev_kind)ev->kind) {
	case EV_ARP:
		places_arp(o->places, ev, o->newest);
		break;
	case EV_CONN:
		see_conn(o, ev);
		break;
	case EV_IDENT:
		see_ident(o, ev);
		break;
	default:
		break;
	}
}

void observer_tell(struct observer *o, bool at_end, const struct fact_sink *out)
{
	if (at_end)
		places_finish(o->places, o->newest);
	ledger_tell(o->ledger, out);
}

void observer_coverage(const struct observer *o, struct coverage *c)
{
	uint64_t refused = ledger_refused(o->ledger) + places_refused(o->places);

	if (refused > 0)
		named_count_add(c->limits, &c->n_limits, LIMIT_FACTS, refused);
}
