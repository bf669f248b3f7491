#include "campaign/rules.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Sets of stages. */
#define AT(stage) (1U << (stage))
#define OPEN      (AT(STAGE_UNKNOWN) | AT(STAGE_EXPOSED) | AT(STAGE_REBOOT_PENDING))
#define BARE      (AT(STAGE_UNKNOWN) | AT(STAGE_EXPOSED))
#define CLIMBING  (AT(STAGE_PATCHED) | AT(STAGE_CLEANED) | AT(STAGE_PROTECTED) | AT(STAGE_UPDATED))
#define SHUT      (CLIMBING | AT(STAGE_QUIET))
#define ANY       (OPEN | SHUT)

/* Marks, in few letters: the table is read across. */
enum {
	INF = MEMBER_INFECTED,
	QUA = MEMBER_QUARANTINED,
	FRC = MEMBER_FORCED,
	PRF = MEMBER_PROTECTED_FIRST,
	FAI = MEMBER_FAILED,
	REI = MEMBER_REINFECTED,
	NOT = MEMBER_NOT_AFFECTED,
	CON = MEMBER_CONTRADICTED,
	CLE = MEMBER_CLEANED,
	CLA = MEMBER_CLAIMED,
	PRO = MEMBER_PROTECTED,
	UPD = MEMBER_UPDATED,
	ABOVE = CLE | PRO | UPD | PRF, /* what reinfection undoes */
};

enum needs { FREE, REASON, FORCE }; /* what the step must bring for the row to be its */
enum when { ALWAYS, LATER, EARLIER };
enum target { /* or a stage */
	      STAY = -1,
	      RUNG = -2, /* patched, and as far above as the marks reach without a gap */
};

struct rule {
	enum campaign_event event;
	unsigned at;      /* set of stages */
	unsigned has, no; /* marks that must, and must not, be there */
	enum needs needs;
	enum when when; /* against cleaned_ns: was it before the machine was cleaned? */
	enum step_outcome outcome;
	int to; /* enum stage or enum target */
	unsigned set, clear;
	unsigned lost;   /* cleared, too, unless it is quarantined */
	const char *why; /* {from} {at} {code} {reason}; of what is refused: what to do first */
};

#define REFUSE(event, at, has, no, why)                                                            \
	{                                                                                          \
		event, at, has, no, FREE, ALWAYS, STEP_REFUSED, STAY, 0, 0, 0, why                 \
	}
#define SAME(event, at)                                                                            \
	{                                                                                          \
		event, at, 0, 0, FREE, ALWAYS, STEP_SAME, STAY, 0, 0, 0, ""                        \
	}

/* The first row that fits is the step's; the last one of each event fits everything. The invariants
 * are in tests/unit/test_campaign_rules.c, which walks all states. */
static const struct rule rules[] = {
	/* Seen: by an assessment, or by a result that looked at the file. */
	{EVENT_SEEN_MISSING, AT(STAGE_UNKNOWN), 0, 0, FREE, ALWAYS, STEP_DONE, STAGE_EXPOSED, 0,
	 NOT, 0, "the patch is missing, says {from}"},
	{EVENT_SEEN_MISSING, SHUT | AT(STAGE_REBOOT_PENDING), CLA, 0, FREE, ALWAYS,
	 STEP_CONTRADICTED, STAGE_EXPOSED, CON, CLA | NOT, CLE,
	 "a result said that it is patched, but {from} says that the patch is missing"},
	{EVENT_SEEN_MISSING, SHUT | AT(STAGE_REBOOT_PENDING), 0, 0, FREE, ALWAYS, STEP_DONE,
	 STAGE_EXPOSED, 0, CLA | NOT, CLE, "it was patched, and is not any more, says {from}"},
	SAME(EVENT_SEEN_MISSING, ANY),

	{EVENT_SEEN_PENDING, BARE, 0, 0, FREE, ALWAYS, STEP_DONE, STAGE_REBOOT_PENDING, 0,
	 FAI | NOT, 0, "the patch is installed and waits for a restart, says {from}"},
	{EVENT_SEEN_PENDING, AT(STAGE_REBOOT_PENDING), CLA, 0, FREE, ALWAYS, STEP_DONE, STAY, 0,
	 CLA | FAI, 0, "the patch is installed and waits for a restart, says {from}"},
	{EVENT_SEEN_PENDING, SHUT, CLA, 0, FREE, ALWAYS, STEP_DONE, STAGE_REBOOT_PENDING, 0,
	 CLA | NOT, CLE,
	 "a result said that it is patched, but it waits for a restart, says {from}"},
	/* Once seen in effect, a later update that waits for its restart takes nothing back. */
	SAME(EVENT_SEEN_PENDING, ANY),

	{EVENT_SEEN_EFFECTIVE, OPEN, 0, 0, FREE, ALWAYS, STEP_DONE, RUNG, 0, FAI | CLA | CON | NOT,
	 0, "the patch is in effect, says {from}"},
	{EVENT_SEEN_EFFECTIVE, SHUT, CLA, 0, FREE, ALWAYS, STEP_DONE, STAY, 0, CLA | CON, 0,
	 "the patch is in effect, says {from}"},
	{EVENT_SEEN_EFFECTIVE, SHUT, CON, 0, FREE, ALWAYS, STEP_DONE, STAY, 0, CON, 0,
	 "the patch is in effect, says {from}"},
	SAME(EVENT_SEEN_EFFECTIVE, ANY),

	{EVENT_SEEN_NOT_AFFECTED, OPEN, 0, 0, FREE, ALWAYS, STEP_DONE, RUNG, NOT, FAI | CLA | CON,
	 0, "this Windows does not have the hole, says {from}"},
	{EVENT_SEEN_NOT_AFFECTED, SHUT, 0, NOT, FREE, ALWAYS, STEP_DONE, STAY, NOT, CLA | CON, 0,
	 "this Windows does not have the hole, says {from}"},
	SAME(EVENT_SEEN_NOT_AFFECTED, ANY),

	/* Claimed: what a result or another product says. */
	{EVENT_PATCH_DONE, BARE, 0, 0, FREE, ALWAYS, STEP_DONE, RUNG, CLA, FAI | NOT, 0,
	 "patched, says {from}; not yet seen by an assessment"},
	/* An installer that is run twice says 0, whether or not there was a restart between. */
	SAME(EVENT_PATCH_DONE, ANY),

	{EVENT_PATCH_REBOOT, BARE, 0, 0, FREE, ALWAYS, STEP_DONE, STAGE_REBOOT_PENDING, CLA,
	 FAI | NOT, 0, "installed, and wants a restart, says {from} (code {code})"},
	{EVENT_PATCH_REBOOT, AT(STAGE_REBOOT_PENDING), FAI, 0, FREE, ALWAYS, STEP_DONE, STAY, CLA,
	 FAI, 0, "installed, and wants a restart, says {from} (code {code})"},
	{EVENT_PATCH_REBOOT, SHUT, CLA, 0, FREE, ALWAYS, STEP_DONE, STAGE_REBOOT_PENDING, 0, FAI,
	 CLE, "installed, and wants a restart, says {from} (code {code})"},
	SAME(EVENT_PATCH_REBOOT, ANY),

	{EVENT_PATCH_FAILED, OPEN, 0, 0, FREE, ALWAYS, STEP_DONE, STAY, FAI, 0, 0,
	 "the patch failed with {code}, says {from}"},
	{EVENT_PATCH_FAILED, SHUT, CLA, 0, FREE, ALWAYS, STEP_CONTRADICTED, STAY, FAI | CON, 0, 0,
	 "one result said that it is patched, and a later one, {from}, that it failed with {code}"},
	SAME(EVENT_PATCH_FAILED, ANY),

	{EVENT_RESTARTED, AT(STAGE_REBOOT_PENDING), 0, 0, FREE, ALWAYS, STEP_DONE, RUNG, CLA, FAI,
	 0, "patched and restarted, says {from}; not yet seen by an assessment"},
	SAME(EVENT_RESTARTED, ANY),

	{EVENT_CLEAN_DONE, AT(STAGE_QUIET), 0, CLE, FREE, ALWAYS, STEP_DONE, STAY, CLE, FAI, 0,
	 "cleaned, says {from}; it was quiet before"},
	{EVENT_CLEAN_DONE, CLIMBING, 0, CLE, FREE, ALWAYS, STEP_DONE, RUNG, CLE, FAI, 0,
	 "cleaned, says {from}; now silence must prove it"},
	{EVENT_CLEAN_DONE, ANY, CLE | FAI, 0, FREE, ALWAYS, STEP_DONE, STAY, 0, FAI, 0,
	 "cleaned again, says {from}"},
	SAME(EVENT_CLEAN_DONE, SHUT),
	{EVENT_CLEAN_DONE, OPEN, CLE, 0, FREE, ALWAYS, STEP_SAME, STAY, 0, 0, 0, ""},
	{EVENT_CLEAN_DONE, OPEN, INF, QUA, FORCE, ALWAYS, STEP_DONE, STAY, CLE | FRC, FAI, 0,
	 "cleaned before the patch, though infected, by force: {reason}"},
	REFUSE(EVENT_CLEAN_DONE, OPEN, INF, QUA,
	       "it is infected and not patched: cleaned now, it would soon be infected again. "
	       "Patch it "
	       "first, or cut it off and say so (did ... quarantine); --force --reason TEXT "
	       "overrides"),
	{EVENT_CLEAN_DONE, ANY, 0, 0, FREE, ALWAYS, STEP_DONE, STAY, CLE, FAI, 0,
	 "cleaned, says {from}, before the patch"},

	{EVENT_CLEAN_FAILED, ANY, 0, 0, FREE, ALWAYS, STEP_DONE, STAY, FAI, 0, 0,
	 "cleaning failed with {code}, says {from}"},

	{EVENT_PROTECT_DONE, AT(STAGE_QUIET), 0, PRO, FREE, ALWAYS, STEP_DONE, STAY, PRO, FAI, 0,
	 "quiet, and protected, says {from}"},
	{EVENT_PROTECT_DONE, CLIMBING, 0, PRO, FREE, ALWAYS, STEP_DONE, RUNG, PRO, FAI, 0,
	 "anti-malware runs, says {from}"},
	{EVENT_PROTECT_DONE, OPEN, 0, PRO, REASON, ALWAYS, STEP_DONE, STAY, PRO | PRF, FAI, 0,
	 "protected before the patch: {reason}"},
	REFUSE(EVENT_PROTECT_DONE, OPEN, 0, PRO,
	       "protection before the patch needs a reason: patch it first, or say --reason TEXT"),
	SAME(EVENT_PROTECT_DONE, ANY),

	{EVENT_PROTECT_FAILED, ANY, 0, 0, FREE, ALWAYS, STEP_DONE, STAY, FAI, 0, 0,
	 "protection failed with {code}, says {from}"},

	{EVENT_UPDATE_DONE, AT(STAGE_QUIET), 0, UPD, FREE, ALWAYS, STEP_DONE, STAY, PRO | UPD, FAI,
	 0, "quiet, and its protection is up to date, says {from}"},
	{EVENT_UPDATE_DONE, CLIMBING, 0, UPD, FREE, ALWAYS, STEP_DONE, RUNG, PRO | UPD, FAI, 0,
	 "its protection is up to date, says {from}"},
	{EVENT_UPDATE_DONE, OPEN, PRO, UPD, FREE, ALWAYS, STEP_DONE, STAY, UPD, FAI, 0,
	 "its protection is up to date, says {from}, and its patch is not"},
	{EVENT_UPDATE_DONE, OPEN, 0, UPD, REASON, ALWAYS, STEP_DONE, STAY, PRO | UPD | PRF, FAI, 0,
	 "protected before the patch: {reason}"},
	REFUSE(EVENT_UPDATE_DONE, OPEN, 0, UPD,
	       "protection before the patch needs a reason: patch it first, or say --reason TEXT"),
	SAME(EVENT_UPDATE_DONE, ANY),

	{EVENT_UPDATE_FAILED, ANY, 0, 0, FREE, ALWAYS, STEP_DONE, STAY, FAI, 0, 0,
	 "the update of its protection failed with {code}, says {from}"},

	/* The wire. What was heard before it was cleaned says what it was, not what it is. */
	{EVENT_HEARD_HOSTILE, SHUT, CLE, 0, FREE, LATER, STEP_DONE, STAGE_PATCHED, INF | REI,
	 ABOVE | FAI, 0,
	 "infected again or still: cleaned, and heard to attack on {at}, says {from}. Its patch "
	 "does "
	 "not help against the way it came, or what cleaned it did not"},
	{EVENT_HEARD_HOSTILE, OPEN, CLE, 0, FREE, LATER, STEP_DONE, STAY, INF | REI, ABOVE | FAI, 0,
	 "infected again: cleaned before it was patched, and heard to attack on {at}, says {from}"},
	{EVENT_HEARD_HOSTILE, AT(STAGE_QUIET), 0, CLE, FREE, LATER, STEP_DONE, STAGE_PATCHED, INF,
	 FAI, 0, "it was quiet, and was heard to attack on {at}, says {from}"},
	{EVENT_HEARD_HOSTILE, ANY, 0, INF, FREE, LATER, STEP_DONE, STAY, INF, 0, 0,
	 "infected: heard to attack on {at}, says {from}"},
	{EVENT_HEARD_HOSTILE, ANY, INF, 0, FREE, LATER, STEP_SAME, STAY, 0, 0, 0, ""},
	{EVENT_HEARD_HOSTILE, CLIMBING, 0, INF, FREE, EARLIER, STEP_DONE, STAY, INF, 0, 0,
	 "it was heard to attack on {at}, before it was cleaned, says {from}"},
	{EVENT_HEARD_HOSTILE, OPEN, 0, INF, FREE, EARLIER, STEP_DONE, STAY, INF, 0, CLE,
	 "infected: heard to attack on {at}, says {from}, and cleaned without the patch since"},
	{EVENT_HEARD_HOSTILE, ANY, 0, 0, FREE, EARLIER, STEP_OLD, STAY, 0, 0, 0, ""},

	{EVENT_PROVED_QUIET, CLIMBING, CLE, 0, FREE, ALWAYS, STEP_DONE, STAGE_QUIET, 0, INF | FAI,
	 0, "quiet: {from}"},
	{EVENT_PROVED_QUIET, CLIMBING, 0, INF, FREE, ALWAYS, STEP_DONE, STAGE_QUIET, 0, FAI, 0,
	 "quiet: {from}"},
	SAME(EVENT_PROVED_QUIET, AT(STAGE_QUIET)),
	REFUSE(EVENT_PROVED_QUIET, OPEN, 0, 0,
	       "silence proves nothing while the patch is missing: it can be infected at any "
	       "minute"),
	REFUSE(EVENT_PROVED_QUIET, ANY, 0, 0,
	       "it was infected and never cleaned: what is silent now may wait. Clean it first"),

	/* The operator. */
	{EVENT_QUARANTINED, ANY, 0, QUA, FREE, ALWAYS, STEP_DONE, STAY, QUA, 0, 0,
	 "cut off, says {from}"},
	SAME(EVENT_QUARANTINED, ANY),
	{EVENT_RELEASED, OPEN, QUA | INF | CLE, 0, FREE, ALWAYS, STEP_DONE, STAY, 0, QUA | CLE, 0,
	 "back on the network before its patch, says {from}: it must be cleaned again"},
	{EVENT_RELEASED, ANY, QUA, 0, FREE, ALWAYS, STEP_DONE, STAY, 0, QUA, 0,
	 "back on the network, says {from}"},
	SAME(EVENT_RELEASED, ANY),
};

static const char *const event_names[CAMPAIGN_EVENTS] = {
	[EVENT_SEEN_MISSING] = "seen-missing",     [EVENT_SEEN_PENDING] = "seen-pending",
	[EVENT_SEEN_EFFECTIVE] = "seen-effective", [EVENT_SEEN_NOT_AFFECTED] = "seen-not-affected",
	[EVENT_PATCH_DONE] = "patch-done",         [EVENT_PATCH_REBOOT] = "patch-reboot",
	[EVENT_PATCH_FAILED] = "patch-failed",     [EVENT_RESTARTED] = "restarted",
	[EVENT_CLEAN_DONE] = "clean-done",         [EVENT_CLEAN_FAILED] = "clean-failed",
	[EVENT_PROTECT_DONE] = "protect-done",     [EVENT_PROTECT_FAILED] = "protect-failed",
	[EVENT_UPDATE_DONE] = "update-done",       [EVENT_UPDATE_FAILED] = "update-failed",
	[EVENT_HEARD_HOSTILE] = "heard-hostile",   [EVENT_PROVED_QUIET] = "proved-quiet",
	[EVENT_QUARANTINED] = "quarantined",       [EVENT_RELEASED] = "released",
};

const char *campaign_event_name(enum campaign_event e)
{
	return (unsigned)e < CAMPAIGN_EVENTS ? event_names[e] : "unknown";
}

/* --- what kind of event --- */

static bool is_of_patch(enum campaign_event e)
{
	return e <= EVENT_RESTARTED;
}

static bool is_result(enum campaign_event e)
{
	return e >= EVENT_PATCH_DONE && e <= EVENT_UPDATE_FAILED;
}

/* What is older than what it would change is not applied: a result that comes in late, or is read
 * twice, must not undo what happened since. */
static bool is_old(const struct member *m, const struct campaign_step *s)
{
	if (is_of_patch(s->event))
		return s->at_ns < m->patch_ns;
	return is_result(s->event) && (m->marks & MEMBER_REINFECTED) != 0 &&
	       (m->marks & MEMBER_CLEANED) == 0 && s->at_ns < m->stage_ns;
}

/* --- sentences --- */

const char *campaign_code(int64_t code, char *text)
{
	/* Installers say 3010, Windows 0x80070005: as whoever looks it up will type it. */
	if (code < 0 && code >= INT32_MIN)
		(void)snprintf(text, CAMPAIGN_CODE, "0x%08x", (unsigned)(uint32_t)code);
	else if (code > UINT16_MAX && code <= UINT32_MAX)
		(void)snprintf(text, CAMPAIGN_CODE, "0x%08x", (unsigned)code);
	else
		(void)snprintf(text, CAMPAIGN_CODE, "%lld", (long long)code);
	return text;
}

static const char *value_of(const char *word, size_t len, const struct campaign_step *s, char *room,
			    size_t cap)
{
	if (len == 4 && memcmp(word, "from", len) == 0)
		return s->from != NULL && s->from[0] != '\0' ? s->from : "the operator";
	if (len == 6 && memcmp(word, "reason", len) == 0)
		return s->reason != NULL ? s->reason : "";
	if (len == 4 && memcmp(word, "code", len) == 0)
		return campaign_code(s->code, room);
	text_time(s->at_ns, room);
	if (cap > TEXT_TIME && room[10] == 'T') { /* "2026-11-29 01:15 UTC" */
		room[10] = ' ';
		memcpy(room + 16, " UTC", 5);
	}
	return room;
}

static void expand(const char *form, const struct campaign_step *s, char *to, size_t cap)
{
	char room[CAMPAIGN_CODE + TEXT_TIME];
	size_t len = 0;

	to[0] = '\0';
	while (*form != '\0' && len + 1 < cap) {
		size_t plain = strcspn(form, "{"), word = strcspn(form, "}");
		int n = snprintf(to + len, cap - len, "%.*s", (int)plain, form);

		form += plain;
		len += n > 0 ? (size_t)n : 0;
		if (*form == '\0' || len >= cap)
			return;
		word -= plain + 1;
		n = snprintf(to + len, cap - len, "%s",
			     value_of(form + 1, word, s, room, sizeof(room)));
		len += n > 0 ? (size_t)n : 0;
		form += word + 2;
	}
}

/* --- a step --- */

static bool fits(const struct rule *r, const struct member *m, const struct campaign_step *s)
{
	bool is_earlier = m->cleaned_ns > 0 && s->at_ns < m->cleaned_ns;
	bool has_reason = s->reason != NULL && s->reason[0] != '\0';

	return r->event == s->event && (r->at & AT(m->stage)) != 0 &&
	       (m->marks & r->has) == r->has && (m->marks & r->no) == 0 &&
	       (r->needs == FREE || (has_reason && (r->needs == REASON || s->is_forced))) &&
	       (r->when == ALWAYS || (r->when == EARLIER) == is_earlier);
}

static const struct rule *rule_of(const struct member *m, const struct campaign_step *s)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (fits(&rules[i], m, s))
			return &rules[i];
	}
	return NULL;
}

static enum stage rung(unsigned marks)
{
	if ((marks & CLE) == 0)
		return STAGE_PATCHED;
	if ((marks & PRO) == 0)
		return STAGE_CLEANED;
	return (marks & UPD) == 0 ? STAGE_PROTECTED : STAGE_UPDATED;
}

static enum stage target_of(const struct rule *r, const struct member *m, unsigned marks)
{
	if (r->to == STAY)
		return m->stage;
	return r->to == RUNG ? rung(marks) : (enum stage)r->to;
}

static void go(struct member *m, const struct rule *r, const struct campaign_step *s)
{
	unsigned was = m->marks;
	unsigned marks = (was & ~(r->clear | ((was & QUA) != 0 ? 0U : r->lost))) | r->set;
	enum stage stage = target_of(r, m, marks);
	bool is_reset = (r->clear & CLE) != 0 && s->event == EVENT_HEARD_HOSTILE;
	bool is_patched_now = m->stage < STAGE_PATCHED && stage >= STAGE_PATCHED;

	if (stage != m->stage || is_reset)
		m->stage_ns = s->at_ns;
	/* Silence counts from when it was clean and patched, both. */
	if ((marks & CLE) == 0)
		m->cleaned_ns = 0;
	else if ((was & CLE) == 0 || (is_patched_now && s->at_ns > m->cleaned_ns))
		m->cleaned_ns = s->at_ns > 0 ? s->at_ns : 1;
	if (s->event == EVENT_HEARD_HOSTILE)
		m->p_quiet = 0;
	m->marks = marks;
	m->stage = stage;
}

enum step_outcome campaign_step(struct member *m, const struct campaign_step *step, char *why,
				char *err, size_t err_len)
{
	const struct rule *r = rule_of(m, step);
	enum step_outcome outcome = STEP_REFUSED;

	if (is_old(m, step))
		return STEP_OLD;
	if (r == NULL) { /* an event or a stage that is none */
		(void)snprintf(err, err_len, "there is no rule for %s at %s",
			       campaign_event_name(step->event), stage_name(m->stage));
		return STEP_REFUSED;
	}
	outcome = r->outcome;
	if (outcome == STEP_REFUSED) {
		expand(r->why, step, err, err_len);
		return outcome;
	}
	if (outcome == STEP_OLD)
		return outcome;
	if (is_of_patch(step->event))
		m->patch_ns = step->at_ns;
	if (is_result(step->event) && outcome != STEP_SAME)
		m->code = step->code;
	if (outcome != STEP_SAME) {
		go(m, r, step);
		expand(r->why, step, why, CAMPAIGN_WHY);
		m->why = why;
	}
	if (step->conflict != NULL && step->conflict[0] != '\0' && (m->marks & CON) == 0) {
		m->marks |= CON;
		(void)snprintf(why, CAMPAIGN_WHY, "sources disagree: %s", step->conflict);
		m->why = why;
		outcome = STEP_CONTRADICTED;
	}
	return outcome;
}

/* --- what to do next --- */

static const char *next_of_open(const struct member *m, const char *patch, char *text, size_t len)
{
	char code[CAMPAIGN_CODE];

	if ((m->marks & FAI) != 0)
		(void)snprintf(text, len, "find out why %s failed (%s), and install it again",
			       patch, campaign_code(m->code, code));
	else if (m->stage == STAGE_REBOOT_PENDING)
		(void)snprintf(text, len, "restart it");
	else if ((m->marks & INF) != 0 && (m->marks & QUA) == 0)
		(void)snprintf(text, len, "cut it off, then install %s", patch);
	else if (m->stage == STAGE_UNKNOWN)
		(void)snprintf(text, len, "assess it, and install %s if it is missing", patch);
	else
		(void)snprintf(text, len, "install %s", patch);
	return text;
}

const char *campaign_next(const struct member *m, const struct campaign *c, char *text, size_t len)
{
	const char *patch = c->patch[0] != '\0' ? c->patch : "the patch";
	const char *next = "";

	if (m->stage < STAGE_PATCHED)
		return next_of_open(m, patch, text, len);
	if ((m->marks & CON) != 0)
		next = "assess it: sources disagree on its patch";
	else if ((m->marks & (REI | CLE)) == REI && m->stage != STAGE_QUIET)
		next = "cut it off, find out how it is reached, clean it again";
	else if ((m->marks & (INF | CLE)) == INF)
		next = "clean it";
	else if (m->stage == STAGE_PATCHED)
		next = "run the cleaning tool, or listen until it is proved quiet";
	else if (m->stage == STAGE_CLEANED)
		next = "install protection, and have it on so that silence can prove the cure";
	else if (m->stage == STAGE_PROTECTED)
		next = "bring its protection up to date";
	else if (m->stage == STAGE_UPDATED)
		next = "switch it on, and listen until it is proved quiet";
	else if ((m->marks & QUA) != 0)
		next = "let it back on the network";
	else
		next = "nothing: it is quiet";
	(void)snprintf(text, len, "%s", next);
	return text;
}
