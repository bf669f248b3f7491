/* credentials - the inside of struct ask_credentials, and secrets in files. */
#ifndef ASK_CREDENTIALS_H
#define ASK_CREDENTIALS_H

#include "ask/ask.h"

enum { SECRET_FILE_MAX = 4096, SECRET_TEXT = 256 };

struct ask_credentials { /* in memory that is neither swapped out nor dumped */
	bool use_kerberos;
	char username[SECRET_TEXT], password[SECRET_TEXT], domain[SECRET_TEXT];
};

/* Whole pages, zeroed, locked, not in core dumps. NULL: no memory. */
void *secret_alloc(size_t n);
void secret_free(void *at, size_t n); /* wiped; NULL is fine */

/* A file of mode 0600 that is the caller's own, at most SECRET_FILE_MAX - 1 bytes, ended by a NUL.
 * RC_INVAL: `err` says why. The caller gives it to secret_free(…, SECRET_FILE_MAX). */
MUST_CHECK enum rc secret_read(const char *path, char **ret_text, char *err, size_t err_len);

/* The next line of `*at`, without its end and the blanks around it; cut in place. NULL: none. */
char *secret_line(char **at);

/* Fills *c from "username = …" lines. RC_INVAL: `err` names the line, never what it says. */
MUST_CHECK enum rc credentials_parse(char *text, const char *path, struct ask_credentials *c,
				     char *err, size_t err_len);

/* In a child, whose pages are its own copies: wipes them, since it does not log on. NULL is fine.
 */
void credentials_forget(const struct ask_credentials *c);

/* "CORP\maria" is a domain and a name. False: too long, or nothing. */
bool credentials_set_user(struct ask_credentials *c, const char *user);

#endif
