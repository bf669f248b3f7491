#include "desk/kits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { VERSIONS = 2048, FILE_TEXT = 160, NEXT = 160 };

struct making {
	const struct desk_campaign *c;
	const struct desk_kit *opt;
	struct kit *kit;
	bool *is_in;        /* of each member: handed over already */
	const char **ports; /* of each member, as a switch said, or NULL */
	struct arena *arena;
	enum rc rc;
};

static bool is_wanted(const struct making *m, const struct member *of)
{
	const struct wave *w = desk_campaign_wave(m->c, of->wave);

	if (of->stage == STAGE_QUIET)
		return false;
	if (m->opt->wave > 0)
		return of->wave == m->opt->wave;
	return w != NULL && w->state == WAVE_OPEN;
}

/* The folder of the file is written as Windows does. */
static void windows_path(const char *file, char *text, size_t len)
{
	(void)snprintf(text, len, "%s", file != NULL ? file : "");
	for (char *at = text; *at != '\0'; at++) {
		if (*at == '/')
			*at = '\\';
	}
}

static void versions_of(const struct weakness *w, char *text, size_t cap)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < w->n_fixed && len + 48 < cap; i++) {
		const struct fixed *f = &w->fixed[i];
		const uint16_t *v = f->version.part;
		int n = 0;

		if (f->by != FIXED_BY_FILE)
			continue;
		n = snprintf(text + len, cap - len, "%s%u.%u.%u.%u", len > 0 ? " " : "", v[0], v[1],
			     v[2], v[3]);
		len += n > 0 ? (size_t)n : 0;
		if (f->service_pack >= 0 && f->service_pack <= 9) {
			n = snprintf(text + len, cap - len, "/sp%d", f->service_pack);
			len += n > 0 ? (size_t)n : 0;
		}
	}
}

/* As far as the name of its Windows tells. */
static const char *arch_of(const char *os)
{
	if (strcasestr(os, "arm64") != NULL)
		return "arm64";
	return strcasestr(os, "x64") != NULL || strcasestr(os, "64-bit") != NULL ? "x64" : "";
}

static bool take_port(void *ctx, const char *id, const char *port)
{
	struct making *m = ctx;
	const struct member *of = desk_campaign_member(m->c, id);

	if (of == NULL)
		return true;
	m->ports[of - m->c->members] = arena_strdup(m->arena, port);
	m->rc = m->ports[of - m->c->members] != NULL ? RC_OK : RC_NOMEM;
	return m->rc == RC_OK;
}

static bool take_row(void *ctx, const struct store_row *r)
{
	struct making *m = ctx;
	const struct member *of = desk_campaign_member(m->c, r->id);
	char next[NEXT];

	if (of == NULL || m->is_in[of - m->c->members] || !is_wanted(m, of))
		return true;
	m->is_in[of - m->c->members] = true;

	const char *port = m->ports[of - m->c->members];
	const struct kit_machine machine = {
		.id = r->id,
		.name = r->name,
		.fqdn = r->fqdn,
		.domain = r->domain,
		.os = r->os,
		.arch = arch_of(r->os),
		.user = r->user,
		.phone = r->phone,
		.owner = r->owner,
		.place = r->place,
		.switch_port = port != NULL ? port : "",
		.next = campaign_next(of, &m->c->head, next, sizeof(next)),
		.why = of->why,
		.addr = r->addr,
		.mac = r->mac,
		.has_mac = r->has_mac,
		.is_infected = (of->marks & MEMBER_INFECTED) != 0,
		.stage = of->stage,
		.wave = of->wave,
		.importance = r->importance,
	};

	m->rc = kit_add(m->kit, &machine);
	return m->rc == RC_OK;
}

/* In the order of the ids, so that the same campaign gives the same bytes. */
static enum rc fill(struct making *m, char *err, size_t err_len)
{
	struct query all = {.n_terms = 0};
	enum rc rc = query_sort("id", &all, err, err_len);

	if (rc == RC_OK)
		rc = store_switch_ports(m->c->store, take_port, m);
	if (rc == RC_OK && m->rc == RC_OK)
		rc = store_list(m->c->store, &all, take_row, m, NULL);
	if (rc == RC_OK && m->rc != RC_OK) {
		(void)snprintf(err, err_len, "%s", rc_str(m->rc));
		return m->rc;
	}
	return rc;
}

enum rc desk_kit(const struct desk_campaign *c, const struct knowledge *k,
		 const struct desk_kit *opt, struct kit_summary *ret_s, char *err, size_t err_len)
{
	const struct weakness *w = knowledge_weakness(k, c->head.weakness);
	char versions[VERSIONS] = "", file[FILE_TEXT] = "";
	struct making m = {.c = c, .opt = opt};
	enum rc rc = RC_OK;

	err[0] = '\0';
	if (w != NULL) {
		windows_path(w->file, file, sizeof(file));
		if (file[0] != '\0')
			versions_of(w, versions, sizeof(versions));
	}
	const struct kit_options options = {
		.channel = opt->channel,
		.out = opt->out,
		.campaign = &c->head,
		.fixed_file = versions[0] != '\0' ? file : "",
		.fixed_versions = versions,
		.results = opt->results,
		.site = "",
		.at_ns = opt->at_ns,
	};

	rc = arena_new(0, &m.arena);
	if (rc != RC_OK)
		return rc;
	m.is_in = arena_alloc(m.arena, (c->n_members + 1) * sizeof(*m.is_in));
	m.ports = arena_alloc(m.arena, (c->n_members + 1) * sizeof(*m.ports));
	rc = m.is_in == NULL || m.ports == NULL ? RC_NOMEM
						: kit_new(&options, &m.kit, err, err_len);
	if (rc == RC_OK)
		rc = fill(&m, err, err_len);
	if (rc == RC_OK)
		rc = kit_end(m.kit, ret_s, err, err_len);
	kit_free(m.kit);
	arena_free(m.arena);
	return rc;
}
