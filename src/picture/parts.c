#include "picture/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *assessed_name(enum assessed a)
{
	static const char *const names[ASSESSEDS] = {"whole", "partly", "failed", "never"};

	return names[a];
}

const char *evidence_name(enum evidence e)
{
	static const char *const names[EVIDENCES] = {"files", "registry", "list", "answers",
						     "none"};

	return names[e];
}

const char *evidence_words(enum evidence e)
{
	static const char *const words[EVIDENCES] = {
		"by the files on the disk", "by the registry alone (a claim)",
		"by another tool's list alone (a claim)", "by what they say to anybody alone",
		"not at all"};

	return words[e];
}

const char *protection_name(enum protection p)
{
	static const char *const names[PROTECTIONS] = {"running", "stopped", "none", "unknown"};

	return names[p];
}

const char *door_words(const char *door)
{
	static const char *const words[][2] = {
		{"smb-exploit", "holes in SMB"},
		{"admin-shares", "administrative shares"},
		{"weak-passwords", "guessed passwords"},
		{"autorun", "memory sticks that run by themselves"},
		{"null-session", "answers to strangers"},
		{"late-patch", "late patches"},
		{"no-protection", "missing protection"},
		{"spread-by-services", "services made from afar"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], door) == 0)
			return words[i][1];
	return door;
}

const char *doors_say(const struct check *c, char *text)
{
	size_t len = 0;

	text[0] = '\0';
	for (const char *const *d = c->doors; d != NULL && *d != NULL && len < DOORS_TEXT; d++)
		len += (size_t)snprintf(text + len, DOORS_TEXT - len, "%s%s", len > 0 ? ", " : "",
					door_words(*d));
	return text;
}

const char *told(const char *text)
{
	return text == NULL ? "" : text;
}

bool weakness_is_shown(const struct picture_options *opt, const struct weakness *w)
{
	return opt->only == NULL || strcmp(opt->only, w->id) == 0;
}

bool weakness_is_loose(const struct picture_options *opt, const struct weakness *w)
{
	if (opt->loose == NULL || w->threats == NULL)
		return false;
	for (const char *const *t = w->threats; *t != NULL; t++)
		for (const char *const *about = opt->loose; *about != NULL; about++)
			if (strcmp(*t, *about) == 0)
				return true;
	return false;
}

const struct judged_patch *patch_of(const struct judged *j, const struct weakness *w, size_t i)
{
	if (i < j->n_patches && strcmp(j->patches[i].weakness->id, w->id) == 0)
		return &j->patches[i];
	for (i = 0; i < j->n_patches; i++)
		if (strcmp(j->patches[i].weakness->id, w->id) == 0)
			return &j->patches[i];
	return NULL;
}

const struct judged_check *check_of(const struct judged *j, const struct check *c, size_t i)
{
	if (i < j->n_checks && strcmp(j->checks[i].check->id, c->id) == 0)
		return &j->checks[i];
	for (i = 0; i < j->n_checks; i++)
		if (strcmp(j->checks[i].check->id, c->id) == 0)
			return &j->checks[i];
	return NULL;
}

static bool has_learned(const struct posture *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i].state != OBSERVED_UNREADABLE)
			return true;
	return false;
}

enum assessed assessed_of(const struct picture_options *opt, const struct picture_machine *m)
{
	const struct judged *j = m->judged;

	if (j == NULL)
		return ASSESSED_NEVER;
	if (j->posture == NULL || !has_learned(j->posture))
		return ASSESSED_FAILED;
	for (size_t i = 0; i < opt->n_weaknesses; i++) {
		const struct weakness *w = &opt->weaknesses[i];
		const struct judged_patch *p = NULL;

		if (!weakness_is_shown(opt, w))
			continue;
		p = patch_of(j, w, i);
		if (p == NULL || p->state == PATCH_UNKNOWN)
			return ASSESSED_PARTLY;
	}
	return ASSESSED_WHOLE;
}

static bool begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static enum evidence evidence_in(const struct observation *o)
{
	if (o->state == OBSERVED_UNREADABLE)
		return EVIDENCE_NONE;
	if (o->by == BY_LIST)
		return EVIDENCE_LIST;
	if (begins(o->key, "file:"))
		return EVIDENCE_FILES;
	if (o->by == BY_REGISTRY || o->by == BY_HIVE || o->by == BY_SCRIPT)
		return EVIDENCE_REGISTRY;
	return EVIDENCE_ANSWERS;
}

enum evidence evidence_of(const struct picture_machine *m)
{
	enum evidence best = EVIDENCE_NONE;

	if (m->judged == NULL || m->judged->posture == NULL)
		return best;
	for (size_t i = 0; i < m->judged->posture->n; i++) {
		enum evidence e = evidence_in(&m->judged->posture->list[i]);

		best = e < best ? e : best;
	}
	return best;
}

/* The list was read whole, and nothing is in it. */
static bool is_empty_list(const struct observation *o)
{
	return strcmp(o->key, "anti-malware:") == 0 && o->state == OBSERVED_VALUE &&
	       strcmp(o->value, "0") == 0;
}

enum protection protection_of(const struct picture_machine *m)
{
	enum protection best = PROTECTION_UNKNOWN;

	if (m->judged == NULL || m->judged->posture == NULL)
		return best;
	for (size_t i = 0; i < m->judged->posture->n; i++) {
		const struct observation *o = &m->judged->posture->list[i];
		enum protection p = PROTECTION_UNKNOWN;

		if (!begins(o->key, "anti-malware:"))
			continue;
		if (o->state == OBSERVED_ABSENT || is_empty_list(o))
			p = PROTECTION_NONE;
		else if (o->key[strlen("anti-malware:")] == '\0')
			continue; /* how many there are */
		else if (o->state == OBSERVED_VALUE && begins(o->value, "running"))
			p = PROTECTION_RUNNING;
		else if (o->state == OBSERVED_VALUE)
			p = PROTECTION_STOPPED;
		best = p < best ? p : best;
	}
	return best;
}

enum patch_state state_of(const struct picture_options *opt, const struct picture_machine *m,
			  bool *ret_loose)
{
	static const unsigned bad[PATCH_STATES] = {
		[PATCH_NOT_AFFECTED] = 0, [PATCH_EFFECTIVE] = 1, [PATCH_UNKNOWN] = 2,
		[PATCH_PENDING] = 3,      [PATCH_MISSING] = 4,
	};
	enum patch_state worst = PATCH_NOT_AFFECTED;
	bool is_loose = false;

	for (size_t i = 0; i < opt->n_weaknesses; i++) {
		const struct weakness *w = &opt->weaknesses[i];
		const struct judged_patch *p = NULL;
		enum patch_state s = PATCH_UNKNOWN;

		if (!weakness_is_shown(opt, w))
			continue;
		p = m->judged == NULL ? NULL : patch_of(m->judged, w, i);
		if (p != NULL)
			s = p->state;
		is_loose = is_loose || (s == PATCH_MISSING && weakness_is_loose(opt, w));
		worst = bad[s] > bad[worst] ? s : worst;
	}
	if (ret_loose != NULL)
		*ret_loose = is_loose;
	return worst;
}

double harm_of(const struct picture_machine *m)
{
	if (m->judged == NULL || !isfinite(m->judged->harm) || m->judged->harm < 0)
		return 0;
	return m->judged->harm;
}

const char *harm_format(double harm, char *text, size_t cap)
{
	static const double MOST = 1e12;
	uint64_t hundredths = (uint64_t)((harm < MOST ? harm : MOST) * 100 + 0.5);

	(void)snprintf(text, cap, "%llu.%02u", (unsigned long long)(hundredths / 100),
		       (unsigned)(hundredths % 100));
	return text;
}

const char *os_of(const struct picture_machine *m)
{
	const char *judged = m->judged == NULL ? "" : told(m->judged->os);

	return judged[0] == '\0' || strcmp(judged, "unknown") == 0 ? told(m->os) : judged;
}

const char *called(const struct picture_machine *m, char *text)
{
	if (told(m->name)[0] != '\0')
		return m->name;
	return addr_is_zero(&m->addr) ? told(m->id) : addr_format(&m->addr, text);
}

/* --- what is wrong --- */

const char *wrong_label(enum wrong_kind k)
{
	static const char *const labels[WRONGS] = {
		[WRONG_SIGN_STRONG] = "tampering",
		[WRONG_MISSING_LOOSE] = "missing",
		[WRONG_MISSING] = "missing",
		[WRONG_PENDING] = "restart",
		[WRONG_SIGN] = "sign",
		[WRONG_FAIL] = "fails",
		[WRONG_WARN] = "warns",
	};

	return labels[k];
}

struct wrongs {
	struct wrong *list;
	size_t cap, n;
};

static void put(struct wrongs *to, struct wrong w)
{
	if (to->n < to->cap)
		to->list[to->n] = w;
	to->n++;
}

static void put_signs(struct wrongs *to, const struct judged *j, enum wrong_kind kind)
{
	for (size_t i = 0; i < j->n_signs; i++) {
		const struct judged_sign *s = &j->signs[i];

		if (s->is_strong != (kind == WRONG_SIGN_STRONG))
			continue;
		put(to, (struct wrong){kind, told(s->id), told(s->id), told(s->why), "", "", ""});
	}
}

static enum wrong_kind kind_of_patch(const struct picture_options *opt,
				     const struct judged_patch *p)
{
	if (p->state == PATCH_PENDING)
		return WRONG_PENDING;
	if (p->state == PATCH_MISSING)
		return weakness_is_loose(opt, p->weakness) ? WRONG_MISSING_LOOSE : WRONG_MISSING;
	return WRONGS;
}

static void put_patches(struct wrongs *to, const struct picture_options *opt,
			const struct judged *j, enum wrong_kind kind)
{
	for (size_t i = 0; i < j->n_patches; i++) {
		const struct judged_patch *p = &j->patches[i];

		if (!weakness_is_shown(opt, p->weakness) || kind_of_patch(opt, p) != kind)
			continue;
		put(to, (struct wrong){kind, p->weakness->id, told(p->weakness->title),
				       told(p->why), "", told(p->remedy), told(p->kbs)});
	}
}

static void put_checks(struct wrongs *to, const struct judged *j, enum wrong_kind kind)
{
	for (size_t i = 0; i < j->n_checks; i++) {
		const struct judged_check *c = &j->checks[i];

		if (c->mark != (kind == WRONG_FAIL ? MARK_FAIL : MARK_WARN))
			continue;
		put(to, (struct wrong){kind, c->check->id, told(c->check->title), told(c->value),
				       told(c->wanted), "", told(c->check->correct)});
	}
}

size_t wrong_list(const struct picture_options *opt, const struct judged *j, struct wrong *list,
		  size_t cap)
{
	struct wrongs to = {list, cap, 0};

	if (j == NULL)
		return 0;
	put_signs(&to, j, WRONG_SIGN_STRONG);
	put_patches(&to, opt, j, WRONG_MISSING_LOOSE);
	put_patches(&to, opt, j, WRONG_MISSING);
	put_patches(&to, opt, j, WRONG_PENDING);
	put_signs(&to, j, WRONG_SIGN);
	if (opt->only != NULL) /* the question was this hole */
		return to.n;
	put_checks(&to, j, WRONG_FAIL);
	put_checks(&to, j, WRONG_WARN);
	return to.n;
}

const char *wrong_say(const struct wrong *w, char *text)
{
	int len = snprintf(text, WRONG_TEXT, "%s%s%s", w->title[0] != '\0' ? w->title : w->id,
			   w->what[0] != '\0' ? ": " : "", w->what);

	switch (w->kind) {
	case WRONG_MISSING_LOOSE:
	case WRONG_MISSING:
	case WRONG_PENDING: /* known by its id, such as ms08-067 */
		len = snprintf(text, WRONG_TEXT, "%s%s%s", w->id, w->what[0] != '\0' ? ": " : "",
			       w->what);
		break;
	case WRONG_SIGN_STRONG:
	case WRONG_SIGN: /* the reason says it all */
		len = snprintf(text, WRONG_TEXT, "%s", w->what[0] != '\0' ? w->what : w->id);
		break;
	default:
		break;
	}
	if (len > 0 && len < WRONG_TEXT && w->wanted[0] != '\0')
		len += snprintf(text + len, (size_t)(WRONG_TEXT - len), ", wanted %s", w->wanted);
	if (len > 0 && len < WRONG_TEXT && w->remedy[0] != '\0')
		(void)snprintf(text + len, (size_t)(WRONG_TEXT - len),
			       " (it cannot be reached: %s)", w->remedy);
	return text;
}

static const char *step_for(const struct wrong *w, char *text)
{
	bool has = w->correct[0] != '\0';

	switch (w->kind) {
	case WRONG_SIGN_STRONG:
		(void)snprintf(text, STEP_TEXT,
			       "Take it off the network, and look for a worm on it: an "
			       "administrator does not do this.");
		break;
	case WRONG_MISSING_LOOSE:
	case WRONG_MISSING:
		(void)snprintf(text, STEP_TEXT, "Install %s%s%s, and restart it.",
			       has ? w->correct : "the patch for ", has ? "" : w->id,
			       has ? "" : " of its Windows version");
		break;
	case WRONG_PENDING:
		(void)snprintf(text, STEP_TEXT, "Restart it: %s is installed and not in effect.",
			       w->id);
		break;
	case WRONG_FAIL:
	case WRONG_WARN:
		(void)snprintf(text, STEP_TEXT, "Correct \"%s\": %s", w->title, w->correct);

		break;
	case WRONG_SIGN:
	case WRONGS:
		(void)snprintf(text, STEP_TEXT, "Ask who did this, and why.");
		break;
	}
	return text;
}

const char *next_step(const struct picture_options *opt, const struct picture_machine *m,
		      char *text)
{
	struct wrong first = {.kind = WRONGS};

	text[0] = '\0';
	if (m->verdict == VERDICT_INFECTED)
		(void)snprintf(text, STEP_TEXT,
			       "Take it off the network: it is infected. Patch it before it is "
			       "let back.");
	else if (m->judged == NULL)
		(void)snprintf(text, STEP_TEXT,
			       "Assess it, or run the collection script there: nothing is known.");
	else if (assessed_of(opt, m) == ASSESSED_FAILED)
		(void)snprintf(text, STEP_TEXT,
			       "Run the collection script there: it answered no question.");
	else if (wrong_list(opt, m->judged, &first, 1) > 0)
		step_for(&first, text);
	else if (state_of(opt, m, NULL) == PATCH_UNKNOWN)
		(void)snprintf(text, STEP_TEXT,
			       "Assess it with credentials, or run the collection script there.");
	return text;
}
