#include "app/collect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/fact_table.h"
#include "base/map.h"
#include "host/resolve.h"
#include "outbreak/outbreak.h"
#include "settings/settings.h"

struct finding_key {
	char threat[32];
	uint8_t class;
	bool has_target;
	struct addr source, target;
};

enum {
	SCRATCH = 64 * 1024,
	PORT_TEXT = 1024,
	/* Of each address that may be followed: of a capture all that it holds, since its run has
	 * no name before its end. 5,000 machines for a week fit into the default. */
	HOURS = 16,
};

struct hour_key { /* no padding */
	struct addr addr;
	uint32_t hour;
};

struct collection {
	const struct watch_options *watch;
	struct map *findings;  /* struct finding_key -> struct finding */
	struct map *sightings; /* struct addr -> struct sighting */
	struct map *presence;  /* struct hour_key -> struct presence */
	struct fact_table *facts;
	struct arena *scratch; /* texts of the fact being taken */
	size_t scratch_used;
	uint64_t facts_came, facts_refused;
	struct coverage coverage;
	struct exchange_source source;
	struct exchange_status status;
	const struct finding *newest;
	const struct finding **list; /* what the outbreak borrows, */
	struct machines *machines;   /* and this, */
	char port[PORT_TEXT];        /* and this */
	bool has_source;
	uint64_t refused; /* findings and sightings that the limits left no room for */
	uint64_t presence_refused;
};

enum rc collection_new(const struct watch_options *watch, struct collection **ret_c)
{
	const struct settings_limits *limits = settings_limits(watch->settings);
	struct collection *c = calloc(1, sizeof(*c));
	enum rc rc = c == NULL ? RC_NOMEM : RC_OK;

	if (rc == RC_OK)
		rc = map_new(limits->findings, sizeof(struct finding_key), sizeof(struct finding),
			     0, &c->findings);
	if (rc == RC_OK)
		rc = map_new(limits->hosts, sizeof(struct addr), sizeof(struct sighting), 0,
			     &c->sightings);
	if (rc == RC_OK)
		rc = map_new(limits->hosts * HOURS, sizeof(struct hour_key),
			     sizeof(struct presence), 0, &c->presence);
	if (rc == RC_OK)
		rc = fact_table_new(limits->facts, &c->facts);
	if (rc != RC_OK) {
		collection_free(c);
		return rc;
	}
	c->watch = watch;
	*ret_c = c;
	return RC_OK;
}

void collection_free(struct collection *c)
{
	if (c == NULL)
		return;
	map_free(c->findings);
	map_free(c->sightings);
	map_free(c->presence);
	fact_table_free(c->facts);
	arena_free(c->scratch);
	machines_free(c->machines);
	free(c->list);
	free(c->source.first_seq);
	free(c);
}

static enum rc take_finding(struct collection *c, struct bytes message, enum collected *ret_what)
{
	struct finding_key key;
	struct finding f;
	bool is_new = false;

	if (exchange_unpack_finding(message, &f) != RC_OK)
		return RC_FORMAT;
	memset(&key, 0, sizeof(key)); /* padding is compared too */
	memcpy(key.threat, f.threat, strnlen(f.threat, sizeof(key.threat)));
	key.class = (uint8_t)f.class;
	key.has_target = f.has_target;
	key.source = f.source;
	if (f.has_target)
		key.target = f.target;

	struct finding *place = map_put(c->findings, &key, &is_new);

	*ret_what = COLLECTED_FINDING;
	if (place == NULL) {
		c->refused++;
		return RC_OK;
	}
	*place = f;
	if (is_new) {
		c->newest = place;
		*ret_what = COLLECTED_FINDING_NEW;
	}
	return RC_OK;
}

static enum rc take_sighting(struct collection *c, struct bytes message)
{
	struct sighting s;
	bool is_new = false;

	if (exchange_unpack_sighting(message, &s) != RC_OK)
		return RC_FORMAT;

	struct sighting *place = map_put(c->sightings, &s.addr, &is_new);

	if (place == NULL)
		c->refused++;
	else
		*place = s;
	return RC_OK;
}

static void join_presence(struct collection *c, const struct presence *p)
{
	const struct hour_key key = {p->addr, p->hour};
	bool is_new = false;
	struct presence *place = map_put(c->presence, &key, &is_new);

	if (place == NULL)
		c->presence_refused++;
	else if (is_new)
		*place = *p;
	else
		presence_join(place, p);
}

static enum rc take_presence(struct collection *c, struct bytes message)
{
	struct presence p;

	if (exchange_unpack_presence(message, &p) != RC_OK)
		return RC_FORMAT;
	if (c->watch->store != NULL) /* otherwise nobody asked for it */
		join_presence(c, &p);
	return RC_OK;
}

static int cmp_presence(const void *a, const void *b)
{
	return presence_cmp(a, b);
}

enum rc collection_take_presence(struct collection *c, struct arena *arena,
				 struct presence **ret_list, size_t *ret_n)
{
	const struct settings_limits *limits = settings_limits(c->watch->settings);
	const size_t n = map_len(c->presence);
	struct presence *list = arena_alloc(arena, n * sizeof(*list));
	struct map *empty = NULL;

	if (list == NULL || map_new(limits->hosts * HOURS, sizeof(struct hour_key),
				    sizeof(struct presence), 0, &empty) != RC_OK)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++)
		list[i] = *(const struct presence *)map_at(c->presence, i, NULL);
	if (n > 0)
		qsort(list, n, sizeof(*list), cmp_presence);
	map_free(c->presence);
	c->presence = empty;
	*ret_list = list;
	*ret_n = n;
	return RC_OK;
}

void collection_put_presence(struct collection *c, const struct presence *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		join_presence(c, &list[i]);
}

/* Only what packets say: lists and operators have other ways in. */
static enum rc take_fact(struct collection *c, struct bytes message)
{
	struct fact f;
	enum rc rc = RC_OK;

	if (c->scratch == NULL || c->scratch_used > SCRATCH) {
		arena_free(c->scratch);
		c->scratch = NULL;
		c->scratch_used = 0;
		rc = arena_new(0, &c->scratch);
	}
	if (rc != RC_OK)
		return rc;
	c->scratch_used += message.len;
	rc = exchange_unpack_fact(message, c->scratch, &f);
	if (rc != RC_OK)
		return rc;
	if (!fact_is_wire(f.source))
		return RC_FORMAT;
	c->facts_came++;
	c->facts_refused += !fact_table_put(c->facts, &f);
	return RC_OK;
}

static enum rc take_source(struct collection *c, struct bytes message)
{
	struct exchange_source s;

	if (exchange_unpack_source(message, &s) != RC_OK)
		return RC_FORMAT;
	if (s.n_files != c->watch->n_files) {
		free(s.first_seq);
		return RC_FORMAT;
	}
	free(c->source.first_seq);
	c->source = s;
	c->has_source = true;
	return RC_OK;
}

enum rc collection_take(struct collection *c, enum channel_type type, struct bytes message,
			enum collected *ret_what)
{
	*ret_what = COLLECTED_OTHER;
	switch (type) {
	case CHANNEL_FINDING:
		return take_finding(c, message, ret_what);
	case CHANNEL_SIGHTING:
		return take_sighting(c, message);
	case CHANNEL_COVERAGE:
		return exchange_unpack_coverage(message, &c->coverage);
	case CHANNEL_SOURCE:
		return take_source(c, message);
	case CHANNEL_STATUS:
		*ret_what = COLLECTED_STATUS;
		return exchange_unpack_status(message, &c->status);
	case CHANNEL_FACT:
		return take_fact(c, message);
	case CHANNEL_PRESENCE:
		return take_presence(c, message);
	case CHANNEL_LINE:
		*ret_what = COLLECTED_LINE;
		return RC_OK;
	case CHANNEL_DONE:
		*ret_what = COLLECTED_DONE;
		return RC_OK;
	}
	return RC_FORMAT;
}

const struct exchange_status *collection_status(const struct collection *c)
{
	return &c->status;
}

const struct finding *collection_newest(const struct collection *c)
{
	return c->newest;
}

const char *collection_error(const struct collection *c)
{
	return c->source.error;
}

/* Where the findings lie; NULL: no memory. */
static const struct finding **findings_of(const struct map *m)
{
	size_t n = map_len(m);
	const struct finding **list = calloc(n + 1, sizeof(const struct finding *)); /* never 0 */

	for (size_t i = 0; list != NULL && i < n; i++)
		list[i] = map_at(m, i, NULL);
	return list;
}

static struct sighting *sightings_of(const struct map *m)
{
	size_t n = map_len(m);
	struct sighting *row = calloc(n + 1, sizeof(*row));

	for (size_t i = 0; row != NULL && i < n; i++)
		row[i] = *(const struct sighting *)map_at(m, i, NULL);
	return row;
}

/* The sensor died before it could sum up: what its last status said stands. */
static void sum_up(struct collection *c, struct coverage *coverage, uint64_t listened_ns)
{
	if (c->has_source)
		return;
	c->source.packets = c->status.packets;
	c->source.bytes = c->status.bytes;
	coverage->packets = c->status.packets;
	coverage->bytes = c->status.bytes;
	coverage->lost_packets = c->status.lost;
	if (c->watch->interface != NULL)
		c->source.listened_ns = listened_ns;
}

const struct machines *collection_machines(const struct collection *c)
{
	return c->machines;
}

uint64_t collection_facts_came(const struct collection *c)
{
	return c->facts_came;
}

static struct source_info source_of(const struct collection *c)
{
	const struct watch_options *w = c->watch;
	bool is_file = w->n_files > 0;

	return (struct source_info){.kind = is_file ? "file" : "live",
				    .names = is_file ? w->files
						     : (const char **)(uintptr_t)&w->interface,
				    .n_names = is_file ? w->n_files : 1,
				    .first_seq = c->source.first_seq,
				    .packets = c->source.packets,
				    .bytes = c->source.bytes,
				    .first_ns = c->source.first_ns,
				    .last_ns = c->source.last_ns,
				    .listened_ns = c->source.listened_ns,
				    .note = c->source.error[0] != '\0' ? c->source.error : NULL};
}

enum rc collection_facts(struct collection *c, const struct fact **ret_facts, size_t *ret_n)
{
	struct source_info source = source_of(c);

	return fact_table_list(c->facts, &source, ret_facts, ret_n);
}

/* What is at the other end of the sensor's cable says so by LLDP or CDP, which switches do not
 * pass on. On a mirror port, or behind a hub, there may be several. */
static void find_port(struct collection *c, const struct fact *facts, size_t n,
		      const struct own *own)
{
	size_t len = 0;

	c->port[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		const struct fact *f = &facts[i];
		bool is_neighbour = f->kind == FACT_NOTE &&
				    (f->source == FROM_LLDP || f->source == FROM_CDP) &&
				    !(f->has_mac && own_has_mac(own, &f->mac));
		int m;

		if (!is_neighbour || strstr(c->port, f->value) != NULL)
			continue;
		m = snprintf(c->port + len, sizeof(c->port) - len, "%s%s (%s)", len > 0 ? "; " : "",
			     f->value, fact_source_words(f->source));
		if (m < 0 || (size_t)m >= sizeof(c->port) - len) {
			c->port[len] = '\0';
			return;
		}
		len += (size_t)m;
	}
}

/* Who is who, by all that was heard so far. */
static enum rc make_machines(struct collection *c, const struct own *own)
{
	struct resolve_input in = {0};
	struct machines *machines = NULL;
	enum rc rc = collection_facts(c, &in.facts, &in.n_facts);

	if (rc == RC_OK)
		rc = resolve(&in, &machines);
	if (rc != RC_OK)
		return rc;
	find_port(c, in.facts, in.n_facts, own);
	machines_free(c->machines);
	c->machines = machines;
	return RC_OK;
}

enum rc collection_outbreak(struct collection *c, const struct collect_end *end,
			    struct outbreak **ret_outbreak)
{
	const struct watch_options *w = c->watch;
	struct coverage coverage = c->coverage;
	const struct finding **list = findings_of(c->findings);
	struct sighting *sightings = sightings_of(c->sightings);
	enum rc rc = RC_NOMEM;

	sum_up(c, &coverage, end->listened_ns);
	if (c->refused > 0)
		named_count_add(coverage.limits, &coverage.n_limits, "findings", c->refused);
	if (c->presence_refused > 0)
		named_count_add(coverage.limits, &coverage.n_limits, "hours of presence",
				c->presence_refused);
	if (c->facts_refused > 0)
		named_count_add(coverage.limits, &coverage.n_limits, LIMIT_FACTS, c->facts_refused);
	free(c->list);
	c->list = list;
	if (list != NULL && sightings != NULL)
		rc = make_machines(c, end->own);
	if (list != NULL && sightings != NULL && rc == RC_OK) {
		struct outbreak_input in = {
			.source = source_of(c),
			.coverage = &coverage,
			.findings = list,
			.n_findings = map_len(c->findings),
			.sightings = sightings,
			.n_sightings = map_len(c->sightings),
			.machines = c->machines,
			.policy = settings_policy(w->settings),
			.max_hosts = settings_limits(w->settings)->hosts,
		};

		in.source.switch_port = c->port[0] != '\0' ? c->port : NULL;
		in.source.own = end->own->list;
		in.source.n_own = end->own->n;
		in.source.is_interrupted = end->is_cut || c->source.error[0] != '\0';
		rc = outbreak_build(&in, ret_outbreak);
	}
	free(sightings);
	return rc;
}
