/* questions - what must be asked to judge: everything that the catalogue, the baseline and the
 * signs look at, each once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judging.h"

#define NT      "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\"
#define WINDOWS "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\"
#define CONTROL "HKLM\\SYSTEM\\CurrentControlSet\\Control\\"

/* Which Windows it is, and whether it waits for a restart. */
static const char *const always[] = {
	NT "CurrentVersion",
	NT "CurrentBuildNumber",
	NT "CurrentMajorVersionNumber",
	NT "CurrentMinorVersionNumber",
	NT "UBR",
	NT "CSDVersion",
	NT "ProductName",
	NT "EditionID",
	CONTROL "ProductOptions\\ProductType",
	CONTROL "Session Manager\\PendingFileRenameOperations",
	WINDOWS "Component Based Servicing\\RebootPending\\",
	WINDOWS "WindowsUpdate\\Auto Update\\RebootRequired\\",
	"HKLM\\SOFTWARE\\Microsoft\\Updates\\UpdateExeVolatile",
	NULL,
};

struct list {
	const char **texts;
	size_t n, cap;
};

struct asking_for {
	struct list files, registry, services, updates;
	struct arena *arena;
	bool is_full;
};

static void add(struct asking_for *q, struct list *l, const char *text)
{
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 64 : l->cap * 2;
		const char **texts = realloc(l->texts, cap * sizeof(*texts));

		if (texts == NULL) {
			q->is_full = true;
			return;
		}
		l->texts = texts;
		l->cap = cap;
	}
	l->texts[l->n++] = text;
}

static void add_all(struct asking_for *q, struct list *l, const char *const *texts)
{
	for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
		add(q, l, texts[i]);
}

/* What an observation's key needs. "service:*" needs no question of its own: lists are read whole.
 */
static void add_key(struct asking_for *q, const char *key)
{
	static const char registry[] = "registry:", service[] = "service:", file[] = "file:";
	size_t len = strlen(key);

	if (len == 0 || key[len - 1] == '*' || key[len - 1] == ':')
		return;
	if (begins_with(key, registry))
		add(q, &q->registry, key + sizeof(registry) - 1);
	else if (begins_with(key, service))
		add(q, &q->services, key + sizeof(service) - 1);
	else if (begins_with(key, file))
		add(q, &q->files, key + sizeof(file) - 1);
}

/* Windows 2000, XP and 2003 keep a key for each update. */
static void add_update(struct asking_for *q, const struct fixed *row, const char *kb)
{
	char path[POSTURE_KEY];
	const char *kept;

	add(q, &q->updates, kb);
	if (row->os.part[0] != 5)
		return;
	(void)snprintf(path, sizeof(path), NT "HotFix\\%s\\Installed", kb);
	kept = arena_strdup(q->arena, path);
	if (kept == NULL)
		q->is_full = true;
	else
		add(q, &q->registry, kept);
}

static void add_weakness(struct asking_for *q, const struct weakness *w)
{
	if (w->file != NULL)
		add(q, &q->files, w->file);
	if (w->service != NULL)
		add(q, &q->services, w->service);
	for (size_t i = 0; i < w->n_fixed; i++) {
		const struct fixed *row = &w->fixed[i];

		for (size_t k = 0; row->kbs != NULL && row->kbs[k] != NULL; k++)
			add_update(q, row, row->kbs[k]);
	}
	for (size_t i = 0; i < w->n_remedies; i++)
		add_key(q, w->remedies[i].key);
	for (size_t i = 0; i < w->n_defeats; i++)
		add_key(q, w->defeats[i].key);
	for (size_t i = 0; i < w->n_answers; i++)
		add_key(q, w->answers[i].key);
}

static void add_baseline(struct asking_for *q, const struct baseline *b)
{
	for (size_t i = 0; b != NULL && i < b->n_checks; i++) {
		add_key(q, b->checks[i].key);
		if (b->checks[i].policy_key != NULL)
			add_key(q, b->checks[i].policy_key);
	}
}

static int compare(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	int c = strcasecmp(x, y);

	return c != 0 ? c : strcmp(x, y);
}

static void tidy(struct list *l)
{
	size_t kept = 0;

	if (l->n > 0)
		qsort(l->texts, l->n, sizeof(*l->texts), compare);
	for (size_t i = 0; i < l->n; i++) {
		if (kept == 0 || !same_text(l->texts[kept - 1], l->texts[i]))
			l->texts[kept++] = l->texts[i];
	}
	l->n = kept;
}

static void hand_over(struct asking_for *q, struct judge_questions *to)
{
	tidy(&q->files);
	tidy(&q->registry);
	tidy(&q->services);
	tidy(&q->updates);
	*to = (struct judge_questions){.files = q->files.texts,
				       .registry = q->registry.texts,
				       .services = q->services.texts,
				       .updates = q->updates.texts,
				       .n_files = q->files.n,
				       .n_registry = q->registry.n,
				       .n_services = q->services.n,
				       .n_updates = q->updates.n,
				       .arena = q->arena};
}

static bool add_weaknesses(struct asking_for *q, const struct judge_rules *rules, const char *only)
{
	bool is_there = only == NULL;

	for (size_t i = 0; i < rules->n_weaknesses; i++) {
		if (only != NULL && strcmp(rules->weaknesses[i].id, only) != 0)
			continue;
		is_there = true;
		add_weakness(q, &rules->weaknesses[i]);
	}
	return is_there;
}

enum rc judge_questions_by(const struct judge_rules *rules, const char *only,
			   struct judge_questions *ret_q)
{
	struct asking_for q = {0};
	bool is_there;

	if (arena_new(0, &q.arena) != RC_OK)
		return RC_NOMEM;
	add_all(&q, &q.registry, always);
	is_there = add_weaknesses(&q, rules, only);
	if (only == NULL) {
		add_all(&q, &q.registry, sign_registry);
		add_all(&q, &q.services, sign_services);
		add_baseline(&q, rules->baseline);
	}
	hand_over(&q, ret_q);
	if (is_there && !q.is_full)
		return RC_OK;
	judge_questions_done(ret_q);
	return is_there ? RC_NOMEM : RC_INVAL;
}

enum rc judge_questions(const struct knowledge *k, const char *only, struct judge_questions *ret_q)
{
	struct judge_rules rules = {.baseline = knowledge_baseline(k)};

	rules.weaknesses = knowledge_weaknesses(k, &rules.n_weaknesses);
	return judge_questions_by(&rules, only, ret_q);
}

void judge_questions_done(struct judge_questions *q)
{
	free(q->files);
	free(q->registry);
	free(q->services);
	free(q->updates);
	arena_free(q->arena);
	*q = (struct judge_questions){0};
}
