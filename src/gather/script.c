/* script - the collection scripts, from their templates in data/collect/ and what is asked for.
 *
 * The lists come from data files, perhaps of the operator's own, and become lines of programs that
 * run everywhere as administrator. So only characters pass that mean nothing to cmd.exe, PowerShell
 * or WQL between quotes; everything else is refused, not escaped. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "gather/collect.h"
#include "gather/derive.h"
#include "gather/gather.h"

enum { PATH = 4096, ENTRIES_MAX = 2000, ENTRY_LEN = 300, MARK_WITHIN = 512 };

struct writing {
	const struct gather_script *s;
	FILE *to;
};

/* --- what may be asked for --- */

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool has_only(const char *text, const char *others)
{
	for (; *text != '\0'; text++) {
		if (!is_plain(*text) && strchr(others, *text) == NULL)
			return false;
	}
	return true;
}

static bool is_file(const char *text)
{
	return has_only(text, "/._- ") && text[0] != '/' && strstr(text, "..") == NULL &&
	       strstr(text, "//") == NULL && text[strlen(text) - 1] != '/';
}

/* "HKLM\Key\Name" or "HKLM\Key\" */
static bool is_registry(const char *text)
{
	return strncmp(text, "HKLM\\", 5) == 0 && strchr(text + 5, '\\') > text + 5 &&
	       has_only(text, "\\ ._-{}(),#@+=:/~") && strstr(text, "\\\\") == NULL;
}

static bool is_service(const char *text)
{
	return has_only(text, "._- $");
}

static enum rc check(const char *what, const char *const *list, size_t n,
		     bool (*is_good)(const char *), char *err, size_t err_len)
{
	if (n > ENTRIES_MAX) {
		(void)snprintf(err, err_len, "more than %d things to ask for: %s", ENTRIES_MAX,
			       what);
		return RC_INVAL;
	}
	for (size_t i = 0; i < n; i++) {
		if (list[i][0] != '\0' && strlen(list[i]) <= ENTRY_LEN && is_good(list[i]))
			continue;
		(void)snprintf(err, err_len,
			       "'%.80s' cannot be asked for by a script: it is no %s, or has "
			       "characters that mean something to a shell",
			       list[i], what);
		return RC_INVAL;
	}
	return RC_OK;
}

static enum rc check_all(const struct gather_script *s, char *err, size_t err_len)
{
	enum rc rc =
		check("file below the Windows folder", s->files, s->n_files, is_file, err, err_len);

	if (rc == RC_OK)
		rc = check("registry value or key below HKLM", s->registry, s->n_registry,
			   is_registry, err, err_len);
	if (rc == RC_OK)
		rc = check("service", s->services, s->n_services, is_service, err, err_len);
	return rc;
}

/* --- the lists --- */

static void put_path(FILE *to, const char *path, const char *separator)
{
	for (; *path != '\0'; path++) {
		if (*path == '/')
			(void)fputs(separator, to);
		else
			(void)putc(*path, to);
	}
}

/* "%sys%\netapi32.dll" "system32/netapi32.dll" "system32\\netapi32.dll": the first is what this
 * script sees, the last is what WMI does, which is always of 64 bits. */
static void files_cmd(const struct writing *w, bool has_wmi)
{
	static const char system[] = "system32/";

	for (size_t i = 0; i < w->s->n_files; i++) {
		const char *file = w->s->files[i];
		bool is_system = strncasecmp(file, system, sizeof(system) - 1) == 0;

		(void)fprintf(w->to, "call :file \"%s\\", is_system ? "%sys%" : "%SystemRoot%");
		put_path(w->to, is_system ? file + sizeof(system) - 1 : file, "\\");
		(void)fprintf(w->to, "\" \"%s\"", file);
		if (has_wmi) {
			(void)fputs(" \"", w->to);
			put_path(w->to, file, "\\\\");
			(void)fputs("\"", w->to);
		}
		(void)fputs("\n", w->to);
	}
}

static void files_with(const struct writing *w)
{
	files_cmd(w, true);
}

static void files_without(const struct writing *w)
{
	files_cmd(w, false);
}

static void files_ps1(const struct writing *w)
{
	for (size_t i = 0; i < w->s->n_files; i++)
		(void)fprintf(w->to, "Read-File '%s'\n", w->s->files[i]);
}

static bool is_asked(const struct gather_script *s, const char *path)
{
	for (size_t i = 0; i < s->n_registry; i++) {
		if (strcasecmp(s->registry[i], path) == 0)
			return true;
	}
	return false;
}

static void each_registry(const struct writing *w,
			  void (*one)(FILE *to, const char *key, size_t key_len, const char *name))
{
	for (const char *const *d = derive_registry; *d != NULL; d++) {
		if (!is_asked(w->s, *d))
			one(w->to, *d, (size_t)(strrchr(*d, '\\') - *d), strrchr(*d, '\\') + 1);
	}
	for (size_t i = 0; i < w->s->n_registry; i++) {
		const char *r = w->s->registry[i], *slash = strrchr(r, '\\');

		if (slash != NULL)
			one(w->to, r, (size_t)(slash - r), slash + 1);
	}
}

static void one_cmd(FILE *to, const char *key, size_t key_len, const char *name)
{
	if (name[0] == '\0')
		(void)fprintf(to, "call :key \"%.*s\"\n", (int)key_len, key);
	else
		(void)fprintf(to, "call :value \"%.*s\" \"%s\"\n", (int)key_len, key, name);
}

static void one_ps1(FILE *to, const char *key, size_t key_len, const char *name)
{
	const size_t hive = strlen("HKLM\\");

	if (name[0] == '\0')
		(void)fprintf(to, "Read-Key '%.*s'\n", (int)(key_len - hive), key + hive);
	else
		(void)fprintf(to, "Read-Value '%.*s' '%s'\n", (int)(key_len - hive), key + hive,
			      name);
}

static void registry_cmd(const struct writing *w)
{
	each_registry(w, one_cmd);
}

static void registry_ps1(const struct writing *w)
{
	each_registry(w, one_ps1);
}

static void updates_cmd(const struct writing *w)
{
	for (const char *const *k = derive_update_keys; *k != NULL; k++)
		(void)fprintf(w->to, "call :update \"%s\"\n", *k);
}

static void updates_ps1(const struct writing *w)
{
	for (const char *const *k = derive_update_keys; *k != NULL; k++)
		(void)fprintf(w->to, "Read-Updates '%s'\n", *k + strlen("HKLM\\"));
}

static void services_cmd(const struct writing *w)
{
	for (size_t i = 0; i < w->s->n_services; i++)
		(void)fprintf(w->to, "call :service \"%s\"\n", w->s->services[i]);
}

static void services_ps1(const struct writing *w)
{
	for (size_t i = 0; i < w->s->n_services; i++)
		(void)fprintf(w->to, "Read-Service '%s'\n", w->s->services[i]);
}

static const struct {
	const char *mark;
	void (*cmd)(const struct writing *w), (*ps1)(const struct writing *w);
} lists[] = {
	{"@registry@", registry_cmd, registry_ps1}, {"@updates@", updates_cmd, updates_ps1},
	{"@services@", services_cmd, services_ps1}, {"@files@", NULL, files_ps1},
	{"@files_with@", files_with, NULL},         {"@files_without@", files_without, NULL},
};

/* --- templates --- */

static bool put_list(const struct writing *w, const struct collect_file *f, struct bytes line)
{
	bool is_cmd = strstr(f->name, ".cmd") != NULL;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct bytes mark = {(const uint8_t *)lists[i].mark, strlen(lists[i].mark)};

		if (!bytes_eq(line, mark))
			continue;
		if (is_cmd && lists[i].cmd != NULL)
			lists[i].cmd(w);
		else if (!is_cmd && lists[i].ps1 != NULL)
			lists[i].ps1(w);
		return true;
	}
	return false;
}

/* The file with LF at the ends of lines, in the caller's memory to free. NULL: no memory. */
static char *filled(const struct gather_script *s, const struct collect_file *f, size_t *ret_len)
{
	struct bytes rest = {f->text, f->len};
	char *text = NULL;
	struct writing w = {s, open_memstream(&text, ret_len)};
	bool is_good = true;

	if (w.to == NULL)
		return NULL;
	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		struct bytes line = {rest.at, end != NULL ? (size_t)(end - rest.at) : rest.len};

		if (!put_list(&w, f, line))
			is_good =
				fprintf(w.to, "%.*s\n", (int)line.len, (const char *)line.at) > 0 &&
				is_good;
		rest = bytes_slice(rest, line.len + 1, rest.len);
	}
	if (fclose(w.to) != 0 || !is_good) {
		free(text);
		return NULL;
	}
	return text;
}

/* Each file says what it is in one of its first lines. */
static const char *mark_of(const char *name)
{
	return strcmp(name, "README.txt") == 0 ? "quell's collection scripts" : name;
}

/* RC_INVAL: there is one that is not ours. RC_IO: errno. */
static enum rc check_place(const char *path, const char *name)
{
	char head[MARK_WITHIN + 1];
	struct stat st;
	FILE *f = NULL;
	size_t n = 0;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? RC_OK : RC_IO;
	if (!S_ISREG(st.st_mode))
		return RC_INVAL;
	f = fopen(path, "rb");
	if (f == NULL)
		return RC_IO;
	n = fread(head, 1, sizeof(head) - 1, f);
	fclose(f);
	head[n] = '\0';
	return strstr(head, mark_of(name)) != NULL ? RC_OK : RC_INVAL;
}

/* With CR LF, under another name until it is whole. RC_IO: errno. */
static enum rc put_file(const char *path, const char *text, size_t len)
{
	char temporary[PATH + 8];
	FILE *f = NULL;
	bool is_good = true;
	int why = 0;

	(void)snprintf(temporary, sizeof(temporary), "%s.tmp", path);
	f = fopen(temporary, "wb");
	if (f == NULL)
		return RC_IO;
	for (size_t i = 0; is_good && i < len; i++)
		is_good = (text[i] != '\n' || putc('\r', f) != EOF) && putc(text[i], f) != EOF;
	is_good = fclose(f) == 0 && is_good;
	if (is_good && rename(temporary, path) == 0)
		return RC_OK;
	why = errno;
	(void)unlink(temporary);
	errno = why;
	return RC_IO;
}

static enum rc write_one(const char *dir, const struct gather_script *s,
			 const struct collect_file *f, char *err, size_t err_len)
{
	char path[PATH];
	size_t len = 0;
	int n = snprintf(path, sizeof(path), "%s/%s", dir, f->name);
	enum rc rc = n > 0 && n < PATH ? check_place(path, f->name) : RC_INVAL;
	char *text = NULL;

	if (rc == RC_INVAL) {
		(void)snprintf(err, err_len,
			       "%s: there is one already that quell did not write; move it away, "
			       "or name another folder",
			       path);
		return rc;
	}
	if (rc == RC_OK) {
		text = filled(s, f, &len);
		rc = text != NULL ? put_file(path, text, len) : RC_NOMEM;
	}
	if (rc != RC_OK) {
		int why = errno;

		(void)snprintf(err, err_len, "%s: %s", path,
			       rc == RC_IO ? strerror(why) : rc_str(rc));
		free(text);
		errno = why;
		return rc;
	}
	free(text);
	return RC_OK;
}

enum rc gather_write(const char *dir, const struct gather_script *s, char *err, size_t err_len)
{
	enum rc rc = check_all(s, err, err_len);

	if (rc != RC_OK)
		return rc;
	if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
		int why = errno;

		(void)snprintf(err, err_len, "%s: %s", dir, strerror(why));
		errno = why;
		return RC_IO;
	}
	for (const struct collect_file *f = collect_files; rc == RC_OK && f->name != NULL; f++)
		rc = write_one(dir, s, f, err, err_len);
	return rc;
}
