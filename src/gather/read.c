#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/monotime.h"
#include "gather/reading.h"
#include "import/words.h"

enum { PATH = 4096 };

/* The first that knows the file reads it. */
static const struct form *const forms[] = {
	&form_hive,       &form_result,         &form_computer_info,
	&form_systeminfo, &form_systeminfo_csv, &form_table,
};

/* The first lines as UTF-8; the last may be cut. */
static size_t head_text(struct bytes raw, char *to, size_t cap)
{
	FILE *from = lines_of(raw);
	struct lines *l = NULL;
	struct line line;
	size_t len = 0;

	if (from == NULL)
		return 0;
	if (lines_new(from, &l) == RC_OK) {
		lines_code_page(l, 0);
		while (lines_next(l, &line) == RC_OK && line.text.len + 1 < cap - len) {
			memcpy(to + len, line.text.at, line.text.len);
			len += line.text.len;
			to[len++] = '\n';
		}
	}
	lines_free(l);
	fclose(from);
	return len;
}

static const struct form *form_of(struct bytes raw)
{
	char text[READING_HEAD * 3];
	struct bytes head = {(const uint8_t *)text, head_text(raw, text, sizeof(text))};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (forms[i]->match(head, raw))
			return forms[i];
	}
	return NULL;
}

static enum rc read_form(struct reading *r)
{
	uint8_t raw[READING_HEAD];
	size_t n = fread(raw, 1, sizeof(raw), r->from);
	const struct form *form = NULL;

	if (ferror(r->from) != 0 || fseek(r->from, 0, SEEK_SET) != 0)
		return RC_IO;
	form = form_of((struct bytes){raw, n});
	if (form == NULL) {
		reading_bad_file(r, n == 0 ? "it is empty"
					   : "nothing that is known here: neither a result of "
					     "quell's script, nor wmic, Get-HotFix, systeminfo, "
					     "Get-ComputerInfo, WSUS, SCCM, nor a registry hive");
		return RC_OK;
	}
	return form->read(r);
}

/* RC_IO: errno; nothing was told then. */
static enum rc read_one(struct reading *r)
{
	struct stat st = {.st_mode = 0};
	enum rc rc = reading_open(r->path, &r->from, &st);

	r->bad = 0;
	r->is_file_bad = false;
	if (rc != RC_OK)
		return rc;
	r->counts->files++;
	r->file_ns = st.st_mtim.tv_sec > 0
			     ? (uint64_t)st.st_mtim.tv_sec * NS_PER_S + (uint64_t)st.st_mtim.tv_nsec
			     : r->now_ns;
	if ((uint64_t)st.st_size > READING_TEXT_MAX)
		reading_bad_file(r, "larger than %llu MiB",
				 (unsigned long long)(READING_TEXT_MAX >> 20));
	else
		rc = read_form(r);
	if (rc == RC_IO) {
		reading_bad_file(r, "%s", strerror(errno));
		rc = RC_OK;
	}
	reading_end(r);
	fclose(r->from);
	return rc;
}

/* --- folders --- */

static int is_visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name); /* whatever the locale */
}

/* The script writes here, and renames when it is done. */
static bool is_half(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, ".tmp") == 0;
}

static enum rc read_entry(const struct reading *all, const char *folder, const char *name)
{
	char path[PATH];
	struct reading r = *all;
	struct stat st;
	int len = snprintf(path, sizeof(path), "%s/%s", folder, name);
	enum rc rc = RC_OK;

	r.is_in_folder = true;
	r.path = path;
	r.file = name;
	if (len < 0 || (size_t)len >= sizeof(path) ||
	    (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) || is_half(name))
		return RC_OK;
	rc = read_one(&r);
	if (rc == RC_IO) { /* it may be gone by now, or not ours to read */
		r.counts->files++;
		reading_bad_file(&r, "%s", strerror(errno));
		reading_end(&r);
		rc = RC_OK;
	}
	return rc;
}

static enum rc read_folder(const struct reading *r, const char *folder)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, is_visible, by_name);
	enum rc rc = n < 0 ? (errno == ENOMEM ? RC_NOMEM : RC_IO) : RC_OK;

	for (int i = 0; i < n; i++) {
		if (rc == RC_OK)
			rc = read_entry(r, folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

enum rc gather_read(const char *path, uint64_t now_ns, const struct gather_script *asks,
		    const struct gather_out *out, struct gather_counts *ret_counts, char *err,
		    size_t err_len)
{
	struct gather_counts counts = {.files = 0};
	const char *slash = strrchr(path, '/');
	struct reading r = {.path = path,
			    .file = slash != NULL && slash[1] != '\0' ? slash + 1 : path,
			    .now_ns = now_ns,
			    .asks = asks,
			    .out = out,
			    .counts = &counts};
	enum rc rc = read_one(&r);

	if (rc == RC_IO && errno == EISDIR)
		rc = read_folder(&r, path);
	if (rc == RC_IO) {
		int why = errno;

		(void)snprintf(err, err_len, "%s: %s", path, strerror(why));
		errno = why;
		return rc;
	}
	if (rc != RC_OK) {
		(void)snprintf(err, err_len, "%s: %s", r.file, rc_str(rc));
		return rc;
	}
	*ret_counts = counts;
	return RC_OK;
}
