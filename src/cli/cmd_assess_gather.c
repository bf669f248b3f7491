/* assess --script and --import: the collection script, and what comes back. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/keep.h"
#include "base/hash.h"
#include "base/text.h"
#include "cli/assess.h"
#include "gather/gather.h"

enum { SHOWN_BAD = 20, PRINTABLE = 1024 };

static struct gather_script script_of(const struct judge_questions *q)
{
	return (struct gather_script){
		.files = (const char *const *)q->files,
		.registry = (const char *const *)q->registry,
		.services = (const char *const *)q->services,
		.n_files = q->n_files,
		.n_registry = q->n_registry,
		.n_services = q->n_services,
	};
}

int assess_script(const struct cli_command *c, const struct knowledge *k, const char *only,
		  const char *dir)
{
	struct judge_questions q = {.n_files = 0};
	char err[CLI_ERROR] = "";
	enum rc rc = judge_questions(k, only, &q);

	if (rc == RC_OK) {
		struct gather_script script = script_of(&q);

		rc = gather_write(dir, &script, err, sizeof(err));
	}
	judge_questions_done(&q);
	if (rc != RC_OK) {
		(void)cli_usage(c, "%s", err[0] != '\0' ? err : rc_str(rc));
		return CLI_FAILED;
	}
	printf("The collection script is in %s. README.txt there says how to have it run by logon\n"
	       "script or from a stick. Then: quell assess --import DIR\n",
	       dir);
	return CLI_DONE;
}

/* --- what came back --- */

struct import { /* what all files told; several may tell of one machine */
	struct posture **list;
	size_t n, cap;
	struct fact *facts;
	size_t n_facts, facts_cap;
	struct arena *arena; /* texts of the facts */
	uint64_t bad;
	bool is_full; /* no memory */
};

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

static bool add_fact(struct import *im, const struct fact *f)
{
	struct fact copy = *f;

	copy.host = arena_strdup(im->arena, f->host);
	copy.value = arena_strdup(im->arena, f->value);
	copy.origin = arena_strdup(im->arena, f->origin);
	copy.machine = "";
	if (copy.host == NULL || copy.value == NULL || copy.origin == NULL ||
	    !grow((void **)&im->facts, im->n_facts, &im->facts_cap, sizeof(*im->facts)))
		return false;
	im->facts[im->n_facts++] = copy;
	return true;
}

static void take_machine(void *ctx, const char *file, const struct posture *p,
			 const struct fact *facts, size_t n)
{
	struct import *im = ctx;
	bool ok = grow((void **)&im->list, im->n, &im->cap, sizeof(struct posture *)) &&
		  posture_copy(p, &im->list[im->n]) == RC_OK;

	(void)file;
	im->n += ok;
	for (size_t i = 0; i < n && ok; i++)
		ok = add_fact(im, &facts[i]);
	im->is_full = im->is_full || !ok;
}

static void take_bad(void *ctx, const char *file, uint64_t line, const char *why)
{
	struct import *im = ctx;
	char name[PRINTABLE], shown[PRINTABLE];

	if (im->bad++ >= SHOWN_BAD)
		return;
	(void)text_printable(file, name, sizeof(name));
	(void)text_printable(why, shown, sizeof(shown));
	if (line > 0)
		fprintf(stderr, "%s:%llu: %s\n", name, (unsigned long long)line, shown);
	else
		fprintf(stderr, "%s: %s\n", name, shown);
}

static int by_machine(const void *a, const void *b)
{
	const struct posture *x = *(struct posture *const *)a, *y = *(struct posture *const *)b;
	int c = strcasecmp(x->name, y->name);

	return c != 0 ? c : addr_cmp(&x->addr, &y->addr);
}

/* One posture for each machine. */
static void join(struct import *im)
{
	size_t n = 0;

	if (im->n > 0)
		qsort(im->list, im->n, sizeof(struct posture *), by_machine);
	for (size_t i = 0; i < im->n; i++) {
		struct posture *p = im->list[i];

		if (n == 0 || p->name[0] == '\0' || by_machine(&im->list[n - 1], &p) != 0) {
			im->list[n++] = p;
			continue;
		}
		for (size_t j = 0; j < p->n && !im->is_full; j++)
			im->is_full = posture_add(im->list[n - 1], &p->list[j]) != RC_OK;
		posture_free(p);
	}
	im->n = n;
}

/* The same results are the same import, whenever and however often they are read. */
static void name_import(const struct import *im, struct store_assessment *a, char *id, size_t cap)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < im->n; i++) {
		const struct posture *p = im->list[i];

		if (a->first_ns == 0 || p->at_ns < a->first_ns)
			a->first_ns = p->at_ns;
		if (p->at_ns > a->last_ns)
			a->last_ns = p->at_ns;
		hash = hash_bytes(p->name, strlen(p->name), hash);
		for (size_t j = 0; j < p->n; j++) {
			hash = hash_bytes(p->list[j].key, strlen(p->list[j].key), hash);
			hash = hash_bytes(p->list[j].value, strlen(p->list[j].value), hash);
		}
	}
	(void)snprintf(id, cap, "import-%016llx", (unsigned long long)hash);
	a->id = id;
	a->asked = a->done = im->n;
}

struct imported {
	struct keep_result kept;
	uint64_t news; /* machines of which something new was told */
};

static enum rc put_postures(const struct import *im, struct store *s,
			    const struct store_assessment *a, struct imported *to)
{
	enum rc rc = store_begin(s);

	if (rc != RC_OK)
		return rc;
	rc = store_put_assessment(s, a);
	for (size_t i = 0; i < im->n && rc == RC_OK; i++) {
		uint64_t changed = 0;

		rc = store_put_posture(s, a->id, im->list[i], "", &changed);
		to->news += changed > 0;
	}
	if (rc == RC_OK)
		rc = store_commit(s);
	if (rc != RC_OK)
		store_rollback(s);
	return rc;
}

/* Facts first: they say whose the postures are. */
static enum rc keep_import(struct import *im, struct store *s, const char *path,
			   struct imported *to)
{
	char who[KEEP_WHO], id[64];
	struct store_assessment a = {.how = "import", .who = keep_who(who), .targets = path};
	enum rc rc = RC_OK;

	join(im);
	if (im->n == 0)
		return RC_OK;
	name_import(im, &a, id, sizeof(id));
	if (im->n_facts > 0)
		rc = keep_facts(s, im->facts, im->n_facts, false, &to->kept);
	return rc == RC_OK ? put_postures(im, s, &a, to) : rc;
}

static void import_done(struct import *im)
{
	for (size_t i = 0; i < im->n; i++)
		posture_free(im->list[i]);
	free(im->list);
	free(im->facts);
	arena_free(im->arena);
}

static void tell_import(const struct import *im, const struct imported *to,
			const struct gather_counts *n)
{
	if (im->bad > SHOWN_BAD)
		fprintf(stderr, "and %llu more\n", (unsigned long long)(im->bad - SHOWN_BAD));
	printf("%llu files tell of %zu machines: %llu are new, %llu have news.\n",
	       (unsigned long long)n->files, im->n, (unsigned long long)to->kept.machines_new,
	       (unsigned long long)to->news);
	printf("Of %llu lines %llu were used, %llu say nothing of patches or policy, and %llu "
	       "could "
	       "not be\nread; nor could %llu files.\n",
	       (unsigned long long)n->lines, (unsigned long long)n->lines_used,
	       (unsigned long long)n->lines_skipped, (unsigned long long)n->lines_bad,
	       (unsigned long long)n->files_bad);
	if (im->n > 0)
		puts("Now: quell assess show");
}

int assess_import(const struct cli_command *c, struct store *s, const struct knowledge *k,
		  const char *path)
{
	struct import im = {.n = 0};
	struct imported imported = {.news = 0};
	const struct gather_out out = {take_machine, take_bad, &im};
	struct gather_counts counts = {.files = 0};
	struct judge_questions q = {.n_files = 0};
	char err[CLI_ERROR] = "";
	int status = CLI_FAILED;
	enum rc rc = judge_questions(k, NULL, &q);

	if (rc == RC_OK)
		rc = arena_new(0, &im.arena);
	if (rc == RC_OK) {
		struct gather_script asks = script_of(&q);

		rc = gather_read(path, cli_now(), &asks, &out, &counts, err, sizeof(err));
	}
	if (rc == RC_OK && im.is_full)
		rc = RC_NOMEM;
	if (rc != RC_OK) {
		(void)cli_usage(c, "%s", err[0] != '\0' ? err : rc_str(rc));
	} else if (keep_import(&im, s, path, &imported) != RC_OK) {
		status = cli_store_failed(c, s);
	} else {
		tell_import(&im, &imported, &counts);
		status = im.n > 0 ? CLI_DONE : CLI_FAILED;
	}
	judge_questions_done(&q);
	import_done(&im);
	return status;
}
