/*
 * judge_bench - postures from a few words, and a small catalogue by hand: what each row of the
 * vendor's bulletins says, so that the judgement is tried against the sources and not against
 * data/.
 */
#ifndef TESTS_JUDGE_BENCH_H
#define TESTS_JUDGE_BENCH_H

#include "judge/judge.h"

#include <stdio.h>
#include <string.h>

#include "base/when.h"

enum { V = OBSERVED_VALUE, ABSENT = OBSERVED_ABSENT, UNREADABLE = OBSERVED_UNREADABLE };

/* When everything on the bench was seen. */
#define BENCH_AT "2009-01-15T12:00:00Z"

static inline uint64_t bench_at_ns(void)
{
	uint64_t at_ns = 0;

	assert_int_equal(when_parse(BENCH_AT, &at_ns), RC_OK);
	return at_ns;
}

static inline void bench_add(struct posture *p, const char *key, const char *value, unsigned state,
			     unsigned by)
{
	const struct observation o = {key, value, (uint8_t)state, (uint8_t)by, bench_at_ns()};

	assert_int_equal(posture_add(p, &o), RC_OK);
}

static inline struct posture *bench_posture(void)
{
	struct posture *p = NULL;

	assert_int_equal(posture_new(&p), RC_OK);
	return p;
}

/* "key=value | key! | key?reason": a value, absent, unreadable. The source follows from the key. */
static inline void bench_say(struct posture *p, const char *words)
{
	char one[1024];

	for (const char *at = words; at != NULL && *at != '\0';) {
		const char *end = strstr(at, " | ");
		size_t len = end == NULL ? strlen(at) : (size_t)(end - at), key;
		unsigned by = BY_REGISTRY;

		(void)snprintf(one, sizeof(one), "%.*s", (int)len, at);
		key = strcspn(one, "=!?");
		if (strncmp(one, "file", 4) == 0)
			by = BY_FILE;
		else if (strncmp(one, "smb.", 4) == 0)
			by = BY_SMB;
		else if (strncmp(one, "service", 7) == 0 || strncmp(one, "anti", 4) == 0)
			by = BY_SERVICES;
		else if (strncmp(one, "policy", 6) == 0 || strncmp(one, "a", 1) == 0)
			by = BY_SAMR;
		unsigned state = one[key] == '=' ? V : one[key] == '!' ? ABSENT : UNREADABLE;
		assert_true(one[key] != '\0');
		one[key] = '\0';
		bench_add(p, one, one + key + 1, state, by);
		at = end == NULL ? NULL : end + 3;
	}
}

static inline struct posture *bench_of(const char *words)
{
	struct posture *p = bench_posture();

	bench_say(p, words);
	return p;
}

#define FILE_ROW(o, pack, b, v, kb)                                                                \
	{                                                                                          \
		.os = o, .service_pack = (pack), .branch = (b), .by = FIXED_BY_FILE, .version = v, \
		.kbs = kb, .source = "bulletin"                                                    \
	}
#define BUILD_ROW(o, u, kb)                                                                        \
	{                                                                                          \
		.os = o, .service_pack = -1, .by = FIXED_BY_BUILD, .ubr = (u), .kbs = kb,          \
		.source = "bulletin"                                                               \
	}
#define VER(...)                                                                                   \
	{                                                                                          \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

static const char *const kb958644[] = {"KB958644", NULL};
static const char *const kb4012598[] = {"KB4012598", NULL};
static const char *const kb_of_7[] = {"KB4012212", "KB4012215", NULL};
static const char *const kb_of_8[] = {"KB4012214", "KB4012217", NULL};
static const char *const kb_of_81[] = {"KB4012213", "KB4012216", NULL};
static const char *const kb4012606[] = {"KB4012606", NULL};
static const char *const kb4013198[] = {"KB4013198", NULL};
static const char *const kb4013429[] = {"KB4013429", NULL};
static const char *const kb4551762[] = {"KB4551762", NULL};
static const char *const kb5004945[] = {"KB5004945", NULL};

/* MS08-067: netapi32.dll, Tenable smb_nt_ms08-067.nasl. */
static const struct fixed ms08_067_fixed[] = {
	FILE_ROW(VER(5, 0, 2195), 4, BRANCH_ANY, VER(5, 0, 2195, 7203), kb958644),
	FILE_ROW(VER(5, 1, 2600), 2, BRANCH_ANY, VER(5, 1, 2600, 3462), kb958644),
	FILE_ROW(VER(5, 1, 2600), 3, BRANCH_ANY, VER(5, 1, 2600, 5694), kb958644),
	FILE_ROW(VER(5, 2, 3790), 1, BRANCH_ANY, VER(5, 2, 3790, 3229), kb958644),
	FILE_ROW(VER(5, 2, 3790), 2, BRANCH_ANY, VER(5, 2, 3790, 4392), kb958644),
	FILE_ROW(VER(6, 0, 6000), -1, BRANCH_GDR, VER(6, 0, 6000, 16764), kb958644),
	FILE_ROW(VER(6, 0, 6000), -1, BRANCH_LDR, VER(6, 0, 6000, 20937), kb958644),
	FILE_ROW(VER(6, 0, 6001), -1, BRANCH_GDR, VER(6, 0, 6001, 18157), kb958644),
	FILE_ROW(VER(6, 0, 6001), -1, BRANCH_LDR, VER(6, 0, 6001, 22288), kb958644),
};

/* MS17-010: srv.sys, Tenable plugin text; 10240 and 10586 by build. */
static const struct fixed ms17_010_fixed[] = {
	FILE_ROW(VER(5, 1, 2600), 3, BRANCH_ANY, VER(5, 1, 2600, 7208), kb4012598),
	FILE_ROW(VER(5, 2, 3790), 2, BRANCH_ANY, VER(5, 2, 3790, 6021), kb4012598),
	FILE_ROW(VER(6, 0, 6002), -1, BRANCH_GDR, VER(6, 0, 6002, 19743), kb4012598),
	FILE_ROW(VER(6, 0, 6002), -1, BRANCH_LDR, VER(6, 0, 6002, 24067), kb4012598),
	FILE_ROW(VER(6, 1, 7601), -1, BRANCH_ANY, VER(6, 1, 7601, 23689), kb_of_7),
	FILE_ROW(VER(6, 2, 9200), -1, BRANCH_ANY, VER(6, 2, 9200, 22099), kb_of_8),
	FILE_ROW(VER(6, 3, 9600), -1, BRANCH_ANY, VER(6, 3, 9600, 18604), kb_of_81),
	BUILD_ROW(VER(10, 0, 10240), 17319, kb4012606),
	BUILD_ROW(VER(10, 0, 10586), 839, kb4013198),
	FILE_ROW(VER(10, 0, 14393), -1, BRANCH_ANY, VER(10, 0, 14393, 953), kb4013429),
};

static const struct fixed smbghost_fixed[] = {
	BUILD_ROW(VER(10, 0, 18362), 720, kb4551762),
	BUILD_ROW(VER(10, 0, 18363), 720, kb4551762),
};

static const struct fixed nightmare_fixed[] = {
	{.os = VER(5, 1), .service_pack = -1, .by = FIXED_BY_UPDATE, .source = "none"},
	{.os = VER(6, 0, 6002), .service_pack = 2, .by = FIXED_AT_RELEASE, .source = "test"},
	BUILD_ROW(VER(10, 0, 19041), 1083, kb5004945),
};

static const struct remedy ms08_067_remedies[] = {
	{"service:lanmanserver", "stopped disabled", "the Server service is switched off", "test"},
};
static const struct remedy ms17_010_remedies[] = {
	{"smb.smb1", "off", "SMB 1 is off", "test"},
	{"service:lanmanserver", "stopped disabled", "the Server service is switched off", "test"},
};
static const struct answer_check ms17_010_answers[] = {
	{"smb.ms17-010", "answers as unpatched", "missing",
	 "it answers PeekNamedPipe as an unpatched one does", "nmap"},
	{"smb.ms17-010", "answers as patched", "patched",
	 "it answers PeekNamedPipe as a patched one does", "nmap"},
};
static const struct answer_check smbghost_answers[] = {
	{"smb.compression", "none", "not-affected", "it does not take compressed messages", "MS"},
};
static const struct defeat nightmare_defeats[] = {
	{"registry:HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Printers\\PointAndPrint\\"
	 "NoWarningNoElevationOnInstall",
	 "1", "Point and Print installs drivers without asking", "gist"},
};

static const char *const of_conficker[] = {"ms08-067", "conficker-p2p", NULL};
static const char *const of_wannacry[] = {"wannacry", NULL};
static const char *const of_nobody[] = {NULL};

/* By id. */
static const struct weakness bench_weaknesses[] = {
	{.id = "ms08-067",
	 .threats = of_conficker,
	 .file = "system32/netapi32.dll",
	 .affected_from = VER(5, 0),
	 .affected_until = VER(6, 1),
	 .fixed = ms08_067_fixed,
	 .n_fixed = sizeof(ms08_067_fixed) / sizeof(ms08_067_fixed[0]),
	 .remedies = ms08_067_remedies,
	 .n_remedies = 1},
	{.id = "ms17-010",
	 .threats = of_wannacry,
	 .file = "system32/drivers/srv.sys",
	 .affected_from = VER(5, 0),
	 .affected_until = VER(10, 0, 15063),
	 .fixed = ms17_010_fixed,
	 .n_fixed = sizeof(ms17_010_fixed) / sizeof(ms17_010_fixed[0]),
	 .remedies = ms17_010_remedies,
	 .n_remedies = 2,
	 .answers = ms17_010_answers,
	 .n_answers = 2},
	{.id = "printnightmare",
	 .threats = of_nobody,
	 .service = "spooler",
	 .affected_from = VER(5, 1),
	 .affected_until = VER(10, 0, 22000),
	 .fixed = nightmare_fixed,
	 .n_fixed = sizeof(nightmare_fixed) / sizeof(nightmare_fixed[0]),
	 .defeats = nightmare_defeats,
	 .n_defeats = 1},
	{.id = "smbghost",
	 .threats = of_nobody,
	 .affected_from = VER(10, 0, 18362),
	 .affected_until = VER(10, 0, 19041),
	 .fixed = smbghost_fixed,
	 .n_fixed = 2,
	 .answers = smbghost_answers,
	 .n_answers = 1},
	{.id = "zerologon",
	 .threats = of_nobody,
	 .product_type = "dc",
	 .affected_from = VER(6, 1),
	 .affected_until = VER(10, 0, 20348),
	 .fixed = smbghost_fixed, /* any build rows will do */
	 .n_fixed = 2},
};
enum { BENCH_WEAKNESSES = sizeof(bench_weaknesses) / sizeof(bench_weaknesses[0]) };

static inline struct judged *bench_judge(const struct posture *p, const struct baseline *b,
					 const char *const *loose)
{
	const struct judge_rules rules = {.weaknesses = bench_weaknesses,
					  .n_weaknesses = BENCH_WEAKNESSES,
					  .baseline = b,
					  .loose = loose};
	struct judged *j = NULL;

	assert_int_equal(judge_by(p, &rules, &j), RC_OK);
	assert_non_null(j);
	return j;
}

static inline const struct judged_patch *bench_patch(const struct judged *j, const char *id)
{
	for (size_t i = 0; i < j->n_patches; i++) {
		if (strcmp(j->patches[i].weakness->id, id) == 0)
			return &j->patches[i];
	}
	fail_msg("there is no weakness %s", id);
	return &j->patches[0];
}

#endif
