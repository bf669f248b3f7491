/*
 * picture_sample - judgements made by hand, for the tests of the picture's writers.
 *
 * A catalogue of four weaknesses and a baseline of six checks: what their texts say is written
 * here, so that the goldens do not move with the real catalogue. picture_office.h has machines.
 */
#ifndef TESTS_PICTURE_SAMPLE_H
#define TESTS_PICTURE_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "picture/picture.h"

#define SAMPLE_NOW UINT64_C(1796169600000000000) /* 2026-12-02T00:00:00Z */
#define SAMPLE_S   UINT64_C(1000000000)

enum { SAMPLE_WEAKNESSES = 4, SAMPLE_CHECKS = 6, SAMPLE_SIGNS = 2, SAMPLE_OBSERVATIONS = 6 };

static const char *const sample_ms08[] = {"ms08-067", "conficker-p2p", NULL};
static const char *const sample_ms17[] = {"ms17-010", NULL};
static const char *const sample_bluekeep[] = {"bluekeep", NULL};
static const char *const sample_smbghost[] = {"smbghost", NULL};
static const char *const sample_loose[] = {"ms08-067", NULL};

static const struct weakness sample_weaknesses[SAMPLE_WEAKNESSES] = {
	{.id = "bluekeep",
	 .title = "Remote Desktop: use after free",
	 .cve = "CVE-2019-0708",
	 .bulletin = "",
	 .threats = sample_bluekeep},
	{.id = "ms08-067",
	 .title = "Server service: NetPathCanonicalize",
	 .cve = "CVE-2008-4250",
	 .bulletin = "MS08-067",
	 .threats = sample_ms08},
	{.id = "ms17-010",
	 .title = "SMB1: transactions that do not fit",
	 .cve = "CVE-2017-0144",
	 .bulletin = "MS17-010",
	 .threats = sample_ms17},
	{.id = "smbghost",
	 .title = "SMB 3.1.1: compressed messages",
	 .cve = "CVE-2020-0796",
	 .bulletin = "",
	 .threats = sample_smbghost},
};

static const char *const sample_guessed[] = {"weak-passwords", NULL};
static const char *const sample_sticks[] = {"autorun", NULL};
static const char *const sample_bare[] = {"no-protection", "late-patch", NULL};

static const struct check sample_checks[SAMPLE_CHECKS] = {
	{.id = "password-length",
	 .group = "passwords",
	 .title = "Passwords are long",
	 .is_serious = true,
	 .reason = "Conficker tries a list of short ones.",
	 .correct = "Computer Configuration > Windows Settings > Security Settings > Account "
		    "Policies > Password Policy > Minimum password length",
	 .doors = sample_guessed},
	{.id = "guest",
	 .group = "accounts",
	 .title = "The guest account is disabled",
	 .is_serious = true,
	 .reason = "A guest needs no password.",
	 .correct = "Security Settings > Local Policies > Security Options > Accounts: Guest "
		    "account status",
	 .doors = sample_guessed},
	{.id = "autorun",
	 .group = "services",
	 .title = "Memory sticks do not run by themselves",
	 .is_serious = true,
	 .reason = "Conficker travels on sticks.",
	 .correct = "Administrative Templates > Windows Components > AutoPlay Policies > Turn off "
		    "AutoPlay",
	 .doors = sample_sticks},
	{.id = "audit-logon",
	 .group = "network",
	 .title = "Logons are written down",
	 .is_serious = false,
	 .reason = "Guessing shows there.",
	 .correct = "Security Settings > Local Policies > Audit Policy > Audit logon events"},
	{.id = "antivirus-runs",
	 .group = "protection",
	 .title = "Anti-malware runs",
	 .is_serious = true,
	 .reason = "It finds what is known.",
	 .correct = "Start its service, and find out who stopped it.",
	 .doors = sample_bare},
	{.id = "signatures-fresh",
	 .group = "protection",
	 .title = "Signatures are new",
	 .is_serious = true,
	 .reason = "Old ones miss new worms.",
	 .correct = "Let it reach its update server.",
	 .doors = sample_bare},
};

static const struct baseline sample_baseline = {.id = "sample",
						.title = "what a test wants",
						.summary = "",
						.checks = sample_checks,
						.n_checks = SAMPLE_CHECKS};

struct sample_machine {
	struct picture_machine m;
	struct judged judged;
	struct posture posture;
	struct judged_patch patches[SAMPLE_WEAKNESSES];
	struct judged_check checks[SAMPLE_CHECKS];
	struct judged_sign signs[SAMPLE_SIGNS];
	struct observation seen[SAMPLE_OBSERVATIONS];
};

static inline struct picture_options sample_options(enum picture_format format, FILE *to)
{
	return (struct picture_options){.format = format,
					.weaknesses = sample_weaknesses,
					.n_weaknesses = SAMPLE_WEAKNESSES,
					.baseline = &sample_baseline,
					.loose = sample_loose,
					.at_ns = SAMPLE_NOW,
					.to = to};
}

/* A machine of which nothing is known. */
static inline void sample_unknown(struct sample_machine *s, const char *id, const char *name,
				  uint32_t address)
{
	memset(s, 0, sizeof(*s));
	s->m = (struct picture_machine){.id = id,
					.name = name,
					.os = "",
					.user = "",
					.place = "",
					.owner = "",
					.how = "",
					.addr = addr_v4(address)};
}

static inline void sample_sees(struct sample_machine *s, const char *key, const char *value,
			       unsigned state, unsigned by)
{
	s->seen[s->posture.n++] = (struct observation){.key = key,
						       .value = value,
						       .state = (uint8_t)state,
						       .by = (uint8_t)by,
						       .at_ns = s->m.at_ns};
}

/* An assessed one: all patches in one state, all checks with one mark, until they are changed. */
static inline void sample_judged(struct sample_machine *s, const char *os, enum patch_state state,
				 enum mark mark)
{
	s->m.judged = &s->judged;
	s->m.at_ns = SAMPLE_NOW - 3600 * SAMPLE_S;
	s->judged = (struct judged){.posture = &s->posture,
				    .patches = s->patches,
				    .n_patches = SAMPLE_WEAKNESSES,
				    .checks = s->checks,
				    .n_checks = SAMPLE_CHECKS,
				    .signs = s->signs,
				    .os = os};
	s->posture.list = s->seen;
	s->posture.name = s->m.name;
	s->posture.at_ns = s->m.at_ns;
	for (size_t i = 0; i < SAMPLE_WEAKNESSES; i++)
		s->patches[i] = (struct judged_patch){
			.weakness = &sample_weaknesses[i],
			.state = state,
			.why = state == PATCH_UNKNOWN ? "its files could not be read" : "",
			.conflict = "",
			.remedy = "",
			.kbs = ""};
	for (size_t i = 0; i < SAMPLE_CHECKS; i++)
		s->checks[i] =
			(struct judged_check){.check = &sample_checks[i],
					      .mark = mark,
					      .value = "",
					      .wanted = "",
					      .why = mark == MARK_UNKNOWN ? "not asked" : ""};
}

static inline struct judged_patch *sample_patch(struct sample_machine *s, const char *id)
{
	for (size_t i = 0; i < SAMPLE_WEAKNESSES; i++)
		if (strcmp(sample_weaknesses[i].id, id) == 0)
			return &s->patches[i];
	return NULL;
}

static inline void sample_patch_is(struct sample_machine *s, const char *id, enum patch_state state,
				   const char *why, const char *kbs)
{
	struct judged_patch *p = sample_patch(s, id);

	p->state = state;
	p->why = why;
	p->kbs = kbs;
}

static inline void sample_check_is(struct sample_machine *s, const char *id, enum mark mark,
				   const char *value, const char *wanted)
{
	for (size_t i = 0; i < SAMPLE_CHECKS; i++) {
		if (strcmp(sample_checks[i].id, id) != 0)
			continue;
		s->checks[i].mark = mark;
		s->checks[i].value = value;
		s->checks[i].wanted = wanted;
		s->checks[i].why = sample_checks[i].reason;
	}
}

static inline void sample_sign(struct sample_machine *s, const char *id, const char *why,
			       bool is_strong)
{
	s->signs[s->judged.n_signs++] = (struct judged_sign){id, why, is_strong};
}

#endif
