#include "desk/files.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 4096, HEX = 2 * SHA256_DIGEST_SIZE + 1, TEXT = 4096 };

static const char *const roles[] = {"patch", "cleaner", "protection", "update"};

static bool is_role(const char *word)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(word, roles[i]) == 0)
			return true;
	}
	return false;
}

/* False: errno tells. */
static bool hash_file(const char *path, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	FILE *from = fopen(path, "rbe");
	uint8_t block[BLOCK], digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;
	size_t n = 0;
	bool is_good = false;

	if (from == NULL)
		return false;
	sha256_init(&sha);
	while ((n = fread(block, 1, sizeof(block), from)) > 0)
		sha256_update(&sha, n, block);
	is_good = ferror(from) == 0;
	int why = errno;

	fclose(from);
	errno = why;
	sha256_digest(&sha, sizeof(digest), digest);
	for (unsigned i = 0; i < sizeof(digest); i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[HEX - 1] = '\0';
	return is_good;
}

/* The next ",key=": what an installer takes may have commas, too. */
static char *next_part(char *at)
{
	static const char *const keys[] = {",sha256=", ",signer=", ",args=", ",os="};
	char *next = NULL;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char *found = strstr(at, keys[i]);

		if (found != NULL && (next == NULL || found < next))
			next = found;
	}
	return next;
}

static const char **place_of(struct campaign_file *f, const char *part, const char **ret_value)
{
	const struct {
		const char *key;
		const char **to;
	} places[] = {
		{"sha256=", &f->sha256},
		{"signer=", &f->signer},
		{"args=", &f->args},
		{"os=", &f->os},
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		size_t len = strlen(places[i].key);

		if (strncmp(part, places[i].key, len) == 0) {
			*ret_value = part + len;
			return places[i].to;
		}
	}
	return NULL;
}

static bool split(char *text, struct campaign_file *f, char *err, size_t err_len)
{
	char *equals = strchr(text, '='), *part = NULL, *next = NULL;

	if (equals != NULL)
		*equals = '\0';
	if (equals == NULL || !is_role(text)) {
		(void)snprintf(err, err_len,
			       "'%s' is none of the roles: patch, cleaner, protection, update, as "
			       "in patch=/srv/kb958644.exe",
			       text);
		return false;
	}
	*f = (struct campaign_file){text, equals + 1, "", "", "", ""};
	for (part = next_part(equals + 1); part != NULL; part = next) {
		const char *value = NULL;
		const char **to = place_of(f, part + 1, &value);

		*part = '\0';
		next = next_part(part + 1);
		if (to != NULL)
			*to = value;
	}
	return true;
}

static void lower(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text >= 'A' && *text <= 'F')
			*text = (char)(*text + ('a' - 'A'));
	}
}

enum rc desk_file_parse(struct arena *a, const char *text, struct campaign_file *ret_f, char *err,
			size_t err_len)
{
	char *copy = arena_strdup(a, text), *hex = arena_alloc(a, HEX);
	char given[HEX] = "";
	struct campaign_file f = {.role = ""};

	if (copy == NULL || hex == NULL)
		return RC_NOMEM;
	if (strlen(text) >= TEXT) {
		(void)snprintf(err, err_len, "--file: longer than %d bytes", TEXT);
		return RC_INVAL;
	}
	if (!split(copy, &f, err, err_len))
		return RC_INVAL;
	if (!hash_file(f.path, hex)) {
		(void)snprintf(err, err_len, "%s: %s", f.path, strerror(errno));
		return RC_INVAL;
	}
	(void)snprintf(given, sizeof(given), "%s", f.sha256);
	lower(given);
	if (f.sha256[0] != '\0' && (strlen(f.sha256) != HEX - 1 || strcmp(given, hex) != 0)) {
		(void)snprintf(err, err_len, "%s: its SHA-256 is %s, not %.80s", f.path, hex,
			       f.sha256);
		return RC_INVAL;
	}
	f.sha256 = hex;
	*ret_f = f;
	return RC_OK;
}

size_t desk_files_second(const struct campaign_file *list, size_t n)
{
	size_t second = 0;

	for (size_t i = 0; i < n; i++) {
		bool is_second = false;

		for (size_t k = 0; k < i && strcmp(list[i].role, "patch") == 0; k++)
			is_second = is_second || (strcmp(list[k].role, "patch") == 0 &&
						  strcmp(list[k].os, list[i].os) == 0);
		second += is_second;
	}
	return second;
}
