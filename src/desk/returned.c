#include "desk/returned.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/monotime.h"
#include "campaign/results.h"

enum { PATH = 4096, FROM = 160, ERROR = 320 };

struct name { /* of a member: the last part of its names, without its domain */
	char *text;
	size_t member;
};

struct reading {
	struct desk_campaign *c;
	const struct audit_by *by;
	const struct desk_returned_to *to;
	struct desk_returned *r;
	struct name *names; /* sorted; two members of one name are not told apart, and not used */
	size_t n_names, names_cap;
	uint8_t *buffer; /* RESULT_BYTES + 1 */
	bool is_full, is_store;
};

/* --- names --- */

static int by_name(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return strcasecmp(x->text, y->text);
}

static bool add_name(struct reading *rd, const char *name, size_t member)
{
	size_t cap = rd->names_cap == 0 ? 256 : 2 * rd->names_cap;

	if (rd->n_names == rd->names_cap) {
		struct name *more = realloc(rd->names, cap * sizeof(*more));

		if (more == NULL)
			return false;
		rd->names = more;
		rd->names_cap = cap;
	}
	rd->names[rd->n_names] = (struct name){strdup(name), member};
	return rd->names[rd->n_names++].text != NULL;
}

static bool take_row(void *ctx, const struct store_row *r)
{
	struct reading *rd = ctx;
	const struct member *m = desk_campaign_member(rd->c, r->id);

	if (m != NULL && r->name[0] != '\0' && !add_name(rd, r->name, (size_t)(m - rd->c->members)))
		rd->is_full = true;
	return !rd->is_full;
}

static enum rc load_names(struct reading *rd)
{
	struct query all = {.n_terms = 0};
	enum rc rc = store_list(rd->c->store, &all, take_row, rd, NULL);

	rd->is_store = rc != RC_OK;
	if (rd->n_names > 0)
		qsort(rd->names, rd->n_names, sizeof(*rd->names), by_name);
	return rc == RC_OK && rd->is_full ? RC_NOMEM : rc;
}

static struct member *member_of(const struct reading *rd, const struct result *r)
{
	struct member *m = desk_campaign_member(rd->c, r->machine);
	char computer[sizeof(r->computer)];
	struct name key = {computer, 0};
	const struct name *found = NULL;

	if (m != NULL || rd->n_names == 0 || r->computer[0] == '\0')
		return m;
	(void)snprintf(computer, sizeof(computer), "%s", r->computer);
	found = bsearch(&key, rd->names, rd->n_names, sizeof(key), by_name);
	if (found == NULL || (found > rd->names && by_name(found - 1, found) == 0) ||
	    (found + 1 < rd->names + rd->n_names && by_name(found, found + 1) == 0))
		return NULL;
	return &rd->c->members[found->member];
}

/* --- steps --- */

/* What a step's result means: doc/campaign.md. `none` is that the kit had nothing for this Windows:
 * of a patch that is a failure, of all else it is nothing. A kit that keeps to the order itself
 * says `refused` with code 0: nothing was tried. */
static const struct {
	const char *step, *result;
	enum campaign_event event;
} meanings[] = {
	{"patch", "done", EVENT_PATCH_DONE},
	{"patch", "already", EVENT_PATCH_DONE},
	{"patch", "reboot", EVENT_PATCH_REBOOT},
	{"patch", "failed", EVENT_PATCH_FAILED},
	{"patch", "refused", EVENT_PATCH_FAILED},
	{"patch", "none", EVENT_PATCH_FAILED},
	{"restart", "done", EVENT_RESTARTED},
	{"restart", "reboot", EVENT_PATCH_REBOOT},
	{"clean", "done", EVENT_CLEAN_DONE},
	{"clean", "already", EVENT_CLEAN_DONE},
	{"clean", "reboot", EVENT_CLEAN_DONE},
	{"clean", "failed", EVENT_CLEAN_FAILED},
	{"clean", "refused", EVENT_CLEAN_FAILED},
	{"protect", "done", EVENT_PROTECT_DONE},
	{"protect", "already", EVENT_PROTECT_DONE},
	{"protect", "reboot", EVENT_PROTECT_DONE},
	{"protect", "failed", EVENT_PROTECT_FAILED},
	{"protect", "refused", EVENT_PROTECT_FAILED},
	{"update", "done", EVENT_UPDATE_DONE},
	{"update", "already", EVENT_UPDATE_DONE},
	{"update", "reboot", EVENT_UPDATE_DONE},
	{"update", "failed", EVENT_UPDATE_FAILED},
	{"update", "refused", EVENT_UPDATE_FAILED},
	/* The script looked at the file itself. */
	{"verify", "done", EVENT_SEEN_EFFECTIVE},
	{"verify", "already", EVENT_SEEN_EFFECTIVE},
	{"verify", "reboot", EVENT_SEEN_PENDING},
	{"verify", "failed", EVENT_SEEN_MISSING},
};

/* False: it says nothing that changes a stage. */
static bool event_of(const struct result *r, const struct result_step *s, const struct member *m,
		     enum campaign_event *ret_e)
{
	bool is_again = (m->marks & (MEMBER_REINFECTED | MEMBER_CLEANED)) == MEMBER_REINFECTED;
	bool is_patch = strcmp(s->step, "patch") == 0;

	if (strcmp(s->result, "refused") == 0 && s->code == 0)
		return false;
	if (strcmp(s->result, "already") == 0) {
		/* "It had been cleaned before" says nothing once it was infected again. */
		if (is_again && !is_patch)
			return false;
		/* That the patch is there, the script saw by the file's version. */
		if (is_patch && r->n_files > 0) {
			*ret_e = EVENT_SEEN_EFFECTIVE;
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (strcmp(s->step, meanings[i].step) == 0 &&
		    strcmp(s->result, meanings[i].result) == 0) {
			*ret_e = meanings[i].event;
			return true;
		}
	}
	return false;
}

static enum rc take_steps(struct reading *rd, struct member *m, const struct result *r,
			  uint64_t at_ns)
{
	char from[FROM], err[ERROR];
	enum rc rc = RC_OK;

	for (size_t i = 0; i < r->n_steps && rc == RC_OK; i++) {
		const struct result_step *s = &r->steps[i];
		struct campaign_step step = {.at_ns = at_ns, .code = s->code, .from = from};
		enum step_outcome o = STEP_SAME;

		(void)snprintf(from, sizeof(from), "kit %.40s%s%.80s%s",
			       r->kit[0] != '\0' ? r->kit : "without a name",
			       s->text[0] != '\0' ? " (" : "", s->text,
			       s->text[0] != '\0' ? ")" : "");
		if (!event_of(r, s, m, &step.event))
			continue;
		rc = desk_campaign_step(rd->c, m, &step, rd->by, &o, err, sizeof(err));
		rd->r->refused += o == STEP_REFUSED;
	}
	rd->is_store = rc != RC_OK && rc != RC_NOMEM;
	return rc;
}

static enum rc take_result(struct reading *rd, const struct result *r, uint64_t file_ns)
{
	/* A clock that is ahead must not make a machine's past its future. */
	uint64_t at_ns = r->at_ns > 0 ? r->at_ns : file_ns;
	struct member *m = member_of(rd, r);
	enum rc rc = RC_OK;

	at_ns = at_ns < rd->by->at_ns ? at_ns : rd->by->at_ns;
	rd->r->files++;
	rd->r->cut += r->is_cut;
	if (r->campaign[0] != '\0' && strcmp(r->campaign, rd->c->head.id) != 0) {
		rd->r->others++;
		return RC_OK;
	}
	if (m == NULL) {
		rd->r->strangers++;
		return RC_OK;
	}
	if (at_ns <= m->tried_ns) {
		rd->r->known++;
		return RC_OK;
	}
	rc = take_steps(rd, m, r, at_ns);
	m->tried_ns = at_ns;
	desk_campaign_touch(rd->c, m);
	rd->r->machines++;
	return rc;
}

/* --- files --- */

static bool is_result(struct bytes b)
{
	static const uint8_t marks[][4] = {{0xff, 0xfe, 'Q', 0}, {0xfe, 0xff, 0, 'Q'}};

	if (b.len >= 3 && memcmp(b.at, "\xef\xbb\xbf", 3) == 0)
		b = bytes_slice(b, 3, b.len);
	for (unsigned i = 0; i < 2; i++) {
		if (b.len >= 4 && memcmp(b.at, marks[i], 4) == 0)
			return true;
	}
	return b.len >= 12 && memcmp(b.at, "QUELL-RESULT", 12) == 0;
}

static void tell_bad(struct reading *rd, const char *file, uint64_t line, const char *why)
{
	rd->r->bad++;
	rd->to->bad(rd->to->ctx, file, line, why);
}

static enum rc take_bytes(struct reading *rd, const char *path, const char *file, struct bytes b,
			  uint64_t file_ns)
{
	struct result r;
	char err[ERROR] = "";
	enum rc rc = RC_OK;

	if (!is_result(b)) {
		rd->r->left++;
		rd->to->other(rd->to->ctx, path);
		return RC_OK;
	}
	rc = result_parse(b, &r, err, sizeof(err));
	if (rc == RC_FORMAT) {
		tell_bad(rd, file, 0, err);
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	if (r.bad_lines > 0) {
		(void)snprintf(err, sizeof(err), "%u line%s cannot be read, this one first",
			       r.bad_lines, r.bad_lines == 1 ? "" : "s");
		tell_bad(rd, file, r.first_bad, err);
	}
	return take_result(rd, &r, file_ns);
}

/* RC_IO: errno; nothing was taken then. Only regular files: a fifo is not waited for. */
static enum rc take_file(struct reading *rd, const char *path, const char *file)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st = {.st_mode = 0};
	struct bytes b = {rd->buffer, 0};
	ssize_t n = 0;
	int why = 0;

	if (fd == -1)
		return RC_IO;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		why = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		close(fd);
		errno = why;
		return RC_IO;
	}
	while (b.len < RESULT_BYTES + 1 &&
	       (n = read(fd, rd->buffer + b.len, RESULT_BYTES + 1 - b.len)) > 0)
		b.len += (size_t)n;
	why = errno;
	close(fd);
	if (n < 0) {
		errno = why;
		return RC_IO;
	}
	return take_bytes(rd, path, file, b,
			  st.st_mtim.tv_sec > 0 ? (uint64_t)st.st_mtim.tv_sec * NS_PER_S +
							  (uint64_t)st.st_mtim.tv_nsec
						: rd->by->at_ns);
}

static int is_visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int by_file_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum rc take_entry(struct reading *rd, const char *folder, const char *name)
{
	char path[PATH];
	size_t len = strlen(name);
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);
	enum rc rc = RC_OK;

	/* Kits write to .tmp, and rename what is whole. */
	if (n < 0 || (size_t)n >= sizeof(path) || (len > 4 && strcmp(name + len - 4, ".tmp") == 0))
		return RC_OK;
	rc = take_file(rd, path, name);
	if (rc != RC_IO || rd->is_store)
		return rc;
	if (errno != EISDIR && errno != EINVAL)
		tell_bad(rd, name, 0, strerror(errno));
	return RC_OK;
}

static enum rc take_folder(struct reading *rd, const char *folder)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, is_visible, by_file_name);
	enum rc rc = n < 0 ? (errno == ENOMEM ? RC_NOMEM : RC_IO) : RC_OK;

	for (int i = 0; i < n; i++) {
		if (rc == RC_OK)
			rc = take_entry(rd, folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

enum rc desk_returned(struct desk_campaign *c, const char *path, const struct audit_by *by,
		      const struct desk_returned_to *to, struct desk_returned *ret_r,
		      bool *ret_is_store)
{
	struct desk_returned sum = {.files = 0};
	struct reading rd = {.c = c, .by = by, .to = to, .r = &sum};
	const char *slash = strrchr(path, '/');
	enum rc rc = RC_OK;

	rd.buffer = malloc(RESULT_BYTES + 1);
	rc = rd.buffer != NULL ? load_names(&rd) : RC_NOMEM;
	if (rc == RC_OK)
		rc = take_file(&rd, path, slash != NULL && slash[1] != '\0' ? slash + 1 : path);
	if (rc == RC_IO && !rd.is_store && errno == EISDIR)
		rc = take_folder(&rd, path);
	int why = errno;

	for (size_t i = 0; i < rd.n_names; i++)
		free(rd.names[i].text);
	free(rd.names);
	free(rd.buffer);
	*ret_is_store = rd.is_store;
	if (rc == RC_OK)
		*ret_r = sum;
	errno = why;
	return rc;
}
