/* The only file that knows libsmbclient.h. */
#include "ask/samba.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libsmbclient.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ask/credentials.h"
#include "ask/gate.h"

enum { URL = 2048, HOST = NI_MAXHOST, ROOT = HOST + 16 };

/* Every function that is used, with the library's own type. */
#define FUNCTIONS(X)                                                                               \
	X(smbc_new_context)                                                                        \
	X(smbc_init_context)                                                                       \
	X(smbc_setTimeout)                                                                         \
	X(smbc_setPort)                                                                            \
	X(smbc_setOptionNoAutoAnonymousLogin)                                                      \
	X(smbc_setDebug)                                                                           \
	X(smbc_setLogCallback)                                                                     \
	X(smbc_setOptionUseKerberos)                                                               \
	X(smbc_setOptionFallbackAfterKerberos)                                                     \
	X(smbc_setOptionProtocols)                                                                 \
	X(smbc_setFunctionAuthDataWithContext)                                                     \
	X(smbc_getFunctionOpendir)                                                                 \
	X(smbc_getFunctionReaddirPlus)                                                             \
	X(smbc_getFunctionClosedir)                                                                \
	X(smbc_getFunctionStat)                                                                    \
	X(smbc_getFunctionOpen)                                                                    \
	X(smbc_getFunctionFstat)                                                                   \
	X(smbc_getFunctionLseek)                                                                   \
	X(smbc_getFunctionRead)                                                                    \
	X(smbc_getFunctionClose)

#define MEMBER(name) __typeof__(name) *(name);
struct functions {
	FUNCTIONS(MEMBER)
};

struct samba {
	struct functions f;
	void *library;
	SMBCCTX *c;
	const struct ask_credentials *credentials;
	char host[HOST], root[ROOT];
	bool is_in;       /* past the logon */
	char reason[160]; /* why it was refused, in the library's words */
};

/* A pointer to data cannot be cast to one to a function. */
static bool load_one(void *library, const char *name, void *to)
{
	void *at = dlsym(library, name);

	memcpy(to, &at, sizeof(at));
	return at != NULL;
}

static void *open_library(void)
{
	return dlopen("libsmbclient.so.0", RTLD_NOW | RTLD_LOCAL);
}

bool samba_load(void)
{
	return open_library() != NULL; /* for as long as the process lives */
}

static bool load(struct samba *s)
{
	bool ok = true;

	s->library = open_library();
	if (s->library == NULL)
		return false;
#define LOAD(name) ok = load_one(s->library, #name, &s->f.name) && ok;
	FUNCTIONS(LOAD)
	return ok;
}

/* Callbacks get no more than the library's context; a process has one logon, so this is its own. */
static struct samba *current;

/* The library asks when it is about to log on. It does not ask again when a server refers it to
 * another: the gate is for that. */
static void give_credentials(SMBCCTX *c, const char *server, const char *share, char *domain,
			     int domain_len, char *user, int user_len, char *password,
			     int password_len)
{
	const struct ask_credentials *from = current->credentials;

	(void)c;
	(void)share;
	if (strcmp(server, current->host) != 0 || from->use_kerberos)
		return;
	(void)snprintf(domain, (size_t)domain_len, "%s", from->domain);
	(void)snprintf(user, (size_t)user_len, "%s", from->username);
	(void)snprintf(password, (size_t)password_len, "%s", from->password);
}

/* The library has one errno for a wrong password and for a share that is forbidden, and opening
 * something else first costs a second logon. Its log knows. Should it use other words one day, then
 * more counts as a refusal than is one: that is the safe side. */
static void take_log(void *ctx, int level, const char *message)
{
	static const char failed[] = "login failed: ";
	struct samba *s = ctx;
	const char *at = strstr(message, failed);

	(void)level;
	if (strstr(message, "session setup ok") != NULL)
		s->is_in = true;
	if (at != NULL && s->reason[0] == '\0')
		(void)snprintf(s->reason, sizeof(s->reason), "%.*s",
			       (int)strcspn(at + sizeof(failed) - 1, ".\n"),
			       at + sizeof(failed) - 1);
}

static void percent(const char *from, char *to, size_t cap)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-_.$/";
	size_t len = 0;

	to[0] = '\0';
	for (; *from != '\0' && len + 4 < cap; from++) {
		bool is_plain = strchr(plain, *from) != NULL;

		len += (size_t)snprintf(to + len, cap - len, is_plain ? "%c" : "%%%02X",
					(unsigned char)*from);
	}
}

static void set_up(struct samba *s, const struct asking *a, unsigned smb)
{
	const struct functions *f = &s->f;
	enum { LOG_SESSION = 4 };

	f->smbc_setTimeout(s->c, (int)a->opt->timeout_ms);
	f->smbc_setPort(s->c, a->opt->smb_port);
	f->smbc_setOptionNoAutoAnonymousLogin(s->c, 1);
	f->smbc_setLogCallback(s->c, s, take_log);
	f->smbc_setDebug(s->c, LOG_SESSION);
	f->smbc_setOptionUseKerberos(s->c, s->credentials->use_kerberos);
	f->smbc_setOptionFallbackAfterKerberos(s->c, 0);
	/* What it speaks is known: nobody can talk us down to SMB 1. */
	if (smb == MESSAGE_SMB1_ONLY)
		(void)f->smbc_setOptionProtocols(s->c, "NT1", "NT1");
	else
		(void)f->smbc_setOptionProtocols(s->c, "SMB2", "SMB3");
	f->smbc_setFunctionAuthDataWithContext(s->c, give_credentials);
}

/* Why the share did not open. What is not known to be harmless was a refused logon. */
static enum samba_logon judge(const struct samba *s, int err, char *why)
{
	enum samba_logon got = SAMBA_REFUSED;

	(void)snprintf(why, MESSAGE_TEXT, "%s", strerror(err));
	if (s->is_in && gate_was_tried()) {
		(void)snprintf(why, MESSAGE_TEXT, "it refers to another machine: not followed");
		return SAMBA_NO_SHARE;
	}
	switch (err) {
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case ENETUNREACH:
		got = s->is_in ? SAMBA_NO_SHARE : SAMBA_NOT_TRIED;
		break;
	case ETIMEDOUT:
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
		(void)snprintf(why, MESSAGE_TEXT, "%s", reach_words(err));
		got = SAMBA_NO_ANSWER;
		break;
	case EACCES:
	case EPERM:
		got = s->is_in ? SAMBA_NO_ACCESS : SAMBA_REFUSED;
		break;
	default:
		got = s->is_in ? SAMBA_NO_SHARE : SAMBA_REFUSED;
		break;
	}
	if (got == SAMBA_REFUSED && s->reason[0] != '\0')
		(void)snprintf(why, MESSAGE_TEXT, "%s", s->reason);
	return got;
}

/* A ticket is for a name, so Kerberos needs one: that of the reverse look-up, if it leads back to
 * the machine and nowhere else. */
static bool name_for_ticket(const struct asking *a, char *to, size_t cap)
{
	struct sockaddr_storage sa;
	socklen_t len = reach_sockaddr(&a->addr, 0, &sa);
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *all = NULL;
	bool is_good = getnameinfo((struct sockaddr *)&sa, len, to, (socklen_t)cap, NULL, 0,
				   NI_NAMEREQD) == 0 &&
		       getaddrinfo(to, NULL, &hints, &all) == 0;

	for (const struct addrinfo *i = all; is_good && i != NULL; i = i->ai_next)
		is_good = i->ai_addrlen == len && i->ai_family == sa.ss_family &&
			  memcmp(i->ai_addr, &sa, len) == 0;
	if (all != NULL)
		freeaddrinfo(all);
	return is_good;
}

static enum samba_logon log_on(const struct asking *a, const char *share, unsigned smb,
			       struct samba **ret_s, char *why)
{
	struct samba *s = calloc(1, sizeof(*s));
	SMBCFILE *d = NULL;

	if (s == NULL || !load(s) || (s->c = s->f.smbc_new_context()) == NULL) {
		(void)snprintf(why, MESSAGE_TEXT,
			       "libsmbclient is missing here; install the package libsmbclient");
		free(s);
		return SAMBA_NOT_TRIED;
	}
	s->credentials = a->opt->credentials;
	(void)addr_format(&a->addr, s->host);
	if (s->credentials->use_kerberos && !name_for_ticket(a, s->host, sizeof(s->host))) {
		(void)snprintf(why, MESSAGE_TEXT,
			       "Kerberos needs the machine's name, and the reverse look-up gives "
			       "none that leads back to it alone");
		return SAMBA_NOT_TRIED;
	}
	(void)snprintf(s->root, sizeof(s->root), "smb://%s/%s", s->host, share);
	current = s;
	set_up(s, a, smb);
	if (gate_close_but_for(&a->addr, a->opt->smb_port, s->credentials->use_kerberos) != RC_OK) {
		(void)snprintf(why, MESSAGE_TEXT,
			       "this kernel cannot hold libsmbclient to one connection (seccomp)");
		return SAMBA_NOT_TRIED;
	}
	errno = EINVAL;
	if (s->f.smbc_init_context(s->c) != NULL)
		d = s->f.smbc_getFunctionOpendir(s->c)(s->c, s->root);
	if (d == NULL)
		return judge(s, errno, why);
	(void)s->f.smbc_getFunctionClosedir(s->c)(s->c, d);
	*ret_s = s;
	return SAMBA_IN;
}

static void explain(enum samba_logon got, const char *share, char *why)
{
	static const char *const words[] = {
		[SAMBA_IN] = "",
		[SAMBA_REFUSED] = "the logon was refused: ",
		[SAMBA_NO_SHARE] = "logged on, but there is no share ",
		[SAMBA_NO_ACCESS] = "the account may not read ",
		[SAMBA_NO_ANSWER] = "broke off during the logon: ",
		[SAMBA_NOT_TRIED] = "no logon was tried: ",
	};
	char text[MESSAGE_TEXT];

	if (got == SAMBA_NO_ACCESS)
		(void)snprintf(text, sizeof(text), "%s%s there", words[got], share);
	else if (got == SAMBA_NO_SHARE)
		(void)snprintf(text, sizeof(text), "%s%s: %.300s", words[got], share, why);
	else
		(void)snprintf(text, sizeof(text), "%s%.300s", words[got], why);
	memcpy(why, text, sizeof(text));
}

enum samba_logon samba_open(const struct asking *a, const char *share, unsigned smb,
			    struct samba **ret_s, char *why)
{
	static const unsigned outcome[] = {
		[SAMBA_IN] = MESSAGE_LET_IN,
		[SAMBA_REFUSED] = MESSAGE_REFUSED,
		[SAMBA_NO_SHARE] = MESSAGE_NO_PROOF,
		[SAMBA_NO_ACCESS] = MESSAGE_NO_PROOF,
		[SAMBA_NO_ANSWER] = MESSAGE_NO_OUTCOME,
		[SAMBA_NOT_TRIED] = MESSAGE_NO_PROOF,
	};
	struct message m = {.kind = MESSAGE_LOGON};
	enum samba_logon got = SAMBA_NOT_TRIED;

	why[0] = '\0';
	got = log_on(a, share, smb, ret_s, why);
	m.number = outcome[got];
	(void)snprintf(m.text[0], sizeof(m.text[0]), "%s", why);
	asking_tell(a, &m);
	if (got != SAMBA_IN)
		explain(got, share, why);
	return got;
}

const char *samba_host(const struct samba *s)
{
	return s->host;
}

void samba_close(struct samba *s)
{
	(void)s; /* the process ends; the server sees the connection close */
}

static void url_of(const struct samba *s, const char *path, char *to)
{
	char coded[URL - ROOT - 1];

	percent(path, coded, sizeof(coded));
	(void)snprintf(to, URL, "%.*s%s%s", ROOT, s->root, coded[0] != '\0' ? "/" : "", coded);
}

static uint64_t ns_of(const struct timespec *t)
{
	return t->tv_sec > 0 ? (uint64_t)t->tv_sec * 1000000000 + (uint64_t)t->tv_nsec : 0;
}

bool samba_list(struct samba *s, const char *folder, size_t max,
		void (*entry)(void *ctx, const struct samba_entry *e), void *ctx)
{
	enum { FOLDER = 0x10, JUNCTION = 0x400 }; /* MS-FSCC 2.6 */
	char url[URL];
	SMBCFILE *d = NULL;

	url_of(s, folder, url);
	d = s->f.smbc_getFunctionOpendir(s->c)(s->c, url);
	if (d == NULL)
		return false;
	for (size_t i = 0; i < max; i++) {
		const struct libsmb_file_info *x = s->f.smbc_getFunctionReaddirPlus(s->c)(s->c, d);

		if (x == NULL || x->name == NULL)
			break;
		entry(ctx, &(struct samba_entry){
				   .name = x->name,
				   .is_folder = (x->attrs & FOLDER) != 0,
				   .is_junction = (x->attrs & JUNCTION) != 0,
				   .changed_ns = ns_of(&x->mtime_ts),
			   });
	}
	(void)s->f.smbc_getFunctionClosedir(s->c)(s->c, d);
	return true;
}

uint64_t samba_changed_ns(struct samba *s, const char *path)
{
	char url[URL];
	struct stat st;

	url_of(s, path, url);
	if (s->f.smbc_getFunctionStat(s->c)(s->c, url, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	return ns_of(&st.st_mtim);
}

bool samba_file_open(struct samba *s, const char *path, struct samba_file *ret_f)
{
	struct samba_file f = {.of = s};
	char url[URL];
	struct stat st;

	url_of(s, path, url);
	errno = EIO;
	f.handle = s->f.smbc_getFunctionOpen(s->c)(s->c, url, O_RDONLY, 0);
	if (f.handle == NULL)
		return false;
	if (s->f.smbc_getFunctionFstat(s->c)(s->c, f.handle, &st) == 0) {
		f.size = st.st_size > 0 ? (uint64_t)st.st_size : 0;
		f.changed_ns = ns_of(&st.st_mtim);
	}
	*ret_f = f;
	return true;
}

long samba_file_read(struct samba_file *f, uint64_t offset, void *to, size_t len)
{
	const struct samba *s = f->of;

	if (offset > INT64_MAX ||
	    s->f.smbc_getFunctionLseek(s->c)(s->c, f->handle, (off_t)offset, SEEK_SET) < 0)
		return -1;
	return s->f.smbc_getFunctionRead(s->c)(s->c, f->handle, to, len);
}

void samba_file_close(struct samba_file *f)
{
	(void)f->of->f.smbc_getFunctionClose(f->of->c)(f->of->c, f->handle);
}
