/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "host/vendor.h"
#include "host/vendor_table.h"

static void makers_are_found_by_the_longest_prefix(void **unused)
{
	static const struct {
		struct mac mac;
		const char *vendor;
	} rows[] = {
		{{{0x00, 0x0c, 0x29, 0xad, 0x43, 0x25}}, "VMware"},
		{{{0x00, 0x14, 0x22, 0x01, 0x02, 0x03}}, "Dell"},
		{{{0x00, 0x00, 0x0c, 0x01, 0x02, 0x03}}, "Cisco Systems"},
		/* 00:50:c2 is IEEE's own, handed on in blocks; 00:1b:c5 too */
		{{{0x00, 0x1b, 0xc5, 0x00, 0x10, 0x01}}, "OpenRB.com, Direct SIA"},
		{{{0x02, 0x0c, 0x29, 0x01, 0x02, 0x03}}, ""}, /* made up by itself */
		{{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}, ""},
		{{{0}}, "Xerox"},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(vendor_of(&rows[i].mac), rows[i].vendor);
}

static void the_table_is_sorted_and_no_larger_than_promised(void **unused)
{
	size_t texts = 0;

	(void)unused;
	assert_true(n_vendors_24 > 30000 && n_vendors_28 > 4000 && n_vendors_36 > 4000);
	for (size_t i = 1; i < n_vendors_24; i++)
		assert_true(vendor_prefixes_24[i - 1] < vendor_prefixes_24[i]);
	for (size_t i = 1; i < n_vendors_28; i++)
		assert_true(vendor_prefixes_28[i - 1] < vendor_prefixes_28[i]);
	for (size_t i = 1; i < n_vendors_36; i++)
		assert_true(vendor_prefixes_36[i - 1] < vendor_prefixes_36[i]);
	for (size_t i = 0; i < n_vendors_24; i++) {
		assert_true(vendor_texts[vendor_names_24[i]] != '\0');
		texts = vendor_names_24[i] > texts ? vendor_names_24[i] : texts;
	}
	assert_true(texts + n_vendors_24 * 8 + n_vendors_28 * 8 + n_vendors_36 * 12 < 1500000);
}

static void kinds_follow_the_prefix_and_the_local_bit(void **unused)
{
	static const struct {
		struct mac mac;
		const char *name;
	} rows[] = {
		{{{0x00, 0x14, 0x22, 1, 2, 3}}, ""},
		{{{0xda, 0xa1, 0x19, 1, 2, 3}}, "random"},
		{{{0x00, 0x00, 0x5e, 0x00, 0x01, 0x0a}}, "virtual"},
		{{{0x00, 0x00, 0x5e, 0x00, 0x02, 0x0a}}, "virtual"},
		{{{0x00, 0x00, 0x5e, 0x00, 0x53, 0x0a}}, ""}, /* for documents */
		{{{0x00, 0x00, 0x0c, 0x07, 0xac, 0x01}}, "virtual"},
		{{{0x00, 0x00, 0x0c, 0x9f, 0xf0, 0x01}}, "virtual"},
		{{{0x00, 0x00, 0x0c, 0x9f, 0xe0, 0x01}}, ""},
		{{{0x03, 0xbf, 0x0a, 1, 2, 3}}, "virtual"},
		{{{0x52, 0x54, 0x00, 1, 2, 3}}, "guest"},
		{{{0x00, 0x50, 0x56, 1, 2, 3}}, "guest"},
		{{{0x01, 0x00, 0x5e, 1, 2, 3}}, "group"},
		{{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}, "group"},
		{{{0}}, "group"},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(mac_kind_name(mac_kind(&rows[i].mac)), rows[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makers_are_found_by_the_longest_prefix),
		cmocka_unit_test(the_table_is_sorted_and_no_larger_than_promised),
		cmocka_unit_test(kinds_follow_the_prefix_and_the_local_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
