/* Campaigns come back as they were put, members follow their machines, and the journal only grows.
 */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <sqlite3.h>

#include "store/campaigns.h"
#include "store_facts.h"

static struct test_store at, other;
static const struct audit_by maria = {"maria (uid 1000) on lap-9", UINT64_C(1750000000000000000)};

static int set_up(void **state)
{
	(void)state;
	test_store_new(&at, 1);
	test_store_new(&other, 2);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_store_done(&at);
	test_store_done(&other);
	return 0;
}

struct told { /* what came, a line each */
	char text[4096];
	size_t n, stop_at;
};

static void say(struct told *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct told *t, const char *format, ...)
{
	const size_t len = strlen(t->text);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(t->text + len, sizeof(t->text) - len, format, args);
	va_end(args);
}

static const struct campaign_file two_files[] = {
	{"patch", "/srv/kb958644.exe", "00ff", "Microsoft Windows", "/quiet /norestart", "5.1"},
	{"cleaner", "/srv/cleaner.exe", "11ee", "", "", ""}};

static struct campaign campaign_of(const char *id, uint64_t made_ns)
{
	return (struct campaign){.id = id,
				 .weakness = "ms08-067",
				 .patch = "KB958644",
				 .strategy = "",
				 .state = "open",
				 .made_ns = made_ns,
				 .stop_failed = 0.125,
				 .files = two_files,
				 .n_files = 2};
}

static void put_campaign(struct store *s, const char *id, uint64_t made_ns)
{
	const struct campaign c = campaign_of(id, made_ns);

	if (store_put_campaign(s, &c) != RC_OK)
		fail_msg("%s", store_error(s));
}

static struct fact link_of(unsigned i)
{
	char mac[16], ip[16];

	snprintf(mac, sizeof(mac), "001a2b%06x", i);
	snprintf(ip, sizeof(ip), "10.%u.%u.%u", i >> 16 & 255, i >> 8 & 255, i & 255);
	return fact_of(FACT_LINK, "", mac, ip, minutes(0), minutes(60));
}

static struct member member_of(unsigned i, enum stage stage, unsigned marks)
{
	struct member m = {.wave = 1,
			   .stage = stage,
			   .marks = marks,
			   .stage_ns = minutes(i),
			   .patch_ns = 1,
			   .cleaned_ns = 2,
			   .tried_ns = 3,
			   .code = -2147024891,
			   .p_quiet = 0.5,
			   .why = "as it is"};

	snprintf(m.machine, sizeof(m.machine), "mac:001a2b%06x", i);
	return m;
}

static uint64_t put_members(struct store *s, const char *campaign, const struct member *list,
			    size_t n)
{
	uint64_t rows = 0;

	if (store_put_members(s, campaign, list, n, &rows) != RC_OK)
		fail_msg("%s", store_error(s));
	return rows;
}

/* --- campaigns, files, waves --- */

static bool take_campaign(void *ctx, const struct campaign *c)
{
	struct told *t = ctx;

	say(t, "%s %s %s \"%s\" %s %llu %g\n", c->id, c->weakness, c->patch, c->strategy, c->state,
	    (unsigned long long)c->made_ns, c->stop_failed);
	for (size_t i = 0; i < c->n_files; i++)
		say(t, "  %s %s %s \"%s\" \"%s\" \"%s\"\n", c->files[i].role, c->files[i].path,
		    c->files[i].sha256, c->files[i].signer, c->files[i].args, c->files[i].os);
	return ++t->n != t->stop_at;
}

static void a_campaign_comes_back_as_it_was(void **state)
{
	struct campaign later = campaign_of("second", 20);
	struct told all = {.n = 0}, one = {.n = 0}, first = {.stop_at = 1}, none = {.n = 0};

	(void)state;
	put_campaign(at.s, "first", 10);
	put_campaign(at.s, "second", 20);
	later.strategy = "generic";
	later.state = "paused";
	later.n_files = 0;
	assert_int_equal(store_put_campaign(at.s, &later), RC_OK);
	assert_int_equal(store_campaigns(at.s, NULL, take_campaign, &all), RC_OK);
	assert_string_equal(
		all.text,
		"second ms08-067 KB958644 \"generic\" paused 20 0.125\n"
		"first ms08-067 KB958644 \"\" open 10 0.125\n"
		"  patch /srv/kb958644.exe 00ff \"Microsoft Windows\" \"/quiet /norestart\""
		" \"5.1\"\n"
		"  cleaner /srv/cleaner.exe 11ee \"\" \"\" \"\"\n");
	assert_int_equal(store_campaigns(at.s, "second", take_campaign, &one), RC_OK);
	assert_string_equal(one.text, "second ms08-067 KB958644 \"generic\" paused 20 0.125\n");
	assert_int_equal(store_campaigns(at.s, NULL, take_campaign, &first), RC_OK);
	assert_int_equal(first.n, 1);
	assert_int_equal(store_campaigns(at.s, "third", take_campaign, &none), RC_END);
	assert_non_null(strstr(store_error(at.s), "third"));
	later.id = "";
	assert_int_equal(store_put_campaign(at.s, &later), RC_INVAL);
}

static bool take_wave(void *ctx, const struct wave *w)
{
	struct told *t = ctx;

	say(t, "%u %s %d %g %g %llu\n", w->num, w->name, (int)w->state, w->gate_patched,
	    w->gate_failed, (unsigned long long)w->opened_ns);
	return ++t->n != t->stop_at;
}

static void waves_come_back_by_number(void **state)
{
	struct wave w[] = {{2, "10.1.2.0/24", WAVE_WAITING, 0.9, 0.05, 0},
			   {1, "pilot", WAVE_OPEN, 1, 0, 77}};
	struct told t = {.n = 0}, again = {.stop_at = 1};

	(void)state;
	put_campaign(at.s, "first", 10);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(store_put_wave(at.s, "first", &w[i]), RC_OK);
	assert_int_equal(store_waves(at.s, "first", take_wave, &t), RC_OK);
	assert_string_equal(t.text, "1 pilot 1 1 0 77\n2 10.1.2.0/24 0 0.9 0.05 0\n");
	w[1].state = WAVE_DONE;
	assert_int_equal(store_put_wave(at.s, "first", &w[1]), RC_OK);
	assert_int_equal(store_waves(at.s, "first", take_wave, &again), RC_OK);
	assert_string_equal(again.text, "1 pilot 3 1 0 77\n");
	assert_int_equal(store_put_wave(at.s, "third", &w[1]), RC_END);
	assert_int_equal(store_waves(at.s, "third", take_wave, &t), RC_END);
}

/* --- members --- */

static bool take_member(void *ctx, const struct member *m)
{
	struct told *t = ctx;

	say(t, "%s %u %d %u %lld %g %s\n", m->machine, m->wave, (int)m->stage, m->marks,
	    (long long)m->code, m->p_quiet, m->why);
	assert_int_equal(m->patch_ns, 1);
	assert_int_equal(m->cleaned_ns, 2);
	assert_int_equal(m->tried_ns, 3);
	return ++t->n != t->stop_at;
}

static void members_are(struct store *s, const char *campaign, const char *want)
{
	struct told t = {.n = 0};

	if (store_members(s, campaign, take_member, &t) != RC_OK)
		fail_msg("%s", store_error(s));
	assert_string_equal(t.text, want);
}

static void members_come_back_as_they_were(void **state)
{
	struct fact f[3] = {link_of(1), link_of(2), link_of(3)};
	struct member m[3] = {member_of(2, STAGE_PATCHED, MEMBER_CLEANED | MEMBER_UPDATED),
			      member_of(1, STAGE_UNKNOWN, 0), member_of(3, STAGE_QUIET, 0)};
	struct told t = {.n = 0};

	(void)state;
	(void)keep(at.s, f, 3);
	put_campaign(at.s, "first", 10);
	put_campaign(at.s, "second", 10);
	assert_int_equal(put_members(at.s, "first", m, 2), 2);
	assert_int_equal(put_members(at.s, "second", m + 2, 1), 1);
	members_are(at.s, "first",
		    "mac:001a2b000001 1 0 0 -2147024891 0.5 as it is\n"
		    "mac:001a2b000002 1 3 2304 -2147024891 0.5 as it is\n");
	members_are(at.s, "second", "mac:001a2b000003 1 7 0 -2147024891 0.5 as it is\n");
	/* The same writes nothing, and what differs only itself. */
	assert_int_equal(put_members(at.s, "first", m, 2), 0);
	m[0].p_quiet = 1;
	m[0].why = "heard nothing for 3 hours";
	assert_int_equal(put_members(at.s, "first", m, 2), 1);
	assert_int_equal(put_members(at.s, "first", m, 2), 0);
	members_are(at.s, "first",
		    "mac:001a2b000001 1 0 0 -2147024891 0.5 as it is\n"
		    "mac:001a2b000002 1 3 2304 -2147024891 1 heard nothing for 3 hours\n");
	assert_int_equal(store_put_members(at.s, "third", m, 2, NULL), RC_END);
	assert_non_null(strstr(store_error(at.s), "third"));
	assert_int_equal(store_members(at.s, "third", take_member, &t), RC_END);
	/* One that nobody knows: none of them is written. */
	m[1].stage = STAGE_QUIET;
	snprintf(m[2].machine, sizeof(m[2].machine), "mac:nobody");
	assert_int_equal(store_put_members(at.s, "first", m, 3, NULL), RC_END);
	assert_non_null(strstr(store_error(at.s), "mac:nobody"));
	members_are(at.s, "first",
		    "mac:001a2b000001 1 0 0 -2147024891 0.5 as it is\n"
		    "mac:001a2b000002 1 3 2304 -2147024891 1 heard nothing for 3 hours\n");
}

static void members_that_prove_to_be_one_are_where_the_slower_is(void **state)
{
	struct fact f[2] = {link_of(1), link_of(2)};
	struct member m[2] = {member_of(1, STAGE_QUIET, MEMBER_CLEANED),
			      member_of(2, STAGE_EXPOSED, MEMBER_FAILED)};
	struct member infected = member_of(1, STAGE_QUIET, MEMBER_INFECTED);
	struct decision same = {true, "mac:001a2b000001", "mac:001a2b000002", 1, "maria"};
	struct decision apart = {false, "mac:001a2b000001", "mac:001a2b000002", 2, "maria"};

	(void)state;
	(void)keep(at.s, f, 2);
	put_campaign(at.s, "first", 10);
	put_campaign(at.s, "second", 10);
	(void)put_members(at.s, "first", m, 2);
	(void)put_members(at.s, "second", m + 1, 1);
	(void)put_members(at.s, "first", &infected, 1);
	assert_int_equal(keep_decision(at.s, &same, &maria), RC_OK);
	/* What it was infected with is not forgotten with the row that was. */
	members_are(at.s, "first", "mac:001a2b000001 1 1 17 -2147024891 0.5 as it is\n");
	members_are(at.s, "second", "mac:001a2b000001 1 1 16 -2147024891 0.5 as it is\n");
	/* Split again: the one that keeps the name keeps the place. */
	assert_int_equal(keep_decision(at.s, &apart, &maria), RC_OK);
	members_are(at.s, "first", "mac:001a2b000001 1 1 17 -2147024891 0.5 as it is\n");
	assert_int_equal(store_forget(at.s, "mac:001a2b000001", &maria), RC_OK);
	members_are(at.s, "first", "");
}

/* A machine known by its address alone is told by its card: another id, the same machine. */
static void a_member_keeps_its_place_under_a_better_name(void **state)
{
	struct fact by_name = fact_of(FACT_NAME, "LAP-7", NULL, "10.0.0.1", minutes(0), minutes(9));
	struct fact by_mac =
		fact_of(FACT_NAME, "LAP-7", "001a2b000001", "10.0.0.1", minutes(0), minutes(9));
	struct member m = member_of(1, STAGE_CLEANED, 0);
	struct store_ids ids = {0};
	struct told t = {.n = 0};

	(void)state;
	(void)keep(at.s, &by_name, 1);
	assert_int_equal(store_find(at.s, "10.0.0.1", 0, 1, &ids), RC_OK);
	assert_int_equal(ids.n, 1);
	snprintf(m.machine, sizeof(m.machine), "%s", ids.list[0]);
	store_ids_done(&ids);
	put_campaign(at.s, "first", 10);
	(void)put_members(at.s, "first", &m, 1);
	(void)keep(at.s, &by_mac, 1);
	assert_int_equal(store_members(at.s, "first", take_member, &t), RC_OK);
	assert_int_equal(t.n, 1);
}

static void many_members_are_read_and_written(void **state)
{
	enum { N = 3000 };
	struct fact *f = calloc(N, sizeof(*f));
	struct member *m = calloc(N, sizeof(*m));
	struct told t = {.n = 0};

	(void)state;
	assert_non_null(f);
	assert_non_null(m);
	for (unsigned i = 0; i < N; i++) {
		f[i] = link_of(i + 1);
		m[i] = member_of(i + 1, (enum stage)(i % STAGES), 0);
	}
	(void)keep(at.s, f, N);
	put_campaign(at.s, "first", 10);
	assert_int_equal(put_members(at.s, "first", m, N), N);
	assert_int_equal(put_members(at.s, "first", m, N), 0);
	assert_int_equal(store_members(at.s, "first", take_member, &t), RC_OK);
	assert_int_equal(t.n, N);
	free(f);
	free(m);
}

/* --- the journal --- */

/* The chain's form is campaign/journal.h's: here it is enough that each line depends on the one
 * before. */
static void seal(struct journal_line *l)
{
	memset(l->hash, 0, sizeof(l->hash));
	memcpy(l->hash, l->text, strlen(l->text) < 31 ? strlen(l->text) : 31);
	l->hash[31] = (uint8_t)(l->prev[31] + l->num);
}

static void add_line(struct store *s, const char *campaign, const char *text)
{
	struct journal_line l = {.at_ns = 7,
				 .campaign = campaign,
				 .who = "maria",
				 .act = "note",
				 .machine = "mac:001a2b000001",
				 .text = text};

	if (store_journal_add(s, &l, seal) != RC_OK)
		fail_msg("%s", store_error(s));
}

static bool take_line(void *ctx, const struct journal_line *l)
{
	struct told *t = ctx;

	say(t, "%llu %llu %s %s %s %s %s %u %u\n", (unsigned long long)l->num,
	    (unsigned long long)l->at_ns, l->campaign, l->who, l->act, l->machine, l->text,
	    l->prev[31], l->hash[31]);
	return ++t->n != t->stop_at;
}

static void lines_are(struct store *s, const char *campaign, const char *want)
{
	struct told t = {.n = 0};

	if (store_journal(s, campaign, take_line, &t) != RC_OK)
		fail_msg("%s", store_error(s));
	assert_string_equal(t.text, want);
}

static const char three_lines[] = "1 7 first maria note mac:001a2b000001 one 0 1\n"
				  "2 7 second maria note mac:001a2b000001 two 1 3\n"
				  "3 7 first maria note mac:001a2b000001 three 3 6\n";

static void three(struct store *s)
{
	add_line(s, "first", "one");
	add_line(s, "second", "two");
	add_line(s, "first", "three");
}

static void the_journal_is_a_chain_in_its_order(void **state)
{
	struct told t = {.stop_at = 1};

	(void)state;
	three(at.s);
	lines_are(at.s, NULL, three_lines);
	lines_are(at.s, "second", "2 7 second maria note mac:001a2b000001 two 1 3\n");
	lines_are(at.s, "third", "");
	assert_int_equal(store_journal(at.s, NULL, take_line, &t), RC_OK);
	assert_int_equal(t.n, 1);
	/* What is rolled back was never there, and leaves no gap. */
	assert_int_equal(store_begin(at.s), RC_OK);
	add_line(at.s, "first", "four");
	store_rollback(at.s);
	add_line(at.s, "first", "five");
	store_close(at.s);
	at.s = NULL;
	at.s = open_store(at.url, STORE_READ);
	lines_are(at.s, "second", "2 7 second maria note mac:001a2b000001 two 1 3\n");
	t = (struct told){.n = 0};
	assert_int_equal(store_journal(at.s, NULL, take_line, &t), RC_OK);
	assert_non_null(strstr(t.text, "\n4 7 first maria note mac:001a2b000001 five 6 10\n"));
}

/* By another program than quell, which has no words for it. */
static void refused(const char *text)
{
	char *message = NULL;

	if (on_postgres()) {
		struct sql *sql = NULL;
		enum rc rc = sql_postgres.open(at.url, true, &sql);

		assert_int_equal(rc, RC_OK);
		assert_int_equal(sql_postgres.run(sql, text), RC_IO);
		assert_string_equal(sql->message, "the journal only grows");
		sql_postgres.close(sql);
	} else {
		sqlite3 *db = NULL;

		assert_int_equal(sqlite3_open(strchr(at.url, '/'), &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, text, NULL, NULL, &message), SQLITE_CONSTRAINT);
		assert_string_equal(message, "the journal only grows");
		sqlite3_free(message);
		sqlite3_close(db);
	}
}

static void the_journal_only_grows(void **state)
{
	(void)state;
	three(at.s);
	refused("UPDATE journal SET text = 'nothing' WHERE num = 2");
	refused("DELETE FROM journal WHERE num = 3");
	refused("DELETE FROM journal");
	if (on_postgres()) {
		refused("TRUNCATE journal");
	} else {
		refused("INSERT OR REPLACE INTO journal SELECT num, at_ns, campaign, who, act,"
			" machine, 'nothing', prev, hash FROM journal WHERE num = 2");
		refused("INSERT INTO journal SELECT 0, at_ns, campaign, who, act, machine, text,"
			" prev, hash FROM journal WHERE num = 2");
	}
	lines_are(at.s, NULL, three_lines);
	add_line(at.s, "second", "four");
}

/* --- two stores --- */

/* A campaign is one site's order and a chain of its own: neither can be part of another's. */
static void campaigns_of_another_store_stay_there(void **state)
{
	struct fact f[2] = {link_of(1), link_of(2)};
	struct member m = member_of(2, STAGE_CLEANED, 0), ours = member_of(1, STAGE_EXPOSED, 0);
	struct keep_result sum = {0};
	struct told t = {.n = 0};

	(void)state;
	(void)keep(at.s, f, 1);
	(void)keep(other.s, f, 2);
	put_campaign(at.s, "first", 10);
	put_campaign(other.s, "first", 20);
	put_campaign(other.s, "theirs", 20);
	(void)put_members(at.s, "first", &ours, 1);
	(void)put_members(other.s, "first", &m, 1);
	three(at.s);
	add_line(other.s, "theirs", "one");
	assert_int_equal(keep_store(at.s, other.s, &sum), RC_OK);
	assert_int_equal(sum.machines_new, 1);
	assert_int_equal(store_campaigns(at.s, NULL, take_campaign, &t), RC_OK);
	assert_int_equal(t.n, 1);
	assert_non_null(strstr(t.text, "first ms08-067 KB958644 \"\" open 10"));
	members_are(at.s, "first", "mac:001a2b000001 1 1 0 -2147024891 0.5 as it is\n");
	lines_are(at.s, NULL, three_lines);
}

static void null_keeps_no_campaign(void **state)
{
	struct store *s = open_store("null:", STORE_WRITE);
	struct member m = member_of(1, STAGE_CLEANED, 0);
	const struct wave w = {.num = 1, .name = "pilot"};
	struct told t = {.n = 0};

	(void)state;
	put_campaign(s, "first", 1);
	assert_int_equal(store_put_wave(s, "first", &w), RC_OK);
	assert_int_equal(store_put_members(s, "first", &m, 1, NULL), RC_OK);
	add_line(s, "first", "one");
	assert_int_equal(store_members(s, "first", take_member, &t), RC_OK);
	assert_int_equal(store_waves(s, "first", take_wave, &t), RC_OK);
	assert_int_equal(store_campaigns(s, NULL, take_campaign, &t), RC_OK);
	assert_int_equal(store_journal(s, NULL, take_line, &t), RC_OK);
	assert_int_equal(t.n, 0);
	store_close(s);
}

static void damaged_rows_are_named(void **state)
{
	struct fact f = link_of(1);
	struct member m = member_of(1, STAGE_CLEANED, 0);
	const struct wave w = {.num = 1, .name = "pilot"};
	struct told t = {.n = 0};
	const char *in = on_postgres() ? "quell." : "";
	char text[128];

	(void)state;
	(void)keep(at.s, &f, 1);
	put_campaign(at.s, "first", 1);
	assert_int_equal(store_put_wave(at.s, "first", &w), RC_OK);
	(void)put_members(at.s, "first", &m, 1);
	snprintf(text, sizeof(text), "UPDATE %swave SET state = 99; UPDATE %smember SET stage = -1",
		 in, in);
	raw_sql(at.url, text);
	assert_int_equal(store_waves(at.s, "first", take_wave, &t), RC_IO);
	assert_non_null(strstr(store_error(at.s), "a wave of first makes no sense"));
	assert_int_equal(store_members(at.s, "first", take_member, &t), RC_IO);
	assert_non_null(strstr(store_error(at.s), "a member of first makes no sense"));
	assert_int_equal(t.n, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_campaign_comes_back_as_it_was),
		TEST(waves_come_back_by_number),
		TEST(members_come_back_as_they_were),
		TEST(members_that_prove_to_be_one_are_where_the_slower_is),
		TEST(a_member_keeps_its_place_under_a_better_name),
		TEST(many_members_are_read_and_written),
		TEST(the_journal_is_a_chain_in_its_order),
		TEST(the_journal_only_grows),
		TEST(campaigns_of_another_store_stay_there),
		TEST(null_keeps_no_campaign),
		TEST(damaged_rows_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
