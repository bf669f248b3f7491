/*
 * store_facts - a store for a test, and small facts to put into it.
 *
 * QUELL_TEST_STORE names the backend: "postgresql:…dbname=" to which the number of a database is
 * added (tests/live/test-store makes them; each test starts with an empty one), or nothing: SQLite
 * files in a folder of the test's own.
 */
#ifndef TESTS_STORE_FACTS_H
#define TESTS_STORE_FACTS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/keep.h"
#include "base/monotime.h"
#include "sql/sql.h"

static const uint64_t DAY_1 = UINT64_C(1750000000) * NS_PER_S;

static inline uint64_t minutes(unsigned n)
{
	return DAY_1 + n * 60 * NS_PER_S;
}

/* "ip", "mac" and "host" may be NULL. */
static inline struct fact fact_of(enum fact_kind kind, const char *value, const char *mac,
				  const char *ip, uint64_t first_ns, uint64_t last_ns)
{
	struct fact f = {.kind = (uint8_t)kind,
			 .source = FROM_DHCP,
			 .confidence = 90,
			 .host = "",
			 .value = value,
			 .origin = "office.pcap",
			 .machine = "",
			 .first_ns = first_ns,
			 .last_ns = last_ns,
			 .count = 3,
			 .packet = 7};
	unsigned b[6];

	if (mac != NULL) {
		assert_int_equal(
			sscanf(mac, "%2x%2x%2x%2x%2x%2x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]),
			6);
		for (unsigned i = 0; i < 6; i++)
			f.mac.b[i] = (uint8_t)b[i];
		f.has_mac = true;
	}
	if (ip != NULL)
		assert_int_equal(addr_parse(ip, &f.addr), RC_OK);
	return f;
}

static inline struct addr addr_of(const char *ip)
{
	struct addr a = {{0}};

	assert_int_equal(addr_parse(ip, &a), RC_OK);
	return a;
}

struct test_store {
	char folder[64], url[512];
	struct store *s;
};

static inline bool on_postgres(void)
{
	const char *url = getenv("QUELL_TEST_STORE");

	return url != NULL && strncmp(url, "postgres", 8) == 0;
}

static inline struct store *open_store(const char *url, enum store_mode mode)
{
	struct store *s = NULL;
	char err[1024] = "";
	enum rc rc = store_open(url, mode, &s, err, sizeof(err));

	if (rc != RC_OK)
		fail_msg("%s: %s", url, err);
	return s;
}

/* Past the store's own functions: to make what no quell would. */
static inline void raw_sql(const char *url, const char *text)
{
	const struct sql_backend *b = on_postgres() ? &sql_postgres : &sql_sqlite;
	struct sql *sql = NULL;

	if (b->open(on_postgres() ? url : strchr(url, ':') + 1, true, &sql) != RC_OK ||
	    b->run(sql, text) != RC_OK)
		fail_msg("%s: %s", text, sql != NULL ? sql->message : "out of memory");
	b->close(sql);
}

/* A store of its own for the test; `number` 2: a second one beside it. */
static inline void test_store_new(struct test_store *t, unsigned number)
{
	*t = (struct test_store){.folder = "/tmp/quell-store-XXXXXX"};
	assert_non_null(mkdtemp(t->folder));
	if (on_postgres()) {
		(void)snprintf(t->url, sizeof(t->url), "%s%u", getenv("QUELL_TEST_STORE"), number);
		raw_sql(t->url, "DROP SCHEMA IF EXISTS quell CASCADE");
	} else {
		(void)snprintf(t->url, sizeof(t->url), "sqlite:%s/%u.db", t->folder, number);
	}
	t->s = open_store(t->url, STORE_WRITE);
}

static inline void test_store_done(struct test_store *t)
{
	char path[128];

	store_close(t->s);
	for (unsigned i = 0; i < 10; i++) {
		(void)snprintf(path, sizeof(path), "%s/%u.db", t->folder, i);
		(void)unlink(path);
		(void)snprintf(path, sizeof(path), "%s/%u.db-wal", t->folder, i);
		(void)unlink(path);
		(void)snprintf(path, sizeof(path), "%s/%u.db-shm", t->folder, i);
		(void)unlink(path);
	}
	(void)rmdir(t->folder);
}

/* --- what a store says, as text --- */

struct dump {
	struct sql *sql;
	char *text;
	size_t len;
	FILE *to;
};

/* All rows of a query, a line each, in the query's order. */
static inline void dump_rows(struct dump *d, const char *query, int64_t num)
{
	const struct sql_backend *b = d->sql->backend;
	const struct sql_value v = sql_int(num);
	struct sql_stmt *st = NULL;
	bool row = true;

	if (b->prepare(d->sql, query, &st) != RC_OK || b->query(st, &v, 1) != RC_OK)
		fail_msg("%s: %s", query, d->sql->message);
	while (b->fetch(st, &row) == RC_OK && row) {
		for (unsigned c = 0; c < 32; c++) {
			struct sql_value x = b->column(st, c);

			if (x.type == SQL_INT)
				fprintf(d->to, "%lld|", (long long)x.i);
			else if (x.type == SQL_REAL)
				fprintf(d->to, "%.17g|", x.r);
			else if (x.type == SQL_TEXT)
				fprintf(d->to, "%s|", (const char *)x.b.at);
			for (size_t i = 0; x.type == SQL_BLOB && i < x.b.len; i++)
				fprintf(d->to, "%02x", x.b.at[i]);
		}
		fputc('\n', d->to);
	}
	b->finish(st);
}

static inline int cmp_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every machine with its facts and handles, without what depends on the order in which they came:
 * its number and, if `with_ids` is false, its id and likely user. The caller frees it. */
static inline char *dump_store(const char *url, bool with_ids)
{
	const struct sql_backend *b = on_postgres() ? &sql_postgres : &sql_sqlite;
	struct dump d = {0};
	char *blocks[512], *all = NULL;
	int64_t nums[512];
	size_t n = 0, len = 0;
	struct sql_stmt *st = NULL;
	bool row = true;
	FILE *to = open_memstream(&all, &len);

	assert_int_equal(b->open(on_postgres() ? url : strchr(url, ':') + 1, true, &d.sql), RC_OK);
	assert_int_equal(b->prepare(d.sql, "SELECT num FROM machine", &st), RC_OK);
	assert_int_equal(b->query(st, NULL, 0), RC_OK);
	while (b->fetch(st, &row) == RC_OK && row) {
		assert_true(n < 512);
		nums[n++] = b->column(st, 0).i;
	}
	b->finish(st);
	for (size_t i = 0; i < n; i++) {
		d.to = open_memstream(&d.text, &d.len);
		dump_rows(
			&d,
			"SELECT kind, source, mac, addr, host, value, first_ns, last_ns, until_ns,"
			" confidence, is_ended, origin, count, packet FROM fact WHERE machine = $1"
			" ORDER BY 1, 2, 3, 4, 5, 6, 7, 8",
			nums[i]);
		dump_rows(&d,
			  "SELECT name, fqdn, domain, os, vendor, place, owner, phone, note, tags,"
			  " importance, addr, mac, n_addrs, n_macs, flags, first_ns, last_ns,"
			  " confidence, os_confidence, verdict, verdict_confidence, why, threats"
			  " FROM machine WHERE num = $1",
			  nums[i]);
		dump_rows(&d,
			  "SELECT kind, value, first_ns, last_ns, from_ns, until_ns, sure FROM"
			  " handle WHERE machine = $1 AND kind <> 10 ORDER BY 1, 2, 3",
			  nums[i]);
		dump_rows(&d,
			  "SELECT key, value, who, at_ns FROM attribute WHERE machine = $1"
			  " ORDER BY 1",
			  nums[i]);
		if (with_ids)
			dump_rows(&d,
				  "SELECT id, username, user_probability FROM machine"
				  " WHERE num = $1",
				  nums[i]);
		fclose(d.to);
		blocks[i] = d.text;
	}
	qsort(blocks, n, sizeof(blocks[0]), cmp_texts);
	for (size_t i = 0; i < n; i++) {
		fprintf(to, "--- machine\n%s", blocks[i]);
		free(blocks[i]);
	}
	fprintf(to, "--- runs\n");
	d.to = to;
	dump_rows(&d,
		  "SELECT id, sensor, kind, names, first_ns, last_ns, packets, bytes, coverage"
		  " FROM run ORDER BY id",
		  0);
	dump_rows(&d,
		  "SELECT r.id, f.threat, f.class, f.source, f.target, a.mac, b.mac, f.first_ns,"
		  " f.last_ns, f.count, f.why, f.body FROM finding f JOIN run r ON r.num = f.run"
		  " LEFT JOIN machine a ON a.num = f.source_machine"
		  " LEFT JOIN machine b ON b.num = f.target_machine ORDER BY 1, 2, 3, 4, 5",
		  0);
	dump_rows(&d,
		  "SELECT r.id, j.addr, a.mac, j.verdict, j.confidence, j.why, j.first_ns,"
		  " j.last_ns FROM judgement j JOIN run r ON r.num = j.run"
		  " LEFT JOIN machine a ON a.num = j.machine ORDER BY 1, 2",
		  0);
	dump_rows(&d,
		  "SELECT id, how, who, targets, first_ns, last_ns, asked, done FROM assessment"
		  " ORDER BY id",
		  0);
	dump_rows(&d,
		  "SELECT a.id, p.addr, p.name, m.mac, m.name, p.at_ns, p.n_values, p.how, p.body"
		  " FROM posture p JOIN assessment a ON a.num = p.assessment"
		  " LEFT JOIN machine m ON m.num = p.machine ORDER BY 1, 2, 3",
		  0);
	dump_rows(&d,
		  "SELECT r.id, p.addr, p.hour, p.part, p.alive, p.hostile, m.mac FROM presence p"
		  " JOIN run r ON r.num = p.run LEFT JOIN machine m ON m.num = p.machine"
		  " ORDER BY 1, 2, 3, 4",
		  0);
	dump_rows(&d, "SELECT a, b, is_same, at_ns, who FROM decision ORDER BY 1, 2", 0);
	dump_rows(&d, "SELECT at_ns, who, act, machine, text FROM audit ORDER BY 1, 2, 3, 4, 5", 0);
	fclose(to);
	b->close(d.sql);
	return all;
}

static inline struct keep_result keep(struct store *s, const struct fact *f, size_t n)
{
	struct keep_result sum = {0};

	if (keep_facts(s, f, n, false, &sum) != RC_OK)
		fail_msg("%s", store_error(s));
	return sum;
}

#endif
