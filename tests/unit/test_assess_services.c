/* The stubs of the service controller, and which services are anti-malware. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "assess/services.h"
#include "wire/svcctl.h"
#include "wire/utf16.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

/* Laid out by hand from MS-SCMR 2.2.15: disabled, with a path and a name to show. */
static const struct bytes config =
	LIT("\x20\0\0\0\4\0\0\0\1\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\4\0\2\0"
	    "\2\0\0\0\0\0\0\0\2\0\0\0x\0\0\0\3\0\0\0\0\0\0\0\3\0\0\0a\0b\0\0\0\0\0"
	    "\0\0\0\0\0\0\0\0");

static bool read_reply(struct bytes stub, uint16_t opnum, struct svcctl_response *ret_s)
{
	struct reader r = {.rest = stub};
	struct ndr n = ndr_reader(&r, false, false);

	*ret_s = (struct svcctl_response){.opnum = opnum};
	return svcctl_response(&n, ret_s);
}

static void a_configuration_is_read(void **unused)
{
	struct svcctl_response s;

	(void)unused;
	assert_true(read_reply(config, SVCCTL_QUERY_CONFIG, &s));
	assert_int_equal(s.start, SVCCTL_DISABLED);
	assert_true(bytes_eq(s.path.units, BYTES("x\0\0\0")));
	assert_true(bytes_eq(s.display.units, BYTES("a\0b\0\0\0")));
	assert_int_equal(s.status, 0);
	for (size_t cut = 0; cut < config.len; cut++)
		assert_false(read_reply((struct bytes){config.at, cut}, SVCCTL_QUERY_CONFIG, &s));
}

static void every_request_comes_back(void **unused)
{
	static const uint16_t opnums[] = {SVCCTL_CLOSE,        SVCCTL_QUERY_STATUS,
					  SVCCTL_ENUM,         SVCCTL_OPEN_MANAGER,
					  SVCCTL_OPEN_SERVICE, SVCCTL_QUERY_CONFIG};
	uint8_t room[256];

	(void)unused;
	for (size_t i = 0; i < sizeof(opnums) / sizeof(opnums[0]); i++) {
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct ndr n = ndr_writer(&w, false, false);
		struct svcctl_request got = {.opnum = opnums[i]},
				      q = {.opnum = opnums[i],
					   .name = ndr_string_of(BYTES("a\0b\0\0\0")),
					   .access = 5,
					   .type = SVCCTL_WIN32,
					   .states = SVCCTL_ALL_STATES,
					   .room = 65536,
					   .resume = 9};

		assert_true(svcctl_request(&n, &q));
		struct reader r = {.rest = {room, w.len}};

		n = ndr_reader(&r, false, false);
		assert_true(svcctl_request(&n, &got));
		assert_int_equal(r.rest.len, 0);
		if (opnums[i] == SVCCTL_ENUM)
			assert_int_equal(got.resume, 9);
		if (opnums[i] == SVCCTL_OPEN_SERVICE)
			assert_true(bytes_eq(got.name.units, q.name.units));
	}
}

/* A list as Windows sends it, and `all` filled from it. */
static void list(const char *const *names, const uint32_t *states, size_t n, struct services *all)
{
	static uint8_t texts[16][64], room[4096];
	struct svcctl_entry entries[16] = {{{NULL, 0}, 0, 0}};
	struct writer w = {.at = room, .cap = sizeof(room)};

	for (size_t i = 0; i < n; i++) {
		entries[i].name = utf16_from_ascii(names[i], texts[i], sizeof(texts[i]));
		entries[i].type = 0x20;
		entries[i].state = states[i];
	}
	svcctl_write_list(&w, entries, n);
	assert_false(w.bad);
	memset(all, 0, sizeof(*all));
	services_take(all, (struct bytes){room, w.len}, (uint32_t)n);
}

static void services_are_listed_without_regard_to_case(void **unused)
{
	static const char *const names[] = {"WinDefend", "BITS"};
	static const uint32_t states[] = {SVCCTL_RUNNING, SVCCTL_STOPPED};
	static struct services all;

	(void)unused;
	list(names, states, 2, &all);
	assert_int_equal(all.n, 2);
	assert_non_null(services_find(&all, "windefend"));
	assert_int_equal(services_find(&all, "bits")->state, SVCCTL_STOPPED);
	assert_null(services_find(&all, "bit"));
}

static void lists_that_lead_outside_end(void **unused)
{
	uint8_t room[72] = {72}; /* the first name begins behind the end */
	static struct services all;
	struct svcctl_entry e;

	(void)unused;
	assert_false(svcctl_entry((struct bytes){room, sizeof(room)}, 0, &e));
	room[0] = 70; /* two bytes are left of it, no end */
	room[70] = 'a';
	assert_true(svcctl_entry((struct bytes){room, sizeof(room)}, 0, &e));
	assert_int_equal(e.name.len, 2);
	assert_false(svcctl_entry((struct bytes){room, sizeof(room)}, 2, &e));
	services_take(&all, (struct bytes){room, sizeof(room)}, UINT32_MAX);
	assert_true(all.n <= 2);
}

static void more_services_than_there_is_room_for_are_told(void **unused)
{
	static struct services all;
	uint8_t room[40] = {36, [36] = 'x', [38] = 0};

	(void)unused;
	memset(&all, 0, sizeof(all));
	for (size_t i = 0; i < SERVICES_MAX + 1; i++)
		services_take(&all, (struct bytes){room, sizeof(room)}, 1);
	assert_int_equal(all.n, SERVICES_MAX);
	assert_true(all.is_cut);
}

static const struct {
	const char *what;
	const char *names[4];
	uint32_t states[4];
	size_t n;
	const char *product; /* NULL: none is found */
	uint32_t state;
} found[] = {
	{"none", {"bits", "spooler"}, {4, 4}, 2, NULL, 0},
	{"one that runs", {"bits", "McShield"}, {1, 4}, 2, "McAfee", SVCCTL_RUNNING},
	{"one that does not", {"ekrn"}, {1}, 1, "ESET", SVCCTL_STOPPED},
	{"of two services the one that runs",
	 {"ccEvtMgr", "Symantec AntiVirus"},
	 {4, 1},
	 2,
	 "Symantec",
	 SVCCTL_RUNNING},
	{"a version behind the name", {"AVP18.0.0"}, {4}, 1, "Kaspersky", SVCCTL_RUNNING},
	{"a name that only begins so", {"ekrnx"}, {4}, 1, NULL, 0},
	{"a product of one service is not the next one's", {"wrsvc"}, {1}, 1, "Webroot", 1},
};

static void anti_malware_is_recognised(void **unused)
{
	static struct services all;

	(void)unused;
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		size_t n = 0;

		print_message("           %s\n", found[i].what);
		list(found[i].names, found[i].states, found[i].n, &all);
		for (size_t k = 0; protection_product(k) != NULL; k++) {
			const struct service *s = protection_service(&all, k);

			if (s == NULL)
				continue;
			n++;
			assert_non_null(found[i].product);
			assert_string_equal(protection_product(k), found[i].product);
			assert_int_equal(s->state, found[i].state);
		}
		assert_int_equal(n, found[i].product != NULL ? 1 : 0);
	}
}

static void every_product_is_there_once(void **unused)
{
	(void)unused;
	for (size_t i = 0; protection_product(i) != NULL; i++) {
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(protection_product(i), protection_product(k));
	}
	assert_null(protection_signatures(1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_configuration_is_read),
		cmocka_unit_test(every_request_comes_back),
		cmocka_unit_test(services_are_listed_without_regard_to_case),
		cmocka_unit_test(lists_that_lead_outside_end),
		cmocka_unit_test(more_services_than_there_is_room_for_are_told),
		cmocka_unit_test(anti_malware_is_recognised),
		cmocka_unit_test(every_product_is_there_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
