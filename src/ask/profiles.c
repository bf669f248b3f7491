/*
 * Who uses this machine? The dates of the profile folders on c$, as a person would look at them.
 *
 * NTUSER.DAT is written when its user logs off; the folder's own date changes more rarely. Only
 * dates are read, never what is in a file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "ask/credentials.h"
#include "ask/profile.h"
#include "ask/samba.h"
#include "ask/tasks.h"

enum {
	PROFILES_MAX = 512, /* a terminal server's */
	ENTRIES_MAX = 4096, /* of a folder */
	STATS_MAX = 64,     /* the newest, whose NTUSER.DAT is looked at: a round trip each */
	SHOWN = 5,
};

struct profile {
	char folder[PROFILE_NAME];
	uint64_t changed_ns;
	bool by_hive;
};

struct profiles {
	const struct asking *a;
	const char *known[4]; /* what may stand behind a user's name */
	bool has_root[8];
	struct profile list[PROFILES_MAX];
	size_t n;
	bool is_cut;
};

static void take_root(void *ctx, const struct samba_entry *e)
{
	struct profiles *p = ctx;

	for (size_t i = 0; profile_root(i) != NULL && i < 8; i++) {
		size_t len = strcspn(profile_root(i), "/");

		/* "Documents and Settings" of newer systems is a junction to Users. */
		if (e->is_folder && !e->is_junction && strlen(e->name) == len &&
		    strncasecmp(e->name, profile_root(i), len) == 0)
			p->has_root[i] = true;
	}
}

static void take_profile(void *ctx, const struct samba_entry *e)
{
	struct profiles *p = ctx;

	if (!e->is_folder || e->is_junction || profile_is_system(e->name))
		return;
	if (p->n == PROFILES_MAX) {
		p->is_cut = true;
		return;
	}
	(void)snprintf(p->list[p->n].folder, PROFILE_NAME, "%s", e->name);
	p->list[p->n++].changed_ns = e->changed_ns;
}

static int by_change(const void *a, const void *b)
{
	const struct profile *x = a, *y = b;

	if (x->changed_ns != y->changed_ns)
		return x->changed_ns > y->changed_ns ? -1 : 1;
	return strcmp(x->folder, y->folder);
}

static void look_at(struct profiles *p, struct samba *s, const char *root)
{
	size_t from = p->n;
	char path[256 + PROFILE_NAME];

	if (!samba_list(s, root, ENTRIES_MAX, take_profile, p))
		return;
	qsort(p->list + from, p->n - from, sizeof(p->list[0]), by_change);
	for (size_t i = from; i < p->n && i < from + STATS_MAX; i++) {
		uint64_t hive = 0;

		(void)snprintf(path, sizeof(path), "%s/%s/NTUSER.DAT", root, p->list[i].folder);
		hive = samba_changed_ns(s, path);
		if (hive == 0)
			continue;
		p->list[i].changed_ns = hive;
		p->list[i].by_hive = true;
	}
}

/* The newest is whoever used it last; a folder's date alone says less than the hive's. */
static void tell_profile(struct profiles *p, const struct profile *x, bool is_newest)
{
	enum { NEWEST = 80, OLDER = 60, FOLDER_ALONE = 15 };
	char user[PROFILE_NAME], domain[PROFILE_NAME];
	struct message m = {
		.kind = MESSAGE_FACT,
		.fact = FACT_USER,
		.source = FROM_ASK_PROFILES,
		.first_ns = x->changed_ns,
		.last_ns = x->changed_ns,
	};

	if (!profile_owner(x->folder, p->known, sizeof(p->known) / sizeof(p->known[0]), user,
			   domain))
		return;
	m.confidence = (uint8_t)((is_newest ? NEWEST : OLDER) - (x->by_hive ? 0 : FOLDER_ALONE));
	if (m.last_ns > p->a->opt->now_ns) /* its clock is wrong, or it is in use right now */
		m.first_ns = m.last_ns = p->a->opt->now_ns;
	(void)snprintf(m.text[0], sizeof(m.text[0]), "%s%s%s", domain,
		       domain[0] != '\0' ? "\\" : "", user);
	asking_tell(p->a, &m);
}

static void tell_all(struct profiles *p, struct answer *ret_answer)
{
	const uint64_t day = 24ull * 3600 * 1000000000;

	qsort(p->list, p->n, sizeof(p->list[0]), by_change);
	for (size_t i = 0; i < p->n; i++) {
		uint64_t now = p->a->opt->now_ns, at = p->list[i].changed_ns;

		tell_profile(p, &p->list[i], i == 0);
		if (i < SHOWN && at < now)
			answer_add(ret_answer, "%s %llu days ago", p->list[i].folder,
				   (unsigned long long)((now - at) / day));
		else if (i < SHOWN)
			answer_add(ret_answer, "%s now", p->list[i].folder);
	}
	if (p->n > SHOWN)
		answer_add(ret_answer, "and %zu more", p->n - SHOWN);
	if (p->n == 0)
		answer_add(ret_answer, "nobody has a profile there");
	if (p->is_cut)
		answer_add(ret_answer, "more than %d: the rest is left out", PROFILES_MAX);
}

void ask_profiles(struct asking *a, struct answer *ret_answer)
{
	static struct profiles p;
	char why[MESSAGE_TEXT];
	struct samba *s = NULL;

	if (samba_open(a, "c$", a->task->smb, &s, why) != SAMBA_IN) {
		answer_add(ret_answer, "%s", why);
		return;
	}
	p.a = a;
	p.known[0] = a->task->names[0];
	p.known[1] = a->task->names[1];
	p.known[2] = a->opt->credentials->domain;
	p.known[3] = "";
	ret_answer->is_ok = samba_list(s, "", ENTRIES_MAX, take_root, &p);
	for (size_t i = 0; profile_root(i) != NULL && i < 8; i++) {
		if (p.has_root[i])
			look_at(&p, s, profile_root(i));
	}
	tell_all(&p, ret_answer);
	samba_close(s);
}
