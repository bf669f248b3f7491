#include <stdio.h>
#include <string.h>

#include "threat/read.h"
#include "threat/row.h"

/* --- as libcyaml reads it --- */

struct raw_check { /* one that is new, or a change to one that is inherited */
	char *id, *group, *title, *key, *policy_key, *want, *absent, *absent_passes, *from, *until,
		*serious;
	char *reason, *correct, *source, *number;
	struct texts texts, doors;
};

struct raw_baseline {
	char *id, *title, *summary, *extends;
	struct texts without;
	struct raw_check *changes, *checks;
	unsigned n_changes, n_checks;
};

#define TEXT(key, flags, of, member)                                                               \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | (flags), of, member, 1, ROW_TEXT)
#define CHECK_TEXT(key, member) TEXT(key, CYAML_FLAG_OPTIONAL, struct raw_check, member)
#define LIST(key, of, member, count, entry, max)                                                   \
	CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, of, member,      \
				   count, entry, 0, max)

static const cyaml_schema_value_t text_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, ROW_TEXT)};

/* A change gives only what differs, so that almost nothing is required here, but below. */
static const cyaml_schema_field_t check_fields[] = {
	TEXT("id", CYAML_FLAG_DEFAULT, struct raw_check, id),
	CHECK_TEXT("group", group),
	CHECK_TEXT("title", title),
	CHECK_TEXT("key", key),
	CHECK_TEXT("policy-key", policy_key),
	CHECK_TEXT("want", want),
	CHECK_TEXT("number", number),
	LIST("texts", struct raw_check, texts.list, texts.n, &text_entry, ROW_LIST),
	CHECK_TEXT("absent", absent),
	CHECK_TEXT("absent-passes", absent_passes),
	CHECK_TEXT("from", from),
	CHECK_TEXT("until", until),
	CHECK_TEXT("serious", serious),
	CHECK_TEXT("reason", reason),
	CHECK_TEXT("correct", correct),
	LIST("doors", struct raw_check, doors.list, doors.n, &text_entry, ROW_LIST),
	TEXT("source", CYAML_FLAG_DEFAULT, struct raw_check, source),
	CYAML_FIELD_END};

static const cyaml_schema_value_t check_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_check, check_fields)};

static const cyaml_schema_field_t baseline_fields[] = {
	TEXT("baseline", CYAML_FLAG_DEFAULT, struct raw_baseline, id),
	TEXT("title", CYAML_FLAG_DEFAULT, struct raw_baseline, title),
	TEXT("summary", CYAML_FLAG_DEFAULT, struct raw_baseline, summary),
	TEXT("extends", CYAML_FLAG_OPTIONAL, struct raw_baseline, extends),
	LIST("without", struct raw_baseline, without.list, without.n, &text_entry,
	     BASELINE_CHECKS_MAX),
	LIST("changes", struct raw_baseline, changes, n_changes, &check_entry, BASELINE_CHECKS_MAX),
	LIST("checks", struct raw_baseline, checks, n_checks, &check_entry, BASELINE_CHECKS_MAX),
	CYAML_FIELD_END};

static const cyaml_schema_value_t baseline_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_baseline, baseline_fields)};

/* --- its sense --- */

/* In the order in which a page shows them. */
static const char *const groups[] = {"passwords", "accounts", "network",    "shares",
				     "services",  "updates",  "protection", NULL};
static const char *const doors[] = {"smb-exploit",   "admin-shares",       "weak-passwords",
				    "autorun",       "null-session",       "late-patch",
				    "no-protection", "spread-by-services", NULL};
static const char *const wants[] = {"at-least",       "at-most", "equals",        "not",
				    "word",           "no-word", "count-at-most", "age-at-most",
				    "count-at-least", NULL};

static bool wants_number(enum want w)
{
	return w == WANT_AT_LEAST || w == WANT_AT_MOST || w == WANT_COUNT_AT_MOST ||
	       w == WANT_COUNT_AT_LEAST || w == WANT_AGE_AT_MOST;
}

static enum rc check_whole(const struct row *r, const struct check *c)
{
	const struct {
		const char *field, *text;
	} needed[] = {{"group", c->group},   {"title", c->title},     {"key", c->key},
		      {"reason", c->reason}, {"correct", c->correct}, {"source", c->source}};
	enum rc rc = RC_OK;
	unsigned at = 0;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (needed[i].text == NULL)
			return row_fail(r, "`%s` is missing", needed[i].field);
		rc = row_text(r, needed[i].field, needed[i].text);
		if (rc != RC_OK)
			return rc;
	}
	rc = row_word(r, "group", c->group, groups, &at);
	if (rc == RC_OK)
		rc = row_key(r, c->key, true);
	if (rc == RC_OK && c->policy_key != NULL)
		rc = row_key(r, c->policy_key, false);
	if (rc == RC_OK)
		rc = row_sentence(r, "reason", c->reason);
	for (unsigned i = 0; rc == RC_OK && c->doors != NULL && c->doors[i] != NULL; i++)
		rc = row_word(r, "doors", c->doors[i], doors, &at);
	if (rc == RC_OK && (c->doors == NULL || c->doors[0] == NULL))
		return row_fail(r, "which of a worm's doors does it close? `doors` is empty");
	return rc;
}

static enum rc check_wanted(const struct row *r, const struct check *c, bool has_number)
{
	bool has_texts = c->texts != NULL && c->texts[0] != NULL;
	bool has_star = c->key[strlen(c->key) - 1] == '*';
	enum rc rc = RC_OK;

	if (wants_number(c->want) != has_number)
		return row_fail(r, "`want: %s` %s a `number`", wants[c->want],
				has_number ? "has not" : "needs");
	if (!has_texts && !wants_number(c->want))
		return row_fail(r, "`want: %s` needs `texts`", wants[c->want]);
	if ((c->want == WANT_COUNT_AT_MOST || c->want == WANT_COUNT_AT_LEAST) && !has_star)
		return row_fail(r, "what is counted has a key that ends in '*'");
	if (c->want == WANT_AGE_AT_MOST && strncmp(c->key, "anti-malware:", 13) != 0)
		return row_fail(r, "an age is that of anti-malware's signatures");
	if (c->absent != NULL && (c->absent_passes || has_star))
		return row_fail(r,
				"`absent` tells the value of one thing that may not be there: not "
				"with `absent-passes`, and not of many");
	for (unsigned i = 0; rc == RC_OK && c->texts != NULL && c->texts[i] != NULL; i++) {
		rc = row_text(r, "texts", c->texts[i]);
		if (rc == RC_OK && (c->want == WANT_EQUALS || c->want == WANT_NOT))
			rc = row_value(r, c->key, c->texts[i]);
	}
	return rc != RC_OK || c->absent == NULL ? rc : row_text(r, "absent", c->absent);
}

static void take(const char **to, const char *text)
{
	if (text != NULL)
		*to = text;
}

/* What the row says goes over what `c` says already; then it must be whole. */
static enum rc read_check(const struct row *r, const struct raw_check *raw, struct check *c,
			  bool *has_number)
{
	unsigned want = (unsigned)c->want;
	enum rc rc = row_id(r, raw->id);

	take(&c->id, raw->id);
	take(&c->group, raw->group);
	take(&c->title, raw->title);
	take(&c->key, raw->key);
	take(&c->policy_key, raw->policy_key);
	take(&c->absent, raw->absent);
	take(&c->reason, raw->reason);
	take(&c->correct, raw->correct);
	take(&c->source, raw->source);
	if (rc == RC_OK && raw->want != NULL) {
		rc = row_word(r, "want", raw->want, wants, &want);
		*has_number = false; /* another want: the number of the old one means nothing */
		c->number = 0;
	}
	c->want = (enum want)want;
	*has_number = *has_number || raw->number != NULL;
	if (rc == RC_OK)
		rc = row_number(r, "number", raw->number, INT32_MAX, c->number, &c->number);
	if (rc == RC_OK && raw->texts.list != NULL)
		rc = row_list(r, &raw->texts, &c->texts);
	if (rc == RC_OK && raw->doors.list != NULL)
		rc = row_list(r, &raw->doors, &c->doors);
	if (rc == RC_OK)
		rc = row_yes(r, "absent-passes", raw->absent_passes, c->absent_passes,
			     &c->absent_passes);
	if (rc == RC_OK)
		rc = row_yes(r, "serious", raw->serious, c->is_serious, &c->is_serious);
	if (rc == RC_OK && raw->from != NULL)
		rc = row_version(r, "from", raw->from, &c->from);
	if (rc == RC_OK && raw->until != NULL)
		rc = row_version(r, "until", raw->until, &c->until);
	if (rc == RC_OK && c->until.part[0] != 0 && version_cmp(&c->from, &c->until) >= 0)
		return row_fail(r, "`until` is the first Windows to which it does not apply, after "
				   "`from`");
	if (rc == RC_OK)
		rc = check_whole(r, c);
	return rc == RC_OK ? check_wanted(r, c, *has_number) : rc;
}

/* --- the list --- */

struct list {
	struct check *checks;
	size_t n;
};

static struct check *find(const struct list *l, const char *id)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->checks[i].id, id) == 0)
			return &l->checks[i];
	}
	return NULL;
}

static enum rc no_such_check(const struct row *r, const struct list *l, const char *id)
{
	const char *names[BASELINE_CHECKS_MAX + 1] = {NULL};
	unsigned at = 0;

	if (l->n == 0)
		return row_fail(r, "the baseline extends none, so there is no check '%.64s'", id);
	for (size_t i = 0; i < l->n; i++)
		names[i] = l->checks[i].id;
	return row_word(r, "id", id, names, &at);
}

static enum rc leave_out(const struct yaml_source *src, const struct texts *ids, struct list *l)
{
	const struct row r = {src, "without"};

	for (unsigned i = 0; i < ids->n; i++) {
		struct check *c = find(l, ids->list[i]);

		if (c == NULL)
			return no_such_check(&r, l, ids->list[i]);
		l->n--;
		memmove(c, c + 1, (size_t)(l->checks + l->n - c) * sizeof(*c));
	}
	return RC_OK;
}

static enum rc change(const struct yaml_source *src, const struct raw_check *raw, struct list *l)
{
	char name[ROW_WORD];
	const struct row r = {src, name};
	struct check *c = find(l, raw->id);
	bool has_number = false;

	(void)snprintf(name, sizeof(name), "changes, %.96s", raw->id);
	if (c == NULL)
		return no_such_check(&r, l, raw->id);
	has_number = wants_number(c->want);
	return read_check(&r, raw, c, &has_number);
}

static enum rc add(const struct yaml_source *src, const struct raw_check *raw, struct list *l)
{
	char name[ROW_WORD];
	const struct row r = {src, name};
	struct check c = {.id = NULL};
	bool has_number = false;
	enum rc rc = RC_OK;

	(void)snprintf(name, sizeof(name), "check %.96s", raw->id);
	if (find(l, raw->id) != NULL)
		return row_fail(&r, "there is one of this id already; what is inherited is changed "
				    "under `changes`");
	if (l->n == BASELINE_CHECKS_MAX)
		return row_fail(&r, "more than %d checks", BASELINE_CHECKS_MAX);
	if (raw->want == NULL)
		return row_fail(&r, "`want` is missing");
	rc = read_check(&r, raw, &c, &has_number);
	if (rc == RC_OK)
		l->checks[l->n++] = c;
	return rc;
}

static unsigned rank(const struct check *c)
{
	unsigned i = 0;

	while (groups[i] != NULL && strcmp(groups[i], c->group) != 0)
		i++;
	return i;
}

/* By group, and within one as they came: an extending baseline's own checks join the others. */
static void sort(struct list *l)
{
	for (size_t i = 1; i < l->n; i++) {
		struct check c = l->checks[i];
		size_t to = i;

		for (; to > 0 && rank(&l->checks[to - 1]) > rank(&c); to--)
			l->checks[to] = l->checks[to - 1];
		l->checks[to] = c;
	}
}

static enum rc read_list(const struct yaml_source *src, const struct raw_baseline *raw,
			 struct list *l)
{
	enum rc rc = leave_out(src, &raw->without, l);

	for (unsigned i = 0; rc == RC_OK && i < raw->n_changes; i++)
		rc = change(src, &raw->changes[i], l);
	for (unsigned i = 0; rc == RC_OK && i < raw->n_checks; i++)
		rc = add(src, &raw->checks[i], l);
	if (rc == RC_OK && l->n == 0)
		return yaml_fail(src, "a baseline without checks");
	if (rc == RC_OK)
		sort(l);
	return rc;
}

enum rc baseline_read(const struct yaml_source *src, const struct baseline_finder *finder,
		      struct baseline *ret_b)
{
	const struct row r = {src, "baseline"};
	struct baseline parent = {.id = NULL};
	struct raw_baseline *raw = NULL;
	struct list l = {.n = 0};
	void *top = NULL;
	enum rc rc = yaml_read(src, &baseline_schema, &top);

	if (rc != RC_OK)
		return rc;
	raw = top;
	rc = row_id(&r, raw->id);
	if (rc == RC_OK)
		rc = row_text(&r, "title", raw->title);
	if (rc == RC_OK)
		rc = row_sentence(&r, "summary", raw->summary);
	if (rc == RC_OK && raw->extends != NULL)
		rc = finder->find(finder->ctx, src, raw->extends, &parent);
	if (rc != RC_OK)
		return rc;
	l.checks = arena_alloc(src->arena, BASELINE_CHECKS_MAX * sizeof(*l.checks));
	if (l.checks == NULL)
		return RC_NOMEM;
	if (parent.n_checks > 0)
		memcpy(l.checks, parent.checks, parent.n_checks * sizeof(*l.checks));
	l.n = parent.n_checks;
	rc = read_list(src, raw, &l);
	if (rc == RC_OK)
		*ret_b = (struct baseline){raw->id, raw->title, raw->summary, l.checks, l.n};
	return rc;
}
