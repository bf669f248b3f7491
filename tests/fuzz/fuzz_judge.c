/* Whatever a machine tells: every weakness and every check is judged, the same again, nothing is
 * effective without a file or a build that was read, and one thing more that could not be read
 * makes nothing better. Lines: a letter for the source, one for the state, the key, "=", the value.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "model/posture_pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static const struct knowledge *knowledge(void)
{
	static struct knowledge *k;
	char err[256];

	if (k == NULL)
		must(knowledge_new("strict", &k, err, sizeof(err)) == RC_OK);
	return k;
}

static void tell(struct posture *p, const char *line, size_t len, uint64_t at_ns)
{
	char text[1024];
	struct observation o = {.at_ns = at_ns};

	if (len < 3 || len >= sizeof(text))
		return;
	memcpy(text, line, len);
	text[len] = '\0';
	o.by = (uint8_t)(text[0] - 'a' + BY_FILE);
	o.state = (uint8_t)(text[1] - 'a' + OBSERVED_VALUE);
	o.key = text + 2;
	o.value = "";
	for (char *at = text + 2; *at != '\0'; at++) {
		if (*at == '=') {
			*at = '\0';
			o.value = at + 1;
			break;
		}
	}
	(void)!posture_add(p, &o);
}

static struct judged *judge(const struct posture *p)
{
	struct judged *j = NULL;
	unsigned patches = 0, checks = 0;

	must(judge_posture(p, knowledge(), NULL, &j) == RC_OK && j != NULL);
	for (unsigned i = 0; i < PATCH_STATES; i++)
		patches += j->n_patch[i];
	for (unsigned i = 0; i < MARKS; i++)
		checks += j->n_mark[i];
	must(patches == j->n_patches && checks == j->n_checks && j->harm >= 0);
	for (size_t i = 0; i < j->n_patches; i++)
		must(j->patches[i].why[0] != '\0');
	return j;
}

static bool is_read(const struct posture *p, const struct weakness *w)
{
	const struct observation *ubr = posture_find(p, "os.ubr"), *file = NULL;
	char key[POSTURE_KEY];

	if (w->file != NULL) {
		(void)snprintf(key, sizeof(key), "file:%s", w->file);
		file = posture_find(p, key);
	}
	return (file != NULL && file->state == OBSERVED_VALUE && file->by != BY_LIST) ||
	       (ubr != NULL && ubr->state == OBSERVED_VALUE && ubr->by != BY_LIST);
}

static bool is_good(enum patch_state s)
{
	return s == PATCH_EFFECTIVE || s == PATCH_NOT_AFFECTED;
}

static void compare(const struct judged *a, const struct judged *b, bool same)
{
	for (size_t i = 0; i < a->n_patches; i++) {
		const struct judged_patch *x = &a->patches[i], *y = &b->patches[i];

		must(is_good(x->state) || !is_good(y->state));
		must(!same || (x->state == y->state && strcmp(x->why, y->why) == 0));
	}
	for (size_t i = 0; i < a->n_checks; i++) {
		const struct judged_check *x = &a->checks[i], *y = &b->checks[i];

		must(x->mark == MARK_PASS || y->mark != MARK_PASS);
		must(!same || (x->mark == y->mark && strcmp(x->value, y->value) == 0));
	}
}

/* What judge_keys_by() leaves out must not matter. */
static void try_without_others(const struct posture *p, const struct judged *all)
{
	struct judge_rules rules = {.baseline = NULL};
	struct judge_keys keys;
	struct posture *some = NULL;
	struct judged *j;
	uint8_t *at = NULL;
	size_t len = 0;

	rules.weaknesses = knowledge_weaknesses(knowledge(), &rules.n_weaknesses);
	must(judge_keys_by(&rules, &keys) == RC_OK && posture_pack(p, &at, &len) == RC_OK);
	must(posture_unpack_some((struct bytes){at, len},
				 &(struct posture_wanted){keys.list, keys.n}, &some) == RC_OK);
	j = judge(some);
	for (size_t i = 0; i < j->n_patches; i++)
		must(j->patches[i].state == all->patches[i].state &&
		     strcmp(j->patches[i].why, all->patches[i].why) == 0);
	judged_free(j);
	posture_free(some);
	free(at);
	judge_keys_done(&keys);
}

/* The states alone are the same. */
static void try_without_words(const struct posture *p, const struct judged *all)
{
	struct judge_rules rules = {.baseline = NULL};
	enum patch_state states[256];

	rules.weaknesses = knowledge_weaknesses(knowledge(), &rules.n_weaknesses);
	must(rules.n_weaknesses <= sizeof(states) / sizeof(states[0]));
	judge_states(p, &rules, states);
	for (size_t i = 0; i < all->n_patches; i++)
		must(states[i] == all->patches[i].state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct posture *p = NULL;
	struct judged *first, *again;
	const char *at = (const char *)data, *end = at + size, *last = at;
	uint64_t at_ns = 1232020800000000000;
	char unreadable[512];

	if (size == 0 || size > 4096)
		return 0;
	must(posture_new(&p) == RC_OK);
	for (; at < end; at_ns++) {
		const char *eol = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((eol == NULL ? end : eol) - at);

		last = at;
		if (eol == NULL)
			break;
		tell(p, at, len, at_ns);
		at = eol + 1;
	}
	first = judge(p);
	again = judge(p);
	compare(first, again, true);
	for (size_t i = 0; i < first->n_patches; i++)
		must(first->patches[i].state != PATCH_EFFECTIVE ||
		     is_read(p, first->patches[i].weakness));
	judged_free(again);
	try_without_others(p, first);
	try_without_words(p, first);
	/* The last line is what could not be read: from a source that had not said it yet. */
	(void)snprintf(unreadable, sizeof(unreadable), "%.*s",
		       (int)(end - last > 500 ? 500 : end - last), last);
	if (strlen(unreadable) > 2) /* the key alone: what was read before stays better than this */
		unreadable[2 + strcspn(unreadable + 2, "=")] = '\0';
	if (strlen(unreadable) > 2 && posture_from(p, unreadable + 2, BY_REGISTRY) == NULL) {
		unreadable[0] = 'b';
		unreadable[1] = 'c';
		tell(p, unreadable, strlen(unreadable), at_ns);
		again = judge(p);
		compare(first, again, false);
		judged_free(again);
	}
	judged_free(first);
	posture_free(p);
	return 0;
}
