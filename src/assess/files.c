/*
 * The files on the disk: which version a machine really has. Of each the headers and the version
 * resource are read (disk/pe.h), so a large one costs no more than a small one; and its date.
 *
 * This is also where the account logs on: on ADMIN$, the Windows folder. The kernel's file is
 * looked at whatever the catalogue wants: its machine type is the system's, and its version that of
 * the last update of all.
 */
#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "ask/samba.h"
#include "assess/visit.h"
#include "base/text.h"
#include "disk/pe.h"

static const char kernel[] = "system32/ntoskrnl.exe";

static void tell(const struct visit *v, enum observed state, const char *prefix, const char *file,
		 const char *value)
{
	visit_tell_of(v, BY_FILE, state, prefix, file, value);
}

static long read_some(void *ctx, uint64_t offset, void *to, size_t len)
{
	return samba_file_read(ctx, offset, to, len);
}

/* False: it is gone, and there is no use in asking on. */
static bool is_there(int why)
{
	switch (why) {
	case ETIMEDOUT:
	case ECONNRESET:
	case ECONNABORTED:
	case ECONNREFUSED:
	case ENOTCONN:
	case EPIPE:
	case EHOSTUNREACH:
	case ENETUNREACH:
		return false;
	default:
		return true;
	}
}

static const char *words(int why)
{
	switch (why) {
	case EACCES:
	case EPERM:
		return "access denied";
	case ETXTBSY:
	case EBUSY:
		return "in use by a program that lets nobody read it";
	default:
		return is_there(why) ? strerror(why) : reach_words(why);
	}
}

static const char *arch_of(uint16_t machine)
{
	switch (machine) {
	case 0x014c:
		return "x86";
	case 0x8664:
		return "x64";
	case 0xaa64:
		return "arm64";
	default:
		return NULL;
	}
}

static void tell_version(const struct visit *v, const char *file, const struct pe_version *p)
{
	char text[TEXT_TIME + 32];

	(void)snprintf(text, sizeof(text), "%u.%u.%u.%u", p->file[0], p->file[1], p->file[2],
		       p->file[3]);
	if (p->has_version)
		tell(v, OBSERVED_VALUE, "file:", file, text);
	else
		tell(v, OBSERVED_UNREADABLE, "file:", file, "it has no version resource");
	(void)snprintf(text, sizeof(text), "0x%08x", p->checksum);
	tell(v, OBSERVED_VALUE, "file.checksum:", file, text);
	tell(v, OBSERVED_VALUE, "file.timestamp:", file,
	     text_time((uint64_t)p->timestamp * 1000000000, text));
	if (strcasecmp(file, kernel) == 0 && arch_of(p->machine) != NULL)
		visit_tell(v, BY_FILE, OBSERVED_VALUE, "os.arch", arch_of(p->machine));
}

/* Returns 0, or why the machine says no more. */
static int look_at(const struct visit *v, struct samba *s, const char *file, bool *ret_is_read)
{
	struct samba_file f;
	struct pe_version p;
	const char *why = "";
	char text[TEXT_TIME];
	enum rc rc = RC_OK;
	int err = 0;

	*ret_is_read = false;
	if (!samba_file_open(s, file, &f)) {
		err = errno;
		if (err == ENOENT || err == ENOTDIR) {
			*ret_is_read = true;
			tell(v, OBSERVED_ABSENT, "file:", file, "");
			return 0;
		}
		tell(v, OBSERVED_UNREADABLE, "file:", file, words(err));
		return is_there(err) ? 0 : err;
	}
	errno = 0;
	rc = pe_version_read(&(struct pe_reader){read_some, &f}, &p, &why);
	err = errno;
	*ret_is_read = rc == RC_OK;
	if (rc == RC_OK)
		tell_version(v, file, &p);
	else
		tell(v, OBSERVED_UNREADABLE, "file:", file, rc == RC_FORMAT ? why : words(err));
	if (f.changed_ns != 0)
		tell(v, OBSERVED_VALUE, "file.changed:", file, text_time(f.changed_ns, text));
	if (rc == RC_IO && !is_there(err))
		return err;
	samba_file_close(&f);
	return 0;
}

static bool wants_kernel(const struct assess_options *o)
{
	for (size_t i = 0; i < o->n_files; i++) {
		if (strcasecmp(o->files[i], kernel) == 0)
			return false;
	}
	return true;
}

static const char *file_at(const struct assess_options *o, size_t i)
{
	return i < o->n_files ? o->files[i] : kernel;
}

void visit_files(struct visit *v, struct answer *ret_answer)
{
	size_t n = v->opt->n_files + (wants_kernel(v->opt) ? 1 : 0), n_read = 0;
	char why[MESSAGE_TEXT];
	struct samba *s = NULL;

	if (samba_open(v->asking, "ADMIN$", v->smb, &s, why) != SAMBA_IN) {
		for (size_t i = 0; i < n; i++)
			tell(v, OBSERVED_UNREADABLE, "file:", file_at(v->opt, i), why);
		answer_add(ret_answer, "%s", why);
		return;
	}
	v->is_in = true;
	v->host = samba_host(s);
	for (size_t i = 0; i < n; i++) {
		bool is_read = false;
		int lost = look_at(v, s, file_at(v->opt, i), &is_read);

		n_read += is_read ? 1 : 0;
		if (lost == 0)
			continue;
		while (++i < n)
			tell(v, OBSERVED_UNREADABLE, "file:", file_at(v->opt, i), words(lost));
		answer_add(ret_answer, "%s", words(lost));
	}
	answer_add(ret_answer, "%zu of %zu files", n_read, n);
	ret_answer->is_ok = n_read == n;
}
