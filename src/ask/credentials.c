#include "ask/credentials.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"

void *secret_alloc(size_t n)
{
	void *at = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return NULL;
	(void)mlock(at, n); /* the limit may be small: better swapped than not asked */
	(void)madvise(at, n, MADV_DONTDUMP);
	return at;
}

void secret_free(void *at, size_t n)
{
	if (at == NULL)
		return;
	explicit_bzero(at, n);
	(void)munmap(at, n);
}

__attribute__((format(printf, 3, 4))) static enum rc fail(char *err, size_t err_len,
							  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(err, err_len, format, args);
	va_end(args);
	return RC_INVAL;
}

/* Of the open file, so that nobody can put another in its place meanwhile. */
static enum rc check_file(int fd, const char *path, char *err, size_t err_len)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail(err, err_len, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(err, err_len, "%s: not a file", path);
	if (st.st_uid != geteuid())
		return fail(err, err_len,
			    "%s: belongs to somebody else (uid %u); it must be your own", path,
			    (unsigned)st.st_uid);
	if ((st.st_mode & 077) != 0)
		return fail(err, err_len, "%s: others may read or change it; try: chmod 600 %s",
			    path, path);
	if (st.st_size >= SECRET_FILE_MAX)
		return fail(err, err_len, "%s: larger than %d bytes", path, SECRET_FILE_MAX - 1);
	return RC_OK;
}

enum rc secret_read(const char *path, char **ret_text, char *err, size_t err_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *text = NULL;
	size_t len = 0;
	enum rc rc = RC_INVAL;

	if (fd == -1)
		return fail(err, err_len, "%s: %s", path, strerror(errno));
	rc = check_file(fd, path, err, err_len);
	if (rc != RC_OK)
		goto out;
	text = secret_alloc(SECRET_FILE_MAX);
	if (text == NULL) {
		rc = RC_NOMEM;
		goto out;
	}
	while (len < SECRET_FILE_MAX - 1) {
		ssize_t n = read(fd, text + len, SECRET_FILE_MAX - 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = fail(err, err_len, "%s: %s", path, strerror(errno));
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	if (rc == RC_OK && memchr(text, '\0', len) != NULL)
		rc = fail(err, err_len, "%s: not a text", path);
	if (rc != RC_OK)
		goto out;
	*ret_text = text;
	text = NULL;
out:
	secret_free(text, SECRET_FILE_MAX);
	close(fd);
	return rc;
}

char *secret_line(char **at)
{
	char *line = *at, *end = NULL;

	if (*line == '\0')
		return NULL;
	end = line + strcspn(line, "\n");
	*at = *end != '\0' ? end + 1 : end;
	while (end > line && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	*end = '\0';
	return line + strspn(line, " \t");
}

static bool set(char *to, const char *from)
{
	size_t len = strlen(from);

	if (len >= SECRET_TEXT)
		return false;
	memcpy(to, from, len + 1);
	return true;
}

bool credentials_set_user(struct ask_credentials *c, const char *user)
{
	const char *slash = strchr(user, '\\');

	if (slash == NULL)
		return user[0] != '\0' && set(c->username, user);
	if (slash[1] == '\0' || slash - user >= SECRET_TEXT)
		return false;
	memcpy(c->domain, user, (size_t)(slash - user));
	c->domain[slash - user] = '\0';
	return set(c->username, slash + 1);
}

static bool set_key(struct ask_credentials *c, const char *key, const char *value)
{
	if (strcmp(key, "username") == 0)
		return credentials_set_user(c, value);
	if (strcmp(key, "password") == 0)
		return set(c->password, value);
	return strcmp(key, "domain") == 0 && set(c->domain, value);
}

enum rc credentials_parse(char *text, const char *path, struct ask_credentials *c, char *err,
			  size_t err_len)
{
	char *line = NULL;

	for (unsigned at = 1; (line = secret_line(&text)) != NULL; at++) {
		char *equals = strchr(line, '=');

		if (line[0] == '\0' || line[0] == '#' || line[0] == ';')
			continue;
		if (strcmp(line, "kerberos") == 0) {
			c->use_kerberos = true;
			continue;
		}
		if (equals == NULL)
			return fail(err, err_len,
				    "%s:%u: not 'username = …', 'password = …', 'domain = …' or "
				    "'kerberos'",
				    path, at);
		*equals = '\0';
		line[strcspn(line, " \t")] = '\0';
		if (!set_key(c, line, equals + 1 + strspn(equals + 1, " \t")))
			return fail(err, err_len,
				    "%s:%u: unknown key, or its value is empty or too long", path,
				    at);
	}
	if (!c->use_kerberos && (c->username[0] == '\0' || c->password[0] == '\0'))
		return fail(err, err_len,
			    "%s: needs 'username = …' and 'password = …', or 'kerberos'", path);
	return RC_OK;
}

enum rc ask_credentials_read(const char *path, struct ask_credentials **ret_c, char *err,
			     size_t err_len)
{
	struct ask_credentials *c = NULL;
	char *text = NULL;
	enum rc rc = secret_read(path, &text, err, err_len);

	if (rc != RC_OK)
		return rc;
	assert(text != NULL);
	rc = RC_NOMEM;
	c = secret_alloc(sizeof(*c));
	if (c == NULL)
		goto out;
	rc = credentials_parse(text, path, c, err, err_len);
	if (rc != RC_OK)
		goto out;
	*ret_c = c;
	c = NULL;
out:
	secret_free(text, SECRET_FILE_MAX);
	ask_credentials_free(c);
	return rc;
}

/* Byte by byte, and Ctrl-C is one of them: no signal can leave the terminal without its echo. */
static enum rc read_password(int tty, char *to, size_t cap)
{
	enum { CTRL_C = 3, CTRL_D = 4, BACKSPACE = 8, CTRL_U = 21, DEL = 127 };
	size_t len = 0;
	char c = 0;

	for (;;) {
		ssize_t n = read(tty, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || c == CTRL_C || (c == CTRL_D && len == 0))
			return RC_INVAL;
		if (c == '\n' || c == '\r')
			break;
		if (c == BACKSPACE || c == DEL)
			len -= len > 0;
		else if (c == CTRL_U)
			len = 0;
		else if (len + 1 < cap)
			to[len++] = c;
		else
			return RC_INVAL;
	}
	to[len] = '\0';
	c = 0;
	return len > 0 ? RC_OK : RC_INVAL;
}

enum rc ask_credentials_prompt(const char *user, struct ask_credentials **ret_c, char *err,
			       size_t err_len)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct ask_credentials *c = NULL;
	struct termios was, now;
	char shown[2 * SECRET_TEXT];
	enum rc rc = RC_IO;

	if (tty == -1 || tcgetattr(tty, &was) != 0) {
		(void)fail(err, err_len, "no terminal to ask for the password; use a file");
		goto out;
	}
	rc = RC_NOMEM;
	c = secret_alloc(sizeof(*c));
	if (c == NULL)
		goto out;
	rc = RC_INVAL;
	if (!credentials_set_user(c, user)) {
		(void)fail(err, err_len, "the user's name is empty or too long");
		goto out;
	}
	now = was;
	now.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
	now.c_cc[VMIN] = 1;
	now.c_cc[VTIME] = 0;
	(void)text_printable(user, shown, sizeof(shown));
	dprintf(tty, "Password of %s: ", shown);
	(void)tcsetattr(tty, TCSAFLUSH, &now);
	rc = read_password(tty, c->password, sizeof(c->password));
	(void)tcsetattr(tty, TCSAFLUSH, &was);
	dprintf(tty, "\n");
	if (rc != RC_OK) {
		(void)fail(err, err_len, "no password was given");
		goto out;
	}
	*ret_c = c;
	c = NULL;
out:
	ask_credentials_free(c);
	if (tty != -1)
		close(tty);
	return rc;
}

enum rc ask_credentials_kerberos(struct ask_credentials **ret_c)
{
	struct ask_credentials *c = secret_alloc(sizeof(*c));

	if (c == NULL)
		return RC_NOMEM;
	c->use_kerberos = true;
	*ret_c = c;
	return RC_OK;
}

void ask_credentials_free(struct ask_credentials *c)
{
	secret_free(c, sizeof(*c));
}

void credentials_forget(const struct ask_credentials *c)
{
	if (c != NULL)
		explicit_bzero((void *)(uintptr_t)c, sizeof(*c));
}
