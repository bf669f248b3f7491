#include "desk/outlook.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/looking.h"

const char *look_text(struct looking *l, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return look_kept(l, text);
}

const char *look_kept(struct looking *l, const char *text)
{
	const char *copy = text[0] == '\0' ? "" : arena_strdup(l->arena, text);

	if (copy == NULL)
		l->rc = RC_NOMEM;
	return copy != NULL ? copy : "";
}

/* --- runs and sensors --- */

static struct look_sensor *sensor_of(struct looking *l, const char *name)
{
	for (size_t i = 0; i < l->n_sensors; i++) {
		if (strcmp(l->sensors[i].name, name) == 0)
			return &l->sensors[i];
	}
	if (l->n_sensors == SENSORS_MOST) {
		l->sensors_left_out++;
		return NULL;
	}
	l->sensors[l->n_sensors] = (struct look_sensor){.name = look_kept(l, name)};
	return &l->sensors[l->n_sensors++];
}

static void add_run(struct look_sensor *to, const struct store_run_row *r)
{
	const struct coverage *c = r->coverage;

	if (r->first_ns != 0 && (to->first_ns == 0 || r->first_ns < to->first_ns))
		to->first_ns = r->first_ns;
	if (r->last_ns > to->last_ns)
		to->last_ns = r->last_ns;
	if (r->first_ns != 0 && r->last_ns > r->first_ns)
		to->minutes += (double)(r->last_ns - r->first_ns) / 60e9;
	to->packets += r->packets;
	to->lost += c->lost_packets;
	to->encrypted += c->encrypted_smb_flows + c->compressed_smb_flows + c->sealed_rpc_flows;
	to->is_low = to->is_low || coverage_is_low(c);
}

static bool take_run(void *ctx, const struct store_run_row *r)
{
	struct looking *l = ctx;
	struct look_sensor *sensor = sensor_of(l, r->sensor);

	if (l->n_runs == l->cap_runs) {
		size_t cap = l->cap_runs == 0 ? 64 : 2 * l->cap_runs;
		struct look_run *more = realloc(l->runs, cap * sizeof(*more));

		if (more == NULL) {
			l->rc = RC_NOMEM;
			return false;
		}
		l->runs = more;
		l->cap_runs = cap;
	}
	l->runs[l->n_runs++] = (struct look_run){look_kept(l, r->id), look_kept(l, r->names)};
	if (sensor != NULL)
		add_run(sensor, r);
	return l->rc == RC_OK;
}

static int by_run(const void *a, const void *b)
{
	const struct look_run *x = a, *y = b;

	return strcmp(x->id, y->id);
}

enum rc look_at_runs(struct looking *l)
{
	struct triage_heard *heard = &l->o->in.heard;
	enum rc rc = store_runs(l->s, take_run, l);

	if (rc == RC_OK)
		rc = l->rc;
	if (rc != RC_OK)
		return rc;
	if (l->n_runs > 0)
		qsort(l->runs, l->n_runs, sizeof(*l->runs), by_run);
	heard->runs = l->n_runs;
	heard->sensors = l->n_sensors;
	for (size_t i = 0; i < l->n_sensors; i++) {
		const struct look_sensor *s = &l->sensors[i];

		heard->minutes += s->minutes;
		heard->is_low = heard->is_low || s->is_low;
		if (s->first_ns != 0 && (heard->first_ns == 0 || s->first_ns < heard->first_ns))
			heard->first_ns = s->first_ns;
		if (s->last_ns > heard->last_ns)
			heard->last_ns = s->last_ns;
	}
	return RC_OK;
}

/* --- machines --- */

static bool take_node(void *ctx, const struct store_row *r)
{
	struct looking *l = ctx;

	if (l->n_nodes == l->cap_nodes) {
		size_t cap = l->cap_nodes == 0 ? 64 : 2 * l->cap_nodes;
		struct triage_node *more = realloc(l->nodes, cap * sizeof(*more));

		if (more == NULL) {
			l->rc = RC_NOMEM;
			return false;
		}
		l->nodes = more;
		l->cap_nodes = cap;
	}
	l->nodes[l->n_nodes++] = (struct triage_node){
		.machine = look_kept(l, r->id),
		.name = look_kept(l, r->name),
		.user = look_kept(l, r->user),
		.place = look_kept(l, r->place),
		.phone = look_kept(l, r->phone),
		.owner = look_kept(l, r->owner),
		.os = look_kept(l, r->os),
		.addr = r->addr,
		.verdict = r->verdict,
		.patch = PATCH_UNKNOWN,
		.why = look_kept(l, r->why),
	};
	return l->rc == RC_OK;
}

static enum rc take_verdict(struct looking *l, enum verdict v)
{
	struct query q = {.n_terms = 1};

	q.terms[0] = (struct query_term){.field = QUERY_VERDICT, .op = QUERY_HAS, .verdict = v};
	enum rc rc = store_list(l->s, &q, take_node, l, NULL);

	return rc == RC_OK ? l->rc : rc;
}

static int by_machine(const void *a, const void *b)
{
	const struct triage_node *x = a, *y = b;

	return strcmp(x->machine, y->machine);
}

uint32_t look_node(const struct looking *l, const char *machine)
{
	const struct triage_node key = {.machine = machine}, *found = NULL;

	if (l->n_nodes > 0 && machine[0] != '\0')
		found = bsearch(&key, l->nodes, l->n_nodes, sizeof(key), by_machine);
	return found != NULL ? (uint32_t)(found - l->nodes) : TREE_NOBODY;
}

enum rc look_at_machines(struct looking *l)
{
	struct triage_input *in = &l->o->in;
	struct store_count count;
	enum rc rc = store_count(l->s, &count);

	if (rc == RC_OK)
		rc = take_verdict(l, VERDICT_INFECTED);
	if (rc == RC_OK)
		rc = take_verdict(l, VERDICT_SUSPECTED);
	if (rc != RC_OK)
		return rc;
	if (l->n_nodes > 0)
		qsort(l->nodes, l->n_nodes, sizeof(*l->nodes), by_machine);
	in->machines = (size_t)count.all;
	for (unsigned v = 0; v < VERDICTS; v++)
		in->by_verdict[v] = (size_t)count.by_verdict[v];
	l->on_wire = count.on_wire;
	return RC_OK;
}

/* --- all of it --- */

static enum rc look(struct looking *l)
{
	static enum rc (*const parts[])(struct looking * l) = {
		look_at_runs, look_at_machines, look_at_findings,    look_at_patches,
		look_at_tree, look_at_numbers,  look_at_blind_spots,
	};
	/* One transaction: what is read belongs together, and no query needs locks of its own. */
	enum rc rc = store_begin(l->s);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && rc == RC_OK; i++)
		rc = parts[i](l);
	if (rc == RC_OK)
		rc = store_commit(l->s);
	else
		store_rollback(l->s);
	return rc == RC_OK ? l->rc : rc;
}

/* What the input borrows must live as long as it does. */
static enum rc hand_over(struct looking *l)
{
	struct triage_input *in = &l->o->in;
	struct triage_node *nodes = arena_alloc(l->arena, l->n_nodes * sizeof(*nodes));
	const char **lists = arena_alloc(
		l->arena, (l->n_loose + PRODUCTS_MOST + EVIDENCE_MOST + 3) * sizeof(*lists));

	if (nodes == NULL || lists == NULL)
		return RC_NOMEM;
	if (l->n_nodes > 0)
		memcpy(nodes, l->nodes, l->n_nodes * sizeof(*nodes));
	in->nodes = nodes;
	in->n_nodes = l->n_nodes;
	memcpy(lists, l->loose, (l->n_loose + 1) * sizeof(*lists));
	in->loose = lists;
	lists += l->n_loose + 1;
	memcpy(lists, l->products, sizeof(l->products));
	in->products = lists;
	lists += PRODUCTS_MOST + 1;
	memcpy(lists, l->evidence, sizeof(l->evidence));
	in->evidence = lists;
	return RC_OK;
}

static void fill_in(struct triage_input *in, const struct outlook_options *opt)
{
	*in = (struct triage_input){.now_ns = opt->now_ns,
				    .means = opt->means,
				    .is_simulated = opt->is_simulated,
				    .runs = opt->runs,
				    .seed = opt->seed,
				    .store_option = opt->store_option,
				    .is_overridden = opt->is_overridden,
				    .chosen = opt->chosen,
				    .override_by = opt->override_by,
				    .override_why = opt->override_why,
				    .earlier = opt->earlier};
}

static void looking_free(struct looking *l)
{
	if (l == NULL)
		return;
	free(l->nodes);
	free(l->runs);
	free(l->deeds);
	free(l);
}

static enum rc looking_new(struct store *s, struct looking **ret_l)
{
	struct looking *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return RC_NOMEM;
	if (arena_new(0, &l->arena) == RC_OK)
		l->o = arena_alloc(l->arena, sizeof(*l->o));
	if (l->o == NULL) {
		arena_free(l->arena);
		free(l);
		return RC_NOMEM;
	}
	l->s = s;
	l->o->arena = l->arena;
	*ret_l = l;
	return RC_OK;
}

enum rc outlook_estimate(struct store *s, struct estimate *ret_e)
{
	struct looking *l = NULL;
	enum rc rc = looking_new(s, &l);

	if (rc != RC_OK)
		return rc;
	rc = look_at_runs(l);
	if (rc == RC_OK)
		rc = look_at_machines(l);
	if (rc == RC_OK)
		rc = look_at_estimate(l);
	if (rc == RC_OK)
		*ret_e = l->o->in.estimate;
	arena_free(l->arena);
	looking_free(l);
	return rc;
}

enum rc outlook_make(struct store *s, const struct knowledge *k, const struct outlook_options *opt,
		     struct outlook **ret_o)
{
	struct looking *l = NULL;
	enum rc rc = looking_new(s, &l);

	if (rc != RC_OK)
		return rc;
	l->k = k;
	l->opt = opt;
	fill_in(&l->o->in, opt);
	rc = look(l);
	if (rc == RC_OK)
		rc = hand_over(l);
	if (rc == RC_OK) {
		*ret_o = l->o;
	} else {
		tree_free(l->o->tree);
		arena_free(l->arena);
	}
	looking_free(l);
	return rc;
}

void outlook_free(struct outlook *o)
{
	if (o == NULL)
		return;
	tree_free(o->tree);
	arena_free(o->arena);
}
