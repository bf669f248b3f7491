/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "model/exchange.h"
#include "store_postures.h"

static struct test_store at, other;

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

static uint64_t draw(uint64_t *seed, uint64_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (*seed >> 33) % below;
}

enum { FACTS = 120, MACHINES = 9, ADDRESSES = 6, TEXT = 32, POSTURES = 30 };

/* An office in which addresses change hands, two cards are one laptop's, some speak without a MAC.
 */
static size_t random_office(uint64_t *seed, struct fact *f, char (*text)[TEXT])
{
	for (size_t i = 0; i < FACTS; i++) {
		static const enum fact_kind kinds[] = {FACT_LINK, FACT_LINK, FACT_NAME, FACT_USER,
						       FACT_OS,   FACT_ID,   FACT_PLACE};
		enum fact_kind kind = kinds[draw(seed, 7)];
		unsigned who = (unsigned)draw(seed, MACHINES), ip = (unsigned)draw(seed, ADDRESSES);
		uint64_t first = DAY_1 + draw(seed, 40 * 24) * 3600 * NS_PER_S;
		char mac[16], addr[16];

		snprintf(mac, sizeof(mac), "001a2b0000%02x", who);
		snprintf(addr, sizeof(addr), "10.1.2.%u", ip);
		text[i][0] = '\0';
		if (kind == FACT_NAME)
			snprintf(text[i], TEXT, "lap-%u", who / 2 * 2);
		else if (kind == FACT_USER)
			snprintf(text[i], TEXT, "CORP\\user%u", (unsigned)draw(seed, 4));
		else if (kind == FACT_OS)
			snprintf(text[i], TEXT, "Windows %s", draw(seed, 2) == 0 ? "XP" : "7");
		else if (kind == FACT_ID)
			snprintf(text[i], TEXT, "guid:%u", who);
		else if (kind == FACT_PLACE)
			snprintf(text[i], TEXT, "room %u", (unsigned)draw(seed, 3));
		f[i] = fact_of(kind, text[i], draw(seed, 4) == 0 ? NULL : mac, addr, first,
			       first + draw(seed, 30) * 3600 * NS_PER_S);
		if (draw(seed, 5) == 0)
			f[i].until_ns = f[i].last_ns + 8 * 24 * 3600 * NS_PER_S;
		f[i].is_ended = draw(seed, 9) == 0;
	}
	return FACTS;
}

/* Half of them by address, half by name; the time is that of the assessment's machine. */
static void put_postures(uint64_t seed, struct store *s, unsigned from, unsigned until)
{
	for (unsigned i = 0; i < until; i++) {
		uint64_t at_ns = DAY_1 + draw(&seed, 70 * 24) * 3600 * NS_PER_S;
		unsigned who = (unsigned)draw(&seed, MACHINES), kind = (unsigned)draw(&seed, 4);
		char ip[16], name[32], id[16];

		snprintf(ip, sizeof(ip), "10.1.2.%u", (unsigned)draw(&seed, ADDRESSES));
		snprintf(name, sizeof(name), kind == 0 ? "LAP-%u.corp" : "lap-%u", who);
		snprintf(id, sizeof(id), "%u", i % 3);
		if (i < from)
			continue;
		put_assessment(s, id, minutes(i % 3), 7);
		(void)put_posture(s, id, posture_of(kind < 2 ? NULL : ip, name, at_ns, i % 4), "");
	}
}

static void shuffle(uint64_t *seed, struct fact *f, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = draw(seed, i);
		struct fact one = f[k];

		f[k] = f[i - 1];
		f[i - 1] = one;
	}
}

static void same_text(const char *a, const char *b, const char *what, uint64_t seed)
{
	size_t i = 0, line = 0;

	while (a[i] != '\0' && a[i] == b[i]) {
		if (a[i] == '\n')
			line = i + 1;
		i++;
	}
	if (a[i] != b[i])
		fail_msg("%s, seed %llu: \n%.300s\n instead of \n%.300s", what,
			 (unsigned long long)seed, b + line, a + line);
}

/* Whatever the order and the batches: the same machines. */
static void order_and_batches_do_not_matter(void **state)
{
	struct fact f[FACTS];
	char text[FACTS][TEXT];

	(void)state;
	for (uint64_t round = 1; round <= (on_postgres() ? 4 : 24); round++) {
		uint64_t seed = round;
		size_t n = random_office(&seed, f, text);
		char *a, *b;

		test_store_done(&at);
		test_store_done(&other);
		(void)set_up(NULL);
		(void)keep(at.s, f, n);
		put_postures(round, at.s, 0, POSTURES);
		shuffle(&seed, f, n);
		put_postures(round, other.s, 0, POSTURES / 3);
		for (size_t i = 0; i < n;) {
			size_t len = 1 + draw(&seed, 20);

			if (len > n - i)
				len = n - i;
			(void)keep(other.s, f + i, len);
			if (i < n / 2 && i + len >= n / 2)
				put_postures(round, other.s, POSTURES / 3, POSTURES);
			i += len;
		}
		a = dump_store(at.url, false);
		b = dump_store(other.url, false);
		same_text(a, b, "in pieces", round);
		free(a);
		free(b);
		assert_int_equal(keep(at.s, f, n).rows_changed, 0);
	}
}

/* --- runs --- */

struct heard { /* a run with one worm */
	struct coverage coverage;
	struct finding f;
	const struct finding *list[1];
	const char *why[1], *names[1];
	struct host hosts[2];
	struct outbreak o;
	struct store_run run;
};

static void hear(struct heard *h, const char *id, const char *worm, const char *victim,
		 uint64_t at_ns)
{
	*h = (struct heard){
		.f = {.threat = "ms08-067",
		      .class = CLASS_EXPLOIT,
		      .source = addr_of(worm),
		      .target = addr_of(victim),
		      .has_target = true,
		      .first_ns = at_ns,
		      .last_ns = at_ns + NS_PER_S,
		      .count = 3,
		      .packets = {17, 18},
		      .n_packets = 2,
		      .confidence = 99,
		      .why = "sent a hostile path in packet 17"},
		.why = {"sent a hostile path in packet 17"},
		.names = {"office.pcap"},
	};
	finding_detail_text(&h->f, "path", "\\..\\..\\");
	finding_detail_number(&h->f, "port", 445);
	h->coverage.packets = 1000;
	h->coverage.lost_packets = 7;
	named_count_add(h->coverage.anomalies, &h->coverage.n_anomalies, "smb1: andx-loop", 3);
	h->list[0] = &h->f;
	h->hosts[0] = (struct host){.seen = {.addr = h->f.source,
					     .has_spoken = true,
					     .first_ns = at_ns,
					     .last_ns = at_ns},
				    .verdict = VERDICT_INFECTED,
				    .confidence = 0.99,
				    .why = h->why,
				    .n_why = 1};
	h->hosts[1] =
		(struct host){.seen = {.addr = h->f.target, .first_ns = at_ns, .last_ns = at_ns},
			      .verdict = VERDICT_TARGETED,
			      .confidence = 0.5};
	h->o = (struct outbreak){.source = {.kind = "file",
					    .names = h->names,
					    .n_names = 1,
					    .packets = 1000,
					    .bytes = 100000,
					    .first_ns = at_ns,
					    .last_ns = at_ns + NS_PER_S},
				 .coverage = h->coverage,
				 .hosts = h->hosts,
				 .n_hosts = 2,
				 .findings = h->list,
				 .n_findings = 1};
	snprintf(h->run.id, sizeof(h->run.id), "%s", id);
	h->run.sensor = "sensor-1";
	h->run.outbreak = &h->o;
}

static struct keep_result keep_heard(struct store *s, const struct heard *h, const struct fact *f,
				     size_t n)
{
	struct keep_result sum = {0};

	if (keep_run(s, &h->run, f, n, &sum) != RC_OK)
		fail_msg("%s", store_error(s));
	return sum;
}

struct seen { /* what a list or the findings told */
	char text[1024];
	struct finding f;
	struct coverage coverage;
	size_t n;
};

static bool see_row(void *ctx, const struct store_row *r)
{
	struct seen *s = ctx;
	size_t len = strlen(s->text);

	snprintf(s->text + len, sizeof(s->text) - len, "%s:%s:%s;", r->id, verdict_name(r->verdict),
		 r->threats);
	return true;
}

static bool see_finding(void *ctx, const struct store_finding *f)
{
	struct seen *s = ctx;
	size_t len = strlen(s->text);

	snprintf(s->text + len, sizeof(s->text) - len, "%s:%s:%s>%s;", f->run, f->finding->threat,
		 f->source_machine, f->target_machine);
	s->f = *f->finding;
	return true;
}

static bool see_run(void *ctx, const struct store_run_row *r)
{
	struct seen *s = ctx;

	s->coverage = *r->coverage;
	s->n++;
	assert_string_equal(r->names, "office.pcap");
	return true;
}

static void listed(struct store *s, const char *want)
{
	struct seen seen = {.n = 0};
	struct query q = {.n_terms = 0};

	assert_int_equal(store_list(s, &q, see_row, &seen, NULL), RC_OK);
	assert_string_equal(seen.text, want);
}

static void found(struct store *s, const char *id, const char *want)
{
	struct seen seen = {.n = 0};

	assert_int_equal(store_findings(s, id, see_finding, &seen), RC_OK);
	assert_string_equal(seen.text, want);
}

static const char worm_mac[] = "001a2b000001", other_mac[] = "001a2b000002";

/* The worm's card is heard, then, a day later, another's at the same address. */
static size_t two_owners(struct fact *f)
{
	f[0] = fact_of(FACT_LINK, "", worm_mac, "10.1.2.3", minutes(0), minutes(60));
	f[1] = fact_of(FACT_LINK, "", other_mac, "10.1.2.3", minutes(1440), minutes(1500));
	return 2;
}

static void same_finding(const struct finding *a, const struct finding *b)
{
	uint8_t *one = NULL, *two = NULL;
	size_t n = 0, m = 0;

	assert_int_equal(exchange_pack_finding(a, &one, &n), RC_OK);
	assert_int_equal(exchange_pack_finding(b, &two, &m), RC_OK);
	assert_int_equal(n, m);
	assert_memory_equal(one, two, n);
	free(one);
	free(two);
}

static void runs_come_back_as_they_were_and_judge_machines(void **state)
{
	struct seen seen = {.n = 0};
	struct heard h;
	struct fact f[2];
	size_t n = two_owners(f);

	(void)state;
	hear(&h, "run-1", "10.1.2.3", "10.1.2.9", minutes(30));
	assert_true(keep_heard(at.s, &h, f, n).rows_changed > 0);
	assert_int_equal(keep_heard(at.s, &h, f, n).rows_changed, 0);
	listed(at.s, "mac:001a2b000001:infected:ms08-067;mac:001a2b000002:no-evidence:;");
	assert_int_equal(store_findings(at.s, "mac:001a2b000001", see_finding, &seen), RC_OK);
	assert_string_equal(seen.text, "run-1:ms08-067:mac:001a2b000001>;");
	same_finding(&seen.f, &h.f);
	assert_int_equal(store_runs(at.s, see_run, &seen), RC_OK);
	assert_int_equal(seen.n, 1);
	assert_memory_equal(&seen.coverage, &h.coverage, offsetof(struct coverage, anomalies));
	assert_int_equal(seen.coverage.n_anomalies, 1);
	assert_string_equal(seen.coverage.anomalies[0].name, "smb1: andx-loop");
	assert_int_equal(seen.coverage.anomalies[0].n, 3);
	/* A later state of the run takes the earlier one's place. */
	h.f.count = 9;
	h.hosts[0].verdict = VERDICT_SUSPECTED;
	assert_true(keep_heard(at.s, &h, NULL, 0).rows_changed > 0);
	listed(at.s, "mac:001a2b000001:suspected:ms08-067;mac:001a2b000002:no-evidence:;");
	h.o.n_findings = h.o.n_hosts = 0;
	(void)keep_heard(at.s, &h, NULL, 0);
	listed(at.s, "mac:001a2b000002:no-evidence:;mac:001a2b000001:no-evidence:;");
	found(at.s, NULL, "");
}

static void findings_follow_whoever_had_the_address(void **state)
{
	const struct audit_by by = {"maria", 1};
	struct decision d = {true, "mac:001a2b000001", "mac:001a2b000009", 1, "maria"};
	struct heard h;
	struct fact f[3];

	(void)state;
	(void)two_owners(f);
	f[2] = fact_of(FACT_LINK, "", "001a2b000009", "10.7.7.7", minutes(0), minutes(60));
	hear(&h, "run-1", "10.1.2.3", "10.7.7.7", minutes(30));
	(void)keep_heard(at.s, &h, NULL, 0);
	found(at.s, NULL, "run-1:ms08-067:>;"); /* nobody known yet */
	(void)keep(at.s, f + 1, 1);
	(void)keep(at.s, f + 2, 1);
	found(at.s, NULL, "run-1:ms08-067:>mac:001a2b000009;");
	(void)keep(at.s, f, 1);
	found(at.s, NULL, "run-1:ms08-067:mac:001a2b000001>mac:001a2b000009;");
	found(at.s, "mac:001a2b000009", "run-1:ms08-067:mac:001a2b000001>mac:001a2b000009;");
	found(at.s, "mac:001a2b000002", "");
	assert_int_equal(store_forget(at.s, "mac:001a2b000002", &by), RC_OK);
	assert_int_equal(keep_decision(at.s, &d, &by), RC_OK);
	listed(at.s, "mac:001a2b000001:infected:ms08-067;");
	found(at.s, NULL, "run-1:ms08-067:mac:001a2b000001>mac:001a2b000001;");
}

/* --- two sensors' stores --- */

static void fill(struct store *s, unsigned which)
{
	const struct audit_by by = {which == 1 ? "maria" : "eve", 100 + which};
	struct decision d = {which == 1, "mac:001a2b000000", "mac:001a2b000003", 50 + which,
			     by.who};
	struct fact f[FACTS];
	char text[FACTS][TEXT];
	struct heard h;
	uint64_t seed = 5;
	size_t n = random_office(&seed, f, text);
	struct store_ids ids = {0};

	for (size_t i = 0; i < n; i++)
		f[i].origin = which == 1 ? "sensor-1" : "sensor-2";
	/* Half of it each, some of it both. */
	(void)keep(s, f + (which - 1) * n / 3, 2 * n / 3);
	hear(&h, "shared", "10.1.2.3", "10.1.2.4", minutes(3000));
	h.o.source.packets += which;
	(void)keep_heard(s, &h, NULL, 0);
	put_postures(3, s, which == 1 ? 0 : 10, which == 1 ? 20 : POSTURES);
	put_assessment(s, "1", minutes(1), which);
	(void)put_posture(s, "1", posture_of("10.1.2.5", "", minutes(200 + which), 5), "shared");
	hear(&h, which == 1 ? "first" : "second", "10.1.2.1", "10.1.2.4", minutes(5000 * which));
	(void)keep_heard(s, &h, NULL, 0);
	assert_int_equal(store_find(s, "001a2b000001", 0, 1, &ids), RC_OK);
	assert_int_equal(ids.n, 1);
	assert_int_equal(store_set(s, ids.list[0], "place", which == 1 ? "room 1" : "room 2", &by),
			 RC_OK);
	assert_int_equal(store_tag(s, ids.list[0], which == 1 ? "lab" : "kiosk", true, &by), RC_OK);
	store_ids_done(&ids);
	if (keep_decision(s, &d, &by) != RC_OK)
		fail_msg("%s", store_error(s));
}

static void stores_merge_the_same_either_way(void **state)
{
	struct keep_result sum = {0};
	struct test_store third;
	char *a, *b;

	(void)state;
	test_store_new(&third, 3);
	fill(at.s, 1);
	fill(other.s, 2);
	fill(third.s, 2);
	if (keep_store(third.s, at.s, &sum) != RC_OK) /* 1 into 2 */
		fail_msg("%s", store_error(third.s));
	if (keep_store(at.s, other.s, &sum) != RC_OK) /* 2 into 1 */
		fail_msg("%s", store_error(at.s));
	a = dump_store(at.url, false);
	b = dump_store(third.url, false);
	same_text(a, b, "merged", 0);
	free(a);
	free(b);
	memset(&sum, 0, sizeof(sum));
	assert_int_equal(keep_store(at.s, other.s, &sum), RC_OK);
	assert_int_equal(sum.rows_changed, 0);
	assert_int_equal(sum.facts_new, 0);
	test_store_done(&third);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(order_and_batches_do_not_matter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(runs_come_back_as_they_were_and_judge_machines,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(findings_follow_whoever_had_the_address, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(stores_merge_the_same_either_way, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
