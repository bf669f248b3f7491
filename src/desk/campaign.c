#include "desk/campaign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/journal.h"

enum { LINE_TEXT = CAMPAIGN_WHY + 64 };

/* --- open --- */

struct opening {
	struct desk_campaign *c;
	bool is_full; /* no memory */
};

static const char *kept(struct opening *o, const char *text)
{
	const char *copy = arena_strdup(o->c->arena, text);

	o->is_full = o->is_full || copy == NULL;
	return copy != NULL ? copy : "";
}

static bool take_head(void *ctx, const struct campaign *head)
{
	struct opening *o = ctx;
	struct campaign *to = &o->c->head;
	struct campaign_file *files =
		arena_alloc(o->c->arena, (head->n_files + 1) * sizeof(*files));

	*to = *head;
	to->id = kept(o, head->id);
	to->weakness = kept(o, head->weakness);
	to->patch = kept(o, head->patch);
	to->strategy = kept(o, head->strategy);
	to->state = kept(o, head->state);
	to->files = files;
	o->is_full = o->is_full || files == NULL;
	for (size_t i = 0; i < head->n_files && files != NULL; i++) {
		const struct campaign_file *f = &head->files[i];

		files[i] = (struct campaign_file){
			.role = kept(o, f->role),
			.path = kept(o, f->path),
			.sha256 = kept(o, f->sha256),
			.signer = kept(o, f->signer),
			.args = kept(o, f->args),
			.os = kept(o, f->os),
		};
	}
	return !o->is_full;
}

/* Room for one more in each of the arrays, which have `cap` in common. */
static bool grow(void **list, size_t n, size_t *cap, size_t each)
{
	size_t more = *cap == 0 ? 64 : 2 * *cap;
	void *grown = NULL;

	if (n < *cap)
		return true;
	grown = realloc(*list, more * each);
	if (grown == NULL)
		return false;
	*list = grown;
	*cap = more;
	return true;
}

static bool grow_members(struct desk_campaign *c, size_t n)
{
	size_t cap = c->members_cap;
	bool *flags = NULL;

	while (cap < n)
		cap = cap == 0 ? 64 : 2 * cap;
	if (cap == c->members_cap)
		return true;
	struct member *list = realloc(c->members, cap * sizeof(*list));

	if (list == NULL)
		return false;
	c->members = list;
	flags = realloc(c->is_changed, cap * sizeof(*flags));
	if (flags == NULL)
		return false;
	memset(flags + c->members_cap, 0, (cap - c->members_cap) * sizeof(*flags));
	c->is_changed = flags;
	c->members_cap = cap;
	return true;
}

static bool take_wave(void *ctx, const struct wave *w)
{
	struct opening *o = ctx;
	struct desk_campaign *c = o->c;

	if (!grow((void **)&c->waves, c->n_waves, &c->waves_cap, sizeof(*c->waves))) {
		o->is_full = true;
		return false;
	}
	c->waves[c->n_waves] = *w;
	c->waves[c->n_waves++].name = kept(o, w->name);
	return !o->is_full;
}

static bool take_member(void *ctx, const struct member *m)
{
	struct opening *o = ctx;
	struct desk_campaign *c = o->c;

	if (!grow_members(c, c->n_members + 1)) {
		o->is_full = true;
		return false;
	}
	c->members[c->n_members] = *m;
	c->members[c->n_members++].why = kept(o, m->why);
	return !o->is_full;
}

static int by_machine(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return strcmp(x->machine, y->machine);
}

static int by_num(const void *a, const void *b)
{
	const struct wave *x = a, *y = b;

	return x->num < y->num ? -1 : x->num > y->num;
}

static enum rc load(struct desk_campaign *c, const char *id)
{
	struct opening o = {.c = c};
	enum rc rc = store_campaigns(c->store, id, take_head, &o);

	if (rc == RC_OK && !o.is_full && c->head.id == NULL)
		rc = RC_END; /* of a store that keeps nothing */
	if (rc == RC_OK && !o.is_full)
		rc = store_waves(c->store, id, take_wave, &o);
	if (rc == RC_OK && !o.is_full)
		rc = store_members(c->store, id, take_member, &o);
	if (rc == RC_OK && o.is_full)
		rc = RC_NOMEM;
	/* The database's order of texts is not strcmp()'s. */
	if (rc == RC_OK && c->n_members > 0)
		qsort(c->members, c->n_members, sizeof(*c->members), by_machine);
	return rc;
}

enum rc desk_campaign_open(struct store *s, const char *id, struct desk_campaign **ret_c)
{
	struct arena *arena = NULL;
	struct desk_campaign *c = NULL;
	enum rc rc = arena_new(0, &arena);

	if (rc != RC_OK)
		return rc;
	c = arena_alloc(arena, sizeof(*c));
	if (c == NULL) {
		arena_free(arena);
		return RC_NOMEM;
	}
	*c = (struct desk_campaign){.store = s, .arena = arena};
	rc = load(c, id);
	if (rc != RC_OK) {
		desk_campaign_close(c);
		return rc;
	}
	*ret_c = c;
	return RC_OK;
}

void desk_campaign_close(struct desk_campaign *c)
{
	if (c == NULL)
		return;
	free(c->waves);
	free(c->members);
	free(c->is_changed);
	arena_free(c->arena);
}

/* --- who is in it --- */

struct member *desk_campaign_member(const struct desk_campaign *c, const char *machine)
{
	struct member key = {.stage = STAGE_UNKNOWN};
	size_t len = strlen(machine);

	if (c->n_members == 0 || len >= sizeof(key.machine))
		return NULL;
	memcpy(key.machine, machine, len + 1);
	return bsearch(&key, c->members, c->n_members, sizeof(key), by_machine);
}

struct wave *desk_campaign_wave(const struct desk_campaign *c, uint32_t num)
{
	const struct wave key = {.num = num};

	return c->n_waves > 0 ? bsearch(&key, c->waves, c->n_waves, sizeof(key), by_num) : NULL;
}

enum rc desk_campaign_add(struct desk_campaign *c, const char *const *ids, size_t n,
			  size_t *ret_added)
{
	size_t old = c->n_members, at = 0, added = 0;

	if (!grow_members(c, old + n))
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		struct member *m = &c->members[old + added];

		while (at < old && strcmp(c->members[at].machine, ids[i]) < 0)
			at++;
		if (strlen(ids[i]) >= sizeof(m->machine) ||
		    (at < old && strcmp(c->members[at].machine, ids[i]) == 0))
			continue;
		*m = (struct member){.why = "nothing is known of its patch yet"};
		memcpy(m->machine, ids[i], strlen(ids[i]) + 1);
		added++;
	}
	/* Put before they are sorted in: what is changed goes by place. */
	if (added > 0) {
		enum rc rc = store_put_members(c->store, c->head.id, c->members + old, added, NULL);

		if (rc != RC_OK)
			return rc;
	}
	c->n_members = old + added;
	if (added > 0) {
		enum rc rc = desk_campaign_put(c);

		if (rc != RC_OK)
			return rc;
		qsort(c->members, c->n_members, sizeof(*c->members), by_machine);
	}
	*ret_added = added;
	return RC_OK;
}

enum rc desk_campaign_new_wave(struct desk_campaign *c, uint32_t num, const char *name,
			       struct wave **ret_w)
{
	const char *copy = arena_strdup(c->arena, name);

	if (copy == NULL || !grow((void **)&c->waves, c->n_waves, &c->waves_cap, sizeof(*c->waves)))
		return RC_NOMEM;
	c->waves[c->n_waves] = (struct wave){.num = num, .name = copy};
	*ret_w = &c->waves[c->n_waves++];
	return RC_OK;
}

/* --- put back --- */

void desk_campaign_touch(struct desk_campaign *c, const struct member *m)
{
	c->is_changed[m - c->members] = true;
}

static enum rc put_changed(struct desk_campaign *c)
{
	struct member *list = malloc((c->n_members + 1) * sizeof(*list));
	size_t n = 0;
	enum rc rc = RC_OK;

	if (list == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < c->n_members; i++) {
		if (c->is_changed[i])
			list[n++] = c->members[i];
	}
	if (n > 0)
		rc = store_put_members(c->store, c->head.id, list, n, NULL);
	if (rc == RC_OK && c->n_members > 0)
		memset(c->is_changed, 0, c->n_members * sizeof(*c->is_changed));
	free(list);
	return rc;
}

enum rc desk_campaign_put(struct desk_campaign *c)
{
	enum rc rc = store_put_campaign(c->store, &c->head);

	for (size_t i = 0; i < c->n_waves && rc == RC_OK; i++)
		rc = store_put_wave(c->store, c->head.id, &c->waves[i]);
	return rc == RC_OK ? put_changed(c) : rc;
}

/* --- steps --- */

enum rc desk_journal(struct store *s, const char *campaign, const struct audit_by *by,
		     const char *act, const char *machine, const char *text)
{
	struct journal_line line = {
		.at_ns = by->at_ns,
		.campaign = campaign,
		.who = by->who,
		.act = act,
		.machine = machine,
		.text = text,
	};

	return store_journal_add(s, &line, journal_seal);
}

static bool is_result(enum campaign_event e)
{
	return e >= EVENT_PATCH_DONE && e <= EVENT_UPDATE_FAILED;
}

static void tell(const struct member *before, const struct member *m, enum step_outcome o,
		 const char *err, char *text)
{
	if (o == STEP_REFUSED)
		(void)snprintf(text, LINE_TEXT, "refused: %s", err);
	else if (o == STEP_OLD)
		(void)snprintf(text, LINE_TEXT, "not used: older than what is known");
	else if (before->stage != m->stage)
		(void)snprintf(text, LINE_TEXT, "%s -> %s: %s", stage_name(before->stage),
			       stage_name(m->stage), m->why);
	else
		(void)snprintf(text, LINE_TEXT, "%s: %s", stage_name(m->stage), m->why);
}

enum rc desk_campaign_step(struct desk_campaign *c, struct member *m,
			   const struct campaign_step *step, const struct audit_by *by,
			   enum step_outcome *ret_o, char *err, size_t err_len)
{
	char why[CAMPAIGN_WHY] = "", text[LINE_TEXT];
	const struct member before = *m;
	enum step_outcome o = campaign_step(m, step, why, err, err_len);

	if (m->why == why) {
		m->why = arena_strdup(c->arena, why);
		if (m->why == NULL) {
			m->why = "";
			return RC_NOMEM;
		}
	}
	*ret_o = o;
	if (o == STEP_SAME || o == STEP_DONE || o == STEP_CONTRADICTED)
		desk_campaign_touch(c, m);
	if (o == STEP_SAME || (o == STEP_OLD && !is_result(step->event)))
		return RC_OK;
	tell(&before, m, o, err, text);
	return desk_journal(c->store, c->head.id, by, campaign_event_name(step->event), m->machine,
			    text);
}
