/* What goes wrong: files that are none of ours, other versions, no rights, no room, a killed
 * writer. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/campaigns.h"
#include "store/inside.h"
#include "store_postures.h"

static struct test_store at;

static int set_up(void **state)
{
	(void)state;
	test_store_new(&at, 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_store_done(&at);
	return 0;
}

static void refused(const char *url, enum store_mode mode, enum rc want, const char *words)
{
	struct store *s = NULL;
	char err[1024] = "";
	enum rc rc = store_open(url, mode, &s, err, sizeof(err));

	if (rc == RC_OK)
		store_close(s);
	if (rc != want || strstr(err, words) == NULL)
		fail_msg("%s: %d, \"%s\"; should be %d, \"%s\"", url, rc, err, want, words);
}

static struct fact link_of(unsigned i)
{
	char mac[16], ip[16];

	snprintf(mac, sizeof(mac), "001a2b%06x", i);
	snprintf(ip, sizeof(ip), "10.%u.%u.%u", i >> 16 & 255, i >> 8 & 255, i & 255);
	return fact_of(FACT_LINK, "", mac, ip, minutes(i), minutes(i + 60));
}

static size_t machines_in(struct store *s)
{
	struct store_facts *f = NULL;
	size_t n;

	if (store_facts_of(s, NULL, 0, &f) != RC_OK)
		fail_msg("%s", store_error(s));
	n = f->n_facts;
	store_facts_free(f);
	return n;
}

static void urls_that_are_none_are_named(void **state)
{
	(void)state;
	refused("mysql://host/db", STORE_READ, RC_INVAL, "not a store");
	refused("", STORE_READ, RC_INVAL, "not a store");
	refused("sqlite:", STORE_READ, RC_INVAL, "not a store");
	refused("postgresql://quell:secret@db/quell", STORE_READ, RC_INVAL, ".pgpass");
	refused("postgresql:///quell?user=a&password=secret", STORE_READ, RC_INVAL, ".pgpass");
	refused("postgresql:///q?host=/nonexistent/folder", STORE_READ, RC_IO, "server");
	refused("sqlite:/nonexistent/folder/quell.db", STORE_WRITE, RC_IO, "no such folder");
	refused("/nonexistent/quell.db", STORE_READ, RC_IO, "No such file");
	refused("sqlite:/tmp", STORE_READ, RC_FORMAT, "not a regular file");
}

static bool no_posture(void *ctx, const struct store_posture *p)
{
	(void)ctx;
	fail_msg("a posture of %s", p->machine);
	return false;
}

static bool no_assessment(void *ctx, const struct store_assessment *a)
{
	(void)ctx;
	fail_msg("an assessment: %s", a->id);
	return false;
}

static void null_keeps_nothing(void **state)
{
	struct store *s = open_store("null:", STORE_WRITE);
	struct fact f = link_of(1);
	struct store_ids ids = {0};

	(void)state;
	(void)keep(s, &f, 1);
	assert_int_equal(store_find(s, "10.0.0.1", 0, 5, &ids), RC_OK);
	assert_int_equal(ids.n, 0);
	put_assessment(s, "one", minutes(1), 1);
	(void)put_posture(s, "one", posture_of("10.0.0.1", "lap-7", minutes(2), 3), "");
	assert_int_equal(store_postures(s, NULL, NULL, no_posture, NULL), RC_OK);
	assert_int_equal(store_assessments(s, no_assessment, NULL), RC_OK);
	store_close(s);
}

static void a_file_of_others_is_left_alone(void **state)
{
	char path[128], url[160];
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/7.db", at.folder);
	snprintf(url, sizeof(url), "sqlite:%s", path);
	f = fopen(path, "w");
	assert_non_null(f);
	for (int i = 0; i < 1000; i++)
		fputs("name,mac,address\n", f);
	fclose(f);
	refused(url, STORE_READ, RC_FORMAT, "not a database");
	refused(url, STORE_WRITE, RC_FORMAT, "not a database");
	unlink(path);
	if (!on_postgres()) {
		raw_sql(url, "PRAGMA application_id = 7; CREATE TABLE bookmarks (url TEXT)");
		refused(url, STORE_READ, RC_FORMAT, "another program");
		refused(url, STORE_WRITE, RC_FORMAT, "another program");
	}
}

static void a_new_file_belongs_to_its_maker(void **state)
{
	struct stat st;

	(void)state;
	if (on_postgres())
		return;
	assert_int_equal(stat(strchr(at.url, '/'), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_newer_schema_is_refused_politely(void **state)
{
	(void)state;
	store_close(at.s);
	at.s = NULL;
	raw_sql(at.url, on_postgres() ? "UPDATE quell.quell_meta SET value = '7'"
				      : "UPDATE quell_meta SET value = '7'");
	refused(at.url, STORE_READ, RC_FORMAT, "version 7");
	refused(at.url, STORE_WRITE, RC_FORMAT, "up to 4");
	refused(at.url, STORE_WRITE, RC_FORMAT, QUELL_VERSION);
}

/* From each earlier version, with what it can hold. */
static void stores_of_each_version_are_migrated(void **state)
{
	struct store old = {.mode = STORE_WRITE};
	const struct audit_by by = {"maria", 1};
	const struct campaign campaign = {.id = "first",
					  .weakness = "ms08-067",
					  .patch = "KB958644",
					  .strategy = "",
					  .state = "open"};
	struct store_ids ids = {0};
	char *before, *after;
	struct fact f[3] = {link_of(1), link_of(2), link_of(3)};

	(void)state;
	for (int version = 0; version < STORE_SCHEMA; version++) {
		test_store_done(&at);
		test_store_new(&at, 1);
		(void)keep(at.s, f, 3);
		assert_int_equal(store_set(at.s, "mac:001a2b000002", "place", "room 7", &by),
				 RC_OK);
		before = dump_store(at.url, true);
		store_close(at.s);
		at.s = NULL;
		/* Back to it: what came later is taken away. */
		if (version <= 3)
			raw_sql(at.url, "DROP TABLE presence; DROP TABLE member; DROP TABLE wave;"
					"DROP TABLE campaign_file; DROP TABLE campaign;"
					"DROP TABLE journal;"
					"UPDATE quell_meta SET value = '3'");
		if (version <= 3 && on_postgres())
			raw_sql(at.url, "DROP FUNCTION journal_only_grows");
		if (version <= 2)
			raw_sql(at.url, "DROP TABLE posture; DROP TABLE assessment;"
					"UPDATE quell_meta SET value = '2'");
		if (version <= 1)
			raw_sql(at.url,
				"DROP TABLE audit; DROP TABLE judgement; DROP INDEX "
				"machine_verdict;"
				"DROP INDEX machine_seen; ALTER TABLE machine DROP COLUMN verdict;"
				"ALTER TABLE machine DROP COLUMN verdict_confidence;"
				"ALTER TABLE machine DROP COLUMN why;"
				"ALTER TABLE machine DROP COLUMN threats;"
				"UPDATE quell_meta SET value = '1'");
		if (version == 0)
			raw_sql(at.url, "DROP TABLE fact; DROP TABLE handle; DROP TABLE attribute;"
					"DROP TABLE decision; DROP TABLE finding; DROP TABLE run;"
					"DROP TABLE machine; DROP TABLE quell_meta");
		if (version > 0)
			refused(at.url, STORE_READ, RC_FORMAT, "migrates");
		else
			refused(at.url, STORE_READ, RC_FORMAT, "nothing in it yet");
		at.s = open_store(at.url, STORE_WRITE);
		assert_int_equal(store_schema(at.s), STORE_SCHEMA);
		if (version > 0) {
			assert_int_equal(keep(at.s, f, 3).rows_changed, 0);
			assert_int_equal(store_find(at.s, "10.0.0.2", 0, 5, &ids), RC_OK);
			assert_int_equal(ids.n, 1);
			store_ids_done(&ids);
			after = dump_store(at.url, true);
			*strstr(before, "--- runs") = '\0'; /* the audit came with version 2 */
			*strstr(after, "--- runs") = '\0';
			assert_string_equal(before, after);
			free(after);
		}
		free(before);
		put_assessment(at.s, "one", minutes(1), 1);
		assert_int_equal(
			put_posture(at.s, "one", posture_of("10.0.0.2", "", minutes(2), 1), ""), 1);
		assert_int_equal(store_note(at.s, "import", "", "again", &by), RC_OK);
		assert_int_equal(store_put_campaign(at.s, &campaign), RC_OK);
	}
	(void)old;
}

static void a_reader_changes_nothing(void **state)
{
	const struct audit_by by = {"maria", 1};
	struct fact f = link_of(1), g = link_of(2);
	struct keep_result sum = {0};
	struct store *s;

	(void)state;
	(void)keep(at.s, &f, 1);
	s = open_store(at.url, STORE_READ);
	assert_int_equal(keep_facts(s, &g, 1, false, &sum), RC_IO);
	assert_non_null(strstr(store_error(s), store_name(s)));
	assert_int_equal(store_note(s, "import", "", "", &by), RC_IO);
	assert_int_equal(machines_in(s), 1);
	store_close(s);
}

static void rights_that_are_missing_are_named(void **state)
{
	char path[128], readonly[512];
	struct fact f = link_of(1);
	pid_t pid;
	int status = 0;

	(void)state;
	if (on_postgres() || getuid() != 0)
		return;
	snprintf(path, sizeof(path), "%s/1.db", at.folder);
	snprintf(readonly, sizeof(readonly), "%s", at.url);
	(void)keep(at.s, &f, 1);
	store_close(at.s);
	at.s = NULL;
	chmod(at.folder, 0755);
	fflush(NULL);
	pid = fork();
	if (pid == 0) { /* as nobody */
		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(2);
		refused(readonly, STORE_READ, RC_IO, "belongs to somebody else");
		_exit(0);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	chmod(path, 0444);
	fflush(NULL);
	pid = fork();
	if (pid == 0) { /* may read, and neither write it nor beside it */
		struct store *s;

		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(2);
		refused(readonly, STORE_WRITE, RC_IO, "not written by you");
		s = open_store(readonly, STORE_READ);
		if (machines_in(s) != 1)
			_exit(3);
		store_close(s);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

static void a_full_disk_is_told_and_writing_resumes(void **state)
{
	struct rlimit old, small;
	struct keep_result sum = {0};
	static struct fact f[3000];
	struct fact one = link_of(77777);
	enum rc rc;

	(void)state;
	if (on_postgres())
		return;
	(void)keep(at.s, &one, 1);
	for (unsigned i = 0; i < 3000; i++)
		f[i] = link_of(i);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 200 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	rc = keep_facts(at.s, f, 3000, false, &sum);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(rc, RC_IO);
	if (strstr(store_error(at.s), "make room") == NULL ||
	    strstr(store_error(at.s), at.folder) == NULL)
		fail_msg("%s", store_error(at.s));
	assert_int_equal(machines_in(at.s), 1);
	(void)keep(at.s, f, 3000);
	assert_int_equal(machines_in(at.s), 3001);
}

static void two_writers_take_turns(void **state)
{
	struct store *second = open_store(at.url, STORE_WRITE);
	struct fact f = link_of(1), g = link_of(2);
	pid_t pid;
	int status = 0;

	(void)state;
	store_close(second);
	store_close(at.s);
	at.s = NULL;
	fflush(NULL);
	pid = fork();
	for (unsigned i = 0; i < 20; i++) {
		struct store *s = open_store(at.url, STORE_WRITE);

		f = link_of((pid == 0 ? 1000u : 0) + i);
		g = link_of(5000);
		(void)keep(s, &f, 1);
		(void)keep(s, &g, 1);
		store_close(s);
	}
	if (pid == 0)
		_exit(0);
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	at.s = open_store(at.url, STORE_WRITE);
	assert_int_equal(machines_in(at.s), 41);
}

/* Tells through the pipe what is committed, until it is killed. */
static void write_for_ever(const char *url, int to, unsigned from)
{
	struct store *s = open_store(url, STORE_WRITE);

	for (unsigned i = from;; i += 3) {
		struct fact f[3] = {link_of(i), link_of(i + 1), link_of(i + 2)};
		unsigned done = i + 3;

		(void)keep(s, f, 3);
		if (write(to, &done, sizeof(done)) != sizeof(done))
			_exit(1);
	}
}

static void a_killed_writer_loses_nothing_that_was_committed(void **state)
{
	enum { ROUNDS = 50, ROUNDS_MOST = 1000, ENOUGH = 50 };
	unsigned done = 0;

	(void)state;
	store_close(at.s);
	at.s = NULL;
	/* A slow machine gets more and longer rounds, until enough was committed to be lost. */
	for (unsigned round = 0; round < ROUNDS || (done <= ENOUGH && round < ROUNDS_MOST);
	     round++) {
		int pipe_fds[2];
		unsigned told = done;
		pid_t pid;

		assert_int_equal(pipe(pipe_fds), 0);
		fflush(NULL);
		pid = fork();
		if (pid == 0) {
			close(pipe_fds[0]);
			write_for_ever(at.url, pipe_fds[1], done);
		}
		close(pipe_fds[1]);
		/* At any moment: of the opening, too. */
		usleep(1000 + (round * 7919) % 37000 * (1 + round / ROUNDS));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		while (read(pipe_fds[0], &told, sizeof(told)) == sizeof(told))
			;
		close(pipe_fds[0]);
		at.s = open_store(at.url, STORE_WRITE);
		/* All that was told, and at most one more that was not told in time. */
		size_t n = machines_in(at.s);

		if (n != told && n != told + 3)
			fail_msg("round %u: %zu machines, told %u", round, n, told);
		store_close(at.s);
		at.s = NULL;
		done = (unsigned)n;
	}
	assert_true(done > ENOUGH);
	if (!on_postgres()) {
		struct sql *sql = NULL;
		struct sql_stmt *st = NULL;
		bool row = false;

		assert_int_equal(sql_sqlite.open(strchr(at.url, '/'), true, &sql), RC_OK);
		assert_int_equal(sql_sqlite.prepare(sql, "PRAGMA integrity_check", &st), RC_OK);
		assert_int_equal(sql_sqlite.query(st, NULL, 0), RC_OK);
		assert_int_equal(sql_sqlite.fetch(st, &row), RC_OK);
		assert_string_equal((const char *)sql_sqlite.column(st, 0).b.at, "ok");
		sql_sqlite.finish(st);
		sql_sqlite.close(sql);
	}
}

/* The server ends our connection, as it does when it is restarted. */
static void a_lost_connection_is_told_and_made_anew(void **state)
{
	struct fact f = link_of(1), g = link_of(2);
	struct keep_result sum = {0};
	struct store_facts *facts = NULL;
	enum rc rc;

	(void)state;
	if (!on_postgres())
		return;
	(void)keep(at.s, &f, 1);
	assert_int_equal(store_begin(at.s), RC_OK);
	raw_sql(at.url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
			" pid <> pg_backend_pid() AND datname = current_database()");
	rc = store_related(at.s, &g, 1, &facts);
	assert_int_equal(rc, RC_IO);
	assert_non_null(strstr(store_error(at.s), "see that the server runs"));
	store_rollback(at.s);
	assert_int_equal(keep_facts(at.s, &g, 1, false, &sum), RC_OK);
	assert_int_equal(machines_in(at.s), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(urls_that_are_none_are_named),
		TEST(null_keeps_nothing),
		TEST(a_file_of_others_is_left_alone),
		TEST(a_new_file_belongs_to_its_maker),
		TEST(a_newer_schema_is_refused_politely),
		TEST(stores_of_each_version_are_migrated),
		TEST(a_reader_changes_nothing),
		TEST(rights_that_are_missing_are_named),
		TEST(a_full_disk_is_told_and_writing_resumes),
		TEST(two_writers_take_turns),
		TEST(a_killed_writer_loses_nothing_that_was_committed),
		TEST(a_lost_connection_is_told_and_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
