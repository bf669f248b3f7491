#include "model/posture.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* A stranger may tell the same key again and again; the texts that are replaced stay in the
 * arena. Twice what a full posture can hold, and then it is full. */
enum { POSTURE_BYTES = 2 * POSTURE_MAX * (POSTURE_KEY + POSTURE_VALUE) };
enum { KEY_MAX = POSTURE_KEY - 1 }; /* bytes of a key that count: whoever asks may ask for more */

static const char none[] = ""; /* a value that takes no memory */

enum rc posture_new(struct posture **ret_p)
{
	struct arena *arena = NULL;
	struct posture *p;

	if (arena_new(POSTURE_BYTES, &arena) != RC_OK)
		return RC_NOMEM;
	p = calloc(1, sizeof(*p));
	if (p == NULL) {
		arena_free(arena);
		return RC_NOMEM;
	}
	p->arena = arena;
	p->name = none;
	*ret_p = p;
	return RC_OK;
}

void posture_free(struct posture *p)
{
	if (p == NULL)
		return;
	free(p->list);
	arena_free(p->arena);
	free(p);
}

void posture_clear(struct posture *p)
{
	arena_reset(p->arena);
	p->addr = (struct addr){{0}};
	p->name = none;
	p->at_ns = 0;
	p->n = 0;
}

static int fold(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

/* At most `max` bytes of two keys. Letters count as the same after the first ":" only. That is an
 * order all the same: where two keys are folded, they are equal up to there. */
static int cmp_keys(const char *a, const char *b, size_t max)
{
	bool folds = false;

	for (size_t i = 0; i < max; i++) {
		unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];
		int c = folds ? fold(x) - fold(y) : x - y;

		if (c != 0)
			return c;
		if (x == '\0')
			return 0;
		folds = folds || x == ':';
	}
	return 0;
}

int posture_key_cmp(const char *a, const char *b, size_t *ret_same)
{
	bool folds = false;
	size_t i = 0;
	int c = 0;

	for (; i < KEY_MAX; i++) {
		unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];

		c = folds ? fold(x) - fold(y) : x - y;
		if (c != 0 || x == '\0')
			break;
		folds = folds || x == ':';
	}
	*ret_same = i;
	return c;
}

int posture_cmp(const struct observation *a, const struct observation *b)
{
	int c = cmp_keys(a->key, b->key, KEY_MAX);

	return c != 0 ? c : a->by - b->by;
}

const char *observed_by_name(unsigned by)
{
	switch (by) {
	case BY_FILE:
		return "file";
	case BY_REGISTRY:
		return "registry";
	case BY_SAMR:
		return "samr";
	case BY_LSA:
		return "lsa";
	case BY_SERVICES:
		return "services";
	case BY_SHARES:
		return "shares";
	case BY_SMB:
		return "smb";
	case BY_SCRIPT:
		return "script";
	case BY_HIVE:
		return "hive";
	case BY_LIST:
		return "list";
	default:
		return "";
	}
}

/* The first that is not before `key` (its first `max` bytes) and source `by`. */
static size_t lower_bound(const struct posture *p, const char *key, size_t max, unsigned by)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = cmp_keys(p->list[mid].key, key, max);

		if (c < 0 || (c == 0 && p->list[mid].by < by))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* A text of its own: checked, cut, and over the old one where that has room. */
static const char *keep(struct posture *p, const char *old, const char *text, size_t cap)
{
	char clean[POSTURE_KEY > POSTURE_VALUE ? POSTURE_KEY : POSTURE_VALUE];
	struct bytes in = {(const uint8_t *)text, strlen(text)};
	size_t len = text_from_utf8(in, clean, cap);

	if (len == 0)
		return none;
	if (old != NULL && strlen(old) >= len) {
		char *at = (char *)(uintptr_t)old; /* in our arena, since it is not empty */

		memcpy(at, clean, len + 1);
		return at;
	}
	return arena_strdup(p->arena, clean);
}

static bool grow(struct posture *p)
{
	size_t cap = p->cap == 0 ? 64 : p->cap * 2;
	struct observation *list;

	if (p->n < p->cap)
		return true;
	list = realloc(p->list, cap * sizeof(*list));
	if (list == NULL)
		return false;
	p->list = list;
	p->cap = cap;
	return true;
}

static enum rc replace(struct posture *p, struct observation *had, const struct observation *o,
		       const char *key)
{
	const char *value;

	if (o->at_ns <= had->at_ns)
		return RC_OK;
	if (o->state == had->state && strcmp(o->value, had->value) == 0 &&
	    strcmp(key, had->key) == 0) { /* most say what they said before */
		had->at_ns = o->at_ns;
		return RC_OK;
	}
	value = keep(p, had->value, o->value, POSTURE_VALUE);
	if (value == NULL)
		return RC_NOMEM;
	had->key = keep(p, had->key, key, POSTURE_KEY); /* as long, but for the case of letters */
	had->value = value;
	had->state = o->state;
	had->at_ns = o->at_ns;
	return RC_OK;
}

/* Mostly they come in order: what is read back always does. */
static size_t place_of(const struct posture *p, const char *key, unsigned by)
{
	const struct observation last = {.key = key, .by = (uint8_t)by};

	if (p->n == 0 || posture_cmp(&p->list[p->n - 1], &last) < 0)
		return p->n;
	return lower_bound(p, key, KEY_MAX, by);
}

enum rc posture_add(struct posture *p, const struct observation *o)
{
	char key[POSTURE_KEY];
	struct observation one = *o;
	size_t at;

	if (o->state < OBSERVED_VALUE || o->state > OBSERVED_UNREADABLE ||
	    observed_by_name(o->by)[0] == '\0' ||
	    text_from_utf8((struct bytes){(const uint8_t *)o->key, strlen(o->key)}, key,
			   sizeof(key)) == 0)
		return RC_INVAL;
	at = place_of(p, key, o->by);
	if (at < p->n && p->list[at].by == o->by && cmp_keys(p->list[at].key, key, KEY_MAX) == 0) {
		if (replace(p, &p->list[at], o, key) != RC_OK)
			return RC_NOMEM;
	} else {
		if (p->n == POSTURE_MAX || !grow(p))
			return RC_NOMEM;
		one.key = keep(p, NULL, key, POSTURE_KEY);
		one.value = keep(p, NULL, o->value, POSTURE_VALUE);
		if (one.key == NULL || one.value == NULL)
			return RC_NOMEM;
		memmove(p->list + at + 1, p->list + at, (p->n - at) * sizeof(*p->list));
		p->list[at] = one;
		p->n++;
	}
	if (o->at_ns > p->at_ns)
		p->at_ns = o->at_ns;
	return RC_OK;
}

/* Kept as it is. */
static bool is_clean(const char *text, size_t cap)
{
	char clean[POSTURE_KEY > POSTURE_VALUE ? POSTURE_KEY : POSTURE_VALUE];

	(void)text_from_utf8((struct bytes){(const uint8_t *)text, strlen(text)}, clean, cap);
	return strcmp(text, clean) == 0;
}

enum rc posture_append(struct posture *p, const struct observation *o)
{
	struct observation one = *o;

	if (o->state < OBSERVED_VALUE || o->state > OBSERVED_UNREADABLE ||
	    observed_by_name(o->by)[0] == '\0' || o->key[0] == '\0' ||
	    !is_clean(o->key, POSTURE_KEY) || !is_clean(o->value, POSTURE_VALUE) ||
	    (p->n > 0 && posture_cmp(&p->list[p->n - 1], o) >= 0))
		return RC_INVAL;
	if (p->n == POSTURE_MAX || !grow(p))
		return RC_NOMEM;
	one.key = arena_strdup(p->arena, o->key);
	one.value = o->value[0] == '\0' ? none : arena_strdup(p->arena, o->value);
	if (one.key == NULL || one.value == NULL)
		return RC_NOMEM;
	p->list[p->n++] = one;
	if (o->at_ns > p->at_ns)
		p->at_ns = o->at_ns;
	return RC_OK;
}

enum rc posture_name(struct posture *p, const char *name)
{
	const char *kept = keep(p, p->name, name, POSTURE_VALUE);

	if (kept == NULL)
		return RC_NOMEM;
	p->name = kept;
	return RC_OK;
}

const struct observation *posture_find(const struct posture *p, const char *key)
{
	const struct observation *best = NULL;
	size_t i = lower_bound(p, key, KEY_MAX, 0);

	for (; i < p->n && cmp_keys(p->list[i].key, key, KEY_MAX) == 0; i++) {
		if (p->list[i].state != OBSERVED_UNREADABLE)
			return &p->list[i];
		if (best == NULL)
			best = &p->list[i];
	}
	return best;
}

const struct observation *posture_from(const struct posture *p, const char *key, unsigned by)
{
	size_t i = lower_bound(p, key, KEY_MAX, by);
	bool is_there =
		i < p->n && p->list[i].by == by && cmp_keys(p->list[i].key, key, KEY_MAX) == 0;

	return is_there ? &p->list[i] : NULL;
}

const char *posture_value(const struct posture *p, const char *key)
{
	const struct observation *o = posture_find(p, key);

	return o != NULL && o->state == OBSERVED_VALUE ? o->value : NULL;
}

size_t posture_all(const struct posture *p, const char *prefix, size_t *ret_n)
{
	size_t len = strlen(prefix), first = lower_bound(p, prefix, len, 0), low = first;
	size_t high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (cmp_keys(p->list[mid].key, prefix, len) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	*ret_n = low - first;
	return first;
}

enum rc posture_copy(const struct posture *p, struct posture **ret_copy)
{
	struct posture *to = NULL;
	enum rc rc = posture_new(&to);

	if (rc != RC_OK)
		return rc;
	rc = posture_name(to, p->name);
	for (size_t i = 0; i < p->n && rc == RC_OK; i++)
		rc = posture_add(to, &p->list[i]);
	if (rc != RC_OK) {
		posture_free(to);
		return rc;
	}
	to->addr = p->addr;
	to->at_ns = p->at_ns;
	*ret_copy = to;
	return RC_OK;
}

/* What one source said of a list, but for the list itself. */
static void drop_list(struct posture *p, const char *prefix, unsigned by)
{
	size_t n = 0, first = posture_all(p, prefix, &n), to = first, whole = strlen(prefix);

	for (size_t i = first; i < first + n; i++) {
		if (p->list[i].by != by || strlen(p->list[i].key) == whole)
			p->list[to++] = p->list[i];
	}
	memmove(p->list + to, p->list + first + n, (p->n - first - n) * sizeof(*p->list));
	p->n -= first + n - to;
}

static bool is_whole_list(const struct observation *o)
{
	size_t len = strlen(o->key);

	return len > 0 && o->key[len - 1] == ':' && o->state != OBSERVED_UNREADABLE;
}

enum rc posture_learn(struct posture *p, const struct posture *later)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < later->n; i++) {
		if (is_whole_list(&later->list[i]))
			drop_list(p, later->list[i].key, later->list[i].by);
	}
	for (size_t i = 0, at = 0; i < later->n && rc == RC_OK; i++) { /* both are in order */
		const struct observation *o = &later->list[i];

		while (at < p->n && posture_cmp(&p->list[at], o) < 0)
			at++;
		if (at == p->n || posture_cmp(&p->list[at], o) != 0)
			rc = posture_add(p, o);
		else if (o->state != OBSERVED_UNREADABLE ||
			 p->list[at].state == OBSERVED_UNREADABLE)
			rc = replace(p, &p->list[at], o, o->key);
	}
	if (rc == RC_OK && later->name[0] != '\0')
		rc = posture_name(p, later->name);
	if (rc != RC_OK)
		return rc;
	if (!addr_is_zero(&later->addr))
		p->addr = later->addr;
	if (later->at_ns > p->at_ns)
		p->at_ns = later->at_ns;
	return RC_OK;
}
