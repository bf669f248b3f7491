/* keys - the observations that judging some weaknesses rests on, so that the others may be left
 * unread. Who looks at one more in patch.c or windows.c, adds it here: the tests of patch.c judge
 * every row once more from these alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judging.h"

/* Which Windows it is, and whether it waits for a restart. */
static const char *const always[] = {
	"os.version", "os.service-pack", "os.name",   "os.product-type",
	"os.boot",    "os.ubr",          "smb.build", "reboot-pending",
};

struct keys {
	struct judge_keys to;
	size_t cap;
	bool is_full;
};

static void add_one(struct keys *k, const char *prefix, size_t prefix_len, const char *rest)
{
	char text[POSTURE_KEY];

	(void)snprintf(text, sizeof(text), "%.*s%s", (int)prefix_len, prefix, rest);
	if (k->to.n == k->cap) {
		size_t cap = k->cap == 0 ? 64 : 2 * k->cap;
		const char **list = realloc(k->to.list, cap * sizeof(*list));

		if (list == NULL) {
			k->is_full = true;
			return;
		}
		k->to.list = list;
		k->cap = cap;
	}
	k->to.list[k->to.n] = arena_strdup(k->to.arena, text);
	if (k->to.list[k->to.n] == NULL)
		k->is_full = true;
	else
		k->to.n++;
}

/* With it the head of its list ("service:"): that it was read whole decides what a later look has
 * taken away. */
static void add(struct keys *k, const char *prefix, const char *rest)
{
	const char *colon = strchr(prefix[0] != '\0' ? prefix : rest, ':');

	add_one(k, prefix, strlen(prefix), rest);
	if (colon != NULL && prefix[0] != '\0')
		add_one(k, prefix, (size_t)(colon - prefix) + 1, "");
	else if (colon != NULL)
		add_one(k, rest, (size_t)(colon - rest) + 1, "");
}

static void add_weakness(struct keys *k, const struct weakness *w)
{
	if (w->file != NULL) {
		add(k, "file:", w->file);
		add(k, "file.changed:", w->file);
	}
	if (w->service != NULL)
		add(k, "service:", w->service);
	for (size_t i = 0; i < w->n_fixed; i++) {
		for (size_t n = 0; w->fixed[i].kbs != NULL && w->fixed[i].kbs[n] != NULL; n++)
			add(k, "hotfix:", w->fixed[i].kbs[n]);
	}
	for (size_t i = 0; i < w->n_remedies; i++)
		add(k, "", w->remedies[i].key);
	for (size_t i = 0; i < w->n_defeats; i++)
		add(k, "", w->defeats[i].key);
	for (size_t i = 0; i < w->n_answers; i++)
		add(k, "", w->answers[i].key);
}

static int by_key(const void *a, const void *b)
{
	const struct observation x = {.key = *(const char *const *)a},
				 y = {.key = *(const char *const *)b};

	return posture_cmp(&x, &y);
}

enum rc judge_keys_by(const struct judge_rules *rules, struct judge_keys *ret_k)
{
	struct keys k = {.cap = 0};
	size_t kept = 0;

	if (arena_new(0, &k.to.arena) != RC_OK)
		return RC_NOMEM;
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		add(&k, "", always[i]);
	for (size_t i = 0; i < rules->n_weaknesses; i++)
		add_weakness(&k, &rules->weaknesses[i]);
	if (k.is_full) {
		judge_keys_done(&k.to);
		return RC_NOMEM;
	}
	qsort(k.to.list, k.to.n, sizeof(*k.to.list), by_key);
	for (size_t i = 0; i < k.to.n; i++) {
		if (kept == 0 || by_key(&k.to.list[kept - 1], &k.to.list[i]) != 0)
			k.to.list[kept++] = k.to.list[i];
	}
	k.to.n = kept;
	*ret_k = k.to;
	return RC_OK;
}

void judge_keys_done(struct judge_keys *k)
{
	free(k->list);
	arena_free(k->arena);
	*k = (struct judge_keys){.n = 0};
}
