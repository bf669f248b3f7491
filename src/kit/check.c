#include "kit/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "kit/place.h"

__attribute__((format(printf, 3, 4))) static enum rc fail(char *err, size_t err_len,
							  const char *format, ...)
{
	char raw[512], shown[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	(void)text_printable(raw, shown, sizeof(shown));
	(void)snprintf(err, err_len, "%s", shown);
	return RC_INVAL;
}

/* --- options --- */

/* "5.1.2600.5694", or with "/sp3" the one of that service pack. */
static bool parse_version(const char *text, size_t len, struct fixed_version *ret)
{
	const char *at = text, *end = text + len;

	for (size_t i = 0; i < 4; i++) {
		unsigned long n = 0;
		size_t digits = 0;

		if (i > 0 && (at == end || *at++ != '.'))
			return false;
		for (; at < end && *at >= '0' && *at <= '9' && digits < 6; digits++)
			n = 10 * n + (unsigned long)(*at++ - '0');
		if (digits == 0 || n > 65535)
			return false;
		ret->part[i] = (unsigned)n;
	}
	ret->pack = -1;
	if (at == end)
		return true;
	if (end - at != 4 || strncmp(at, "/sp", 3) != 0 || at[3] < '0' || at[3] > '9')
		return false;
	ret->pack = at[3] - '0';
	return true;
}

static enum rc parse_fixed(struct arena *a, const char *text, struct fixed_version **ret_fixed,
			   size_t *ret_n, char *err, size_t err_len)
{
	struct fixed_version *list = arena_alloc(a, CHECK_FIXED * sizeof(*list));
	size_t n = 0;

	if (list == NULL)
		return RC_NOMEM;
	for (const char *at = text + strspn(text, " "); *at != '\0'; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");

		if (n == CHECK_FIXED || !parse_version(at, len, &list[n]))
			return fail(err, err_len,
				    "'%.*s' is no fixed version, as 5.1.2600.5694 or "
				    "5.1.2600.5694/sp3",
				    (int)(len < 60 ? len : 60), at);
		n++;
		at += len;
	}
	*ret_fixed = list;
	*ret_n = n;
	return RC_OK;
}

/* "system32\netapi32.dll": below the Windows folder. */
static bool is_windows_file(const char *path)
{
	for (const char *at = path; *at != '\0'; at++) {
		if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
		      (*at >= '0' && *at <= '9')) &&
		    strchr("\\._- ", *at) == NULL)
			return false;
	}
	return path[0] != '\\' && strstr(path, "..") == NULL && strstr(path, "\\\\") == NULL &&
	       (path[0] == '\0' || path[strlen(path) - 1] != '\\');
}

enum rc check_options(struct arena *a, const struct kit_options *opt,
		      struct fixed_version **ret_fixed, size_t *ret_n, char *err, size_t err_len)
{
	const char *file = opt->fixed_file != NULL ? opt->fixed_file : "";
	const char *versions = opt->fixed_versions != NULL ? opt->fixed_versions : "";

	if (!escape_is_plain(opt->campaign->id))
		return fail(err, err_len,
			    "'%.80s': a campaign that is called so can have no kit; letters, "
			    "digits, '.', '_' and '-' can be said in every language",
			    opt->campaign->id);
	if (!is_windows_file(file))
		return fail(err, err_len, "'%.80s' is no file below the Windows folder", file);
	if (file[0] == '\0' && versions[0] != '\0')
		return fail(err, err_len, "fixed versions, but no file that would have them");
	return parse_fixed(a, versions, ret_fixed, ret_n, err, err_len);
}

/* --- files --- */

static bool is_sha256(const char *hex)
{
	return strlen(hex) == PLACE_SHA256 - 1 &&
	       strspn(hex, "0123456789abcdefABCDEF") == PLACE_SHA256 - 1;
}

static bool is_role(const char *role)
{
	return strcmp(role, group_name(GROUP_PATCH)) == 0 ||
	       strcmp(role, group_name(GROUP_CLEANER)) == 0 ||
	       strcmp(role, group_name(GROUP_PROTECTION)) == 0 ||
	       strcmp(role, group_name(GROUP_UPDATE)) == 0;
}

/* "5.1", "6.1 x64", or nothing. */
static bool is_os(const char *os)
{
	size_t number = strspn(os, "0123456789.");

	if (os[0] == '\0')
		return true;
	if (number == 0 || number > 15)
		return false;
	return os[number] == '\0' || strcmp(os + number, " x86") == 0 ||
	       strcmp(os + number, " x64") == 0 || strcmp(os + number, " arm64") == 0;
}

static enum rc check_file(struct arena *a, const struct campaign_file *of, struct kit_file *ret,
			  char *err, size_t err_len)
{
	const char *slash = strrchr(of->path, '/'), *base = slash != NULL ? slash + 1 : of->path;
	char sum[PLACE_SHA256], name[RECIPE_PATH];
	enum rc rc = RC_OK;

	if (!is_role(of->role) || !is_os(of->os != NULL ? of->os : ""))
		return fail(err, err_len,
			    "%.200s: its role is patch, cleaner, protection or update, and what it "
			    "is for is written as '5.1' or '6.1 x64'",
			    of->path);
	if (!escape_is_plain(base) || strlen(base) > 150)
		return fail(err, err_len,
			    "%.200s: rename it; a file of a kit is called by letters, digits, '.', "
			    "'_' and '-'",
			    of->path);
	if (!is_sha256(of->sha256))
		return fail(err, err_len, "%.200s: its SHA-256 is not given, or is none", of->path);
	rc = place_sum(of->path, sum, &ret->size, err, err_len);
	if (rc == RC_OK && strcasecmp(sum, of->sha256) != 0)
		return fail(err, err_len,
			    "%.200s: this is not the file that the campaign was made with: its "
			    "SHA-256 is %s, not %.64s",
			    of->path, sum, of->sha256);
	(void)snprintf(name, sizeof(name), "files/%s", base);
	ret->of = of;
	ret->name = arena_strdup(a, name);
	return rc == RC_OK && ret->name == NULL ? RC_NOMEM : rc;
}

enum rc check_files(struct arena *a, const struct campaign *c, struct kit_file **ret_files,
		    char *err, size_t err_len)
{
	struct kit_file *files = arena_alloc(a, c->n_files * sizeof(*files));
	enum rc rc = RC_OK;

	if (files == NULL)
		return RC_NOMEM;
	if (c->n_files > CHECK_KIT_FILES)
		return fail(err, err_len, "more than %d files", CHECK_KIT_FILES);
	for (size_t i = 0; i < c->n_files; i++) {
		rc = check_file(a, &c->files[i], &files[i], err, err_len);
		if (rc != RC_OK)
			return rc;
		for (size_t j = 0; j < i; j++) {
			if (strcasecmp(files[i].name, files[j].name) != 0)
				continue;
			if (strcasecmp(files[i].of->sha256, files[j].of->sha256) != 0)
				return fail(err, err_len, "%.200s: two files are called so",
					    files[i].name);
			files[i].is_again = true;
			files[i].name = files[j].name;
		}
	}
	*ret_files = files;
	return RC_OK;
}

/* --- what templates say --- */

/* Of machines only what they are asked for in the templates is looked at, once each. */
static enum rc note(struct check *c, const struct template *t, const struct node *node, char *err,
		    size_t err_len)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->list[i].field == node->field && c->list[i].language == t->language &&
		    c->list[i].is_plain == node->is_plain)
			return RC_OK;
	}
	if (c->n == CHECK_VALUES)
		return fail(err, err_len, "%s: more values than a channel may have", t->name);
	c->list[c->n++] = (struct check_value){node->field, t->language, node->is_plain};
	return RC_OK;
}

static const char *refusal(enum language l, bool is_plain, const char *value)
{
	const char *why = escape_refusal(l, value);

	if (why != NULL || !is_plain)
		return why;
	return escape_is_plain(value) ? NULL
				      : "only letters, digits, '.', '_' and '-' may stand there";
}

static enum rc check_value(const struct template *t, const struct node *node,
			   const struct values *v, char *err, size_t err_len)
{
	char room[VALUE_ROOM];
	const char *value = value_of(v, node->field, room);
	const char *why = refusal(t->language, node->is_plain, value);

	if (why == NULL)
		return RC_OK;
	return fail(err, err_len, "%s: '%.80s' cannot be said in %s (%s): %s", t->name, value,
		    language_name(t->language), field_name(node->field), why);
}

static enum rc check_files_value(const struct template *t, const struct node *node,
				 const struct values *all, char *err, size_t err_len)
{
	struct values v = *all;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < v.n_files; i++) {
		v.file = &v.files[i];
		rc = check_value(t, node, &v, err, err_len);
	}
	return rc;
}

enum rc check_template(struct check *c, const struct template *t, const struct values *v, char *err,
		       size_t err_len)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < t->n; i++) {
		const struct node *node = &t->nodes[i];

		if (node->kind != NODE_VALUE || node->field == FIELD_QR)
			continue;
		switch (field_scope(node->field)) {
		case SCOPE_KIT:
			rc = check_value(t, node, v, err, err_len);
			break;
		case SCOPE_FILE:
			rc = check_files_value(t, node, v, err, err_len);
			break;
		case SCOPE_MACHINE:
			rc = note(c, t, node, err, err_len);
			break;
		default: /* numbers, and titles: those are of machines, see check_machine() */
			rc = node->field == FIELD_SHEET_TITLE &&
					     (escape_refusal(t->language, "\x01{{") != NULL ||
					      node->is_plain)
				     ? fail(err, err_len, "%s: a sheet's title cannot stand in %s",
					    t->name, language_name(t->language))
				     : RC_OK;
		}
	}
	return rc;
}

bool check_machine(const struct check *c, const struct recipe *channel, const struct kit_machine *m,
		   char *why)
{
	const struct values v = {.machine = m};
	char room[VALUE_ROOM];

	for (size_t i = 0; i < channel->wants.n; i++) {
		if (value_of(&v, channel->wants.list[i], room)[0] == '\0') {
			(void)snprintf(why, CHECK_WHY, "its %s is not known",
				       field_name(channel->wants.list[i]));
			return false;
		}
	}
	for (size_t i = 0; i < c->n; i++) {
		const struct check_value *x = &c->list[i];
		const char *refused =
			refusal(x->language, x->is_plain, value_of(&v, x->field, room));

		if (refused != NULL) {
			(void)snprintf(why, CHECK_WHY, "its %s cannot be said in %s: %s",
				       field_name(x->field), language_name(x->language), refused);
			return false;
		}
	}
	return true;
}
