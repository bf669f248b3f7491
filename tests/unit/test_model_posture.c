/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "model/posture_pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { V = OBSERVED_VALUE, ABSENT = OBSERVED_ABSENT, UNREADABLE = OBSERVED_UNREADABLE };

static const struct observation sample[] = {
	{"os.version", "5.1.2600", V, BY_REGISTRY, 30},
	{"os.version", "5.1.2600", V, BY_SMB, 10},
	{"os.name", "Windows XP Professional", V, BY_REGISTRY, 31},
	{"file:system32/netapi32.dll", "5.1.2600.5512", V, BY_FILE, 40},
	{"registry:HKLM\\SOFTWARE\\A\\", "present", V, BY_REGISTRY, 50},
	{"registry:HKLM\\software\\a\\B", "1", V, BY_REGISTRY, 50},
	{"account:Guest", "rid=501 disabled", V, BY_SAMR, 60},
	{"account:Administrator", "rid=500 enabled", V, BY_SAMR, 61},
	{"accounts", "not of them", V, BY_SAMR, 61},
	{"smb.null-session", "access denied", UNREADABLE, BY_SMB, 12},
	{"hotfix:KB958644", "", ABSENT, BY_REGISTRY, 70},
	{"share:C$", "disk hidden", V, BY_SHARES, 5},
};
enum { N = sizeof(sample) / sizeof(sample[0]) };

static struct posture *posture_of(const struct observation *list, size_t n)
{
	struct posture *p = NULL;

	assert_int_equal(posture_new(&p), RC_OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(posture_add(p, &list[i]), RC_OK);
	return p;
}

static struct bytes packed(const struct posture *p)
{
	struct bytes b = {0};
	uint8_t *at = NULL;

	assert_int_equal(posture_pack(p, &at, &b.len), RC_OK);
	b.at = at;
	return b;
}

static void packed_free(struct bytes b)
{
	free((void *)(uintptr_t)b.at);
}

static void any_order_makes_the_same_posture(void **state)
{
	struct posture *p = posture_of(sample, N);
	struct bytes want = packed(p);

	(void)state;
	assert_int_equal(p->n, N);
	assert_int_equal(p->at_ns, 70);
	for (size_t i = 1; i < p->n; i++)
		assert_true(posture_cmp(&p->list[i - 1], &p->list[i]) < 0);
	for (size_t i = 0; i < N * 2; i++) { /* rotated; every second time by steps of five */
		struct observation list[N];
		struct posture *other;
		struct bytes got;

		for (size_t j = 0; j < N; j++)
			list[j] = sample[(i / 2 + j * (i % 2 == 0 ? 1 : 5)) % N];
		other = posture_of(list, N);
		got = packed(other);
		assert_true(bytes_eq(want, got));
		packed_free(got);
		posture_free(other);
	}
	packed_free(want);
	posture_free(p);
}

static void some_keys_alone_are_unpacked(void **state)
{
	/* In posture_cmp order; one that is not there, and one of two sources. */
	static const char *const keys[] = {"file:system32/NETAPI32.dll", "hotfix:KB1", "os.version",
					   "share:C$"};
	static const char *const want[] = {"5.1.2600.5512", "5.1.2600", "5.1.2600", "disk hidden"};
	const struct posture_wanted only = {keys, 4}, none = {keys, 0};
	struct posture *p = posture_of(sample, N), *some = NULL;
	struct bytes b = packed(p);

	(void)state;
	assert_int_equal(posture_unpack_some(b, &only, &some), RC_OK);
	assert_int_equal(some->n, 4);
	for (size_t i = 0; i < some->n; i++)
		assert_string_equal(some->list[i].value, want[i]);
	assert_int_equal(some->at_ns, 70);
	posture_free(some);
	assert_int_equal(posture_unpack_some(b, &none, &some), RC_OK);
	assert_int_equal(some->n, 0);
	posture_free(some);
	for (; b.len > 0; b.len--) { /* also of what is passed over, nothing may be cut off */
		const struct bytes cut = {b.at, b.len - 1};

		assert_int_equal(posture_unpack_some(cut, &none, &some), RC_FORMAT);
	}
	packed_free(b);
	posture_free(p);
}

/* Lengths of one byte and of two are passed over by different code. */
static void keys_of_any_length_are_passed_over(void **state)
{
	static const size_t lens[] = {1, 2, 126, 127, 128, 129, 255, 300};
	static const char *const keys[] = {"m:wanted", "zz"};
	const struct posture_wanted only = {keys, 2};
	char key[POSTURE_KEY], value[POSTURE_VALUE];

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		struct posture *p = NULL, *some = NULL;
		size_t key_len = lens[i / 8], value_len = lens[i % 8];
		struct bytes b;

		assert_int_equal(posture_new(&p), RC_OK);
		memset(key, 'a', key_len);
		memset(value, 'v', value_len);
		key[key_len] = value[value_len] = '\0';
		for (unsigned k = 0; k < 8; k++) { /* before, between and behind them */
			key[0] = "amz~"[k / 2];
			key[key_len - 1] = "ab"[k % 2];
			assert_int_equal(posture_add(p, &(struct observation){key, value, V,
									      BY_FILE, 1 + k}),
					 RC_OK);
		}
		for (unsigned k = 0; k < 2; k++)
			assert_int_equal(posture_add(p, &(struct observation){keys[k], "1", V,
									      BY_FILE, 500}),
					 RC_OK);
		b = packed(p);
		assert_int_equal(posture_unpack_some(b, &only, &some), RC_OK);
		assert_int_equal(some->n, 2);
		assert_string_equal(some->list[0].key, "m:wanted");
		assert_string_equal(some->list[1].key, "zz");
		packed_free(b);
		posture_free(some);
		posture_free(p);
	}
}

/* Whether its lengths are of one byte or of two. */
static void a_zero_in_a_key_that_is_passed_over_is_damage(void **state)
{
	static const char *const keys[] = {"z"};
	const struct posture_wanted only = {keys, 1};
	char value[200];

	(void)state;
	memset(value, 'v', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	for (unsigned i = 0; i < 2; i++) {
		struct posture *p = NULL, *some = NULL;
		struct bytes b;
		uint8_t *at;

		assert_int_equal(posture_new(&p), RC_OK);
		assert_int_equal(posture_add(p, &(struct observation){"other", i == 0 ? "" : value,
								      V, BY_FILE, 1}),
				 RC_OK);
		b = packed(p);
		at = memmem(b.at, b.len, "other", 5);
		assert_non_null(at);
		assert_int_equal(posture_unpack_some(b, &only, &some), RC_OK);
		posture_free(some);
		at[3] = '\0';
		assert_int_equal(posture_unpack_some(b, &only, &some), RC_FORMAT);
		packed_free(b);
		posture_free(p);
	}
}

static void only_what_comes_last_and_is_clean_is_appended(void **state)
{
	static const struct {
		struct observation o;
		enum rc rc;
	} rows[] = {
		{{"os.version", "", OBSERVED_ABSENT, BY_REGISTRY, 1}, RC_OK},
		{{"os.version", "5.1", V, BY_REGISTRY, 2}, RC_INVAL}, /* the same key and source */
		{{"os.version", "5.1", V, BY_FILE, 2}, RC_INVAL},     /* before it */
		{{"os.name", "5.1", V, BY_REGISTRY, 2}, RC_INVAL},
		{{"", "5.1", V, BY_REGISTRY, 2}, RC_INVAL},
		{{"z\xff", "5.1", V, BY_REGISTRY, 2}, RC_INVAL},
		{{"z", "\xc3", V, BY_REGISTRY, 2}, RC_INVAL},
		{{"z", "5.1", 0, BY_REGISTRY, 2}, RC_INVAL},
		{{"z", "5.1", V, 0, 2}, RC_INVAL},
		{{"os.version", "5.1", V, BY_LIST, 2}, RC_OK},
		{{"z", "\xc3\xbc", V, BY_REGISTRY, 9}, RC_OK},
	};
	struct posture *p = NULL;

	(void)state;
	assert_int_equal(posture_new(&p), RC_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(posture_append(p, &rows[i].o), rows[i].rc);
	assert_int_equal(p->n, 3);
	assert_int_equal(p->at_ns, 9);
	posture_free(p);
}

static void a_posture_that_is_read_over_has_nothing_of_before(void **state)
{
	struct posture *p = posture_of(sample, N), *one = posture_of(sample, 1), *over = NULL;
	struct bytes many = packed(p), few = packed(one), again;

	(void)state;
	assert_int_equal(posture_new(&over), RC_OK);
	for (unsigned i = 0; i < 6; i++) {
		const struct bytes in = i % 2 == 0 ? many : few, cut = {in.at, in.len - 1};

		if (i > 2)
			assert_int_equal(posture_unpack_over(cut, NULL, over), RC_FORMAT);
		assert_int_equal(posture_unpack_over(in, NULL, over), RC_OK);
		again = packed(over);
		assert_true(bytes_eq(again, in));
		packed_free(again);
	}
	packed_free(many);
	packed_free(few);
	posture_free(over);
	posture_free(one);
	posture_free(p);
}

static void the_later_one_of_a_source_stays(void **state)
{
	static const struct {
		struct observation one, two;
		const char *key, *value;
	} rows[] = {
		{{"os.ubr", "1", V, BY_REGISTRY, 5},
		 {"os.ubr", "22", V, BY_REGISTRY, 6},
		 "os.ubr",
		 "22"},
		{{"os.ubr", "22", V, BY_REGISTRY, 6},
		 {"os.ubr", "1", V, BY_REGISTRY, 5},
		 "os.ubr",
		 "22"},
		{{"os.ubr", "1", V, BY_REGISTRY, 5},
		 {"os.ubr", "2", V, BY_REGISTRY, 5},
		 "os.ubr",
		 "1"},
		{{"os.ubr", "", V, BY_REGISTRY, 5},
		 {"os.ubr", "2", V, BY_REGISTRY, 6},
		 "os.ubr",
		 "2"},
		{{"file:A/b", "long one", V, BY_FILE, 5},
		 {"file:a/B", "x", V, BY_FILE, 6},
		 "file:a/B",
		 "x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct posture *p = posture_of(&rows[i].one, 1);

		print_message("           row %zu\n", i);
		assert_int_equal(posture_add(p, &rows[i].two), RC_OK);
		assert_int_equal(p->n, 1);
		assert_string_equal(p->list[0].key, rows[i].key);
		assert_string_equal(p->list[0].value, rows[i].value);
		posture_free(p);
	}
}

static void a_replaced_value_takes_its_state_along(void **state)
{
	static const struct observation list[] = {{"smb.smb1", "no answer", UNREADABLE, BY_SMB, 1},
						  {"smb.smb1", "on", V, BY_SMB, 2}};
	struct posture *p = posture_of(list, 2);

	(void)state;
	assert_string_equal(posture_value(p, "smb.smb1"), "on");
	posture_free(p);
}

static void case_counts_before_the_first_colon_only(void **state)
{
	static const struct {
		const char *told, *asked;
		bool is_found;
	} rows[] = {
		{"registry:HKLM\\SYSTEM\\X", "registry:hklm\\system\\x", true},
		{"file:system32/srv.sys", "file:System32/SRV.SYS", true},
		{"file.checksum:system32/srv.sys", "file.checksum:SYSTEM32/srv.sys", true},
		{"service:WinDefend", "service:windefend", true},
		{"Service:WinDefend", "service:WinDefend", false},
		{"os.version", "OS.version", false},
		{"os.version", "os.Version", false},
		{"serviCe:x", "service:x", false},
		{"account:J\xc3\xbcrgen", "account:j\xc3\xbcrgen", true},
		{"account:J\xc3\xbcrgen", "account:j\xc3\x9crgen",
		 false}, /* only ASCII is folded */
		{"registry:A", "registry:AB", false},
		{"registry:AB", "registry:A", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct observation o = {rows[i].told, "v", V, BY_SCRIPT, 1};
		struct posture *p = posture_of(&o, 1);

		print_message("           %s, %s\n", rows[i].told, rows[i].asked);
		assert_int_equal(posture_find(p, rows[i].asked) != NULL, rows[i].is_found);
		assert_int_equal(posture_from(p, rows[i].asked, BY_SCRIPT) != NULL,
				 rows[i].is_found);
		assert_null(posture_from(p, rows[i].asked, BY_LIST));
		posture_free(p);
	}
}

static void the_best_is_readable_then_nearest_to_the_truth(void **state)
{
	static const struct observation list[] = {
		{"a", "registry", V, BY_REGISTRY, 9},
		{"a", "list", V, BY_LIST, 99},
		{"b", "denied", UNREADABLE, BY_REGISTRY, 9},
		{"b", "script", V, BY_SCRIPT, 1},
		{"c", "denied", UNREADABLE, BY_SERVICES, 9},
		{"c", "", ABSENT, BY_SCRIPT, 1},
		{"d", "first", UNREADABLE, BY_SERVICES, 9},
		{"d", "second", UNREADABLE, BY_SCRIPT, 99},
	};
	static const struct {
		const char *key;
		unsigned state, by;
		const char *value;
	} rows[] = {
		{"a", V, BY_REGISTRY, "registry"},
		{"b", V, BY_SCRIPT, "script"},
		{"c", ABSENT, BY_SCRIPT, NULL},
		{"d", UNREADABLE, BY_SERVICES, NULL},
	};
	struct posture *p = posture_of(list, sizeof(list) / sizeof(list[0]));

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct observation *o = posture_find(p, rows[i].key);

		print_message("           %s\n", rows[i].key);
		assert_non_null(o);
		assert_int_equal(o->state, rows[i].state);
		assert_int_equal(o->by, rows[i].by);
		if (rows[i].value == NULL)
			assert_null(posture_value(p, rows[i].key));
		else
			assert_string_equal(posture_value(p, rows[i].key), rows[i].value);
	}
	assert_null(posture_find(p, "e"));
	assert_null(posture_find(p, ""));
	posture_free(p);
}

static void all_of_a_prefix_lie_together(void **state)
{
	static const struct {
		const char *prefix, *first;
		size_t n;
	} rows[] = {
		{"account:", "account:Administrator", 2},
		{"account", "account:Administrator", 3},
		{"os.", "os.name", 3},
		{"", "account:Administrator", N},
		{"share:c", "share:C$", 1},
		{"registry:HKLM\\Software\\A", "registry:HKLM\\SOFTWARE\\A\\", 2},
		{"zzz", NULL, 0},
		{"Account", NULL, 0},
		{"a:", NULL, 0},
	};
	struct posture *p = posture_of(sample, N);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = 99, first = posture_all(p, rows[i].prefix, &n);

		print_message("           \"%s\"\n", rows[i].prefix);
		assert_int_equal(n, rows[i].n);
		if (n > 0)
			assert_string_equal(p->list[first].key, rows[i].first);
	}
	posture_free(p);
}

static void what_is_no_observation_is_refused(void **state)
{
	static const struct observation rows[] = {
		{"", "no key", V, BY_FILE, 1},    {"a", "no state", 0, BY_FILE, 1},
		{"a", "no state", 4, BY_FILE, 1}, {"a", "no source", V, 0, 1},
		{"a", "no source", V, 8, 1},      {"a", "no source", V, 19, 1},
	};
	struct posture *p = posture_of(NULL, 0);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(posture_add(p, &rows[i]), RC_INVAL);
	assert_int_equal(p->n, 0);
	assert_int_equal(p->at_ns, 0);
	posture_free(p);
}

static void texts_are_cut_and_made_utf8(void **state)
{
	static char key[2 * POSTURE_KEY], value[2 * POSTURE_VALUE];
	struct observation o = {key, value, V, BY_LIST, 1};
	struct posture *p;

	(void)state;
	memset(key, 'k', sizeof(key) - 1);
	memset(value, 'v', sizeof(value) - 1);
	value[POSTURE_VALUE - 2] = '\xc3'; /* a character that would be cut in two */
	value[POSTURE_VALUE - 1] = '\xbc';
	value[0] = '\xff';
	p = posture_of(&o, 1);
	assert_int_equal(strlen(p->list[0].key), POSTURE_KEY - 1);
	assert_true(strlen(p->list[0].value) < POSTURE_VALUE);
	assert_memory_equal(p->list[0].value, "\xef\xbf\xbdv", 4);
	assert_int_equal(p->list[0].value[strlen(p->list[0].value) - 1], 'v');
	assert_int_equal(posture_add(p, &o), RC_OK); /* the long key is the same key */
	assert_int_equal(p->n, 1);
	assert_non_null(posture_find(p, key));
	posture_free(p);
}

static void it_is_bounded_in_number_and_in_bytes(void **state)
{
	struct posture *p = posture_of(NULL, 0);
	char key[32], value[POSTURE_VALUE];
	struct observation o = {key, value, V, BY_SCRIPT, 1};
	size_t told = 0;

	(void)state;
	memset(value, 'x', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	for (unsigned i = 0; i < POSTURE_MAX; i++) {
		(void)snprintf(key, sizeof(key), "account:%u", i * 7919 % POSTURE_MAX);
		assert_int_equal(posture_add(p, &o), RC_OK);
	}
	(void)snprintf(key, sizeof(key), "account:%u", POSTURE_MAX);
	assert_int_equal(posture_add(p, &o), RC_NOMEM);
	assert_int_equal(p->n, POSTURE_MAX);
	(void)snprintf(key, sizeof(key), "account:7");
	/* Somebody who tells one key for ever: values that grow take new room, and that ends. */
	for (; told < 100000; told++) {
		o.at_ns++;
		value[told % (POSTURE_VALUE - 1)] = '\0';
		if (posture_add(p, &o) != RC_OK)
			break;
		value[told % (POSTURE_VALUE - 1)] = 'x';
	}
	assert_true(told < 100000);
	posture_free(p);
}

static void what_is_packed_unpacks_to_the_same(void **state)
{
	struct posture *p = posture_of(sample, N), *back = NULL;
	struct bytes b;

	(void)state;
	p->addr = addr_v4(0x0a000017);
	assert_int_equal(posture_name(p, "KASSE-3"), RC_OK);
	b = packed(p);
	assert_true(b.len < 420); /* compact: 12 observations in 35 bytes each */
	assert_int_equal(posture_unpack(b, &back), RC_OK);
	assert_string_equal(back->name, "KASSE-3");
	assert_true(addr_eq(&p->addr, &back->addr));
	assert_int_equal(back->at_ns, p->at_ns);
	assert_int_equal(back->n, N);
	for (size_t i = 0; i < N; i++) {
		assert_string_equal(p->list[i].key, back->list[i].key);
		assert_string_equal(p->list[i].value, back->list[i].value);
		assert_int_equal(p->list[i].state, back->list[i].state);
		assert_int_equal(p->list[i].by, back->list[i].by);
		assert_int_equal(p->list[i].at_ns, back->list[i].at_ns);
	}
	packed_free(b);
	posture_free(back);
	posture_free(p);
}

static void a_copy_outlives_what_it_is_of(void **state)
{
	struct posture *p = posture_of(sample, N), *copy = NULL;
	struct bytes before, after;

	(void)state;
	p->addr = addr_v4(0x0a000001);
	assert_int_equal(posture_name(p, "LAP-7"), RC_OK);
	assert_int_equal(posture_copy(p, &copy), RC_OK);
	before = packed(p);
	posture_free(p);
	after = packed(copy);
	assert_true(bytes_eq(before, after));
	packed_free(before);
	packed_free(after);
	posture_free(copy);
}

static void a_later_look_goes_over_what_was_known(void **state)
{
	static const struct observation first[] = {
		{"file:system32/netapi32.dll", "5.1.2600.5512", V, BY_FILE, 10},
		{"file:system32/srv.sys", "5.1.2600.1", V, BY_FILE, 10},
		{"account:", "2", V, BY_SAMR, 10},
		{"account:Guest", "rid=501 enabled", V, BY_SAMR, 10},
		{"account:Old", "rid=1000 enabled", V, BY_SAMR, 10},
		{"account:Other", "of a script", V, BY_SCRIPT, 10},
		{"service:wuauserv", "running automatic", V, BY_SERVICES, 10},
		{"smb.smb1", "on", V, BY_SMB, 10},
	};
	static const struct observation later[] = {
		{"file:system32/netapi32.dll", "5.1.2600.5694", V, BY_FILE, 20},
		{"file:system32/srv.sys", "no answer", UNREADABLE, BY_FILE, 20},
		{"account:", "1", V, BY_SAMR, 20},
		{"account:Guest", "rid=501 disabled", V, BY_SAMR, 20},
		{"service:", "access denied", UNREADABLE, BY_SERVICES, 20},
		{"smb.signing", "off", V, BY_SMB, 20},
	};
	static const struct {
		const char *key, *value;
	} want[] = {
		{"file:system32/netapi32.dll", "5.1.2600.5694"},
		{"file:system32/srv.sys", "5.1.2600.1"}, /* better old than unreadable */
		{"account:", "1"},
		{"account:Guest", "rid=501 disabled"},
		{"account:Old", NULL},            /* the list is whole, and he is not in it */
		{"account:Other", "of a script"}, /* that list is another's */
		{"service:wuauserv", "running automatic"},
		{"smb.smb1", "on"},
		{"smb.signing", "off"},
	};
	struct posture *p = posture_of(first, sizeof(first) / sizeof(first[0]));
	struct posture *l = posture_of(later, sizeof(later) / sizeof(later[0]));

	(void)state;
	assert_int_equal(posture_name(p, "OLD-NAME"), RC_OK);
	assert_int_equal(posture_name(l, "LAP-7"), RC_OK);
	l->addr = addr_v4(0x0a000001);
	assert_int_equal(posture_learn(p, l), RC_OK);
	assert_string_equal(p->name, "LAP-7");
	assert_true(addr_eq(&p->addr, &l->addr));
	assert_int_equal(p->at_ns, 20);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		const char *value = posture_value(p, want[i].key);

		if (want[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, want[i].value);
	}
	assert_int_equal(p->n, 9); /* and services that cannot be listed */
	posture_free(l);
	posture_free(p);
}

static void damaged_bytes_are_refused(void **state)
{
	struct posture *p = posture_of(sample, N), *back = NULL;
	struct bytes b = packed(p);
	uint8_t *copy = malloc(b.len + 1);
	size_t refused = 0;

	(void)state;
	assert_non_null(copy);
	for (size_t len = 0; len < b.len; len++) /* cut anywhere */
		assert_int_equal(posture_unpack((struct bytes){b.at, len}, &back), RC_FORMAT);
	memcpy(copy, b.at, b.len);
	copy[b.len] = 0; /* one byte more */
	assert_int_equal(posture_unpack((struct bytes){copy, b.len + 1}, &back), RC_FORMAT);
	copy[0]++; /* a newer version */
	assert_int_equal(posture_unpack((struct bytes){copy, b.len}, &back), RC_FORMAT);
	for (size_t i = 0; i < b.len * 8; i++) { /* a bit turned: refused, or another posture */
		struct bytes in = {copy, b.len}, again;

		memcpy(copy, b.at, b.len);
		copy[i / 8] ^= (uint8_t)(1u << i % 8);
		if (posture_unpack(in, &back) != RC_OK) {
			refused++;
			continue;
		}
		again = packed(back);
		assert_true(bytes_eq(in, again));
		packed_free(again);
		posture_free(back);
	}
	assert_true(refused > b.len); /* structure is checked, letters cannot be */
	free(copy);
	packed_free(b);
	posture_free(p);
}

static void one_without_observations_is_kept_too(void **state)
{
	struct posture *p = posture_of(NULL, 0), *back = NULL;
	struct bytes b;

	(void)state;
	p->at_ns = 1227350000000000000; /* nothing was learned then */
	b = packed(p);
	assert_int_equal(posture_unpack(b, &back), RC_OK);
	assert_int_equal(back->n, 0);
	assert_int_equal(back->at_ns, p->at_ns);
	assert_string_equal(back->name, "");
	packed_free(b);
	posture_free(back);
	posture_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_makes_the_same_posture),
		cmocka_unit_test(some_keys_alone_are_unpacked),
		cmocka_unit_test(keys_of_any_length_are_passed_over),
		cmocka_unit_test(a_zero_in_a_key_that_is_passed_over_is_damage),
		cmocka_unit_test(only_what_comes_last_and_is_clean_is_appended),
		cmocka_unit_test(a_posture_that_is_read_over_has_nothing_of_before),
		cmocka_unit_test(the_later_one_of_a_source_stays),
		cmocka_unit_test(a_replaced_value_takes_its_state_along),
		cmocka_unit_test(case_counts_before_the_first_colon_only),
		cmocka_unit_test(the_best_is_readable_then_nearest_to_the_truth),
		cmocka_unit_test(all_of_a_prefix_lie_together),
		cmocka_unit_test(what_is_no_observation_is_refused),
		cmocka_unit_test(texts_are_cut_and_made_utf8),
		cmocka_unit_test(it_is_bounded_in_number_and_in_bytes),
		cmocka_unit_test(what_is_packed_unpacks_to_the_same),
		cmocka_unit_test(a_copy_outlives_what_it_is_of),
		cmocka_unit_test(a_later_look_goes_over_what_was_known),
		cmocka_unit_test(damaged_bytes_are_refused),
		cmocka_unit_test(one_without_observations_is_kept_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
