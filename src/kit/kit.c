#include "kit/kit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "kit/check.h"
#include "kit/place.h"
#include "kit/render.h"

struct refusal {
	const char *id, *name, *why;
};

struct kit {
	struct arena *arena;
	struct kit_options opt;
	struct recipe channel;
	struct check check;
	struct roster roster;
	struct place *place;
	struct kit_file *files;
	struct fixed_version *fixed;
	size_t n_fixed;
	struct refusal *refused;
	size_t n_refused, refused_cap;
};

/* --- channels of quell's own --- */

/* As their channel.yaml say; tests/unit/test_kit_kit.c holds them to it. */
static const struct kit_channel channels[] = {
	{"ansible", "Ansible: inventory and playbook",
	 "Ansible, with its collection ansible.windows"},
	{"intune", "Microsoft Intune: a Win32 app with its detection script", "Microsoft Intune"},
	{"logon-script", "Logon script: cmd.exe, Windows XP and later",
	 "users who are administrators of their machines"},
	{"sccm", "Configuration Manager: collection, package, program and deployment",
	 "Microsoft Configuration Manager, or System Center"},
	{"startup-script", "Startup script by group policy", "Active Directory"},
	{"stick", "A stick for walking around: one script, and work sheets", "paper and legs"},
	{"worksheets", "Work sheets on paper: per technician and floor, in walking order", "paper"},
	{"wsus", "WSUS: approve this one update for this group", "Windows Server Update Services"},
	{"zenworks", "ZENworks: a bundle and its assignments", "ZENworks Configuration Management"},
};

const struct kit_channel *kit_channels(size_t *ret_n)
{
	*ret_n = sizeof(channels) / sizeof(channels[0]);
	return channels;
}

/* --- opening --- */

static struct values values_of(const struct kit *k)
{
	return (struct values){.opt = &k->opt,
			       .channel = k->channel.name,
			       .files = k->files,
			       .n_files = k->opt.campaign->n_files,
			       .n_machines = k->roster.n,
			       .n_refused = k->n_refused,
			       .has_fixed = k->n_fixed > 0};
}

static enum rc open_all(struct kit *k, char *err, size_t err_len)
{
	const struct kit_options *opt = &k->opt;
	struct values v;
	enum rc rc = recipe_read(k->arena, opt->channel, &k->channel, err, err_len);

	if (rc == RC_OK)
		rc = check_options(k->arena, opt, &k->fixed, &k->n_fixed, err, err_len);
	if (rc == RC_OK)
		rc = check_files(k->arena, opt->campaign, &k->files, err, err_len);
	if (rc != RC_OK)
		return rc;
	v = values_of(k);
	for (size_t i = 0; rc == RC_OK && i < k->channel.n_files; i++)
		rc = check_template(&k->check, &k->channel.files[i].template, &v, err, err_len);
	return rc;
}

enum rc kit_new(const struct kit_options *opt, struct kit **ret_k, char *err, size_t err_len)
{
	struct kit *k = calloc(1, sizeof(*k));
	struct place_kit place = {opt->out, opt->campaign->id, NULL};
	enum rc rc = RC_OK;

	if (k == NULL)
		return RC_NOMEM;
	k->opt = *opt;
	rc = arena_new(0, &k->arena);
	k->roster.arena = k->arena;
	if (rc == RC_OK)
		rc = open_all(k, err, err_len);
	place.channel = k->channel.name;
	if (rc == RC_OK)
		rc = place_new(&place, &k->place, err, err_len);
	if (rc != RC_OK) {
		kit_free(k);
		return rc;
	}
	*ret_k = k;
	return RC_OK;
}

/* --- machines --- */

static enum rc refuse(struct kit *k, const struct kit_machine *m, const char *why)
{
	struct refusal *one = NULL;

	if (k->n_refused == ROSTER_MOST)
		return RC_NOMEM;
	if (k->n_refused == k->refused_cap) {
		size_t cap = k->refused_cap > 0 ? 2 * k->refused_cap : 16;
		struct refusal *more = arena_alloc(k->arena, cap * sizeof(*more));

		if (more == NULL)
			return RC_NOMEM;
		if (k->n_refused > 0)
			memcpy(more, k->refused, k->n_refused * sizeof(*more));
		k->refused = more;
		k->refused_cap = cap;
	}
	one = &k->refused[k->n_refused];
	one->id = arena_strdup(k->arena, m->id);
	one->name = arena_strdup(k->arena, m->name != NULL ? m->name : "");
	one->why = arena_strdup(k->arena, why);
	if (one->id == NULL || one->name == NULL || one->why == NULL)
		return RC_NOMEM;
	k->n_refused++;
	return RC_OK;
}

enum rc kit_add(struct kit *k, const struct kit_machine *m)
{
	char why[CHECK_WHY];

	if (check_machine(&k->check, &k->channel, m, why))
		return roster_add(&k->roster, m);
	return refuse(k, m, why);
}

/* --- writing --- */

/* "machines/{tail}.txt" for one sheet. */
static void name_of(const struct kit *k, const struct recipe_file *f, const struct roster_sheet *s,
		    char *to)
{
	const char *mark = strchr(f->to, '{');
	const struct values v = {.machine = &k->roster.list[s->from]};
	char room[VALUE_ROOM];

	if (mark == NULL)
		(void)snprintf(to, PLACE_PATH, "%s", f->to);
	else if (strncmp(mark, "{tail}", 6) == 0)
		(void)snprintf(to, PLACE_PATH, "%.*s%s%s", (int)(mark - f->to), f->to,
			       value_of(&v, FIELD_TAIL, room), mark + strlen("{tail}"));
	else
		(void)snprintf(to, PLACE_PATH, "%.*s%04zu%s", (int)(mark - f->to), f->to, s->is.num,
			       mark + strlen("{sheet}"));
}

static enum rc write_one(struct kit *k, const struct recipe_file *f, const struct roster_sheet *s,
			 char *err, size_t err_len)
{
	struct render r = {&f->template, &k->roster, k->fixed, k->n_fixed, values_of(k), s};
	char name[PLACE_PATH];
	FILE *to = NULL;
	enum rc rc = RC_OK;

	if (s != NULL) {
		r.values.sheet = &s->is;
		name_of(k, f, s, name);
	} else {
		(void)snprintf(name, sizeof(name), "%s", f->to);
	}
	rc = place_open(k->place, name, &to, err, err_len);
	if (rc != RC_OK)
		return rc;
	rc = render(&r, to);

	enum rc closed = place_close(k->place, err, err_len);

	return rc != RC_OK ? rc : closed;
}

static enum rc write_templates(struct kit *k, char *err, size_t err_len)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < k->channel.n_files; i++) {
		const struct recipe_file *f = &k->channel.files[i];

		if (!f->is_sheet)
			rc = write_one(k, f, NULL, err, err_len);
		for (size_t s = 0; rc == RC_OK && f->is_sheet && s < k->roster.n_sheets; s++)
			rc = write_one(k, f, &k->roster.sheets[s], err, err_len);
	}
	return rc;
}

static enum rc write_copies(struct kit *k, char *err, size_t err_len)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < k->opt.campaign->n_files; i++) {
		const struct kit_file *f = &k->files[i];

		if (!f->is_again)
			rc = place_copy(k->place, f->of->path, f->name, f->of->sha256, err,
					err_len);
	}
	return rc;
}

static enum rc write_refused(struct kit *k, char *err, size_t err_len)
{
	FILE *f = NULL;
	enum rc rc = RC_OK;

	if (k->n_refused == 0)
		return RC_OK;
	rc = place_open(k->place, "refused.csv", &f, err, err_len);
	if (rc != RC_OK)
		return rc;
	(void)fputs("\xef\xbb\xbfmachine,name,why\r\n", f);
	for (size_t i = 0; i < k->n_refused; i++) {
		escape_put(f, LANG_CSV, k->refused[i].id);
		(void)putc(',', f);
		escape_put(f, LANG_CSV, k->refused[i].name);
		(void)putc(',', f);
		escape_put(f, LANG_CSV, k->refused[i].why);
		(void)fputs("\r\n", f);
	}
	return place_close(k->place, err, err_len);
}

/* What it is, for quell itself: listing.c looks for the first three lines. */
static enum rc write_mark(struct kit *k, char *err, size_t err_len)
{
	const struct values v = values_of(k);
	char room[VALUE_ROOM];
	FILE *f = NULL;
	enum rc rc = place_open(k->place, "kit.txt", &f, err, err_len);

	if (rc != RC_OK)
		return rc;
	(void)fprintf(f, "quell-kit 1\r\ncampaign=%s\r\nchannel=%s\r\nmade=%s\r\n",
		      k->opt.campaign->id, k->channel.name, value_of(&v, FIELD_MADE, room));
	(void)fprintf(f, "machines=%zu\r\nrefused=%zu\r\nquell=%s\r\nend\r\n", k->roster.n,
		      k->n_refused, QUELL_VERSION);
	return place_close(k->place, err, err_len);
}

enum rc kit_end(struct kit *k, struct kit_summary *ret_s, char *err, size_t err_len)
{
	struct kit_summary s = {k->roster.n, k->n_refused, 0, "", ""};
	enum rc rc = roster_arrange(&k->roster, &k->channel);

	if (rc == RC_OK)
		rc = write_templates(k, err, err_len);
	if (rc == RC_OK && k->channel.has_copies)
		rc = write_copies(k, err, err_len);
	if (rc == RC_OK)
		rc = write_refused(k, err, err_len);
	if (rc == RC_OK)
		rc = write_mark(k, err, err_len);
	if (rc == RC_OK)
		rc = place_end(k->place, err, err_len);
	if (rc != RC_OK)
		return rc;
	s.files = place_files(k->place);
	if (k->n_refused > 0) {
		(void)snprintf(s.first_refused, sizeof(s.first_refused), "%s", k->refused[0].id);
		(void)snprintf(s.why_refused, sizeof(s.why_refused), "%s", k->refused[0].why);
	}
	*ret_s = s;
	return RC_OK;
}

void kit_free(struct kit *k)
{
	if (k == NULL)
		return;
	place_free(k->place);
	arena_free(k->arena);
	free(k);
}
