#include "host/crowd.h"

#include <string.h>

#include "base/hash.h"
#include "base/monotime.h"
#include "host/os.h"

enum {
	USERS_MANY = 4,  /* one person has two or three: the own, an administrator's, a service */
	USERS_S = 900,   /* within so long */
	BURST_MANY = 10, /* new users at once: nobody logs on so fast */
	BURST_S = 60,
	TURN_S = 600, /* two that show in turn within it are both there */
	TURNS_NAMES = 2,
	TURNS_OS = 3,
	NAME_QUIET_S = 300, /* a name not heard for so long may be gone */
	REPEAT_S = 60,      /* what is said with every connection is taken once in so long */
	SURE_CROWD = 60,
	SHARED_DIVISOR = 3,
	SPRAYED = 10,
};

enum told { TOLD_NAT = 1, TOLD_SHARED = 2, TOLD_SPRAY = 4, TOLD_DC = 8, TOLD_PRINTER = 16 };

enum accepts { ACCEPTS_KERBEROS = 1, ACCEPTS_LDAP = 2, ACCEPTS_PRINT = 4, ACCEPTS_PROXY = 8 };

static uint64_t hash_of(struct bytes text)
{
	uint8_t low[256];
	size_t n = text.len < sizeof(low) ? text.len : sizeof(low);

	for (size_t i = 0; i < n; i++) {
		uint8_t c = text.at[i];

		low[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
	}
	return hash_bytes(low, n, 0) | 1; /* 0 is none */
}

static bool is_within(uint64_t then_ns, uint64_t now_ns, unsigned seconds)
{
	return then_ns != 0 && now_ns < then_ns + seconds * NS_PER_S;
}

static void say(const struct crowd_at *at, unsigned kind, const char *text, unsigned confidence)
{
	struct claim c = {.kind = (uint8_t)kind,
			  .source = FROM_LINK,
			  .confidence = (uint8_t)confidence,
			  .addr = *at->addr,
			  .value = {(const uint8_t *)text, strlen(text)}};

	ledger_claim(at->ledger, &c, at->now);
}

static void weaken(const struct crowd_at *at, unsigned kind, unsigned most)
{
	struct about what = {.addr = at->addr, .kind = (uint8_t)kind};

	ledger_weaken(at->ledger, &what, (uint8_t)most);
}

static void is_shared(const struct crowd_at *at, const char *role, enum told told)
{
	struct crowd *c = &at->place->crowd;

	say(at, FACT_ROLE, role, SURE_CROWD);
	if ((c->told & told) != 0)
		return;
	c->told |= (uint8_t)told;
	weaken(at, FACT_USER, 100 / SHARED_DIVISOR);
	if (told != TOLD_NAT)
		return;
	weaken(at, FACT_NAME, 100 / SHARED_DIVISOR);
	weaken(at, FACT_OS, 100 / SHARED_DIVISOR);
}

/* Puts it in the place of the oldest. True: it was not there. */
static bool remember(struct seen *list, size_t n, uint64_t hash, uint64_t at_ns)
{
	size_t oldest = 0;

	for (size_t i = 0; i < n; i++) {
		if (list[i].hash == hash) {
			list[i].at_ns = at_ns;
			return false;
		}
		if (list[i].at_ns < list[oldest].at_ns)
			oldest = i;
	}
	list[oldest] = (struct seen){hash, at_ns};
	return true;
}

static size_t count_recent(const struct seen *list, uint64_t now_ns, unsigned seconds)
{
	size_t n = 0;

	for (size_t i = 0; i < RECENT; i++)
		n += is_within(list[i].at_ns, now_ns, seconds);
	return n;
}

/* A worm tries names from a list: they are not the users of the machine that it runs on. */
static void count_burst(const struct crowd_at *at)
{
	struct crowd *c = &at->place->crowd;

	if (!is_within(c->burst_ns, at->now.at_ns, BURST_S)) {
		c->burst_ns = at->now.at_ns;
		c->in_burst = 0;
	}
	if (c->in_burst < UINT8_MAX)
		c->in_burst++;
	if (c->in_burst < BURST_MANY)
		return;
	weaken(at, FACT_USER, SPRAYED);
	if ((c->told & TOLD_SPRAY) == 0)
		say(at, FACT_NOTE, "tries many users in a row: they are not its own", SURE_CROWD);
	c->told |= TOLD_SPRAY;
}

void crowd_user(const struct crowd_at *at, struct bytes user)
{
	struct crowd *c = &at->place->crowd;

	if (user.len == 0 || user.at[user.len - 1] == '$')
		return;
	if (remember(c->users, RECENT, hash_of(user), at->now.at_ns))
		count_burst(at);
	if ((c->told & TOLD_SPRAY) == 0 &&
	    count_recent(c->users, at->now.at_ns, USERS_S) >= USERS_MANY)
		is_shared(at, (c->accepts & ACCEPTS_PROXY) != 0 ? "proxy" : "terminal-server",
			  TOLD_SHARED);
}

/* Does what is said alternate between two? list[0] is the latest. */
static bool is_turn(struct seen list[2], uint64_t hash, uint64_t now_ns)
{
	bool is_back = list[1].hash == hash && is_within(list[1].at_ns, now_ns, TURN_S);

	if (list[0].hash == hash) {
		list[0].at_ns = now_ns;
		return false;
	}
	list[1] = list[0];
	list[0] = (struct seen){hash, now_ns};
	return is_back;
}

void crowd_client_name(const struct crowd_at *at, struct bytes name)
{
	struct crowd *c = &at->place->crowd;

	if (name.len == 0 || !is_turn(c->names, hash_of(name), at->now.at_ns))
		return;
	if (c->name_turns < TURNS_NAMES)
		c->name_turns++;
	if (c->name_turns >= TURNS_NAMES)
		is_shared(at, "nat", TOLD_NAT);
}

void crowd_os(const struct crowd_at *at, const char *name)
{
	struct crowd *c = &at->place->crowd;
	bool is_back;

	if (name[0] == '\0')
		return;
	if (c->os[0] == NULL || os_agrees(c->os[0], name)) {
		c->os[0] = name;
		c->os_ns[0] = at->now.at_ns;
		return;
	}
	is_back = c->os[1] != NULL && os_agrees(c->os[1], name) &&
		  is_within(c->os_ns[1], at->now.at_ns, TURN_S);
	c->os[1] = c->os[0];
	c->os_ns[1] = c->os_ns[0];
	c->os[0] = name;
	c->os_ns[0] = at->now.at_ns;
	if (!is_back)
		return;
	if (c->os_turns < TURNS_OS)
		c->os_turns++;
	if (c->os_turns >= TURNS_OS)
		is_shared(at, (c->accepts & ACCEPTS_PROXY) != 0 ? "proxy" : "nat", TOLD_NAT);
}

void crowd_accepted(const struct crowd_at *at, uint16_t port)
{
	struct crowd *c = &at->place->crowd;

	switch (port) {
	case 88:
		c->accepts |= ACCEPTS_KERBEROS;
		break;
	case 389:
	case 3268:
		c->accepts |= ACCEPTS_LDAP;
		break;
	case 515:
	case 9100:
		c->accepts |= ACCEPTS_PRINT;
		break;
	case 1080:
	case 3128:
	case 8080:
		c->accepts |= ACCEPTS_PROXY;
		break;
	default:
		return;
	}
	if ((c->accepts & (ACCEPTS_KERBEROS | ACCEPTS_LDAP)) == (ACCEPTS_KERBEROS | ACCEPTS_LDAP) &&
	    (c->told & TOLD_DC) == 0) {
		c->told |= TOLD_DC;
		say(at, FACT_ROLE, "dc", 70);
	}
	if ((c->accepts & ACCEPTS_PRINT) != 0 && (c->told & TOLD_PRINTER) == 0) {
		c->told |= TOLD_PRINTER;
		say(at, FACT_ROLE, "printer", 50);
	}
}

bool crowd_own_name(const struct crowd_at *at, struct bytes name)
{
	struct crowd *c = &at->place->crowd;
	bool was_quiet = at->place->own_name_ns != 0 &&
			 !is_within(at->place->own_name_ns, at->now.at_ns, NAME_QUIET_S);
	bool is_new;

	if (name.len == 0)
		return false;
	is_new = remember(c->own_names, RECENT, hash_of(name), at->now.at_ns);
	at->place->own_name_ns = at->now.at_ns;
	if (!is_new || !was_quiet)
		return false; /* a server may have several names, which it says together */
	memset(c->own_names, 0, sizeof(c->own_names));
	(void)remember(c->own_names, RECENT, hash_of(name), at->now.at_ns);
	return true;
}

bool crowd_has_own_name(const struct crowd_at *at, struct bytes name)
{
	const struct crowd *c = &at->place->crowd;
	uint64_t hash = hash_of(name);

	for (size_t i = 0; i < RECENT; i++) {
		if (c->own_names[i].hash == hash)
			return true;
	}
	return false;
}

bool crowd_is_repeated(const struct crowd_at *at, unsigned source, struct bytes said)
{
	struct seen *last = &at->place->crowd.systems[source % SYSTEMS];
	uint64_t hash = hash_bytes(said.at, said.len, source) | 1;

	if (last->hash == hash && at->now.at_ns >= last->at_ns &&
	    is_within(last->at_ns, at->now.at_ns, REPEAT_S))
		return true;
	*last = (struct seen){hash, at->now.at_ns};
	return false;
}

unsigned crowd_discount(const struct place *place, unsigned kind, unsigned confidence)
{
	uint8_t told = place->crowd.told;
	bool is_nat = (told & TOLD_NAT) != 0;

	if (kind == FACT_USER && (told & TOLD_SPRAY) != 0)
		return confidence < SPRAYED ? confidence : SPRAYED;
	if (kind == FACT_USER && (told & (TOLD_NAT | TOLD_SHARED)) != 0)
		return (confidence + SHARED_DIVISOR - 1) / SHARED_DIVISOR;
	if ((kind == FACT_NAME || kind == FACT_OS || kind == FACT_FQDN) && is_nat)
		return (confidence + SHARED_DIVISOR - 1) / SHARED_DIVISOR;
	return confidence;
}
