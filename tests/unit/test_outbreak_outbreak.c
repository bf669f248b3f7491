/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include "base/monotime.h"
#include "outbreak/outbreak.h"
#include "outbreak/verdict.h"

static struct addr host(uint32_t n)
{
	return addr_v4(0x0a000000u + n);
}

static struct finding deed(const char *threat, enum finding_class class, unsigned confidence,
			   uint32_t from, uint32_t to)
{
	struct finding f = {.class = class,
			    .source = host(from),
			    .target = host(to),
			    .has_target = to != 0,
			    .first_ns = 100 + from,
			    .last_ns = 200 + from,
			    .count = 1,
			    .packets = {from},
			    .n_packets = 1,
			    .confidence = confidence};

	snprintf(f.threat, sizeof(f.threat), "%s", threat);
	snprintf(f.why, sizeof(f.why), "%s of %u", threat, from);
	return f;
}

struct world {
	struct finding f[16];
	const struct finding *list[16];
	size_t n;
	struct sighting seen[600];
	size_t n_seen;
	struct policy policy;
	size_t max_hosts;
	uint64_t listened_ns;
	struct own_address own[4];
	size_t n_own;
	const struct machines *machines;
};

static void does(struct world *w, struct finding f)
{
	w->f[w->n++] = f;
}

static void speaks(struct world *w, uint32_t n)
{
	w->seen[w->n_seen++] =
		(struct sighting){.addr = host(n), .has_spoken = true, .first_ns = 1, .last_ns = 2};
}

static struct outbreak *build(struct world *w)
{
	static const struct coverage coverage = {.packets = 1};
	struct outbreak *o = NULL;
	for (size_t i = 0; i < w->n; i++)
		w->list[i] = &w->f[i];

	struct outbreak_input in = {.source = {.kind = "file",
					       .listened_ns = w->listened_ns,
					       .own = w->own,
					       .n_own = w->n_own},
				    .coverage = &coverage,
				    .findings = w->list,
				    .n_findings = w->n,
				    .sightings = w->seen,
				    .n_sightings = w->n_seen,
				    .machines = w->machines,
				    .policy = &w->policy,
				    .max_hosts = w->max_hosts};

	assert_int_equal(outbreak_build(&in, &o), RC_OK);
	return o;
}

static const struct host *find(const struct outbreak *o, uint32_t n)
{
	struct addr a = host(n);

	for (size_t i = 0; i < o->n_hosts; i++) {
		if (addr_eq(&o->hosts[i].seen.addr, &a))
			return &o->hosts[i];
	}
	return NULL;
}

static void the_table_of_verdicts_holds(void **state)
{
	static const struct {
		enum finding_class class;
		unsigned confidence;
		enum verdict source, target;
	} rows[] = {
		{CLASS_EXPLOIT, 90, VERDICT_INFECTED, VERDICT_TARGETED},
		{CLASS_EXPLOIT, 59, VERDICT_SUSPECTED, VERDICT_TARGETED},
		{CLASS_EXPLOIT, 29, VERDICT_NO_EVIDENCE, VERDICT_NO_EVIDENCE},
		{CLASS_CHECK, 95, VERDICT_SCANNER, VERDICT_NO_EVIDENCE},
		{CLASS_IMPLANT, 70, VERDICT_INFECTED, VERDICT_NO_EVIDENCE},
		{CLASS_IMPLANT, 45, VERDICT_SUSPECTED, VERDICT_NO_EVIDENCE},
		{CLASS_RENDEZVOUS, 99, VERDICT_INFECTED, VERDICT_NO_EVIDENCE},
		{CLASS_TRANSFER, 99, VERDICT_INFECTED, VERDICT_TARGETED},
		{CLASS_CREDENTIAL, 99, VERDICT_SUSPECTED, VERDICT_TARGETED},
		{CLASS_LATERAL, 99, VERDICT_SUSPECTED, VERDICT_TARGETED},
		{CLASS_SCAN, 99, VERDICT_SUSPECTED, VERDICT_NO_EVIDENCE},
		{CLASS_SCAN, 25, VERDICT_NO_EVIDENCE, VERDICT_NO_EVIDENCE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct finding f = deed("x", rows[i].class, rows[i].confidence, 1, 2);

		assert_int_equal(verdict_of_source(&f), rows[i].source);
		assert_int_equal(verdict_of_target(&f), rows[i].target);
	}

	struct finding ports = deed("port-scan", CLASS_SCAN, 99, 1, 2);

	finding_detail_text(&ports, "kind", "ports-of-one");
	assert_int_equal(verdict_of_source(&ports), VERDICT_SCANNER);
}

static void a_spreading_worm_is_told_apart_from_its_targets(void **state)
{
	struct world w = {.max_hosts = 10};

	(void)state;
	does(&w, deed("ms08-067", CLASS_EXPLOIT, 90, 1, 2));
	does(&w, deed("ms08-067", CLASS_EXPLOIT, 90, 1, 3));
	does(&w, deed("ms08-067", CLASS_EXPLOIT, 80, 2, 4));
	does(&w, deed("ms08-067", CLASS_CHECK, 95, 9, 3));
	does(&w, deed("port-scan", CLASS_SCAN, 60, 1, 0));
	speaks(&w, 7);

	struct outbreak *o = build(&w);

	assert_int_equal(o->n_hosts, 6);
	assert_int_equal(find(o, 1)->verdict, VERDICT_INFECTED);
	assert_int_equal(find(o, 2)->verdict, VERDICT_INFECTED); /* victim, then attacker */
	assert_int_equal(find(o, 3)->verdict, VERDICT_TARGETED);
	assert_int_equal(find(o, 4)->verdict, VERDICT_TARGETED);
	assert_int_equal(find(o, 9)->verdict, VERDICT_SCANNER);
	assert_int_equal(find(o, 7)->verdict, VERDICT_NO_EVIDENCE);
	assert_int_equal(o->by_verdict[VERDICT_INFECTED], 2);
	assert_int_equal(o->by_verdict[VERDICT_TARGETED], 2);

	const struct host *first = find(o, 1);

	assert_ptr_equal(first, &o->hosts[0]);
	assert_int_equal(first->n_threats, 2);
	assert_string_equal(first->threats[0].id, "ms08-067");
	assert_int_equal(first->threats[0].n_targets, 2);
	assert_int_equal(first->threats[0].attempts, 2);
	assert_int_equal(first->threats[1].n_targets, 0);
	assert_true(first->confidence > 0.95 && first->confidence < 0.97); /* 1-(1-.9)(1-.6) */
	assert_string_equal(first->why[0], "ms08-067 of 1");
	assert_string_equal(find(o, 2)->why[1], "was attacked by 10.0.0.1 (ms08-067, packet 1)");
	assert_string_equal(find(o, 3)->why[0], "was attacked by 10.0.0.1 (ms08-067, packet 1)");
	outbreak_free(o);
}

static void the_same_finding_twice_is_joined(void **state)
{
	struct world w = {.max_hosts = 10};

	(void)state;
	does(&w, deed("ms08-067", CLASS_EXPLOIT, 90, 1, 2));
	does(&w, deed("ms08-067", CLASS_EXPLOIT, 90, 1, 2));
	w.f[1].first_ns = 5;

	struct outbreak *o = build(&w);

	assert_int_equal(o->n_findings, 1);
	assert_int_equal(o->findings[0]->count, 2);
	assert_int_equal(o->findings[0]->first_ns, 5);
	outbreak_free(o);
}

static void a_trusted_source_is_a_scanner_at_most_and_its_findings_stay(void **state)
{
	const struct trusted list[] = {{"nessus", {host(1), 128}, NULL},
				       {"sccm", {host(5), 128}, "port-scan"}};
	struct world w = {.max_hosts = 10, .policy = {.trusted = list, .n_trusted = 2}};

	(void)state;
	does(&w, deed("ms08-067", CLASS_EXPLOIT, 90, 1, 2));
	does(&w, deed("port-scan", CLASS_SCAN, 90, 5, 0));
	does(&w, deed("ms08-067", CLASS_EXPLOIT, 90, 5, 6));

	struct outbreak *o = build(&w);

	assert_int_equal(find(o, 1)->verdict, VERDICT_SCANNER);
	assert_string_equal(find(o, 1)->trusted, "nessus");
	assert_string_equal(find(o, 1)->why[0], "ms08-067 of 1; trusted as \"nessus\"");
	assert_null(find(o, 2)->trusted);
	assert_int_equal(find(o, 2)->verdict, VERDICT_NO_EVIDENCE);
	assert_int_equal(find(o, 5)->verdict, VERDICT_INFECTED); /* trusted for one threat only */
	assert_string_equal(find(o, 5)->trusted, "sccm");
	assert_int_equal(o->n_findings, 3);
	outbreak_free(o);
}

static void addresses_of_no_machine_are_no_hosts(void **state)
{
	struct world w = {.max_hosts = 10};

	(void)state;
	w.seen[w.n_seen++] = (struct sighting){.addr = addr_v4(0xe0000001), .has_spoken = true};
	w.seen[w.n_seen++] = (struct sighting){.addr = addr_v4(0xffffffff), .has_spoken = true};
	w.seen[w.n_seen++] = (struct sighting){.addr = addr_v4(0), .has_spoken = true};
	w.seen[w.n_seen++] = (struct sighting){.addr = host(1), .attempts_to = 3};

	struct outbreak *o = build(&w);

	assert_int_equal(o->n_hosts, 0);
	outbreak_free(o);
}

static void quiet_machines_past_the_limit_are_counted(void **state)
{
	struct world w = {.max_hosts = 100};

	(void)state;
	for (uint32_t i = 600; i > 100; i--)
		speaks(&w, i);
	does(&w, deed("ms08-067", CLASS_EXPLOIT, 90, 599, 600));

	struct outbreak *o = build(&w);

	assert_int_equal(o->n_hosts, 102);
	assert_int_equal(o->n_hosts_left_out, 398);
	assert_int_equal(o->by_verdict[VERDICT_NO_EVIDENCE], 498);
	for (size_t i = 3; i < o->n_hosts; i++)
		assert_true(addr_cmp(&o->hosts[i - 1].seen.addr, &o->hosts[i].seen.addr) < 0);
	outbreak_free(o);
}

static void each_kind_of_deed_has_one_reason_and_the_strongest_comes_first(void **state)
{
	static const char *const threats[] = {"a", "b", "c", "d", "e", "f", "g"};
	struct world w = {.max_hosts = 10};

	(void)state;
	for (uint32_t i = 0; i < 7; i++)
		does(&w, deed(threats[i], CLASS_EXPLOIT, 61 + i, 1, 10 + i));
	for (uint32_t i = 0; i < 5; i++)
		does(&w, deed("g", CLASS_EXPLOIT, 62 + i, 1, 20 + i));
	for (uint32_t i = 0; i < 12; i++)
		snprintf(w.f[i].why, sizeof(w.f[i].why), "%s by %u", w.f[i].threat,
			 w.f[i].confidence);

	struct outbreak *o = build(&w);

	assert_int_equal(find(o, 1)->n_why, 5);
	assert_string_equal(find(o, 1)->why[0], "g by 67");
	assert_string_equal(find(o, 1)->why[1], "f by 66");
	assert_string_equal(find(o, 1)->why[4], "c by 63");
	outbreak_free(o);
}

static void nothing_at_all_is_an_answer(void **state)
{
	struct world w = {.max_hosts = 10};
	struct outbreak *o = build(&w);

	(void)state;
	assert_int_equal(o->n_hosts, 0);
	assert_int_equal(o->n_findings, 0);
	assert_false(o->listening.is_meaningful);
	outbreak_free(o);
}

/* LAP-7 had 10.0.0.1 until 1000 and 10.0.0.2 from then on, when PC-12 got 10.0.0.1. */
static struct machines *two_machines(void)
{
	static struct machine list[2];
	static struct machine_addr laps[2], pcs[1];
	struct machines *m = NULL;
	struct arena *arena = NULL;

	assert_int_equal(arena_new(0, &arena), RC_OK);
	m = arena_alloc(arena, sizeof(*m));
	assert_non_null(m);
	laps[0] = (struct machine_addr){.addr = host(2),
					.confidence = 90,
					.first_ns = 1000,
					.last_ns = 2000,
					.from_ns = 1000,
					.until_ns = UINT64_MAX};
	laps[1] = (struct machine_addr){.addr = host(1),
					.confidence = 90,
					.first_ns = 10,
					.last_ns = 900,
					.from_ns = 0,
					.until_ns = 1000};
	pcs[0] = (struct machine_addr){.addr = host(1),
				       .confidence = 90,
				       .first_ns = 1100,
				       .last_ns = 2000,
				       .from_ns = 1000,
				       .until_ns = UINT64_MAX};
	list[0] =
		(struct machine){.id = "name:lap-7", .name = "LAP-7", .addrs = laps, .n_addrs = 2};
	list[1] = (struct machine){.id = "name:pc-12", .name = "PC-12", .addrs = pcs, .n_addrs = 1};
	m->list = list;
	m->n = 2;
	m->arena = arena;
	assert_int_equal(machines_seal(m), RC_OK);
	return m;
}

static const struct host *find_id(const struct outbreak *o, const char *id)
{
	for (size_t i = 0; i < o->n_hosts; i++) {
		if (o->hosts[i].machine != NULL && strcmp(o->hosts[i].machine->id, id) == 0)
			return &o->hosts[i];
	}
	return NULL;
}

static void deeds_are_the_machines_that_had_the_address_then(void **state)
{
	struct world w = {.max_hosts = 100};
	struct machines *m = two_machines();
	struct finding early = deed("ms08-067", CLASS_EXPLOIT, 98, 1, 9),
		       late = deed("ms17-010", CLASS_EXPLOIT, 90, 2, 8),
		       other = deed("port-scan", CLASS_SCAN, 60, 1, 0);
	const struct host *lap, *pc;
	struct outbreak *o;

	(void)state;
	late.first_ns = late.last_ns = 1500;
	other.first_ns = other.last_ns = 1600;
	does(&w, early);
	does(&w, late);
	does(&w, other);
	speaks(&w, 1);
	speaks(&w, 2);
	w.seen[0].last_ns = w.seen[1].last_ns = 2000;
	w.machines = m;
	o = build(&w);
	lap = find_id(o, "name:lap-7");
	pc = find_id(o, "name:pc-12");
	assert_non_null(lap);
	assert_int_equal(lap->verdict, VERDICT_INFECTED);
	assert_int_equal(lap->n_threats, 2);
	assert_int_equal(lap->n_addrs, 2);
	assert_true(addr_eq(&lap->addrs[0], &w.seen[0].addr));
	assert_true(addr_eq(&lap->seen.addr, &lap->addrs[1])); /* where it is now */
	assert_int_equal(lap->n_notes, 0);
	assert_non_null(pc);
	assert_int_equal(pc->verdict, VERDICT_SUSPECTED);
	assert_int_equal(pc->n_threats, 1);
	/* Its two targets are known by address alone. */
	assert_int_equal(o->n_hosts, 4);
	assert_null(find(o, 9)->machine);
	outbreak_free(o);
	machines_free(m);
}

static void who_is_known_by_address_or_lost_it_meanwhile_is_marked(void **state)
{
	struct world w = {.max_hosts = 100};
	struct machines *m = two_machines();
	struct finding f = deed("ms08-067", CLASS_EXPLOIT, 98, 1, 0),
		       g = deed("ms08-067", CLASS_EXPLOIT, 98, 5, 0);
	struct outbreak *o;

	(void)state;
	f.last_ns = 1800;
	does(&w, f);
	does(&w, g);
	w.machines = m;
	o = build(&w);
	assert_int_equal(find_id(o, "name:lap-7")->n_notes, 1);
	assert_string_equal(find_id(o, "name:lap-7")->notes[0],
			    "10.0.0.1 changed hands while ms08-067 was seen from there: at first "
			    "it was LAP-7, at last PC-12");
	assert_int_equal(find(o, 5)->n_notes, 1);
	assert_non_null(strstr(find(o, 5)->notes[0], "known by its address only"));
	outbreak_free(o);
	machines_free(m);
}

static void who_has_no_address_is_a_machine_all_the_same(void **state)
{
	struct world w = {.max_hosts = 100};
	struct machines *m = two_machines();
	static struct machine_mac card = {.vendor = "Dell", .kind = ""};
	struct outbreak *o;

	(void)state;
	m->list[1].n_addrs = 0;
	m->list[1].macs = &card;
	m->list[1].n_macs = 1;
	m->list[1].flags = MACHINE_ON_WIRE;
	w.machines = m;
	o = build(&w);
	assert_int_equal(o->n_hosts, 1);
	assert_string_equal(o->hosts[0].machine->id, "name:pc-12");
	assert_int_equal(o->hosts[0].n_addrs, 0);
	outbreak_free(o);
	machines_free(m);
}

static void half_an_hour_is_enough_for_one_listener_in_a_small_network(void **state)
{
	struct listening l = listening_assess(0, 1, 256);

	(void)state;
	assert_true(l.minutes_to_95_local > 15 && l.minutes_to_95_local < 30);
	l = listening_assess(30, 1, 256);
	assert_true(l.is_meaningful);
	assert_true(l.p_local > 0.95);
	assert_true(l.minutes_to_95_local <= 0); /* reached */
	assert_true(l.p_random < 1e-6);
	assert_true(l.minutes_to_95_random < 0); /* never */
}

static void listening_gets_better_with_time_and_with_addresses(void **state)
{
	double before = -1;

	(void)state;
	for (unsigned minutes = 1; minutes < 100; minutes += 10) {
		struct listening l = listening_assess(minutes, 10, 4096);

		assert_true(l.p_local > before && l.p_local < 1);
		assert_true(listening_assess(minutes, 20, 4096).p_local > l.p_local);
		assert_true(listening_assess(minutes, 10, 8192).p_local < l.p_local);
		before = l.p_local;
	}
	/* All of a network is heard at once. */
	assert_true(listening_assess(1, 256, 256).p_local > 0.999);
	assert_true(listening_assess(1, 999, 256).p_local <= 1);
	assert_true(listening_assess(10, 0, 256).minutes_to_95_local < 0);
	assert_false(listening_assess(0.5, 1, 256).is_meaningful);
	/* A /16 telescope hears the random mode. */
	assert_true(listening_assess(10, 65536, 65536).minutes_to_95_random > 0);
}

static void listening_counts_networks_and_those_that_were_called(void **state)
{
	struct world w = {.max_hosts = 1000, .listened_ns = 20 * 60 * NS_PER_S};

	(void)state;
	for (uint32_t i = 0; i < 300; i++)
		speaks(&w, i + 1); /* 10.0.0.x and 10.0.1.x */
	w.seen[0].attempts_to = 1;
	w.seen[1].attempts_to = 9;

	struct outbreak *o = build(&w);

	assert_int_equal(o->listening.local_addresses, 512);
	assert_int_equal(o->listening.heard_addresses, 2);
	assert_true(o->listening.is_meaningful);
	assert_true(o->listening.minutes > 19.9 && o->listening.minutes < 20.1);
	outbreak_free(o);
}

static void a_listener_hears_for_itself_in_its_own_network(void **state)
{
	static const struct {
		const char *own[3];
		unsigned bits[3]; /* of IPv4 */
		uint32_t called;  /* the last part of 10.0.0.x, or 0 */
		unsigned heard, local;
	} rows[] = {
		{{"10.0.0.7"}, {24}, 0, 1, 256},
		{{"10.0.0.7"}, {24}, 7, 1, 256},
		{{"10.0.0.7"}, {24}, 8, 2, 256},
		{{"10.0.0.7"}, {16}, 8, 2, 65536},
		{{"10.0.0.7"}, {22}, 8, 2, 1024},
		{{"10.0.0.7", "10.0.0.9"}, {24, 24}, 0, 2, 256},
		{{"10.0.0.7", "10.9.0.9"}, {24, 23}, 0, 2, 768},
		{{"192.0.2.1"}, {28}, 8, 2, 16 + 256},
		{{"10.0.0.7"}, {32}, 0, 1, 256},
		{{"10.0.0.7"}, {0}, 0, 1, 1u << 24},
		{{"fd00::1"}, {0}, 0, 1, 256},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world w = {.max_hosts = 10, .listened_ns = 20 * 60 * NS_PER_S};

		print_message("           row %zu\n", i);
		for (; w.n_own < 3 && rows[i].own[w.n_own] != NULL; w.n_own++) {
			w.own[w.n_own].bits = 96 + rows[i].bits[w.n_own];
			assert_int_equal(addr_parse(rows[i].own[w.n_own], &w.own[w.n_own].addr),
					 RC_OK);
		}
		if (rows[i].called != 0) {
			speaks(&w, rows[i].called);
			w.seen[0].attempts_to = 1;
		}

		struct outbreak *o = build(&w);

		assert_int_equal(o->listening.heard_addresses, rows[i].heard);
		assert_int_equal(o->listening.local_addresses, rows[i].local);
		outbreak_free(o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_of_verdicts_holds),
		cmocka_unit_test(a_spreading_worm_is_told_apart_from_its_targets),
		cmocka_unit_test(the_same_finding_twice_is_joined),
		cmocka_unit_test(a_trusted_source_is_a_scanner_at_most_and_its_findings_stay),
		cmocka_unit_test(addresses_of_no_machine_are_no_hosts),
		cmocka_unit_test(quiet_machines_past_the_limit_are_counted),
		cmocka_unit_test(each_kind_of_deed_has_one_reason_and_the_strongest_comes_first),
		cmocka_unit_test(nothing_at_all_is_an_answer),
		cmocka_unit_test(deeds_are_the_machines_that_had_the_address_then),
		cmocka_unit_test(who_is_known_by_address_or_lost_it_meanwhile_is_marked),
		cmocka_unit_test(who_has_no_address_is_a_machine_all_the_same),
		cmocka_unit_test(half_an_hour_is_enough_for_one_listener_in_a_small_network),
		cmocka_unit_test(listening_gets_better_with_time_and_with_addresses),
		cmocka_unit_test(listening_counts_networks_and_those_that_were_called),
		cmocka_unit_test(a_listener_hears_for_itself_in_its_own_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
