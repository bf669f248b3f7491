/* Who works at a machine. doc/identity.md, "People", has the model and its numbers. */
#include "host/resolve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/resolver.h"

#define HALF_LIFE_DAYS 7.0
#define AT_HAND        3.0 /* who was logged on at the time asked about: up to four times */
#define NOBODY         0.4 /* weight of "somebody whom we did not hear of" */

struct person {
	char name[256]; /* folded, without domain */
	const char *shown;
	uint64_t shown_ns;
	double seen[FROM_OPERATOR + 1]; /* by each source: days, with age taken off */
	uint8_t confidence[FROM_OPERATOR + 1];
	double days, presence;
	uint64_t first_ns, last_ns;
	unsigned sources;
	double score;
	size_t machines;
	bool is_service, is_admin, is_newest;
};

/* How much one sighting says that this person works there. */
static double weight_user(unsigned source)
{
	switch (source) {
	case FROM_KERBEROS:
		return 2.0;
	case FROM_NBNS: /* the messenger's name: who is logged on at the console */
		return 2.0;
	case FROM_NTLM: /* may have been typed to reach a share as somebody else */
		return 1.2;
	case FROM_ASK_PROFILES:
		return 2.5;
	case FROM_ASK_NBSTAT:
		return 2.0;
	case FROM_OPERATOR:
		return 6.0;
	case FROM_LIST_AD:
	case FROM_LIST_WSUS: /* "last logged on", as of the list */
		return 1.5;
	default:
		return fact_is_listed(source) ? 1.0 : 0.7;
	}
}

static size_t fold(const char *from, size_t len, char *to, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n + 1 < cap; i++)
		to[n++] = (char)(from[i] >= 'A' && from[i] <= 'Z' ? from[i] + 'a' - 'A' : from[i]);
	to[n] = '\0';
	return n;
}

size_t user_fold(const char *user, char *to, size_t cap)
{
	const char *slash = strrchr(user, '\\'), *name = slash == NULL ? user : slash + 1;
	size_t len = strcspn(name, "@");

	return fold(name, len, to, cap);
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
	size_t n = strlen(text), m = strlen(with);

	return n >= m && strcmp(text + n - m, with) == 0;
}

/* Not people: "PC7$", "ANONYMOUS LOGON", services of Windows. */
static bool is_nobody(const char *name)
{
	static const char *const nobodies[] = {
		"",          "anonymous",      "anonymous logon", "guest",
		"system",    "local service",  "network service", "localsystem",
		"krbtgt",    "defaultaccount", "default",         "public",
		"all users", "default user",   "localservice",    "networkservice",
		"nobody"};

	for (size_t i = 0; i < sizeof(nobodies) / sizeof(nobodies[0]); i++) {
		if (strcmp(name, nobodies[i]) == 0)
			return true;
	}
	return ends(name, "$") || starts(name, "dwm-") || starts(name, "umfd-");
}

static bool is_service(const char *name)
{
	static const char *const heads[] = {
		"svc",   "service",       "sa-",    "sa_",     "sql",    "backup",
		"bkp",   "msol_",         "iusr",   "iwam_",   "aspnet", "sccm",
		"wsus",  "healthmailbox", "scan",   "monitor", "nagios", "zabbix",
		"veeam", "sophos",        "mcafee", "ldap",    "task-",  "batch"};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		if (starts(name, heads[i]))
			return true;
	}
	return ends(name, "svc") || ends(name, "service") || ends(name, "-sa");
}

static bool is_admin(const char *name)
{
	return starts(name, "admin") || starts(name, "adm-") || starts(name, "adm.") ||
	       starts(name, "adm_") || ends(name, "-adm") || ends(name, ".adm") ||
	       ends(name, "_adm") || ends(name, "-admin") || ends(name, ".admin") ||
	       ends(name, "admin") || starts(name, "root") || starts(name, "helpdesk");
}

static uint64_t away(const struct fact *f, uint64_t at_ns)
{
	if (at_ns > f->last_ns)
		return at_ns - f->last_ns;
	return at_ns < f->first_ns ? f->first_ns - at_ns : 0;
}

/* On how many days of the calendar, in UTC. */
static double days_of(uint64_t first_ns, uint64_t last_ns)
{
	uint64_t days = last_ns / DAY_NS - first_ns / DAY_NS + 1;

	return (double)days;
}

static double decay(uint64_t away_ns)
{
	return pow(0.5, (double)away_ns / (double)DAY_NS / HALF_LIFE_DAYS);
}

/* Was this person logged on then? Whoever came later counts half. */
static double presence(const struct fact *f, uint64_t at_ns)
{
	double near = pow(0.5, (double)away(f, at_ns) / (double)HOUR_NS);

	if (f->source == FROM_OPERATOR)
		return 1; /* always true */
	if (!fact_is_wire(f->source))
		return 0;
	return f->first_ns > at_ns ? near / 2 : near;
}

/* Adds up what one source saw: days count most, many times on one day little. */
static void person_add(struct person *p, const struct fact *f, uint64_t at_ns, bool is_then)
{
	double days = days_of(f->first_ns, f->last_ns);
	double count = f->count > 0 ? (double)f->count : 1;

	if (days > count)
		days = count;
	p->sources += p->seen[f->source] == 0;
	p->seen[f->source] += (days + 0.25 * log(count)) *
			      (f->source == FROM_OPERATOR ? 1 : decay(away(f, at_ns)));
	if (f->confidence > p->confidence[f->source])
		p->confidence[f->source] = f->confidence;
	p->days += days;
	if (is_then && presence(f, at_ns) > p->presence)
		p->presence = presence(f, at_ns);
	if (f->first_ns < p->first_ns)
		p->first_ns = f->first_ns;
	if (f->last_ns > p->last_ns)
		p->last_ns = f->last_ns;
	/* Shown as "DOMAIN\user" if it was ever said so, and as said last. */
	if (p->shown == NULL ||
	    (strchr(f->value, '\\') != NULL) > (strchr(p->shown, '\\') != NULL) ||
	    ((strchr(f->value, '\\') != NULL) == (strchr(p->shown, '\\') != NULL) &&
	     (f->last_ns > p->shown_ns ||
	      (f->last_ns == p->shown_ns && strcmp(f->value, p->shown) < 0)))) {
		p->shown = f->value;
		p->shown_ns = f->last_ns;
	}
}

static void person_score(struct person *p, const struct user_reach *reach)
{
	p->score = 0;
	for (unsigned s = 0; s <= FROM_OPERATOR; s++) /* one day counts 1, five 2.3, ten 2.9 */
		p->score += weight_user(s) * p->confidence[s] / 100 * log1p(1.72 * p->seen[s]);
	p->is_service = is_service(p->name);
	p->is_admin = is_admin(p->name);
	p->machines = reach == NULL ? 1 : reach->n_machines_of(reach->ctx, p->shown);
	if (p->is_service)
		p->score *= 0.05;
	if (p->is_admin)
		p->score *= 0.08;
	if (p->machines > 2) /* a laptop and a desktop are usual, many are an administrator's */
		p->score *= pow(2.0 / (double)p->machines, 1.2);
	if (p->is_newest)
		p->score *= 1.3;
	p->score *= 1 + AT_HAND * p->presence;
}

static const char *why_of(const struct person *p, struct arena *arena)
{
	char text[256];
	size_t n = 0;
	double days;

	for (unsigned s = 0; s <= FROM_OPERATOR; s++) {
		if (p->seen[s] > 0 && n < sizeof(text) - 64)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n > 0 ? ", " : "",
					      fact_source_words(s));
	}
	/* Several sources may have seen the same day. */
	days = days_of(p->first_ns, p->last_ns);
	days = days < p->days ? days : p->days;
	if (days > 1.5 && n < sizeof(text) - 64)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ", on %.0f days", days);
	if (p->is_newest && n < sizeof(text) - 64)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ", the newest profile");
	if (p->is_service && n < sizeof(text) - 64)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "; looks like a service account");
	else if (p->is_admin && n < sizeof(text) - 64)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "; looks like an administrator");
	if (p->machines > 2 && n < sizeof(text) - 64)
		(void)snprintf(text + n, sizeof(text) - n, "; seen on %zu machines", p->machines);
	return arena_strdup(arena, text);
}

static int cmp_facts_by_user(const void *one, const void *two)
{
	const struct fact *a = *(const struct fact *const *)one,
			  *b = *(const struct fact *const *)two;
	char x[256], y[256];
	int c;

	(void)user_fold(a->value, x, sizeof(x));
	(void)user_fold(b->value, y, sizeof(y));
	c = strcmp(x, y);
	return c != 0 ? c : fact_cmp(a, b);
}

static int cmp_people(const void *one, const void *two)
{
	const struct person *a = one, *b = two;

	if (a->score > b->score || a->score < b->score)
		return a->score > b->score ? -1 : 1;
	if (a->last_ns != b->last_ns)
		return a->last_ns > b->last_ns ? -1 : 1;
	return strcmp(a->name, b->name);
}

static size_t gather(const struct fact **list, size_t n, uint64_t at_ns, struct person *people)
{
	size_t n_people = 0;
	uint64_t newest_ns = 0;
	bool is_then = at_ns != 0;

	for (size_t i = 0; i < n && !is_then; i++) {
		if (list[i]->last_ns > at_ns)
			at_ns = list[i]->last_ns;
	}

	for (size_t i = 0; i < n; i++) {
		char name[256];

		(void)user_fold(list[i]->value, name, sizeof(name));
		if (is_nobody(name) || list[i]->source > FROM_OPERATOR)
			continue;
		if (n_people == 0 || strcmp(people[n_people - 1].name, name) != 0) {
			struct person *p = &people[n_people++];

			*p = (struct person){.first_ns = UINT64_MAX};
			memcpy(p->name, name, sizeof(name));
		}
		person_add(&people[n_people - 1], list[i], at_ns, is_then);
		if (list[i]->source == FROM_ASK_PROFILES && list[i]->last_ns > newest_ns)
			newest_ns = list[i]->last_ns;
	}
	for (size_t i = 0; i < n; i++) {
		char name[256];

		if (list[i]->source != FROM_ASK_PROFILES || list[i]->last_ns != newest_ns)
			continue;
		(void)user_fold(list[i]->value, name, sizeof(name));
		for (size_t k = 0; k < n_people; k++)
			people[k].is_newest |= strcmp(people[k].name, name) == 0;
	}
	return n_people;
}

enum rc users_rank(const struct fact *const *facts, size_t n, uint64_t at_ns,
		   const struct user_reach *reach, struct arena *arena,
		   struct machine_user **ret_users, size_t *ret_n)
{
	const struct fact **list = NULL;
	struct person *people = NULL;
	struct machine_user *users;
	size_t n_list = 0, n_people;
	double sum = NOBODY;
	enum rc rc = RC_NOMEM;

	for (size_t i = 0; i < n; i++)
		n_list += facts[i]->kind == FACT_USER;
	*ret_users = NULL;
	*ret_n = 0;
	if (n_list == 0)
		return RC_OK;
	list = calloc(n_list, sizeof(const struct fact *));
	people = calloc(n_list, sizeof(*people));
	if (list == NULL || people == NULL)
		goto out;
	n_list = 0;
	for (size_t i = 0; i < n; i++) {
		if (facts[i]->kind == FACT_USER)
			list[n_list++] = facts[i];
	}
	qsort(list, n_list, sizeof(const struct fact *), cmp_facts_by_user);
	n_people = gather(list, n_list, at_ns, people);
	for (size_t i = 0; i < n_people; i++) {
		person_score(&people[i], reach);
		sum += people[i].score;
	}
	if (n_people > 0)
		qsort(people, n_people, sizeof(*people), cmp_people);
	users = arena_alloc(arena, n_people * sizeof(*users));
	if (users == NULL)
		goto out;
	for (size_t i = 0; i < n_people; i++) {
		users[i] = (struct machine_user){.user = people[i].shown,
						 .probability = people[i].score / sum,
						 .first_ns = people[i].first_ns,
						 .last_ns = people[i].last_ns,
						 .sources = people[i].sources,
						 .why = why_of(&people[i], arena)};
		if (users[i].why == NULL)
			goto out;
	}
	*ret_users = users;
	*ret_n = n_people;
	rc = RC_OK;
out:
	free(list);
	free(people);
	return rc;
}
