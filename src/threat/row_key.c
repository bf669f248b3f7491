/* The vocabulary of model/posture.h, as far as files may name it. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "threat/row.h"

struct key {
	const char *name;   /* with ":" at its end: something follows */
	const char *values; /* all that there are, with "|" around each; NULL: any */
};

static const struct key keys[] = {
	{"os.version", NULL},
	{"os.ubr", NULL},
	{"os.service-pack", NULL},
	{"os.name", NULL},
	{"os.product-type", "|workstation|server|dc|"},
	{"os.arch", "|x86|x64|arm64|"},
	{"os.boot", NULL},
	{"file:", NULL},
	{"file.checksum:", NULL},
	{"file.timestamp:", NULL},
	{"file.changed:", NULL},
	{"registry:", NULL},
	{"hotfix:", "|installed|installed-pending|claimed|"},
	{"reboot-pending", NULL},
	{"smb.dialects", NULL},
	{"smb.smb1", "|on|off|"},
	{"smb.signing", "|required|enabled|off|"},
	{"smb.compression", "|offered|none|"},
	{"smb.build", NULL},
	{"smb.null-session", "|yes|no|"},
	{"smb.anonymous-users", "|yes|no|"},
	{"smb.ms17-010", "|answers as unpatched|answers as patched|"},
	{"policy.min-password-length", NULL},
	{"policy.password-complexity", "|yes|no|"},
	{"policy.password-history", NULL},
	{"policy.max-password-age", NULL},
	{"policy.min-password-age", NULL},
	{"policy.lockout-threshold", NULL},
	{"policy.lockout-duration", NULL},
	{"policy.lockout-window", NULL},
	{"account:", NULL},
	{"admin:", "|user|group|unknown|"},
	{"service:", NULL},
	{"share:", NULL},
	{"share.writers:", NULL},
	{"anti-malware:", NULL},
	{"audit:", NULL},
};

enum { N_KEYS = sizeof(keys) / sizeof(keys[0]), KEY_LEN = 256 };

static bool is_prefix(const struct key *k)
{
	return k->name[strlen(k->name) - 1] == ':';
}

static const struct key *find(const char *text)
{
	for (unsigned i = 0; i < N_KEYS; i++) {
		if (is_prefix(&keys[i]) ? strncmp(text, keys[i].name, strlen(keys[i].name)) == 0
					: strcmp(text, keys[i].name) == 0)
			return &keys[i];
	}
	return NULL;
}

static enum rc unknown(const struct row *r, const char *text)
{
	size_t len = strcspn(text, ":");
	const char *best = "";
	unsigned least = UINT_MAX;
	char name[ROW_WORD];

	/* What follows the colon is not in the list: it would only count as mistakes. */
	(void)snprintf(name, sizeof(name), "%.*s", (int)(text[len] == ':' ? len + 1 : len), text);
	for (unsigned i = 0; i < N_KEYS; i++) {
		unsigned d = text_distance(name, keys[i].name);

		if (d < least) {
			least = d;
			best = keys[i].name;
		}
	}
	return row_fail(r, "nothing that is observed is called '%.64s'; did you mean '%s'?", name,
			best);
}

/* Below the Windows folder, in lower case. */
static bool is_file(const char *path)
{
	if (path[0] == '/' || strstr(path, "..") != NULL || strstr(path, "//") != NULL)
		return false;
	return path[strspn(path, "abcdefghijklmnopqrstuvwxyz0123456789._-/ ")] == '\0';
}

enum rc row_key(const struct row *r, const char *text, bool may_star)
{
	const struct key *k = find(text);
	enum rc rc = row_text(r, "key", text);
	const char *about = NULL, *star = NULL;

	if (rc != RC_OK)
		return rc;
	if (k == NULL)
		return unknown(r, text);
	if (strlen(text) >= KEY_LEN)
		return row_fail(r, "the key is longer than %d bytes", KEY_LEN - 1);
	if (!is_prefix(k))
		return RC_OK;
	about = text + strlen(k->name);
	star = strchr(about, '*');
	if (star != NULL && (!may_star || star[1] != '\0'))
		return row_fail(r, "'*' stands at the end of a baseline's key, nowhere else");
	if (about[0] == '\0')
		return row_fail(r, "'%s' must say of what", k->name);
	if (star != NULL)
		return RC_OK;
	if (strncmp(k->name, "file", 4) == 0 && !is_file(about))
		return row_fail(r,
				"'%.64s' is no file below the Windows folder, with / and in "
				"lower case",
				about);
	if (strcmp(k->name, "registry:") == 0 && strncmp(about, "HKLM\\", 5) != 0 &&
	    strncmp(about, "HKU\\", 4) != 0)
		return row_fail(r, "a registry path begins with HKLM\\ or HKU\\");
	return RC_OK;
}

enum rc row_value(const struct row *r, const char *key, const char *value)
{
	const struct key *k = find(key);
	char wanted[ROW_WORD];

	if (k == NULL || k->values == NULL)
		return RC_OK;
	if (snprintf(wanted, sizeof(wanted), "|%s|", value) < (int)sizeof(wanted) &&
	    strchr(value, '|') == NULL && strstr(k->values, wanted) != NULL)
		return RC_OK;
	return row_fail(r, "%s is never '%.64s', but one of: %.*s", k->name, value,
			(int)strlen(k->values) - 2, k->values + 1);
}
