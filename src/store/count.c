/* How many machines there are, and where: what the backend finds faster than it hands over rows. */
#include <stdio.h>

#include "store/inside.h"

/* MACHINE_ON_WIRE is 32. */
#define ON_WIRE "sum(CASE WHEN flags & 32 <> 0 THEN 1 ELSE 0 END)"

enum rc store_count(struct store *s, struct store_count *ret_c)
{
	struct store_count c = {.all = 0};
	struct sql_stmt *st = NULL;
	bool has = true;
	enum rc rc;

	_Static_assert(MACHINE_ON_WIRE == 32, "the statements say so");
	store_try(s, "count the machines");
	rc = db_query(s, "SELECT verdict, count(*), " ON_WIRE " FROM machine GROUP BY verdict",
		      NULL, 0, &st);
	while (rc == RC_OK && (rc = db_next(s, st, &has)) == RC_OK && has) {
		uint64_t verdict = db_u64(s, st, 0), n = db_u64(s, st, 1);

		if (verdict < VERDICTS)
			c.by_verdict[verdict] += n;
		c.all += n;
		c.on_wire += db_u64(s, st, 2);
	}
	db_end(s, st);
	if (rc == RC_OK)
		*ret_c = c;
	return rc;
}

/* The bytes of an address that say its network: 3 of 4, 8 of 16. */
static void take_net(const struct store *s, struct sql_stmt *st, struct net *net)
{
	struct bytes b = db_column(st, s, 0).b;
	uint8_t v4[4] = {0};

	*net = (struct net){.bits = 0};
	if (b.len == 3) {
		memcpy(v4, b.at, 3);
		net->addr = addr_from_v4(v4);
		net->bits = 96 + 24;
	} else if (b.len == 8) {
		memcpy(net->addr.b, b.at, 8);
		net->bits = 64;
	}
}

enum rc store_networks(struct store *s, bool (*row)(void *ctx, const struct store_network *n),
		       void *ctx)
{
	static const char text[] =
		"SELECT CASE WHEN length(addr) = 4 THEN substr(addr, 1, 3) ELSE substr(addr, 1, 8)"
		" END AS net, count(*), " ON_WIRE
		" FROM machine WHERE addr IS NOT NULL GROUP BY 1 ORDER BY 1";
	struct sql_stmt *st = NULL;
	bool has = true, goes_on = true;
	enum rc rc;

	store_try(s, "count the machines by network");
	rc = db_query(s, text, NULL, 0, &st);
	while (rc == RC_OK && goes_on && (rc = db_next(s, st, &has)) == RC_OK && has) {
		struct store_network n = {.machines = db_u64(s, st, 1),
					  .on_wire = db_u64(s, st, 2)};

		if (db_column(st, s, 0).type != SQL_BLOB)
			continue;
		take_net(s, st, &n.net);
		goes_on = row(ctx, &n);
	}
	db_end(s, st);
	return rc;
}

enum rc store_switch_ports(struct store *s,
			   bool (*row)(void *ctx, const char *id, const char *port), void *ctx)
{
	static const char text[] =
		"SELECT m.id, f.value FROM fact f JOIN machine m ON m.num = f.machine"
		" WHERE f.kind = 9 AND f.source = 36 AND f.is_ended = 0"
		" ORDER BY m.id, f.last_ns DESC, f.confidence DESC, f.seq";
	char last[MACHINE_ID] = "";
	struct sql_stmt *st = NULL;
	bool has = true, goes_on = true;
	enum rc rc;

	_Static_assert(FACT_PLACE == 9 && FROM_ASK_SWITCH == 36, "the statement says so");
	store_try(s, "read where machines are plugged in");
	rc = db_query(s, text, NULL, 0, &st);
	while (rc == RC_OK && goes_on && (rc = db_next(s, st, &has)) == RC_OK && has) {
		const char *id = db_text(s, st, 0);

		if (strcmp(id, last) == 0)
			continue;
		(void)snprintf(last, sizeof(last), "%s", id);
		goes_on = row(ctx, id, db_text(s, st, 1));
	}
	db_end(s, st);
	return rc;
}
