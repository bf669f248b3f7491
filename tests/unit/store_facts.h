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
#include "store/sql.h"

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

static inline struct keep_result keep(struct store *s, const struct fact *f, size_t n)
{
	struct keep_result sum = {0};

	if (keep_facts(s, f, n, false, &sum) != RC_OK)
		fail_msg("%s", store_error(s));
	return sum;
}

#endif
