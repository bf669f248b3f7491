#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/inside.h"

void store_ids_done(struct store_ids *ids)
{
	free(ids->list);
	*ids = (struct store_ids){0};
}

/* Who had an address: as machines_at(), in SQL. A mention without a binding comes last. */
static const char at_latest[] =
	"SELECT m.id, m.num FROM handle h JOIN machine m ON m.num = h.machine"
	" WHERE h.kind = $1 AND h.value = $2"
	" ORDER BY (CASE WHEN h.sure = 0 THEN 1 ELSE 0 END), h.last_ns DESC, h.sure DESC,"
	" h.first_ns DESC, m.id";
static const char at_time[] =
	"SELECT m.id, m.num FROM handle h JOIN machine m ON m.num = h.machine"
	" WHERE h.kind = $1 AND h.value = $2 AND h.sure > 0 AND h.from_ns <= $3 AND h.until_ns > $3"
	" ORDER BY (CASE WHEN h.first_ns <= $3 AND h.last_ns >= $3 THEN 0 ELSE 1 END),"
	" h.sure DESC, h.last_ns DESC, h.first_ns DESC, m.id";
/* By what does not pass from one to another as addresses do: whoever fits the time comes first. */
static const char at_name[] =
	"SELECT m.id, m.num FROM handle h JOIN machine m ON m.num = h.machine"
	" WHERE h.kind = $1 AND h.value = $2"
	" ORDER BY (CASE WHEN $3 = 0 OR (h.first_ns <= $3 AND h.last_ns >= $3) THEN 0 ELSE 1 END),"
	" h.last_ns DESC, h.sure DESC, m.id";
/* Of a user first the machines that are most likely theirs. */
static const char at_user[] =
	"SELECT m.id, m.num FROM handle h JOIN machine m ON m.num = h.machine"
	" WHERE h.kind = $1 AND h.value = $2"
	" ORDER BY (CASE WHEN $3 = 0 OR (h.first_ns <= $3 AND h.last_ns >= $3) THEN 0 ELSE 1 END),"
	" (CASE WHEN lower(m.username) = h.value OR lower(m.username) LIKE $4 ESCAPE '!'"
	" OR lower(m.username) LIKE $5 ESCAPE '!' THEN 0 ELSE 1 END),"
	" h.last_ns DESC, h.sure DESC, m.id";

struct search {
	struct store *s;
	size_t max;
	struct store_ids found;
};

static enum rc take(struct search *q, const char *id)
{
	for (size_t i = 0; i < q->found.n; i++) {
		if (strcmp(q->found.list[i], id) == 0)
			return RC_OK;
	}
	if (q->found.n == q->max)
		return RC_END;

	char(*list)[MACHINE_ID] = realloc(q->found.list, (q->found.n + 1) * sizeof(*list));

	if (list == NULL)
		return RC_NOMEM;
	q->found.list = list;
	memset(list[q->found.n], 0, MACHINE_ID);
	memcpy(list[q->found.n++], id, strnlen(id, MACHINE_ID - 1));
	return RC_OK;
}

static enum rc look(struct search *q, const char *text, const struct sql_value *v, unsigned n)
{
	struct sql_stmt *st = NULL;
	bool row = true;
	enum rc rc = db_query(q->s, text, v, n, &st);

	while (rc == RC_OK && (rc = db_next(q->s, st, &row)) == RC_OK && row)
		rc = take(q, db_text(q->s, st, 0));
	db_end(q->s, st);
	return rc == RC_END ? RC_OK : rc;
}

static enum rc look_addr(struct search *q, const struct addr *a, uint64_t at_ns)
{
	char text[2 * sizeof(a->b) + 1];

	(void)handle_of_addr(a, text);
	return look(q, at_ns == 0 ? at_latest : at_time,
		    VALUES(sql_int(HANDLE_ADDR), sql_text(text), sql_u64(at_ns)));
}

/* "00:1A:2b-…", "001a.2b3c.4d5e": 12 digits and what people put between them. */
static bool mac_digits(const char *what, char digits[13])
{
	size_t n = 0;

	for (; *what != '\0'; what++) {
		bool is_digit = (*what >= '0' && *what <= '9') || (*what >= 'a' && *what <= 'f');

		if (is_digit && n < 12)
			digits[n++] = *what;
		else if (is_digit || strchr(":-.", *what) == NULL)
			return false;
	}
	digits[n] = '\0';
	return n == 12;
}

static enum rc look_text(struct search *q, unsigned kind, const char *value, uint64_t at_ns)
{
	return look(q, at_name, VALUES(sql_int(kind), sql_text(value), sql_u64(at_ns)));
}

static enum rc look_user(struct search *q, const char *value, uint64_t at_ns)
{
	char quoted[2 * HANDLE_TEXT], after[2 * HANDLE_TEXT + 8], before[2 * HANDLE_TEXT + 8];
	size_t n = 0;

	for (const char *p = value; *p != '\0' && n + 3 < sizeof(quoted); p++) {
		if (strchr("!%_", *p) != NULL)
			quoted[n++] = '!';
		quoted[n++] = *p;
	}
	quoted[n] = '\0';
	(void)snprintf(after, sizeof(after), "%%\\%s", quoted);
	(void)snprintf(before, sizeof(before), "%s@%%", quoted);
	return look(q, at_user,
		    VALUES(sql_int(HANDLE_USER), sql_text(value), sql_u64(at_ns), sql_text(after),
			   sql_text(before)));
}

enum rc store_find(struct store *s, const char *what, uint64_t at_ns, size_t max,
		   struct store_ids *ret_ids)
{
	struct search q = {.s = s, .max = max};
	char folded[HANDLE_TEXT], digits[13];
	struct addr a;
	enum rc rc;

	store_try(s, "look for a machine");
	(void)text_fold(what, folded, sizeof(folded));
	rc = look_text(&q, HANDLE_MACHINE, folded, at_ns);
	if (rc == RC_OK && addr_parse(what, &a) == RC_OK)
		rc = look_addr(&q, &a, at_ns);
	if (rc == RC_OK && mac_digits(folded, digits))
		rc = look_text(&q, HANDLE_MAC, digits, at_ns);
	if (rc == RC_OK)
		rc = look_text(&q, HANDLE_NAME, folded, at_ns);
	if (rc == RC_OK)
		rc = look_user(&q, folded, at_ns);
	if (rc == RC_OK)
		rc = look_text(&q, HANDLE_ID, folded, at_ns);
	if (rc == RC_OK)
		*ret_ids = q.found;
	else
		store_ids_done(&q.found);
	return rc;
}

enum rc num_at(struct store *s, const struct addr *a, uint64_t at_ns, int64_t *ret_num)
{
	char text[2 * sizeof(a->b) + 1];
	struct sql_stmt *st = NULL;
	bool row = false;
	enum rc rc;

	(void)handle_of_addr(a, text);
	rc = db_query(s, at_ns == 0 ? at_latest : at_time,
		      VALUES(sql_int(HANDLE_ADDR), sql_text(text), sql_u64(at_ns)), &st);
	if (rc == RC_OK)
		rc = db_next(s, st, &row);
	*ret_num = rc == RC_OK && row ? db_int(s, st, 1) : 0;
	db_end(s, st);
	return rc;
}

size_t store_user_elsewhere(struct store *s, const struct store_facts *was, const char *user)
{
	const char *slash = strrchr(user, '\\'), *bare = slash != NULL ? slash + 1 : user;
	char folded[HANDLE_TEXT];
	struct sql_stmt *st = NULL;
	bool row = true;
	size_t n = 0;
	enum rc rc;

	store_try(s, "look for a user");
	(void)text_fold(bare, folded, sizeof(folded));
	if (folded[0] != '@')
		folded[strcspn(folded, "@")] = '\0';
	rc = db_query(s, "SELECT DISTINCT machine FROM handle WHERE kind = $1 AND value = $2",
		      VALUES(sql_int(HANDLE_USER), sql_text(folded)), &st);
	while (rc == RC_OK && (rc = db_next(s, st, &row)) == RC_OK && row) {
		int64_t num = db_int(s, st, 0);

		n += map_get(was->was->nums, &num) == NULL;
	}
	db_end(s, st);
	return rc == RC_OK ? n : 0;
}
