/*
 * What the store has of assessments: the picture of the site, a page, what changed, the list.
 *
 * Machines and postures both come by id, so that they are put together in one pass, and nothing but
 * the machines' names is held for all of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "cli/assess.h"
#include "cli/who.h"
#include "report/cells.h"
#include "report/pen.h"

enum { LOOSE_MAX = 64, THREAT_NAMES = 1024, SHOWN = 1024 };

struct site { /* the machines of the store, by id */
	struct arena *arena;
	struct picture_machine *list;
	size_t n, cap;
	const char *loose[LOOSE_MAX + 1]; /* what infected machines do, ended by NULL */
	size_t n_loose;
	bool is_full; /* no memory */
};

int assess_format(const struct cli_command *c, const char *name, enum picture_format *ret_format)
{
	static const char *const names[] = {"human", "json", "csv", "html"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret_format = (enum picture_format)i;
			return CLI_DONE;
		}
	}
	return cli_usage(c, "-o is one of: human, json, csv, html");
}

int assess_only(const struct cli_command *c, const struct knowledge *k, const char *name,
		const char **ret_only)
{
	size_t n = 0;
	const struct weakness *w = knowledge_weaknesses(k, &n);

	*ret_only = NULL;
	if (name == NULL)
		return CLI_DONE;
	for (size_t i = 0; i < n; i++) {
		bool is_it = strcmp(w[i].id, name) == 0;

		for (const char *const *t = w[i].threats; !is_it && t != NULL && *t != NULL; t++)
			is_it = strcmp(*t, name) == 0;
		if (is_it) {
			*ret_only = w[i].id;
			return CLI_DONE;
		}
	}
	return cli_usage(c, "--for %s: the catalogue has no such weakness; see 'quell threats'",
			 name);
}

static int out_failed(const struct assess_view *v, enum rc rc)
{
	(void)cli_usage(v->command, "standard output: %s",
			rc == RC_IO ? strerror(errno) : rc_str(rc));
	return CLI_FAILED;
}

/* --- the machines --- */

static void add_loose(struct site *site, const char *threat)
{
	for (size_t i = 0; i < site->n_loose; i++) {
		if (strcmp(site->loose[i], threat) == 0)
			return;
	}
	const char *kept = arena_strdup(site->arena, threat);

	if (site->n_loose < LOOSE_MAX && kept != NULL)
		site->loose[site->n_loose++] = kept;
}

static void add_all_loose(struct site *site, const char *threats)
{
	char names[THREAT_NAMES], *rest = NULL;

	(void)snprintf(names, sizeof(names), "%s", threats);
	for (char *t = strtok_r(names, ",", &rest); t != NULL; t = strtok_r(NULL, ",", &rest))
		add_loose(site, t);
}

static const char *kept(struct site *site, const char *text)
{
	const char *copy = arena_strdup(site->arena, text);

	site->is_full = site->is_full || copy == NULL;
	return copy != NULL ? copy : "";
}

static bool take_row(void *ctx, const struct store_row *r)
{
	struct site *site = ctx;

	if (r->verdict == VERDICT_INFECTED)
		add_all_loose(site, r->threats);
	if (site->n == site->cap) {
		size_t cap = site->cap == 0 ? 1024 : 2 * site->cap;
		struct picture_machine *more = realloc(site->list, cap * sizeof(*more));

		if (more == NULL) {
			site->is_full = true;
			return false;
		}
		site->list = more;
		site->cap = cap;
	}
	site->list[site->n++] = (struct picture_machine){
		.id = kept(site, r->id),
		.name = kept(site, r->name),
		.os = kept(site, r->os),
		.user = kept(site, r->user),
		.place = kept(site, r->place),
		.owner = kept(site, r->owner),
		.how = "",
		.addr = r->addr,
		.verdict = r->verdict,
	};
	return !site->is_full;
}

static int by_id(const void *a, const void *b)
{
	const struct picture_machine *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static void site_done(struct site *site)
{
	free(site->list);
	arena_free(site->arena);
}

static int site_load(const struct assess_view *v, struct site *site)
{
	struct query all = {.n_terms = 0};

	*site = (struct site){.n = 0};
	if (arena_new(0, &site->arena) != RC_OK) {
		(void)cli_usage(v->command, "%s", rc_str(RC_NOMEM));
		return CLI_FAILED;
	}
	if (store_list(v->store, &all, take_row, site, NULL) != RC_OK)
		return cli_store_failed(v->command, v->store);
	if (site->is_full) {
		(void)cli_usage(v->command, "%s", rc_str(RC_NOMEM));
		return CLI_FAILED;
	}
	if (site->n > 0)
		qsort(site->list, site->n, sizeof(*site->list), by_id);
	return CLI_DONE;
}

static struct picture_options options_of(const struct assess_view *v, const struct site *site)
{
	struct picture_options o = {
		.format = v->format,
		.style = cli_style(),
		.baseline = knowledge_baseline(v->knowledge),
		.loose = site->loose,
		.only = v->only,
		.at_ns = cli_now(),
		.to = stdout,
	};

	o.weaknesses = knowledge_weaknesses(v->knowledge, &o.n_weaknesses);
	return o;
}

/* The machine that a posture is of: what the store knows of it, and what follows from the posture.
 * *ret_judged is the caller's. */
static enum rc machine_of(const struct assess_view *v, const struct site *site,
			  const struct picture_machine *known, const struct store_posture *p,
			  struct picture_machine *ret_m, struct judged **ret_judged)
{
	enum rc rc = judge_posture(p->posture, v->knowledge, site->loose, ret_judged);

	if (rc != RC_OK)
		return rc;
	*ret_m = known != NULL ? *known
			       : (struct picture_machine){.id = "",
							  .name = p->posture->name,
							  .os = "",
							  .user = "",
							  .place = "",
							  .owner = "",
							  .addr = p->posture->addr};
	ret_m->how = p->how;
	ret_m->at_ns = p->posture->at_ns;
	if (ret_m->name[0] == '\0')
		ret_m->name = p->posture->name;
	if (!addr_is_zero(&p->posture->addr) && v->assessment != NULL)
		ret_m->addr = p->posture->addr; /* where it was asked then */
	ret_m->judged = *ret_judged;
	return RC_OK;
}

/* --- the picture --- */

struct painting {
	const struct assess_view *v;
	const struct site *site;
	struct picture *picture;
	size_t next; /* of the site's machines */
	bool is_of_all;
	enum rc rc;
};

/* The machines before `id` that were never assessed. */
static const struct picture_machine *pass_to(struct painting *p, const char *id)
{
	while (p->next < p->site->n && p->rc == RC_OK) {
		const struct picture_machine *m = &p->site->list[p->next];
		int way = id != NULL && id[0] != '\0' ? strcmp(m->id, id) : -1;

		if (way > 0)
			return NULL;
		p->next++;
		if (way == 0)
			return m;
		if (p->is_of_all)
			p->rc = picture_add(p->picture, m);
	}
	return NULL;
}

static bool paint(void *ctx, const struct store_posture *sp)
{
	struct painting *p = ctx;
	const struct picture_machine *known = pass_to(p, sp->machine);
	struct judged *judged = NULL;
	struct picture_machine m;

	if (p->rc == RC_OK)
		p->rc = machine_of(p->v, p->site, known, sp, &m, &judged);
	if (p->rc == RC_OK)
		p->rc = picture_add(p->picture, &m);
	judged_free(judged);
	return p->rc == RC_OK;
}

int assess_picture(const struct assess_view *v)
{
	struct site site;
	struct painting p = {.v = v, .site = &site, .is_of_all = v->assessment == NULL};
	int status = site_load(v, &site);

	if (status == CLI_DONE) {
		struct picture_options o = options_of(v, &site);

		p.rc = picture_new(&o, &p.picture);
		if (p.rc == RC_OK &&
		    store_postures(v->store, NULL, v->assessment, paint, &p) != RC_OK)
			status = cli_store_failed(v->command, v->store);
		if (status == CLI_DONE && p.rc == RC_OK)
			(void)pass_to(&p, NULL);
		if (status == CLI_DONE && p.rc == RC_OK)
			p.rc = picture_end(p.picture);
		if (status == CLI_DONE && p.rc != RC_OK)
			status = out_failed(v, p.rc);
	}
	picture_free(p.picture);
	site_done(&site);
	return status;
}

/* --- the page of a machine --- */

struct page {
	const struct assess_view *v;
	const struct site *site;
	const struct picture_machine *known;
	bool is_shown;
	enum rc rc;
};

static bool show_page(void *ctx, const struct store_posture *sp)
{
	struct page *p = ctx;
	struct judged *judged = NULL;
	struct picture_machine m;
	struct picture_options o = options_of(p->v, p->site);

	p->rc = machine_of(p->v, p->site, p->known, sp, &m, &judged);
	if (p->rc == RC_OK)
		p->rc = picture_page(&o, &m);
	judged_free(judged);
	p->is_shown = true;
	return false;
}

static const struct picture_machine *find(const struct site *site, const char *id)
{
	struct picture_machine key = {.id = id};

	return site->n > 0 ? bsearch(&key, site->list, site->n, sizeof(key), by_id) : NULL;
}

int assess_page(const struct assess_view *v, const char *what)
{
	char id[MACHINE_ID];
	struct site site;
	int status = cli_find(v->command, v->store, what, id);

	if (status != CLI_DONE)
		return status;
	status = site_load(v, &site);
	struct page p = {.v = v, .site = &site};

	if (status == CLI_DONE) {
		p.known = find(&site, id);
		if (store_postures(v->store, id, v->assessment, show_page, &p) != RC_OK)
			status = cli_store_failed(v->command, v->store);
		else if (p.rc != RC_OK)
			status = out_failed(v, p.rc);
	}
	if (status == CLI_DONE && !p.is_shown) {
		(void)cli_usage(v->command,
				"%s was never assessed, so its patches are unknown; try 'quell "
				"assess %s'",
				id, what);
		status = CLI_FAILED;
	}
	site_done(&site);
	return status;
}

/* --- what changed --- */

struct found { /* a posture that is kept over the next query */
	struct posture *posture;
	char how[256];
	enum rc rc;
};

static bool keep_found(void *ctx, const struct store_posture *sp)
{
	struct found *f = ctx;

	f->rc = posture_copy(sp->posture, &f->posture);
	(void)snprintf(f->how, sizeof(f->how), "%s", sp->how);
	return false;
}

struct diffing {
	const struct assess_view *v;
	const struct site *site;
	const char *assessments[2]; /* before, after */
	struct picture_diff *diff;
};

static int side_of(const struct diffing *d, unsigned side, const struct picture_machine *known,
		   struct found *f)
{
	if (store_postures(d->v->store, known->id, d->assessments[side], keep_found, f) != RC_OK)
		return cli_store_failed(d->v->command, d->v->store);
	return f->rc == RC_OK ? CLI_DONE : out_failed(d->v, f->rc);
}

static int diff_one(const struct diffing *d, const struct picture_machine *known)
{
	struct found found[2] = {{.rc = RC_OK}, {.rc = RC_OK}};
	struct picture_machine m[2];
	struct judged *judged[2] = {NULL, NULL};
	int status = CLI_DONE;
	enum rc rc = RC_OK;

	for (unsigned i = 0; i < 2 && status == CLI_DONE; i++)
		status = side_of(d, i, known, &found[i]);
	for (unsigned i = 0; i < 2 && status == CLI_DONE && rc == RC_OK; i++) {
		struct store_posture sp = {known->id, d->assessments[i], found[i].how,
					   found[i].posture};

		if (sp.posture != NULL)
			rc = machine_of(d->v, d->site, known, &sp, &m[i], &judged[i]);
	}
	struct picture_change change = {found[0].posture != NULL ? &m[0] : NULL,
					found[1].posture != NULL ? &m[1] : NULL};

	if (status == CLI_DONE && rc == RC_OK && (change.before != NULL || change.after != NULL))
		rc = picture_diff_add(d->diff, &change);
	for (unsigned i = 0; i < 2; i++) {
		judged_free(judged[i]);
		posture_free(found[i].posture);
	}
	return status == CLI_DONE && rc != RC_OK ? out_failed(d->v, rc) : status;
}

struct latest { /* the two latest assessments */
	char id[2][64];
	unsigned n;
};

static bool take_latest(void *ctx, const struct store_assessment *a)
{
	struct latest *l = ctx;

	(void)snprintf(l->id[l->n++], sizeof(l->id[0]), "%s", a->id);
	return l->n < 2;
}

static bool is_there(void *ctx, const struct store_assessment *a)
{
	const char **id = ctx;

	if (strcmp(a->id, *id) == 0)
		*id = NULL;
	return *id != NULL;
}

/* Which two; NULL for the latest ones. */
static int choose(const struct assess_view *v, const char **before, const char **after,
		  struct latest *l)
{
	if (store_assessments(v->store, take_latest, l) != RC_OK)
		return cli_store_failed(v->command, v->store);
	if (l->n < 2) {
		(void)cli_usage(v->command, "there are no two assessments to compare yet");
		return CLI_FAILED;
	}
	if (*before == NULL)
		*before = l->id[1];
	if (*after == NULL)
		*after = l->id[0];
	for (unsigned i = 0; i < 2; i++) {
		const char *id = i == 0 ? *before : *after, *missing = id;

		if (store_assessments(v->store, is_there, &missing) != RC_OK)
			return cli_store_failed(v->command, v->store);
		if (missing != NULL)
			return cli_usage(v->command,
					 "there is no assessment '%s'; see 'quell assess list'",
					 id);
	}
	return CLI_DONE;
}

int assess_diff(const struct assess_view *v, const char *before, const char *after)
{
	struct site site = {.n = 0};
	struct latest latest = {.n = 0};
	int status = choose(v, &before, &after, &latest);

	if (status == CLI_DONE)
		status = site_load(v, &site);
	struct diffing d = {.v = v, .site = &site, .assessments = {before, after}};

	if (status == CLI_DONE) {
		struct picture_options o = options_of(v, &site);
		enum rc rc = picture_diff_new(&o, &d.diff);

		for (size_t i = 0; i < site.n && rc == RC_OK && status == CLI_DONE; i++)
			status = diff_one(&d, &site.list[i]);
		if (rc == RC_OK && status == CLI_DONE)
			rc = picture_diff_end(d.diff);
		if (rc != RC_OK)
			status = out_failed(v, rc);
	}
	picture_diff_free(d.diff);
	site_done(&site);
	return status;
}

/* --- the list: assessments and imports, latest first --- */

struct listing {
	enum picture_format format;
	struct pen pen;
	struct cells cells;
	uint64_t n;
	bool is_bad;
};

static void list_human(const struct store_assessment *a)
{
	char first[TEXT_TIME], who[SHOWN], targets[SHOWN];

	text_time(a->first_ns, first);
	(void)text_printable(a->who, who, sizeof(who));
	(void)text_printable(a->targets, targets, sizeof(targets));
	printf("%s\n    %.10s %.8s UTC  %s  %llu of %llu machines  by %s%s%.60s\n", a->id, first,
	       first + 11, a->how, (unsigned long long)a->done, (unsigned long long)a->asked, who,
	       targets[0] != '\0' ? "  targets " : "", targets);
}

static void list_json(struct pen *pen, const struct store_assessment *a)
{
	pen_line(pen);
	pen_open(pen, '{');
	pen_key(pen, "id");
	pen_text(pen, a->id);
	pen_key(pen, "how");
	pen_text(pen, a->how);
	pen_key(pen, "who");
	pen_text(pen, a->who);
	pen_key(pen, "targets");
	pen_text(pen, a->targets);
	pen_key(pen, "first");
	pen_time(pen, a->first_ns);
	pen_key(pen, "last");
	pen_time(pen, a->last_ns);
	pen_key(pen, "asked");
	pen_number(pen, a->asked);
	pen_key(pen, "done");
	pen_number(pen, a->done);
	pen_close(pen, '}');
}

static void list_csv(struct listing *l, const struct store_assessment *a)
{
	cell_text(&l->cells, a->id);
	cell_text(&l->cells, a->how);
	cell_text(&l->cells, a->who);
	cell_text(&l->cells, a->targets);
	cell_time(&l->cells, a->first_ns);
	cell_time(&l->cells, a->last_ns);
	cell_number(&l->cells, a->asked);
	cell_number(&l->cells, a->done);
	l->is_bad = cells_end(&l->cells) != RC_OK;
}

static bool list_one(void *ctx, const struct store_assessment *a)
{
	struct listing *l = ctx;

	l->n++;
	if (l->format == PICTURE_JSON)
		list_json(&l->pen, a);
	else if (l->format == PICTURE_CSV)
		list_csv(l, a);
	else
		list_human(a);
	return !l->is_bad && ferror(stdout) == 0;
}

static void list_begin(struct listing *l)
{
	l->pen.to = stdout;
	l->cells.to = stdout;
	if (l->format == PICTURE_CSV)
		fputs("id,how,who,targets,first,last,asked,done\r\n", stdout);
	if (l->format != PICTURE_JSON)
		return;
	pen_open(&l->pen, '{');
	pen_line(&l->pen);
	pen_key(&l->pen, "schema");
	pen_text(&l->pen, "quell.assessments/1");
	pen_line(&l->pen);
	pen_key(&l->pen, "assessments");
	pen_open(&l->pen, '[');
}

int assess_list(const struct assess_view *v)
{
	struct listing l = {.format = v->format};

	if (v->format == PICTURE_HTML)
		return cli_usage(v->command, "list: -o is one of: human, json, csv");
	list_begin(&l);
	if (store_assessments(v->store, list_one, &l) != RC_OK)
		return cli_store_failed(v->command, v->store);
	if (l.format == PICTURE_JSON) {
		pen_close(&l.pen, ']');
		pen_close(&l.pen, '}');
		l.is_bad = pen_done(&l.pen) != RC_OK;
		putchar('\n');
	} else if (l.format == PICTURE_HUMAN && l.n == 0) {
		puts("No assessment yet. Try: quell assess TARGET --dry-run");
	}
	if (!l.is_bad && fflush(stdout) == 0 && ferror(stdout) == 0)
		return CLI_DONE;
	(void)cli_usage(v->command, "standard output: %s", strerror(errno));
	return CLI_FAILED;
}
