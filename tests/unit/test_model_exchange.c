/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <stdlib.h>

#include "model/exchange.h"
#include "model/exchange.pb-c.h"

static struct finding a_finding(void)
{
	struct finding f = {
		.threat = "ms08-067",
		.class = CLASS_EXPLOIT,
		.source = addr_v4(0x0a000001),
		.target = addr_v4(0x0a000002),
		.has_target = true,
		.first_ns = 5,
		.last_ns = 9,
		.count = 3,
		.packets = {17, 18, 4000000000000},
		.n_packets = 3,
		.confidence = 98,
		.why = "a sentence, packet 17",
	};

	finding_detail_text(&f, "path", "\\a\\..\\..\\b");
	finding_detail_number(&f, "units", 305);
	return f;
}

static void a_finding_survives_the_journey(void **unused)
{
	struct finding f = a_finding(), back;
	struct bytes m = {0};
	struct detail d;
	uint8_t *at = NULL;

	(void)unused;
	memset(&back, 0xff, sizeof(back));
	assert_int_equal(exchange_pack_finding(&f, &at, &m.len), RC_OK);
	m.at = at;
	assert_int_equal(exchange_unpack_finding(m, &back), RC_OK);
	assert_string_equal(back.threat, f.threat);
	assert_string_equal(back.why, f.why);
	assert_int_equal(back.class, f.class);
	assert_true(addr_eq(&back.source, &f.source));
	assert_true(back.has_target && addr_eq(&back.target, &f.target));
	assert_int_equal(back.count, 3);
	assert_int_equal(back.n_packets, 3);
	assert_memory_equal(back.packets, f.packets, 3 * sizeof(f.packets[0]));
	assert_int_equal(back.n_details, 2);
	assert_true(finding_detail_get(&back, "path", &d));
	assert_string_equal(d.text, "\\a\\..\\..\\b");
	assert_true(finding_detail_get(&back, "units", &d));
	assert_true(d.is_number && d.number == 305);
	free(at);
}

/* What a subverted sensor may send instead; each spoils one member of a good message. */
enum spoilt {
	CLASS_TOO_HIGH,
	CONFIDENCE_TOO_HIGH,
	ADDRESS_TOO_SHORT,
	TEXT_TOO_LONG,
	TOO_MANY,
	DETAIL_TOO_LONG,
	DETAIL_TWICE,
	DETAILS_TOO_MANY,
	DETAILS_TOO_LONG,
	THREAT_NO_NAME,
	THREAT_EMPTY,
	KEY_NO_NAME,
	SPOILTS
};

/* `n` details, all alike but for their keys. */
static void give_details(Quell__Finding *m, size_t n, const char *text, bool same_key)
{
	static Quell__Detail details[FINDING_DETAILS + 1];
	static Quell__Detail *rows[FINDING_DETAILS + 1];
	static char keys[FINDING_DETAILS + 1][24];

	for (size_t i = 0; i < n; i++) {
		snprintf(keys[i], sizeof(keys[i]), "k%zu", same_key ? 0 : i);
		quell__detail__init(&details[i]);
		details[i].key = keys[i];
		details[i].text = (char *)(uintptr_t)text;
		rows[i] = &details[i];
	}
	m->details = rows;
	m->n_details = n;
}

static void a_value_out_of_range_is_refused(void **unused)
{
	static char long_text[FINDING_WHY + 1];
	uint64_t packets[FINDING_PACKETS + 1] = {0};
	uint8_t source[16] = {0};

	(void)unused;
	memset(long_text, 'x', sizeof(long_text) - 1);
	for (int i = CLASS_TOO_HIGH - 1; i < SPOILTS; i++) {
		Quell__Finding m = QUELL__FINDING__INIT;
		struct finding f;
		uint8_t wire[8192];

		m.threat = (char *)(uintptr_t) "x";
		m.why = (char *)(uintptr_t) "y";
		m.source = (ProtobufCBinaryData){16, source};
		if (i == CLASS_TOO_HIGH)
			m.class_ = CLASSES;
		if (i == CONFIDENCE_TOO_HIGH)
			m.confidence = 101;
		if (i == ADDRESS_TOO_SHORT)
			m.source.len = 15;
		if (i == TEXT_TOO_LONG)
			m.why = long_text;
		if (i == TOO_MANY) {
			m.packets = packets;
			m.n_packets = FINDING_PACKETS + 1;
		}
		give_details(&m, FINDING_DETAILS, "", false);
		if (i == DETAIL_TOO_LONG)
			give_details(&m, 1, long_text, false);
		if (i == DETAIL_TWICE)
			give_details(&m, 2, "", true);
		if (i == DETAILS_TOO_MANY)
			give_details(&m, FINDING_DETAILS + 1, "", false);
		if (i == DETAILS_TOO_LONG)
			give_details(&m, FINDING_DETAILS, long_text + FINDING_WHY - 100, false);
		if (i == THREAT_NO_NAME)
			m.threat = (char *)(uintptr_t) "ms08\xfa";
		if (i == THREAT_EMPTY)
			m.threat = (char *)(uintptr_t) "";
		if (i == KEY_NO_NAME)
			m.details[0]->key = (char *)(uintptr_t) "a\n";
		size_t len = quell__finding__pack(&m, wire);
		enum rc want = i < CLASS_TOO_HIGH ? RC_OK : RC_FORMAT;

		assert_int_equal(exchange_unpack_finding((struct bytes){wire, len}, &f), want);
	}
}

static void text_that_is_no_utf8_becomes_so(void **unused)
{
	struct finding f = a_finding(), back;
	struct exchange_source o = {.error = "\xfa.pcap: no capture"}, o2;
	struct coverage c = {.packets = 1}, c2;
	struct bytes m = {0};
	uint8_t *at = NULL;

	(void)unused;
	memcpy(f.why, "\xc3(", 3);
	assert_int_equal(exchange_pack_finding(&f, &at, &m.len), RC_OK);
	m.at = at;
	assert_int_equal(exchange_unpack_finding(m, &back), RC_OK);
	assert_string_equal(back.why, "\xef\xbf\xbd(");
	free(at);
	assert_int_equal(exchange_pack_source(&o, &at, &m.len), RC_OK);
	m.at = at;
	assert_int_equal(exchange_unpack_source(m, &o2), RC_OK);
	assert_string_equal(o2.error, "\xef\xbf\xbd.pcap: no capture");
	free(o2.first_seq);
	free(at);
	named_count_add(c.limits, &c.n_limits, "\xff", 3);
	assert_int_equal(exchange_pack_coverage(&c, &at, &m.len), RC_OK);
	m.at = at;
	assert_int_equal(exchange_unpack_coverage(m, &c2), RC_OK);
	assert_string_equal(c2.limits[0].name, "\xef\xbf\xbd");
	free(at);
}

static void coverage_survives_the_journey(void **unused)
{
	struct coverage c = {.packets = 1, .malformed = 77, .encrypted_smb_flows = 4}, back;
	struct bytes m = {0};
	uint8_t *at = NULL;

	(void)unused;
	named_count_add(c.anomalies, &c.n_anomalies, "smb1: andx-loop", 7);
	named_count_add(c.limits, &c.n_limits, "flows", 3);
	assert_int_equal(exchange_pack_coverage(&c, &at, &m.len), RC_OK);
	m.at = at;
	assert_int_equal(exchange_unpack_coverage(m, &back), RC_OK);
	assert_memory_equal(&back, &c, offsetof(struct coverage, anomalies));
	assert_int_equal(back.n_anomalies, 1);
	assert_string_equal(back.anomalies[0].name, "smb1: andx-loop");
	assert_int_equal(back.limits[0].n, 3);
	free(at);
}

static void sighting_source_and_status_survive_the_journey(void **unused)
{
	uint64_t first[2] = {1, 500};
	struct sighting s = {.addr = addr_v4(7),
			     .n_macs = 1,
			     .macs = {{{1, 2, 3, 4, 5, 6}}},
			     .attempts_to = 9,
			     .has_spoken = true,
			     .first_ns = 1,
			     .last_ns = 2},
			s2;
	struct exchange_source o = {.packets = 3,
				    .listened_ns = 8,
				    .first_seq = first,
				    .n_files = 2,
				    .error = "x.pcap: no capture"},
			       o2;
	struct exchange_status t = {1, 2, 3, 4}, t2;
	struct bytes m = {0};
	uint8_t *at = NULL;

	(void)unused;
	assert_int_equal(exchange_pack_sighting(&s, &at, &m.len), RC_OK);
	m.at = at;
	assert_int_equal(exchange_unpack_sighting(m, &s2), RC_OK);
	free(at);
	assert_true(addr_eq(&s2.addr, &s.addr) && s2.n_macs == 1 && mac_eq(s2.macs, s.macs));
	assert_true(s2.has_spoken && s2.attempts_to == 9 && s2.last_ns == 2);
	assert_int_equal(exchange_pack_source(&o, &at, &m.len), RC_OK);
	m.at = at;
	assert_int_equal(exchange_unpack_source(m, &o2), RC_OK);
	free(at);
	assert_int_equal(o2.n_files, 2);
	assert_int_equal(o2.first_seq[1], 500);
	assert_string_equal(o2.error, o.error);
	free(o2.first_seq);
	assert_int_equal(exchange_pack_status(&t, &at, &m.len), RC_OK);
	m.at = at;
	assert_int_equal(exchange_unpack_status(m, &t2), RC_OK);
	free(at);
	assert_memory_equal(&t2, &t, sizeof(t));
}

static void presence_that_cannot_be_is_refused(void **unused)
{
	const uint64_t last = UINT64_C(1) << 59;
	static const struct addr who = {{0xfe, 0x80, [15] = 7}};
	const struct {
		struct presence p;
		enum rc want;
	} cases[] = {
		{{who, 486112, last | 1, last}, RC_OK},   {{who, UINT32_MAX, last, 0}, RC_OK},
		{{who, 486112, 0, 0}, RC_FORMAT},         /* nobody needs to be told that */
		{{who, 486112, last << 1, 0}, RC_FORMAT}, /* minute 60 */
		{{who, 486112, 1, 2}, RC_FORMAT},         /* attacked, and was not heard */
	};

	(void)unused;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct presence back = {.hour = 1};
		struct bytes m = {0};
		uint8_t *at = NULL;

		assert_int_equal(exchange_pack_presence(&cases[i].p, &at, &m.len), RC_OK);
		m.at = at;
		assert_int_equal(exchange_unpack_presence(m, &back), cases[i].want);
		if (cases[i].want == RC_OK)
			assert_true(presence_cmp(&back, &cases[i].p) == 0 &&
				    back.alive == cases[i].p.alive &&
				    back.hostile == cases[i].p.hostile);
		else
			assert_int_equal(back.hour, 1); /* untouched */
		m.len--;
		assert_int_equal(exchange_unpack_presence(m, &back), RC_FORMAT);
		free(at);
	}
}

static void a_fact_survives_the_journey(void **unused)
{
	struct fact facts[] = {
		{.kind = FACT_USER,
		 .source = FROM_NTLM,
		 .confidence = 80,
		 .addr = addr_v4(0x0a000001),
		 .host = "",
		 .value = "CORP\\eva",
		 .origin = "",
		 .machine = "",
		 .first_ns = 5,
		 .last_ns = 9,
		 .count = 3,
		 .packet = 17},
		{.kind = FACT_LINK,
		 .source = FROM_LIST_DHCP,
		 .confidence = 100,
		 .has_mac = true,
		 .is_ended = true,
		 .mac = {{1, 2, 3, 4, 5, 6}},
		 .host = "lap-7",
		 .value = "",
		 .origin = "leases",
		 .machine = "mac:010203040506",
		 .first_ns = 1,
		 .last_ns = 1,
		 .until_ns = UINT64_MAX,
		 .count = 1},
	};
	struct arena *arena = NULL;

	(void)unused;
	assert_int_equal(arena_new(0, &arena), RC_OK);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		struct bytes m = {0};
		uint8_t *at = NULL;
		struct fact back;

		memset(&back, 0xff, sizeof(back));
		assert_int_equal(exchange_pack_fact(&facts[i], &at, &m.len), RC_OK);
		m.at = at;
		assert_int_equal(exchange_unpack_fact(m, arena, &back), RC_OK);
		free(at);
		assert_int_equal(fact_cmp(&back, &facts[i]), 0);
		assert_string_equal(back.machine, facts[i].machine);
	}
	arena_free(arena);
}

/* Each spoils one member of a good one. */
static void a_fact_that_cannot_be_is_refused(void **unused)
{
	char long_text[EXCHANGE_TEXT + 2] = "";
	enum {
		GOOD,
		NO_KIND,
		KIND,
		NO_SOURCE,
		SOURCE,
		SURE,
		UNSURE,
		BACKWARDS,
		MAC,
		ADDR,
		LONG,
		ABOUT_NOBODY,
		SAYS_NOTHING,
		CASES
	};
	struct arena *arena = NULL;
	uint8_t bytes[16] = {1};

	(void)unused;
	memset(long_text, 'x', sizeof(long_text) - 1);
	assert_int_equal(arena_new(0, &arena), RC_OK);
	for (int i = GOOD; i < CASES; i++) {
		Quell__Fact m = QUELL__FACT__INIT;
		uint8_t wire[2048];
		struct fact f;
		size_t len;

		m.kind = i == NO_KIND ? 0 : i == KIND ? FACT_KINDS : FACT_NAME;
		m.source = i == NO_SOURCE ? 0 : i == SOURCE ? 50 : FROM_DHCP;
		m.confidence = i == SURE ? 101 : i == UNSURE ? 0 : 50;
		m.first_ns = i == BACKWARDS ? 3 : 2;
		m.last_ns = 2;
		m.mac = (ProtobufCBinaryData){i == MAC ? 5 : i == ABOUT_NOBODY ? 0 : 6, bytes};
		m.addr = (ProtobufCBinaryData){i == ADDR ? 15 : 0, bytes};
		m.value = (char *)(uintptr_t)(i == LONG           ? long_text
					      : i == SAYS_NOTHING ? ""
								  : "PC-1");
		len = quell__fact__pack(&m, wire);
		assert_int_equal(exchange_unpack_fact((struct bytes){wire, len}, arena, &f),
				 i == GOOD ? RC_OK : RC_FORMAT);
	}
	arena_free(arena);
}

static void lists_too_long_are_refused(void **unused)
{
	uint8_t address[16] = {0}, wire[4096];
	ProtobufCBinaryData macs[SIGHTING_MACS + 1];
	Quell__NamedCount row = QUELL__NAMED_COUNT__INIT, *rows[COVERAGE_NAMED + 1];
	uint64_t counters[offsetof(struct coverage, anomalies) / sizeof(uint64_t)] = {0};

	(void)unused;
	for (int over = 0; over < 2; over++) {
		enum rc want = over ? RC_FORMAT : RC_OK;
		Quell__Sighting s = QUELL__SIGHTING__INIT;
		Quell__Coverage c = QUELL__COVERAGE__INIT;
		struct sighting s2;
		struct coverage c2;

		s.addr = (ProtobufCBinaryData){16, address};
		s.macs = macs;
		s.n_macs = SIGHTING_MACS + (size_t)over;
		for (size_t i = 0; i < s.n_macs; i++)
			macs[i] = (ProtobufCBinaryData){6, address};
		size_t len = quell__sighting__pack(&s, wire);

		assert_int_equal(exchange_unpack_sighting((struct bytes){wire, len}, &s2), want);
		row.name = (char *)(uintptr_t) "x";
		for (size_t i = 0; i <= COVERAGE_NAMED; i++)
			rows[i] = &row;
		c.n_counters = sizeof(counters) / sizeof(counters[0]);
		c.counters = counters;
		c.limits = rows;
		c.n_limits = COVERAGE_NAMED + (size_t)over;
		len = quell__coverage__pack(&c, wire);
		assert_int_equal(exchange_unpack_coverage((struct bytes){wire, len}, &c2), want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_survives_the_journey),
		cmocka_unit_test(a_value_out_of_range_is_refused),
		cmocka_unit_test(presence_that_cannot_be_is_refused),
		cmocka_unit_test(a_fact_survives_the_journey),
		cmocka_unit_test(a_fact_that_cannot_be_is_refused),
		cmocka_unit_test(text_that_is_no_utf8_becomes_so),
		cmocka_unit_test(lists_too_long_are_refused),
		cmocka_unit_test(coverage_survives_the_journey),
		cmocka_unit_test(sighting_source_and_status_survive_the_journey),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
