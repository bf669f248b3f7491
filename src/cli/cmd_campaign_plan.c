/* new, file, add, wave, open, pause, resume, abort: what a campaign is to do, and when. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "campaign/waves.h"
#include "cli/campaign.h"
#include "console/filter.h"
#include "desk/files.h"
#include "desk/status.h"

enum { ID_MOST = 63, TEXT = 1024, PATCHES_TEXT = 160, KBS_MOST = 16, PILOT = 10, PREFIX = 24 };

static const double gate_default = 0.9, gate_failed_default = 0.05, stop_default = 0.2;

static int journal(struct campaign_work *w, const char *act, const char *text)
{
	enum rc rc = desk_journal(w->store, w->c->head.id, &w->by, act, "", text);

	if (rc == RC_OK)
		rc = desk_campaign_put(w->c);
	return rc == RC_OK ? CLI_DONE : campaign_failed(w, rc);
}

/* --- new --- */

static bool is_id(const char *id)
{
	size_t len = strlen(id);

	if (len == 0 || len > ID_MOST || id[0] == '-' || id[len - 1] == '-')
		return false;
	return strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static bool found(void *ctx, const struct campaign *c)
{
	bool *is_there = ctx;

	(void)c;
	*is_there = true;
	return false;
}

/* The updates that close it, each once. */
static size_t kbs_of(const struct weakness *k, const char **list)
{
	size_t n = 0;

	for (size_t i = 0; i < k->n_fixed; i++) {
		for (const char *const *kb = k->fixed[i].kbs; kb != NULL && *kb != NULL; kb++) {
			size_t at = 0;

			while (at < n && strcmp(list[at], *kb) != 0)
				at++;
			if (at == n && n < KBS_MOST)
				list[n++] = *kb;
		}
	}
	return n;
}

static void join(const char *const *list, size_t n, const char *between, char *text, size_t cap)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < n && len < cap; i++) {
		int more = snprintf(text + len, cap - len, "%s%s", i > 0 ? between : "", list[i]);

		len += more > 0 ? (size_t)more : 0;
	}
}

/* One patch, and one that closes the hole: anything else only by force. `text` holds PATCHES_TEXT.
 */
static int choose_patch(const struct campaign_work *w, const struct weakness *k, char *text)
{
	const struct campaign_request *rq = w->rq;
	const char *kbs[KBS_MOST];
	char all[TEXT];
	size_t n = kbs_of(k, kbs);

	join(kbs, n, ", ", all, sizeof(all));
	if (rq->n_patches == 0 && n == 1) {
		(void)snprintf(text, PATCHES_TEXT, "%s", kbs[0]);
		return CLI_DONE;
	}
	if (rq->n_patches == 0)
		return cli_usage(&cli_campaign,
				 "--patch: which one? %s%s is closed by %s, by Windows version",
				 n == 0 ? "the catalogue knows none: " : "", k->id,
				 n > 0 ? all : "an update that you name");
	join(rq->patches, rq->n_patches, " ", text, PATCHES_TEXT);
	if (rq->is_forced)
		return CLI_DONE;
	if (rq->n_patches > 1)
		return cli_usage(&cli_campaign,
				 "one patch, not all: a second one makes the first wave slower and "
				 "its failures harder to read. --force --reason TEXT overrides");
	for (size_t i = 0; i < n; i++) {
		if (strcmp(kbs[i], rq->patches[0]) == 0)
			return CLI_DONE;
	}
	if (n == 0)
		return CLI_DONE;
	return cli_usage(&cli_campaign,
			 "%s is not among the updates that close %s: %s. If it brings their fix, "
			 "--force --reason TEXT",
			 rq->patches[0], k->id, all);
}

static int take_files(struct campaign_work *w, struct campaign_file *files, size_t n,
		      struct arena *arena)
{
	char err[CLI_ERROR] = "";

	for (size_t i = 0; i < w->rq->n_files; i++) {
		enum rc rc =
			desk_file_parse(arena, w->rq->files[i], &files[n + i], err, sizeof(err));

		if (rc == RC_INVAL)
			return cli_usage(&cli_campaign, "--file %s", err);
		if (rc != RC_OK)
			return campaign_failed(w, rc);
	}
	if (desk_files_second(files, n + w->rq->n_files) > 0 && !w->rq->is_forced)
		return cli_usage(&cli_campaign,
				 "one patch, not all: there is a second file of the role patch for "
				 "the same Windows. Say os=5.1 and the like, or --force --reason "
				 "TEXT");
	return CLI_DONE;
}

static const char *by_force(const struct campaign_request *rq, char *text, size_t len)
{
	text[0] = '\0';
	if (rq->is_forced)
		(void)snprintf(text, len, ", by force: %.300s", rq->reason);
	return text;
}

static enum rc put_new(struct campaign_work *w, const struct campaign *c)
{
	char text[TEXT], forced[TEXT / 2];
	enum rc rc = store_put_campaign(w->store, c);

	(void)snprintf(text, sizeof(text), "against %s with %s, %zu files%s%s%s", c->weakness,
		       c->patch, c->n_files, c->strategy[0] != '\0' ? ", strategy " : "",
		       c->strategy, by_force(w->rq, forced, sizeof(forced)));
	return rc == RC_OK ? desk_journal(w->store, c->id, &w->by, "new", "", text) : rc;
}

static int check_new(const struct campaign_work *w, const struct weakness **ret_k)
{
	const struct campaign_request *rq = w->rq;
	bool is_there = false;
	enum rc rc = RC_OK;

	if (!is_id(rq->words[0]))
		return cli_usage(&cli_campaign,
				 "'%s': a campaign's id has small letters, digits and -, as "
				 "stop-worm",
				 rq->words[0]);
	if (rq->weakness == NULL)
		return cli_usage(&cli_campaign, "--for: against which hole? See 'quell threats'");
	*ret_k = knowledge_weakness(w->knowledge, rq->weakness);
	if (*ret_k == NULL)
		return cli_usage(&cli_campaign,
				 "--for %s: the catalogue has no such weakness; see 'quell "
				 "threats'",
				 rq->weakness);
	rc = store_campaigns(w->store, rq->words[0], found, &is_there);
	if (rc != RC_OK && rc != RC_END)
		return campaign_failed(w, rc);
	if (is_there) {
		(void)cli_usage(&cli_campaign, "there is a campaign %s already", rq->words[0]);
		return CLI_FAILED;
	}
	return CLI_DONE;
}

int campaign_new(struct campaign_work *w)
{
	const struct campaign_request *rq = w->rq;
	struct campaign_file files[CAMPAIGN_FILES];
	const struct weakness *k = NULL;
	struct arena *arena = NULL;
	char patch[PATCHES_TEXT] = "";
	int status = check_new(w, &k);
	enum rc rc = RC_OK;

	if (status == CLI_DONE && k != NULL)
		status = choose_patch(w, k, patch);
	if (status != CLI_DONE || k == NULL)
		return status;
	if (arena_new(0, &arena) != RC_OK)
		return campaign_failed(w, RC_NOMEM);
	status = take_files(w, files, 0, arena);
	if (status == CLI_DONE) {
		const struct campaign c = {
			.id = rq->words[0],
			.weakness = k->id,
			.patch = patch,
			.strategy = rq->strategy != NULL ? rq->strategy : "",
			.state = "open",
			.made_ns = w->by.at_ns,
			.stop_failed = rq->stop < 0 ? stop_default : rq->stop,
			.files = files,
			.n_files = rq->n_files,
		};

		rc = put_new(w, &c);
		status = rc == RC_OK ? CLI_DONE : campaign_failed(w, rc);
	}
	arena_free(arena);
	if (status == CLI_DONE)
		printf("Campaign %s: %s with %s. Now: quell campaign add %s inventory\n",
		       rq->words[0], k->id, patch, rq->words[0]);
	return status;
}

int campaign_file(struct campaign_work *w)
{
	struct campaign_file files[2 * CAMPAIGN_FILES];
	struct campaign *head = &w->c->head;
	char text[TEXT], forced[TEXT / 2];
	int status = CLI_DONE;

	if (w->rq->n_files == 0)
		return cli_usage(&cli_campaign, "file %s: which? --file ROLE=PATH", head->id);
	if (head->n_files > CAMPAIGN_FILES)
		return cli_usage(&cli_campaign, "file: %s has %zu files already", head->id,
				 head->n_files);
	for (size_t i = 0; i < head->n_files; i++)
		files[i] = head->files[i];
	status = take_files(w, files, head->n_files, w->c->arena);
	if (status != CLI_DONE)
		return status;
	head->files = files;
	head->n_files += w->rq->n_files;
	(void)snprintf(text, sizeof(text), "%zu more files for the kits%s", w->rq->n_files,
		       by_force(w->rq, forced, sizeof(forced)));
	return journal(w, "file", text);
}

/* --- add --- */

struct adding {
	struct arena *arena;
	const char **ids;
	size_t n, cap;
	bool is_full;
};

static bool take_id(void *ctx, const struct store_row *r)
{
	struct adding *a = ctx;

	if (a->n == a->cap) {
		size_t cap = a->cap == 0 ? 1024 : 2 * a->cap;
		const char **more = realloc(a->ids, cap * sizeof(*more));

		if (more == NULL) {
			a->is_full = true;
			return false;
		}
		a->ids = more;
		a->cap = cap;
	}
	a->ids[a->n] = arena_strdup(a->arena, r->id);
	a->is_full = a->ids[a->n] == NULL;
	a->n += !a->is_full;
	return !a->is_full;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int parse_filter(const struct campaign_work *w, struct query *q)
{
	const struct campaign_request *rq = w->rq;
	int status = CLI_DONE;

	if (rq->n_words == 2 && rq->n_terms == 0 && strcmp(rq->words[1], "inventory") == 0)
		return CLI_DONE;
	for (int i = 1; i < rq->n_words && status == CLI_DONE; i++)
		status = cli_filter_word(&cli_campaign, rq->words[i], w->by.at_ns, q);
	for (int i = 0; i < rq->n_terms && status == CLI_DONE; i++)
		status = cli_filter_word(&cli_campaign, rq->terms[i], w->by.at_ns, q);
	return status;
}

static int add_found(struct campaign_work *w, struct adding *a, const struct query *q)
{
	char filter[QUERY_TEXT], text[TEXT];
	size_t added = 0;
	enum rc rc = RC_OK;

	if (a->n > 0)
		qsort(a->ids, a->n, sizeof(*a->ids), by_text);
	rc = desk_campaign_add(w->c, a->ids, a->n, &added);
	query_print(q, filter);
	(void)snprintf(text, sizeof(text), "%zu machines, by %s%.800s", added,
		       filter[0] != '\0' ? "the filter " : "the inventory", filter);
	if (rc == RC_OK)
		rc = desk_journal(w->store, w->c->head.id, &w->by, "add", "", text);
	if (rc != RC_OK)
		return campaign_failed(w, rc);
	printf("%zu machines match; %zu are new in %s.\n", a->n, added, w->c->head.id);
	return campaign_learn(w);
}

int campaign_add(struct campaign_work *w)
{
	struct adding a = {.n = 0};
	struct query q = {.n_terms = 0};
	int status = parse_filter(w, &q);

	if (status != CLI_DONE)
		return status;
	if (arena_new(0, &a.arena) != RC_OK)
		return campaign_failed(w, RC_NOMEM);
	if (store_list(w->store, &q, take_id, &a, NULL) != RC_OK)
		status = cli_store_failed(&cli_campaign, w->store);
	else if (a.is_full)
		status = campaign_failed(w, RC_NOMEM);
	else
		status = add_found(w, &a, &q);
	free(a.ids);
	arena_free(a.arena);
	return status;
}

/* --- wave --- */

struct planning {
	const struct desk_campaign *c;
	struct wave_candidate *list;
	size_t n;
	bool *is_in; /* of each member: a candidate already */
};

/* What says server in its name of Windows; a domain controller does. */
static bool is_server(const char *os)
{
	return strcasestr(os, "server") != NULL;
}

static bool take_candidate(void *ctx, const struct store_row *r)
{
	struct planning *p = ctx;
	const struct member *m = desk_campaign_member(p->c, r->id);

	if (m == NULL || m->wave != 0 || p->is_in[m - p->c->members])
		return true;
	p->is_in[m - p->c->members] = true;
	p->list[p->n++] = (struct wave_candidate){
		.machine = m->machine,
		.addr = r->addr,
		.is_infected = (m->marks & MEMBER_INFECTED) != 0,
		.is_server = is_server(r->os),
		.importance = r->importance,
	};
	return true;
}

/* "pilot", "ring 1", or the network where all of it is one. */
static void name_wave(const struct planning *p, const struct wave_plan *plan, uint32_t num,
		      uint32_t first, char *text, size_t len)
{
	struct net net = {.bits = 0};
	char shown[NET_TEXT];
	bool is_one = plan->order == WAVES_BY_NETWORK && num > first;

	(void)snprintf(text, len, "ring %u", (unsigned)num - (plan->pilot > 0 && first == 1));
	if (plan->pilot > 0 && num == first)
		(void)snprintf(text, len, "pilot");
	for (size_t i = 0; i < p->n && is_one; i++) {
		struct addr a = p->list[i].addr;

		if (p->list[i].wave != num)
			continue;
		is_one = addr_is_v4(&a);
		a.b[15] = 0;
		is_one = is_one && (net.bits == 0 || addr_eq(&net.addr, &a));
		net = (struct net){a, 96 + PREFIX};
	}
	if (is_one && net.bits > 0)
		(void)snprintf(text, len, "%s", net_format(&net, shown));
}

static enum rc make_waves(struct campaign_work *w, const struct planning *p,
			  const struct wave_plan *plan, uint32_t first, uint32_t last)
{
	const struct campaign_request *rq = w->rq;
	enum rc rc = RC_OK;

	for (uint32_t num = first; num <= last && rc == RC_OK; num++) {
		struct wave *v = NULL;
		char name[NET_TEXT];

		name_wave(p, plan, num, first, name, sizeof(name));
		rc = desk_campaign_new_wave(w->c, num, name, &v);
		if (rc != RC_OK || v == NULL)
			break;
		v->gate_patched = rq->gate < 0 ? gate_default : rq->gate;
		v->gate_failed = rq->gate_failed < 0 ? gate_failed_default : rq->gate_failed;
	}
	for (size_t i = 0; i < p->n && rc == RC_OK; i++) {
		struct member *m = desk_campaign_member(w->c, p->list[i].machine);

		if (m != NULL) {
			m->wave = p->list[i].wave;
			desk_campaign_touch(w->c, m);
		}
	}
	return rc;
}

static void tell_waves(const struct campaign_work *w, uint32_t first)
{
	for (size_t i = 0; i < w->c->n_waves; i++) {
		struct wave_count count;

		if (w->c->waves[i].num < first)
			continue;
		desk_status_count(w->c, w->c->waves[i].num, &count);
		printf("wave %u, %s: %zu machines, %zu infected\n", (unsigned)w->c->waves[i].num,
		       w->c->waves[i].name, count.n, count.infected);
	}
	printf("Now: quell campaign open %s %u\n", w->c->head.id, (unsigned)first);
}

static int plan_waves(struct campaign_work *w, struct planning *p, const struct wave_plan *plan)
{
	uint32_t first = w->c->n_waves > 0 ? w->c->waves[w->c->n_waves - 1].num + 1 : 1, last = 0;
	char text[TEXT];
	enum rc rc = waves_plan(plan, first, p->list, p->n, &last);

	if (rc == RC_OK)
		rc = make_waves(w, p, plan, first, last);
	if (rc != RC_OK)
		return campaign_failed(w, rc);
	(void)snprintf(text, sizeof(text),
		       "%zu machines into the waves %u to %u, pilot %zu, rings of %zu, by %s", p->n,
		       (unsigned)first, (unsigned)last, plan->pilot, plan->ring,
		       wave_order_name(plan->order));
	if (journal(w, "wave", text) != CLI_DONE)
		return CLI_FAILED;
	tell_waves(w, first);
	return CLI_DONE;
}

int campaign_wave(struct campaign_work *w)
{
	const struct campaign_request *rq = w->rq;
	struct planning p = {.c = w->c};
	struct query all = {.n_terms = 0};
	/* A pilot once: those who come later go into rings. */
	long pilot = rq->pilot >= 0 ? rq->pilot : w->c->n_waves == 0 ? PILOT : 0;
	struct wave_plan plan = {WAVES_INFECTED_FIRST, (size_t)pilot,
				 rq->ring > 0 ? (size_t)rq->ring : 0, PREFIX};
	int status = CLI_DONE;

	if (rq->by != NULL && wave_order_parse(rq->by, &plan.order) != RC_OK)
		return cli_usage(&cli_campaign, "--by %s: infected, network or importance", rq->by);
	p.list = calloc(w->c->n_members + 1, sizeof(*p.list));
	p.is_in = calloc(w->c->n_members + 1, sizeof(*p.is_in));
	if (p.list == NULL || p.is_in == NULL)
		status = campaign_failed(w, RC_NOMEM);
	else if (store_list(w->store, &all, take_candidate, &p, NULL) != RC_OK)
		status = cli_store_failed(&cli_campaign, w->store);
	else if (p.n == 0)
		status = cli_usage(&cli_campaign,
				   "every machine of %s is in a wave already; 'quell campaign add' "
				   "brings more",
				   w->c->head.id);
	else
		status = plan_waves(w, &p, &plan);
	free(p.list);
	free(p.is_in);
	return status;
}

/* --- open, pause, resume, abort --- */

static struct wave *wave_of(const struct campaign_work *w, const char *word)
{
	char *end = NULL;
	unsigned long num = strtoul(word, &end, 10);
	struct wave *v = word[0] >= '0' && word[0] <= '9' && *end == '\0' && num <= UINT32_MAX
				 ? desk_campaign_wave(w->c, (uint32_t)num)
				 : NULL;

	if (v == NULL)
		(void)cli_usage(&cli_campaign, "%s has no wave '%s'", w->c->head.id, word);
	return v;
}

/* The first wave before `v` whose gate is not open. NULL: none; `why` says why. */
static const struct wave *shut_before(const struct campaign_work *w, const struct wave *v,
				      char *why, size_t len)
{
	for (const struct wave *at = w->c->waves; at < v; at++) {
		struct wave_count count;

		if (at->state == WAVE_ABORTED || at->state == WAVE_DONE)
			continue;
		desk_status_count(w->c, at->num, &count);
		if (at->state == WAVE_WAITING && count.n > 0) {
			(void)snprintf(why, len, "it has not been opened yet");
			return at;
		}
		if (wave_gate(at, &count, w->c->head.stop_failed, why, len) != GATE_OPEN)
			return at;
	}
	return NULL;
}

static int check_open(const struct campaign_work *w, const struct wave *v)
{
	char why[160] = "";
	const struct wave *shut = NULL;

	if (strcmp(w->c->head.state, "open") != 0) {
		(void)cli_usage(&cli_campaign, "%s is %s: 'quell campaign resume %s' first",
				w->c->head.id, w->c->head.state, w->c->head.id);
		return CLI_FAILED;
	}
	if (v->state != WAVE_WAITING) {
		(void)cli_usage(&cli_campaign, "wave %u is %s", (unsigned)v->num,
				wave_state_name(v->state));
		return CLI_FAILED;
	}
	shut = shut_before(w, v, why, sizeof(why));
	if (shut == NULL || w->rq->is_forced)
		return CLI_DONE;
	(void)cli_usage(&cli_campaign,
			"the gate of wave %u is shut: %s. Look into it, or --force --reason TEXT",
			(unsigned)shut->num, why);
	return CLI_FAILED;
}

int campaign_open(struct campaign_work *w)
{
	struct wave *v = wave_of(w, w->rq->words[1]);
	char text[TEXT], forced[TEXT / 2];
	int status = v != NULL ? campaign_learn(w) : CLI_USAGE;

	if (status == CLI_DONE && v != NULL)
		status = check_open(w, v);
	if (status != CLI_DONE || v == NULL)
		return status;
	v->state = WAVE_OPEN;
	v->opened_ns = w->by.at_ns;
	(void)snprintf(text, sizeof(text), "wave %u, %s%s", (unsigned)v->num, v->name,
		       by_force(w->rq, forced, sizeof(forced)));
	status = journal(w, "open", text);
	if (status == CLI_DONE)
		printf("Wave %u is open: quell campaign kit %s CHANNEL --out DIR\n",
		       (unsigned)v->num, w->c->head.id);
	return status;
}

struct turn { /* from which states to which */
	const char *act, *state;
	enum wave_state to;
	unsigned from; /* set of enum wave_state */
};

static int turn_wave(struct campaign_work *w, const struct turn *t)
{
	struct wave *v = wave_of(w, w->rq->words[1]);
	char text[TEXT];

	if (v == NULL)
		return CLI_USAGE;
	if ((t->from >> v->state & 1) == 0) {
		(void)cli_usage(&cli_campaign, "wave %u is %s", (unsigned)v->num,
				wave_state_name(v->state));
		return CLI_FAILED;
	}
	v->state = t->to;
	(void)snprintf(text, sizeof(text), "wave %u%s%.600s", (unsigned)v->num,
		       w->rq->reason != NULL ? ": " : "",
		       w->rq->reason != NULL ? w->rq->reason : "");
	return journal(w, t->act, text);
}

static int turn_all(struct campaign_work *w, const struct turn *t)
{
	bool is_over = strcmp(w->c->head.state, "aborted") == 0;

	if (strcmp(w->c->head.state, t->state) == 0 || is_over) {
		(void)cli_usage(&cli_campaign, "%s is %s already", w->c->head.id, w->c->head.state);
		return CLI_FAILED;
	}
	w->c->head.state = t->state;
	return journal(w, t->act, w->rq->reason != NULL ? w->rq->reason : "");
}

static int turn(struct campaign_work *w, const struct turn *t)
{
	int status = w->rq->n_words > 1 ? turn_wave(w, t) : turn_all(w, t);

	if (status == CLI_DONE)
		printf("%s%s%s is %s.\n", w->c->head.id, w->rq->n_words > 1 ? ", wave " : "",
		       w->rq->n_words > 1 ? w->rq->words[1] : "",
		       w->rq->n_words > 1 ? wave_state_name(t->to) : t->state);
	return status;
}

int campaign_pause(struct campaign_work *w)
{
	static const struct turn t = {"pause", "paused", WAVE_PAUSED, 1U << WAVE_OPEN};

	return turn(w, &t);
}

int campaign_resume(struct campaign_work *w)
{
	static const struct turn t = {"resume", "open", WAVE_OPEN, 1U << WAVE_PAUSED};

	return turn(w, &t);
}

int campaign_abort(struct campaign_work *w)
{
	static const struct turn t = {"abort", "aborted", WAVE_ABORTED,
				      1U << WAVE_OPEN | 1U << WAVE_PAUSED | 1U << WAVE_WAITING};

	return turn(w, &t);
}
