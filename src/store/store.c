#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/inside.h"

/* What to do about it. */
static const char *advice(const struct store *s)
{
	bool is_file = s->sql->backend == &sql_sqlite;

	switch (s->sql->error) {
	case SQL_FULL:
		return "; make room on its disk, then try again: nothing that was kept is lost";
	case SQL_BUSY:
		return "; another quell is writing to it: try again when it is done";
	case SQL_GONE:
		return "; see that the server runs, then try again";
	case SQL_READONLY:
		return is_file ? "; it can be read, but not written by you"
			       : "; the server lets nobody write, or not this role";
	case SQL_DENIED:
		return is_file ? "; it belongs to somebody else: ask them, or use sudo"
			       : "; check the role in the URL and the password in ~/.pgpass";
	case SQL_MISSING:
		return is_file ? "; check the path" : "; check the URL, or make the database";
	case SQL_FOREIGN:
		return "; choose another path: nothing was changed";
	case SQL_DAMAGED:
		return is_file ? "; copy the file away and restore a backup, or try "
				 "`sqlite3 FILE .recover`"
			       : "; ask the server's administrator";
	case SQL_FINE:
	case SQL_OTHER:
		break;
	}
	return "";
}

enum rc store_failed(struct store *s, enum rc rc)
{
	if (rc == RC_NOMEM)
		(void)snprintf(s->error, sizeof(s->error), "%s: cannot %s: out of memory", s->name,
			       s->doing);
	if (rc == RC_IO)
		(void)snprintf(s->error, sizeof(s->error), "%s: cannot %s: %s%s", s->name, s->doing,
			       s->sql->message, advice(s));
	return rc == RC_IO && s->sql->error == SQL_FOREIGN ? RC_FORMAT : rc;
}

enum rc store_says(struct store *s, enum rc rc, const char *format, ...)
{
	char text[STORE_ERROR - STORE_NAME - 2];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)snprintf(s->error, sizeof(s->error), "%s: %s", s->name, text);
	return rc;
}

static const struct {
	const char *scheme;
	const struct sql_backend *backend;
	bool is_whole; /* the backend reads the URL itself */
} schemes[] = {
	{"sqlite:", &sql_sqlite, false},
	{"postgresql:", &sql_postgres, true},
	{"postgres:", &sql_postgres, true},
	{"null:", &sql_null, false},
};

static bool ends_with(const char *text, const char *tail)
{
	size_t n = strlen(text), m = strlen(tail);

	return n > m && strcmp(text + n - m, tail) == 0;
}

/* Is there a password between the scheme and the "@", or among the parameters? */
static bool has_password(const char *url)
{
	const char *user = strstr(url, "://");
	const char *at = user != NULL ? strchr(user, '@') : NULL;
	const char *colon = user != NULL ? strchr(user + 3, ':') : NULL;
	const char *slash = user != NULL ? strchr(user + 3, '/') : NULL;

	if (strstr(url, "password=") != NULL)
		return true;
	return at != NULL && colon != NULL && colon < at && (slash == NULL || at < slash);
}

static enum rc choose(const char *url, const struct sql_backend **ret_backend,
		      const char **ret_where, char *err, size_t err_len)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t len = strlen(schemes[i].scheme);

		if (strncmp(url, schemes[i].scheme, len) != 0)
			continue;
		*ret_backend = schemes[i].backend;
		*ret_where = schemes[i].is_whole ? url : url + len;
		if (schemes[i].is_whole && has_password(url)) {
			(void)snprintf(err, err_len,
				       "the store's URL has a password in it, for all to see: "
				       "put it into ~/.pgpass, or name a file in PGPASSFILE");
			return RC_INVAL;
		}
		if (*ret_backend == &sql_sqlite && **ret_where == '\0')
			break;
		return RC_OK;
	}
	if (ends_with(url, ".db") && strstr(url, "://") == NULL) {
		*ret_backend = &sql_sqlite;
		*ret_where = url;
		return RC_OK;
	}
	(void)snprintf(err, err_len,
		       "%s: not a store: use sqlite:FILE, a FILE that ends in .db, "
		       "postgresql://…, or null:",
		       url);
	return RC_INVAL;
}

static enum rc refuse_newer(struct store *s)
{
	return store_says(s, RC_FORMAT,
			  "its schema is version %d, and this quell (%s) knows versions up to %d: "
			  "use the newer quell that wrote it; nothing was changed",
			  s->schema, QUELL_VERSION, STORE_SCHEMA);
}

static enum rc check_schema(struct store *s)
{
	enum rc rc = schema_read(s, &s->schema);

	if (rc != RC_OK)
		return rc;
	if (s->schema > STORE_SCHEMA)
		return refuse_newer(s);
	if (s->schema == STORE_SCHEMA)
		return RC_OK;
	if (s->mode == STORE_READ && s->schema == 0)
		return store_says(s, RC_FORMAT,
				  "there is nothing in it yet: quell watch --store or quell hosts "
				  "import fills it");
	if (s->mode == STORE_READ)
		return store_says(
			s, RC_FORMAT,
			"its schema is version %d, and this quell needs %d: make a backup; "
			"then the first command that writes to it migrates it (quell hosts "
			"set, tag or import, quell watch --store)",
			s->schema, STORE_SCHEMA);
	rc = store_begin(s);
	if (rc != RC_OK)
		return rc;
	/* Somebody else may have migrated it meanwhile. */
	rc = schema_read(s, &s->schema);
	if (rc == RC_OK && s->schema > STORE_SCHEMA)
		rc = refuse_newer(s);
	if (rc == RC_OK)
		rc = schema_migrate(s, s->schema, STORE_SCHEMA);
	if (rc == RC_OK)
		rc = store_commit(s);
	store_rollback(s);
	if (rc == RC_OK)
		s->schema = STORE_SCHEMA;
	db_forget(s); /* what was prepared for another schema */
	return rc;
}

static enum rc open_at(struct store *s, const struct sql_backend *backend, const char *where)
{
	store_try(s, "open it");
	enum rc rc = backend->open(where, s->mode == STORE_WRITE, &s->sql);

	if (rc != RC_OK && s->sql != NULL)
		return store_failed(s, rc);
	return rc != RC_OK ? rc : check_schema(s);
}

enum rc store_open(const char *url, enum store_mode mode, struct store **ret_store, char *err,
		   size_t err_len)
{
	const struct sql_backend *backend = NULL;
	const char *where = NULL;
	enum rc rc = choose(url, &backend, &where, err, err_len);

	if (rc != RC_OK)
		return rc;

	struct store *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return RC_NOMEM;
	s->mode = mode;
	s->doing = "open it";
	(void)text_printable(backend == &sql_sqlite ? where : url, s->name, sizeof(s->name));
	rc = open_at(s, backend, where);
	if (rc == RC_OK) {
		*ret_store = s;
		return RC_OK;
	}
	(void)snprintf(err, err_len, "%s", s->error[0] != '\0' ? s->error : rc_str(rc));
	store_close(s);
	return rc;
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	if (s->sql != NULL) {
		store_rollback(s);
		db_forget(s);
		s->sql->backend->close(s->sql);
	}
	free(s);
}

const char *store_error(const struct store *s)
{
	return s->error;
}

const char *store_name(const struct store *s)
{
	return s->name;
}

int store_schema(const struct store *s)
{
	return s->schema;
}

enum rc store_begin(struct store *s)
{
	store_try(s, s->mode == STORE_WRITE ? "begin to write" : "begin to read");
	enum rc rc = s->sql->backend->begin(s->sql, s->mode == STORE_WRITE);

	if (rc != RC_OK)
		return store_failed(s, rc);
	s->is_open = true;
	s->next_num = 0;
	s->has_runs = s->has_postures = s->has_attributes = -1;
	s->has_members = s->has_presence = -1;
	return RC_OK;
}

enum rc store_commit(struct store *s)
{
	store_try(s, "write");
	enum rc rc = s->sql->backend->commit(s->sql);

	if (rc != RC_OK) {
		(void)store_failed(s, rc);
		store_rollback(s);
		return rc;
	}
	s->is_open = false;
	return RC_OK;
}

void store_rollback(struct store *s)
{
	if (!s->is_open)
		return;
	for (unsigned i = 0; i < s->n_stmts; i++) /* a half-read query would hold it open */
		s->sql->backend->reset(s->stmts[i].st);
	s->sql->backend->rollback(s->sql);
	s->is_open = false;
}

enum rc store_enter(struct store *s, bool *ret_is_mine)
{
	*ret_is_mine = !s->is_open;
	return s->is_open ? RC_OK : store_begin(s);
}

enum rc store_leave(struct store *s, bool is_mine, enum rc rc)
{
	if (!is_mine)
		return rc;
	if (rc == RC_OK)
		return store_commit(s);
	store_rollback(s);
	return rc;
}
