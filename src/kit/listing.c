#include "kit/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/recipe.h"

enum { MANIFEST_BYTES = 64 * 1024 * 1024, MARK_BYTES = 4096, DEPTH = 16 };

enum rc listing_add(struct listing *l, struct arena *a, const char *name, const char *sha256)
{
	struct listed *one = NULL;

	if (l->n == l->cap) {
		size_t cap = l->cap > 0 ? 2 * l->cap : 64;
		struct listed *more = arena_alloc(a, cap * sizeof(*more));

		if (more == NULL)
			return RC_NOMEM;
		if (l->n > 0)
			memcpy(more, l->list, l->n * sizeof(*more));
		l->list = more;
		l->cap = cap;
	}
	one = &l->list[l->n];
	one->name = arena_strdup(a, name);
	if (one->name == NULL)
		return RC_NOMEM;
	(void)snprintf(one->sha256, sizeof(one->sha256), "%s", sha256);
	l->n++;
	return RC_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct listed *)a)->name, ((const struct listed *)b)->name);
}

void listing_sort(struct listing *l)
{
	if (l->n > 0)
		qsort(l->list, l->n, sizeof(*l->list), by_name);
}

/* --- removing --- */

/* A name that ends in "/." is an empty folder's: it cannot be unlinked, and its folder is removed.
 */
void listing_remove(const struct listing *l, const char *root)
{
	char path[PLACE_PATH];

	for (size_t i = 0; i < l->n; i++) {
		int n = snprintf(path, sizeof(path), "%s/%s", root, l->list[i].name);

		if (n > 0 && n < (int)sizeof(path))
			(void)unlink(path);
	}
	for (size_t i = 0; i < l->n; i++) { /* the deepest folder first */
		int n = snprintf(path, sizeof(path), "%s/%s", root, l->list[i].name);
		char *end = n > 0 && n < (int)sizeof(path) ? strrchr(path, '/') : NULL;

		for (; end != NULL && (size_t)(end - path) > strlen(root);
		     end = strrchr(path, '/')) {
			*end = '\0';
			if (rmdir(path) != 0)
				break;
		}
	}
	(void)rmdir(root);
}

/* --- an earlier kit --- */

struct looking {
	struct arena *arena;
	const struct place_kit *kit;
	struct listing *listing; /* of its manifest */
	struct listing *folders; /* that are there, as "results/." */
	char *err;
	size_t err_len;
};

/* "OUT: what lies there". */
__attribute__((format(printf, 2, 3))) static enum rc say(const struct looking *k,
							 const char *format, ...)
{
	va_list args;
	int n = snprintf(k->err, k->err_len, "%s: ", k->kit->out);

	if (n < 0 || (size_t)n >= k->err_len)
		return RC_INVAL;
	va_start(args, format);
	(void)vsnprintf(k->err + n, k->err_len - (size_t)n, format, args);
	va_end(args);
	return RC_INVAL;
}

/* "HEX  name": as sha256sum writes it. */
static enum rc read_manifest(const struct looking *k, struct bytes text)
{
	while (text.len > 0) {
		const uint8_t *nl = memchr(text.at, '\n', text.len);
		size_t len = nl != NULL ? (size_t)(nl - text.at) : text.len;
		char line[PLACE_SHA256 + 1 + RECIPE_PATH];
		enum rc rc = RC_OK;

		if (len <= PLACE_SHA256 + 1 || len >= sizeof(line))
			return say(k, "%s in it is no manifest of a kit", LISTING_MANIFEST);
		memcpy(line, text.at, len);
		line[len] = '\0';
		line[PLACE_SHA256 - 1] = '\0';
		if (!recipe_is_path(line + PLACE_SHA256 + 1))
			return say(k, "%s in it is no manifest of a kit", LISTING_MANIFEST);
		rc = listing_add(k->listing, k->arena, line + PLACE_SHA256 + 1, line);
		if (rc != RC_OK)
			return rc;
		text = bytes_slice(text, len + 1, text.len);
	}
	listing_sort(k->listing);
	return RC_OK;
}

static enum rc check_file(const struct looking *k, const char *path, const char *name)
{
	struct listed wanted = {.name = name};
	const struct listed *one = NULL;
	char sum[PLACE_SHA256];
	uint64_t size = 0;
	enum rc rc = RC_OK;

	if (strcmp(name, LISTING_MANIFEST) == 0)
		return RC_OK;
	if (k->listing->n > 0)
		one = bsearch(&wanted, k->listing->list, k->listing->n, sizeof(wanted), by_name);
	if (one == NULL)
		return say(k,
			   "'%s' in it is no part of the kit; import results with 'quell "
			   "campaign import', then move the folder away, or name another",
			   name);
	rc = place_sum(path, sum, &size, k->err, k->err_len);
	if (rc == RC_OK && strcmp(sum, one->sha256) != 0)
		return say(k,
			   "'%s' in it was changed since the kit was made; move the folder "
			   "away, or name another",
			   name);
	return rc;
}

static enum rc check_folder(const struct looking *k, const char *below, int depth);

static enum rc check_entry(const struct looking *k, const char *below, const char *entry, int depth)
{
	char path[PLACE_PATH], name[PLACE_PATH];
	struct stat st;
	int n = snprintf(name, sizeof(name), "%s%s%s", below, below[0] != '\0' ? "/" : "", entry);

	if (n < 0 || n >= (int)sizeof(name))
		return say(k, "'%.80s' in it is no part of the kit", entry);
	n = snprintf(path, sizeof(path), "%s/%s", k->kit->out, name);
	if (n < 0 || n >= (int)sizeof(path) || lstat(path, &st) != 0)
		return say(k, "'%.80s' in it cannot be looked at", name);
	if (S_ISDIR(st.st_mode)) {
		enum rc rc = RC_OK;

		(void)snprintf(path, sizeof(path), "%.*s/.", PLACE_PATH - 4, name);
		rc = listing_add(k->folders, k->arena, path, "");
		return rc == RC_OK ? check_folder(k, name, depth - 1) : rc;
	}
	if (!S_ISREG(st.st_mode))
		return say(k, "'%.80s' in it is no part of the kit", name);
	return check_file(k, path, name);
}

static enum rc check_folder(const struct looking *k, const char *below, int depth)
{
	char path[PLACE_PATH];
	enum rc rc = RC_OK;
	DIR *dir = NULL;

	(void)snprintf(path, sizeof(path), "%s/%s", k->kit->out, below);
	dir = depth > 0 ? opendir(path) : NULL;
	if (dir == NULL)
		return say(k, "the folder '%.80s' in it cannot be looked at", below);
	for (const struct dirent *e = readdir(dir); rc == RC_OK && e != NULL; e = readdir(dir)) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			rc = check_entry(k, below, e->d_name, depth);
	}
	closedir(dir);
	return rc;
}

static bool is_empty(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	if (dir == NULL)
		return false;
	while (n < 3 && readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n < 3; /* . and .. */
}

/* Of this campaign and this channel? */
static enum rc check_mark(const struct looking *k, struct bytes mark)
{
	char wanted[512];
	int n = snprintf(wanted, sizeof(wanted), "quell-kit 1\r\ncampaign=%s\r\nchannel=%s\r\n",
			 k->kit->campaign, k->kit->channel);

	if (n > 0 && n < (int)sizeof(wanted) && mark.len >= (size_t)n &&
	    memcmp(mark.at, wanted, (size_t)n) == 0)
		return RC_OK;
	return say(k, "there is a kit of another campaign or channel; name another folder");
}

enum rc listing_of_kit(struct arena *a, const struct place_kit *kit, struct listing *ret_l,
		       bool *ret_is_there, char *err, size_t err_len)
{
	struct listing folders = {NULL, 0, 0};
	const struct looking k = {a, kit, ret_l, &folders, err, err_len};
	struct bytes mark = {NULL, 0}, manifest = {NULL, 0};
	char path[PLACE_PATH + 32];
	enum rc rc = RC_OK;

	*ret_is_there = false;
	if (is_empty(kit->out))
		return RC_OK;
	(void)snprintf(path, sizeof(path), "%s/kit.txt", kit->out);
	if (place_load(a, path, MARK_BYTES, &mark, err, err_len) != RC_OK)
		return say(&k, "the folder is not empty, and it is no kit; name another");
	rc = check_mark(&k, mark);
	if (rc != RC_OK)
		return rc;
	(void)snprintf(path, sizeof(path), "%s/%s", kit->out, LISTING_MANIFEST);
	rc = place_load(a, path, MANIFEST_BYTES, &manifest, err, err_len);
	if (rc == RC_OK)
		rc = read_manifest(&k, manifest);
	if (rc == RC_OK)
		rc = check_folder(&k, "", DEPTH);
	if (rc == RC_OK)
		rc = listing_add(ret_l, a, LISTING_MANIFEST, ""); /* removed with the others */
	for (size_t i = 0; rc == RC_OK && i < folders.n; i++)
		rc = listing_add(ret_l, a, folders.list[i].name, "");
	if (rc == RC_OK)
		*ret_is_there = true;
	return rc;
}
