#include "store/inside.h"

enum rc store_note(struct store *s, const char *act, const char *id, const char *text,
		   const struct audit_by *by)
{
	bool is_mine = false;
	int64_t num = 0;
	enum rc rc = store_enter(s, &is_mine);

	if (rc != RC_OK)
		return rc;
	store_try(s, "write the audit");
	rc = db_number(s, "SELECT max(num) FROM audit", NULL, 0, &num);
	if (rc == RC_OK)
		rc = db_exec(s,
			     "INSERT INTO audit (num, at_ns, who, act, machine, text)"
			     " VALUES ($1, $2, $3, $4, $5, $6)",
			     VALUES(sql_int(num + 1), sql_u64(by->at_ns), sql_text(by->who),
				    sql_text(act), sql_text(id), sql_text(text)));
	return store_leave(s, is_mine, rc);
}

enum rc store_audit(struct store *s, const char *id, size_t max,
		    bool (*row)(void *ctx, const struct store_audit *a), void *ctx)
{
	static const char of_one[] =
		"SELECT at_ns, who, act, machine, text FROM audit WHERE machine = $2"
		" ORDER BY at_ns DESC, num DESC LIMIT $1";
	static const char of_all[] = "SELECT at_ns, who, act, machine, text FROM audit"
				     " ORDER BY at_ns DESC, num DESC LIMIT $1";
	struct sql_stmt *st = NULL;
	bool has = true, goes_on = true;
	enum rc rc;

	store_try(s, "read the audit");
	rc = db_query(s, id != NULL ? of_one : of_all,
		      VALUES(sql_u64(max), sql_text(id != NULL ? id : "")), &st);
	while (rc == RC_OK && goes_on && (rc = db_next(s, st, &has)) == RC_OK && has) {
		const struct store_audit a = {.at_ns = db_u64(s, st, 0),
					      .who = db_text(s, st, 1),
					      .act = db_text(s, st, 2),
					      .machine = db_text(s, st, 3),
					      .text = db_text(s, st, 4)};

		goes_on = row(ctx, &a);
	}
	db_end(s, st);
	return rc;
}
