#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "threat/catalogue.h"
#include "threat/read.h"
#include "threat/row.h"

/* --- as libcyaml reads it --- */

struct raw_fixed {
	char *os, *service_pack, *branch, *by, *version, *ubr, *source;
	struct texts kbs;
};

struct raw_condition { /* of remedies, defeats and answers */
	char *key, *equals, *means, *says, *source;
};

struct raw_conditions {
	struct raw_condition *list;
	unsigned n;
};

struct raw_affected {
	char *from, *until;
};

struct raw_weakness {
	char *id, *title, *cve, *bulletin, *file, *service, *product_type, *source;
	struct texts threats, gaps;
	struct raw_affected affected;
	struct raw_fixed *fixed;
	unsigned n_fixed;
	struct raw_conditions remedies, defeats, answers;
};

#define TEXT(key, of, member)                                                                      \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, of, member, 1, ROW_TEXT)
#define TEXT_OR_NONE(key, of, member)                                                              \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, of, member, 1,       \
			       ROW_TEXT)
#define LIST(key, flags, of, member, count, entry, max)                                            \
	CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | (flags), of, member, count, entry, 0, \
				   max)

static const cyaml_schema_value_t text_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, ROW_TEXT)};

static const cyaml_schema_field_t fixed_fields[] = {
	TEXT("os", struct raw_fixed, os),
	TEXT_OR_NONE("service-pack", struct raw_fixed, service_pack),
	TEXT_OR_NONE("branch", struct raw_fixed, branch),
	TEXT("by", struct raw_fixed, by),
	TEXT_OR_NONE("version", struct raw_fixed, version),
	TEXT_OR_NONE("ubr", struct raw_fixed, ubr),
	LIST("kbs", CYAML_FLAG_OPTIONAL, struct raw_fixed, kbs.list, kbs.n, &text_entry, ROW_LIST),
	TEXT("source", struct raw_fixed, source),
	CYAML_FIELD_END};

static const cyaml_schema_value_t fixed_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_fixed, fixed_fields)};

static const cyaml_schema_field_t condition_fields[] = {
	TEXT("key", struct raw_condition, key),
	TEXT("equals", struct raw_condition, equals),
	TEXT_OR_NONE("means", struct raw_condition, means),
	TEXT("says", struct raw_condition, says),
	TEXT("source", struct raw_condition, source),
	CYAML_FIELD_END};

static const cyaml_schema_value_t condition_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_condition, condition_fields)};

static const cyaml_schema_field_t affected_fields[] = {TEXT("from", struct raw_affected, from),
						       TEXT("until", struct raw_affected, until),
						       CYAML_FIELD_END};

static const cyaml_schema_field_t weakness_fields[] = {
	TEXT("weakness", struct raw_weakness, id),
	TEXT("title", struct raw_weakness, title),
	TEXT_OR_NONE("cve", struct raw_weakness, cve),
	TEXT_OR_NONE("bulletin", struct raw_weakness, bulletin),
	LIST("threats", CYAML_FLAG_DEFAULT, struct raw_weakness, threats.list, threats.n,
	     &text_entry, ROW_LIST),
	TEXT_OR_NONE("file", struct raw_weakness, file),
	TEXT_OR_NONE("service", struct raw_weakness, service),
	TEXT_OR_NONE("product-type", struct raw_weakness, product_type),
	CYAML_FIELD_MAPPING("affected", CYAML_FLAG_DEFAULT, struct raw_weakness, affected,
			    affected_fields),
	LIST("fixed", CYAML_FLAG_OPTIONAL, struct raw_weakness, fixed, n_fixed, &fixed_entry,
	     CATALOGUE_ROWS_MAX),
	LIST("remedies", CYAML_FLAG_OPTIONAL, struct raw_weakness, remedies.list, remedies.n,
	     &condition_entry, ROW_LIST),
	LIST("defeats", CYAML_FLAG_OPTIONAL, struct raw_weakness, defeats.list, defeats.n,
	     &condition_entry, ROW_LIST),
	LIST("answers", CYAML_FLAG_OPTIONAL, struct raw_weakness, answers.list, answers.n,
	     &condition_entry, ROW_LIST),
	LIST("gaps", CYAML_FLAG_OPTIONAL, struct raw_weakness, gaps.list, gaps.n, &text_entry,
	     ROW_LIST),
	TEXT("source", struct raw_weakness, source),
	CYAML_FIELD_END};

static const cyaml_schema_value_t weakness_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_weakness, weakness_fields)};

/* --- its sense --- */

static const char *const fixed_by_names[] = {"file", "build", "update", "release", NULL};
static const char *const branch_names[] = {"any", "gdr", "ldr", NULL};
static const char *const means_names[] = {"missing", "patched", "not-affected", NULL};
static const char *const product_names[] = {"workstation", "server", "dc", NULL};

enum { LDR = 20000 }; /* where the numbers of that branch begin, from Windows 6.0 on */

static enum rc check_kbs(const struct row *r, const struct texts *kbs)
{
	for (unsigned i = 0; i < kbs->n; i++) {
		const char *digits = kbs->list[i] + 2;
		size_t n = strncmp(kbs->list[i], "KB", 2) == 0 ? strspn(digits, "0123456789") : 0;

		if (n < 6 || n > 8 || digits[n] != '\0')
			return row_fail(r, "'%.64s' is no update: KB and its digits", kbs->list[i]);
	}
	return RC_OK;
}

/* What `by` needs is there, and nothing else. */
static enum rc check_by(const struct row *r, const struct raw_fixed *raw, const struct fixed *f,
			const char *file)
{
	if ((f->by == FIXED_BY_FILE) != (raw->version != NULL))
		return row_fail(r, "`version` goes with `by: file`, and only there");
	if ((f->by == FIXED_BY_BUILD) != (raw->ubr != NULL))
		return row_fail(r, "`ubr` goes with `by: build`, and only there");
	if (f->by == FIXED_BY_FILE && file == NULL)
		return row_fail(r, "a version of which file? The weakness has no `file`");
	if (f->by == FIXED_BY_BUILD && f->os.part[2] == 0)
		return row_fail(r, "`by: build` needs the build in `os`, as \"10.0.18362\"");
	if (f->by != FIXED_BY_BUILD && f->by != FIXED_AT_RELEASE && raw->kbs.n == 0)
		return row_fail(r, "which update brings it? `kbs` is empty");
	if (f->branch == BRANCH_GDR && f->version.part[3] >= LDR)
		return row_fail(r, "a version of GDR ends below %d", LDR);
	if (f->branch == BRANCH_LDR && f->version.part[3] < LDR)
		return row_fail(r, "a version of LDR ends at %d or above", LDR);
	if (f->branch != BRANCH_ANY && (f->by != FIXED_BY_FILE || f->os.part[0] < 6))
		return row_fail(r, "branches are told apart by files, from Windows 6.0 on");
	return RC_OK;
}

static enum rc check_os(const struct row *r, const struct fixed *f, const struct weakness *w)
{
	struct version last = f->os;

	if (last.part[2] == 0) /* every build */
		last.part[2] = UINT16_MAX;
	if (f->os.part[0] == 0 || f->os.part[3] != 0)
		return row_fail(r, "`os` is major, minor and build: \"5.1.2600\"");
	if (version_cmp(&last, &w->affected_from) < 0 ||
	    version_cmp(&f->os, &w->affected_until) >= 0)
		return row_fail(r, "this Windows is not among the affected ones");
	return RC_OK;
}

static enum rc read_fixed(const struct row *r, const struct raw_fixed *raw,
			  const struct weakness *w, struct fixed *to)
{
	unsigned by = 0, branch = BRANCH_ANY;
	long service_pack = -1, ubr = 0;
	enum rc rc = row_version(r, "os", raw->os, &to->os);

	if (rc == RC_OK)
		rc = row_version(r, "version", raw->version, &to->version);
	if (rc == RC_OK)
		rc = row_word(r, "by", raw->by, fixed_by_names, &by);
	if (rc == RC_OK && raw->branch != NULL)
		rc = row_word(r, "branch", raw->branch, branch_names, &branch);
	if (rc == RC_OK)
		rc = row_number(r, "service-pack", raw->service_pack, 9, -1, &service_pack);
	if (rc == RC_OK)
		rc = row_number(r, "ubr", raw->ubr, INT32_MAX, 0, &ubr);
	if (rc != RC_OK)
		return rc;
	to->by = (enum fixed_by)by;
	to->branch = (enum branch)branch;
	to->service_pack = (int)service_pack;
	to->ubr = (uint32_t)ubr;
	to->source = raw->source;
	rc = check_os(r, to, w);
	if (rc == RC_OK)
		rc = check_by(r, raw, to, w->file);
	if (rc == RC_OK)
		rc = check_kbs(r, &raw->kbs);
	if (rc == RC_OK)
		rc = row_text(r, "source", raw->source);
	return rc == RC_OK ? row_list(r, &raw->kbs, &to->kbs) : rc;
}

/* Two rows for one Windows. A file and a build may stand for each other: either may be unreadable.
 */
static bool is_same_place(const struct fixed *a, const struct fixed *b)
{
	bool is_pair = (a->by == FIXED_BY_FILE && b->by == FIXED_BY_BUILD) ||
		       (a->by == FIXED_BY_BUILD && b->by == FIXED_BY_FILE);

	return !is_pair && version_cmp(&a->os, &b->os) == 0 && a->service_pack == b->service_pack &&
	       a->branch == b->branch;
}

static enum rc read_all_fixed(const struct yaml_source *src, const struct raw_weakness *raw,
			      struct weakness *w)
{
	struct fixed *list = arena_alloc(src->arena, raw->n_fixed * sizeof(*list));

	if (list == NULL)
		return RC_NOMEM;
	for (unsigned i = 0; i < raw->n_fixed; i++) {
		char name[ROW_WORD];
		const struct row r = {src, name};
		enum rc rc = RC_OK;

		(void)snprintf(name, sizeof(name), "fixed, entry %u (%.64s)", i + 1,
			       raw->fixed[i].os);
		rc = read_fixed(&r, &raw->fixed[i], w, &list[i]);
		if (rc != RC_OK)
			return rc;
		for (unsigned k = 0; k < i; k++) {
			if (is_same_place(&list[k], &list[i]))
				return row_fail(&r, "the same Windows as entry %u", k + 1);
		}
	}
	w->fixed = list;
	w->n_fixed = raw->n_fixed;
	return RC_OK;
}

/* The same of remedies, defeats and answers; only answers mean something. */
static enum rc check_conditions(const struct yaml_source *src, const char *what,
				const struct raw_conditions *all, bool has_means)
{
	for (unsigned i = 0; i < all->n; i++) {
		const struct raw_condition *c = &all->list[i];
		char name[ROW_WORD];
		const struct row r = {src, name};
		unsigned at = 0;
		enum rc rc = RC_OK;

		(void)snprintf(name, sizeof(name), "%s, entry %u", what, i + 1);
		rc = row_key(&r, c->key, false);
		if (rc == RC_OK)
			rc = row_text(&r, "equals", c->equals);
		if (rc == RC_OK)
			rc = row_value(&r, c->key, c->equals);
		if (rc == RC_OK)
			rc = row_text(&r, "says", c->says);
		if (rc == RC_OK)
			rc = row_text(&r, "source", c->source);
		if (rc == RC_OK && has_means != (c->means != NULL))
			return row_fail(&r, "`means` is for answers, and each has one");
		if (rc == RC_OK && has_means)
			rc = row_word(&r, "means", c->means, means_names, &at);
		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}

static enum rc read_remedies(const struct yaml_source *src, const struct raw_conditions *raw,
			     struct weakness *w)
{
	struct remedy *list = arena_alloc(src->arena, raw->n * sizeof(*list));
	enum rc rc = check_conditions(src, "remedies", raw, false);

	if (list == NULL || rc != RC_OK)
		return rc != RC_OK ? rc : RC_NOMEM;
	for (unsigned i = 0; i < raw->n; i++) {
		const struct raw_condition *c = &raw->list[i];

		list[i] = (struct remedy){c->key, c->equals, c->says, c->source};
	}
	w->remedies = list;
	w->n_remedies = raw->n;
	return RC_OK;
}

static enum rc read_defeats(const struct yaml_source *src, const struct raw_conditions *raw,
			    struct weakness *w)
{
	struct defeat *list = arena_alloc(src->arena, raw->n * sizeof(*list));
	enum rc rc = check_conditions(src, "defeats", raw, false);

	if (list == NULL || rc != RC_OK)
		return rc != RC_OK ? rc : RC_NOMEM;
	for (unsigned i = 0; i < raw->n; i++) {
		const struct raw_condition *c = &raw->list[i];

		list[i] = (struct defeat){c->key, c->equals, c->says, c->source};
	}
	w->defeats = list;
	w->n_defeats = raw->n;
	return RC_OK;
}

static enum rc read_answers(const struct yaml_source *src, const struct raw_conditions *raw,
			    struct weakness *w)
{
	struct answer_check *list = arena_alloc(src->arena, raw->n * sizeof(*list));
	enum rc rc = check_conditions(src, "answers", raw, true);

	if (list == NULL || rc != RC_OK)
		return rc != RC_OK ? rc : RC_NOMEM;
	for (unsigned i = 0; i < raw->n; i++) {
		const struct raw_condition *c = &raw->list[i];

		list[i] = (struct answer_check){c->key, c->equals, c->means, c->says, c->source};
	}
	w->answers = list;
	w->n_answers = raw->n;
	return RC_OK;
}

static enum rc check_threats(const struct row *r, const struct texts *threats)
{
	const char *names[ROW_LIST] = {NULL};
	unsigned n = 0, at = 0;
	enum rc rc = RC_OK;

	for (const struct threat *t = threat_catalogue; t->id != NULL && n < ROW_LIST - 1; t++)
		names[n++] = t->id;
	if (threats->n == 0)
		return row_fail(r, "which threats use it? `threats` is empty");
	for (unsigned i = 0; rc == RC_OK && i < threats->n; i++)
		rc = row_word(r, "threats", threats->list[i], names, &at);
	return rc;
}

static enum rc check_head(const struct row *r, const struct raw_weakness *raw, struct weakness *w)
{
	const struct {
		const char *field, *text;
	} texts[] = {{"title", raw->title},
		     {"cve", raw->cve},
		     {"bulletin", raw->bulletin},
		     {"service", raw->service},
		     {"source", raw->source}};
	enum rc rc = row_id(r, raw->id);
	unsigned at = 0;

	for (size_t i = 0; rc == RC_OK && i < sizeof(texts) / sizeof(texts[0]); i++)
		rc = row_text(r, texts[i].field, texts[i].text);
	if (rc == RC_OK && raw->product_type != NULL)
		rc = row_word(r, "product-type", raw->product_type, product_names, &at);
	if (rc == RC_OK && raw->file != NULL) {
		char key[ROW_TEXT + 8];

		(void)snprintf(key, sizeof(key), "file:%s", raw->file);
		rc = row_key(r, key, false);
	}
	if (rc == RC_OK)
		rc = row_version(r, "affected from", raw->affected.from, &w->affected_from);
	if (rc == RC_OK)
		rc = row_version(r, "affected until", raw->affected.until, &w->affected_until);
	if (rc == RC_OK && version_cmp(&w->affected_from, &w->affected_until) >= 0)
		return row_fail(r, "affected: `until` is the first Windows without the hole, after "
				   "`from`");
	if (rc == RC_OK && raw->n_fixed == 0 && raw->gaps.n == 0)
		return row_fail(r, "neither `fixed` nor `gaps`: what is known of its fix?");
	return rc == RC_OK ? check_threats(r, &raw->threats) : rc;
}

static enum rc read_gaps(const struct row *r, const struct texts *gaps, struct weakness *w)
{
	enum rc rc = RC_OK;

	for (unsigned i = 0; rc == RC_OK && i < gaps->n; i++)
		rc = row_sentence(r, "gaps", gaps->list[i]);
	return rc == RC_OK ? row_list(r, gaps, &w->gaps) : rc;
}

enum rc weakness_read(const struct yaml_source *src, struct weakness *ret_w)
{
	struct raw_weakness *raw = NULL;
	struct weakness w = {.id = NULL};
	void *top = NULL;
	struct row r = {src, "weakness"};
	enum rc rc = yaml_read(src, &weakness_schema, &top);

	if (rc != RC_OK)
		return rc;
	raw = top;
	w = (struct weakness){.id = raw->id,
			      .title = raw->title,
			      .cve = raw->cve,
			      .bulletin = raw->bulletin,
			      .file = raw->file,
			      .service = raw->service,
			      .product_type = raw->product_type,
			      .source = raw->source};
	rc = check_head(&r, raw, &w);
	if (rc == RC_OK)
		rc = row_list(&r, &raw->threats, &w.threats);
	if (rc == RC_OK)
		rc = read_gaps(&r, &raw->gaps, &w);
	if (rc == RC_OK)
		rc = read_all_fixed(src, raw, &w);
	if (rc == RC_OK)
		rc = read_remedies(src, &raw->remedies, &w);
	if (rc == RC_OK)
		rc = read_defeats(src, &raw->defeats, &w);
	if (rc == RC_OK)
		rc = read_answers(src, &raw->answers, &w);
	if (rc == RC_OK)
		*ret_w = w;
	return rc;
}
