/* A campaign in a store: what assessments, sensors, kits and operators say, from new to quiet; each
 * change with its line in the journal, and the same evidence again changes nothing. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <sys/stat.h>

#include "campaign/journal.h"
#include "desk/evidence.h"
#include "desk/kits.h"
#include "desk/returned.h"
#include "desk/status.h"
#include "kit_bench.h"
#include "store_facts.h"
#include "store_postures.h"

enum { HOUR_0 = 486112 }; /* the first whole one after DAY_1 */

static struct test_store at;
static struct knowledge *knowledge;
static const char maria[] = "maria (uid 1000) on lap-9";

#define ONE "mac:001a2b000001"
#define TWO "mac:001a2b000002"
#define SIX "mac:001a2b000006"

static uint64_t time_of(unsigned hour, unsigned minute)
{
	return ((uint64_t)(HOUR_0 + hour) * 60 + minute) * 60 * NS_PER_S;
}

static struct audit_by by_at(unsigned hour)
{
	return (struct audit_by){maria, time_of(hour, 0)};
}

static void must(enum rc rc)
{
	if (rc != RC_OK)
		fail_msg("%s: %s", rc_str(rc), store_error(at.s));
}

static struct desk_campaign *opened(void)
{
	struct desk_campaign *c = NULL;

	must(desk_campaign_open(at.s, "stop-worm", &c));
	assert_non_null(c);
	return c;
}

/* Six machines, 10.1.0.1 to 6, in a campaign. */
static int set_up(void **state)
{
	const struct campaign head = {.id = "stop-worm",
				      .weakness = "ms08-067",
				      .patch = "KB958644",
				      .strategy = "generic",
				      .state = "open",
				      .made_ns = time_of(0, 0),
				      .stop_failed = 0.2};
	const char *ids[6];
	char texts[6][MACHINE_ID], mac[6][16], ip[6][16], name[6][16], err[256];
	struct fact facts[12];
	size_t added = 0;

	(void)state;
	test_store_new(&at, 1);
	must(knowledge_new(NULL, &knowledge, err, sizeof(err)));
	for (unsigned i = 0; i < 6; i++) {
		(void)snprintf(mac[i], sizeof(mac[i]), "001a2b00000%u", i + 1);
		(void)snprintf(ip[i], sizeof(ip[i]), "10.1.0.%u", i + 1);
		(void)snprintf(name[i], sizeof(name[i]), "pc-%u", i + 1);
		facts[2 * i] = fact_of(FACT_LINK, "", mac[i], ip[i], time_of(0, 0), time_of(20, 0));
		facts[2 * i + 1] =
			fact_of(FACT_NAME, name[i], mac[i], ip[i], time_of(0, 0), time_of(20, 0));
		(void)snprintf(texts[i], MACHINE_ID, "mac:%s", mac[i]);
		ids[i] = texts[i];
	}
	(void)keep(at.s, facts, 12);
	must(store_put_campaign(at.s, &head));
	struct desk_campaign *c = opened();

	must(desk_campaign_add(c, ids, 6, &added));
	assert_int_equal(added, 6);
	must(desk_campaign_add(c, ids, 6, &added));
	assert_int_equal(added, 0);
	desk_campaign_close(c);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	knowledge_free(knowledge);
	test_store_done(&at);
	return 0;
}

/* --- what is put into the store --- */

static void observe(struct posture *p, const char *key, const char *value, uint64_t at_ns,
		    unsigned by)
{
	const struct observation o = {key, value, OBSERVED_VALUE, (uint8_t)by, at_ns};

	must(posture_add(p, &o));
}

/* An assessment of Windows XP Service Pack 3, whose file has that version ("": was not asked). */
static void assess(const char *id, const char *ip, const char *version, const char *claimed,
		   uint64_t at_ns)
{
	struct posture *p = NULL;

	put_assessment(at.s, id, at_ns, 1);
	must(posture_new(&p));
	p->addr = addr_of(ip);
	observe(p, "os.version", "5.1.2600", at_ns, BY_SMB);
	observe(p, "os.service-pack", "3", at_ns, BY_REGISTRY);
	if (version[0] != '\0')
		observe(p, "file:system32/netapi32.dll", version, at_ns, BY_FILE);
	if (claimed[0] != '\0')
		observe(p, "hotfix:KB958644", claimed, at_ns, BY_LIST);
	p->at_ns = at_ns;
	(void)put_posture(at.s, id, p, "");
}

/* A run in which 10.1.0.`host` attacked, until then. */
static void attack(const char *id, unsigned host, uint64_t last_ns)
{
	struct finding f = {.threat = "ms08-067",
			    .class = CLASS_EXPLOIT,
			    .source = addr_v4(0x0a010000U + host),
			    .target = addr_v4(0x0a010063U),
			    .has_target = true,
			    .first_ns = last_ns - 60 * NS_PER_S,
			    .last_ns = last_ns,
			    .count = 9,
			    .confidence = 99,
			    .why = "an exploit, packet 7"};
	const struct finding *list[] = {&f};
	struct addr addrs[] = {f.source};
	const char *why[] = {"it delivered an exploit"};
	struct host h = {.addrs = addrs,
			 .n_addrs = 1,
			 .seen = {.addr = f.source,
				  .has_spoken = true,
				  .first_ns = f.first_ns,
				  .last_ns = last_ns},
			 .verdict = VERDICT_INFECTED,
			 .confidence = 0.99,
			 .why = why,
			 .n_why = 1};
	struct outbreak o = {.source = {.kind = "file",
					.packets = 1000,
					.first_ns = f.first_ns,
					.last_ns = last_ns},
			     .hosts = &h,
			     .n_hosts = 1,
			     .findings = list,
			     .n_findings = 1};
	struct store_run run = {.sensor = "here", .outbreak = &o};

	(void)snprintf(run.id, sizeof(run.id), "%s", id);
	must(store_put_run(at.s, &run, NULL));
}

static void put_minutes(const char *run, unsigned host, unsigned hour, uint64_t alive,
			uint64_t hostile)
{
	const struct presence p = {addr_v4(0x0a010000U + host), HOUR_0 + hour, alive, hostile};

	must(store_put_presence(at.s, run, &p, 1, NULL));
}

/* Alive and silent, in each minute. */
static void put_hours(const char *run, unsigned host, unsigned first, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		put_minutes(run, host, first + i, (UINT64_C(1) << 60) - 1, 0);
}

/* --- what is asked of the desk --- */

static struct desk_evidence learn(unsigned hour)
{
	const struct audit_by by = by_at(hour);
	struct desk_campaign *c = opened();
	struct desk_evidence e = {.assessed = 0};

	must(store_begin(at.s));
	must(desk_evidence(c, knowledge, &by, &e));
	must(desk_campaign_put(c));
	must(store_commit(at.s));
	desk_campaign_close(c);
	return e;
}

static enum step_outcome did(const char *machine, enum campaign_event event, uint64_t at_ns)
{
	const struct audit_by by = {maria, at_ns};
	const struct campaign_step step = {.event = event, .at_ns = at_ns, .from = maria};
	struct desk_campaign *c = opened();
	struct member *m = desk_campaign_member(c, machine);
	enum step_outcome o = STEP_SAME;
	char err[CAMPAIGN_WHY];

	assert_non_null(m);
	must(desk_campaign_step(c, m, &step, &by, &o, err, sizeof(err)));
	must(desk_campaign_put(c));
	desk_campaign_close(c);
	return o;
}

static void check(const char *machine, enum stage stage, unsigned marks, const char *why)
{
	struct desk_campaign *c = opened();
	const struct member *m = desk_campaign_member(c, machine);

	assert_non_null(m);
	if (m->stage != stage || m->marks != marks || strstr(m->why, why) == NULL)
		fail_msg("%s is %s, %#x: %s", machine, stage_name(m->stage), m->marks, m->why);
	desk_campaign_close(c);
}

struct counted {
	size_t n;
	struct journal_check check;
	const char *act;
};

static bool count_line(void *ctx, const struct journal_line *l)
{
	struct counted *c = ctx;

	assert_true(journal_verify(&c->check, l));
	c->n += c->act == NULL || strcmp(c->act, l->act) == 0;
	return true;
}

static size_t lines_of(const char *act)
{
	struct counted c = {.act = act};

	must(store_journal(at.s, NULL, count_line, &c));
	return c.n;
}

/* --- tests --- */

static void assessments_move_machines_and_are_taken_once(void **state)
{
	(void)state;
	assess("monday", "10.1.0.1", "5.1.2600.5512", "", time_of(1, 0));
	assess("monday-2", "10.1.0.2", "5.1.2600.5694", "", time_of(1, 0));
	struct desk_evidence e = learn(2);

	assert_int_equal(e.assessed, 2);
	assert_int_equal(e.changed, 2);
	check(ONE, STAGE_EXPOSED, 0, "the patch is missing, says assessment monday");
	check(TWO, STAGE_PATCHED, 0, "5.1.2600.5694");
	check(SIX, STAGE_UNKNOWN, 0, "nothing is known");
	assert_int_equal(lines_of("seen-missing"), 1);
	assert_int_equal(lines_of("seen-effective"), 1);
	e = learn(3);
	assert_int_equal(e.changed, 0);
	assert_int_equal(lines_of("seen-missing"), 1);
}

static void a_result_that_the_file_belies_is_a_contradiction(void **state)
{
	(void)state;
	assert_int_equal(did(ONE, EVENT_PATCH_DONE, time_of(1, 0)), STEP_DONE);
	check(ONE, STAGE_PATCHED, MEMBER_CLAIMED, "not yet seen");
	assess("tuesday", "10.1.0.1", "5.1.2600.5512", "", time_of(2, 0));
	assert_int_equal(learn(3).contradicted, 1);
	check(ONE, STAGE_EXPOSED, MEMBER_CONTRADICTED, "says that the patch is missing");
}

/* The machine was asked again, but not for its file: an old look does not become a new one. */
static void an_old_look_at_the_file_stays_old(void **state)
{
	(void)state;
	assess("before", "10.1.0.1", "5.1.2600.5512", "", time_of(1, 0));
	assert_int_equal(did(ONE, EVENT_PATCH_DONE, time_of(2, 0)), STEP_DONE);
	assess("after", "10.1.0.1", "", "", time_of(3, 0));
	(void)learn(4);
	check(ONE, STAGE_PATCHED, MEMBER_CLAIMED, "not yet seen");
}

static void a_list_that_the_file_belies_is_a_contradiction(void **state)
{
	(void)state;
	assess("wsus", "10.1.0.1", "5.1.2600.5512", "claimed", time_of(1, 0));
	(void)learn(2);
	check(ONE, STAGE_EXPOSED, MEMBER_CONTRADICTED, "sources disagree");
	/* Alone it proves nothing. */
	assess("wsus-2", "10.1.0.2", "", "claimed", time_of(1, 0));
	(void)learn(2);
	check(TWO, STAGE_UNKNOWN, 0, "nothing is known");
}

static void who_attacks_after_the_cleaning_is_infected_again(void **state)
{
	(void)state;
	attack("run-1", 1, time_of(1, 30));
	assert_int_equal(learn(2).infected, 1);
	check(ONE, STAGE_UNKNOWN, MEMBER_INFECTED, "sensor here (an exploit, packet 7)");
	assert_int_equal(did(ONE, EVENT_CLEAN_DONE, time_of(2, 0)), STEP_REFUSED);
	assert_int_equal(did(ONE, EVENT_PATCH_DONE, time_of(3, 0)), STEP_DONE);
	assert_int_equal(did(ONE, EVENT_CLEAN_DONE, time_of(4, 0)), STEP_DONE);
	assert_int_equal(learn(5).reinfected, 0); /* the old attack says what it was */
	check(ONE, STAGE_CLEANED, MEMBER_INFECTED | MEMBER_CLAIMED | MEMBER_CLEANED, "silence");
	attack("run-2", 1, time_of(6, 30));
	assert_int_equal(learn(7).reinfected, 1);
	check(ONE, STAGE_PATCHED, MEMBER_INFECTED | MEMBER_REINFECTED | MEMBER_CLAIMED,
	      "infected again");
	assert_int_equal(learn(8).changed, 0);
	assert_int_equal(lines_of("clean-done"), 2); /* with the refusal */
}

static void silence_proves_only_while_it_is_alive_and_heard(void **state)
{
	const uint64_t half = (UINT64_C(1) << 30) - 1;

	(void)state;
	attack("run-1", 1, time_of(1, 30));
	/* Hostile in each of its minutes; then off. */
	put_minutes("run-1", 1, 1, half, half);
	(void)learn(2);
	(void)did(ONE, EVENT_PATCH_DONE, time_of(3, 0));
	(void)did(ONE, EVENT_CLEAN_DONE, time_of(4, 0));
	struct desk_evidence e = learn(10);

	assert_int_equal(e.quiet, 0);
	assert_int_equal(e.proving, 1);
	check(ONE, STAGE_CLEANED, MEMBER_INFECTED | MEMBER_CLAIMED | MEMBER_CLEANED, "cleaned");
	/* Alive, but before it was cleaned; then after it. */
	put_hours("run-1", 1, 2, 1);
	assert_int_equal(learn(11).quiet, 0);
	put_hours("run-1", 1, 5, 1); /* too short */
	assert_int_equal(learn(12).quiet, 0);
	put_hours("run-1", 1, 6, 6);
	assert_int_equal(learn(13).quiet, 1);
	check(ONE, STAGE_QUIET, MEMBER_CLAIMED | MEMBER_CLEANED, "quiet");
	assert_int_equal(lines_of("proved-quiet"), 1);
	/* And back, if it attacks. */
	attack("run-2", 1, time_of(14, 30));
	assert_int_equal(learn(15).reinfected, 1);
	check(ONE, STAGE_PATCHED, MEMBER_INFECTED | MEMBER_REINFECTED | MEMBER_CLAIMED,
	      "infected again");
}

/* A sensor that never heard it attack would not have heard it now. */
static void another_sensors_silence_proves_nothing(void **state)
{
	const uint64_t half = (UINT64_C(1) << 30) - 1;
	struct outbreak o = {.source = {.kind = "file", .packets = 5}};
	struct store_run run = {.id = "far", .sensor = "elsewhere", .outbreak = &o};

	(void)state;
	must(store_put_run(at.s, &run, NULL));
	attack("run-1", 1, time_of(1, 30));
	put_minutes("run-1", 1, 1, half, half);
	(void)learn(2);
	(void)did(ONE, EVENT_PATCH_DONE, time_of(3, 0));
	(void)did(ONE, EVENT_CLEAN_DONE, time_of(4, 0));
	put_hours("far", 1, 5, 8);
	assert_int_equal(learn(14).quiet, 0);
	put_hours("run-1", 1, 5, 8);
	assert_int_equal(learn(15).quiet, 1);
}

/* --- results --- */

struct heard {
	size_t bad, others;
};

static void hear_bad(void *ctx, const char *file, uint64_t line, const char *why)
{
	struct heard *h = ctx;

	(void)line;
	assert_true(file[0] != '\0' && why[0] != '\0');
	h->bad++;
}

static void hear_other(void *ctx, const char *path)
{
	struct heard *h = ctx;

	assert_non_null(strchr(path, '/'));
	h->others++;
}

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f = NULL;

	(void)snprintf(path, sizeof(path), "%s/results", at.folder);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof(path), "%s/results/%s", at.folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static void write_result(const char *name, const char *who, const char *clock, const char *lines)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
		       "QUELL-RESULT 1\ncampaign=stop-worm\n%s\nkit=stick\ntime=%s\noffset=+0000\n"
		       "os=5.1.2600\n%s\nend\n",
		       who, clock, lines);
	write_file(name, text);
}

static struct desk_returned read_results(struct heard *h)
{
	const struct desk_returned_to to = {hear_bad, hear_other, h};
	const struct audit_by by = by_at(20);
	struct desk_campaign *c = opened();
	struct desk_returned r = {.files = 0};
	bool is_store = false;
	char path[128];

	*h = (struct heard){0, 0};
	(void)snprintf(path, sizeof(path), "%s/results", at.folder);
	must(desk_returned(c, path, &by, &to, &r, &is_store));
	must(desk_campaign_put(c));
	desk_campaign_close(c);
	return r;
}

static void remove_results(void)
{
	char command[160];
	static const char *const names[] = {"1", "2", "3", "4", "5", "6", "7"};

	for (unsigned i = 0; i < 7; i++) {
		(void)snprintf(command, sizeof(command), "%s/results/%s", at.folder, names[i]);
		(void)unlink(command);
	}
	(void)snprintf(command, sizeof(command), "%s/results", at.folder);
	(void)rmdir(command);
}

/* 2025-06-15 17:00 is hour 1, in round figures: DAY_1 is 2025-06-15 15:06:40 UTC. */
static void results_are_used_once_and_by_id_or_name(void **state)
{
	struct heard h;
	struct desk_returned r;

	(void)state;
	write_result("1", "machine=" ONE, "2025-06-15 17:10:00",
		     "step=patch result=done code=0\nstep=verify result=done code=0\n"
		     "step=clean result=done code=0");
	write_result("2", "machine=\ncomputer=PC-2", "2025-06-15 17:10:00",
		     "step=patch result=failed code=-2147024891 text=access denied");
	write_result("3", "machine=mac:00000000dead", "2025-06-15 17:10:00",
		     "step=patch result=done code=0");
	write_file("4", "QUELL-RESULT 1\ncampaign=other\nmachine=" ONE "\nend\n");
	write_file("5", "Computer,KB\npc-1,KB958644\n");
	write_file("6", "QUELL-RESULT 1\nnonsense\n");
	write_result("7", "machine=" SIX, "2025-06-15 17:10:00",
		     "step=patch result=reboot code=3010\nstep=clean result=refused code=0");
	r = read_results(&h);
	assert_int_equal(r.files, 6);
	assert_int_equal(r.machines, 3);
	assert_int_equal(r.strangers, 2);
	assert_int_equal(r.others, 1);
	assert_int_equal(r.cut, 1);
	assert_int_equal(r.bad, 1);
	assert_int_equal(h.bad, 1);
	assert_int_equal(h.others, 1);
	check(ONE, STAGE_CLEANED, MEMBER_CLEANED, "cleaned, says kit stick");
	check(TWO, STAGE_UNKNOWN, MEMBER_FAILED, "failed with 0x80070005");
	check(SIX, STAGE_REBOOT_PENDING, MEMBER_CLAIMED, "3010");
	size_t lines = lines_of(NULL);

	r = read_results(&h);
	assert_int_equal(r.known, 3);
	assert_int_equal(r.machines, 0);
	assert_int_equal(lines_of(NULL), lines);
	remove_results();
}

/* --- status and the rest --- */

static void the_status_counts_and_the_rest_is_ordered_by_harm(void **state)
{
	struct desk_campaign *c = NULL;
	struct desk_status *s = NULL;
	struct desk_orders *o = NULL;
	struct wave *w = NULL;

	(void)state;
	attack("run-1", 2, time_of(1, 30));
	(void)learn(2);
	c = opened();
	must(desk_campaign_new_wave(c, 1, "pilot", &w));
	w->state = WAVE_OPEN;
	w->opened_ns = time_of(2, 0);
	w->gate_patched = 0.9;
	for (size_t i = 0; i < c->n_members; i++) {
		c->members[i].wave = 1;
		desk_campaign_touch(c, &c->members[i]);
	}
	must(desk_campaign_put(c));
	desk_campaign_close(c);
	(void)did(ONE, EVENT_PATCH_DONE, time_of(3, 0));
	(void)did(SIX, EVENT_PATCH_FAILED, time_of(3, 0));
	c = opened();
	must(desk_status(c, time_of(4, 0), &s));
	assert_int_equal(s->brief.n_waves, 1);
	assert_int_equal(s->brief.all.n, 6);
	assert_int_equal(s->brief.all.infected, 1);
	assert_int_equal(s->brief.all.failed, 1);
	assert_int_equal(s->brief.all.n_codes, 1);
	assert_int_equal(s->brief.all.by_stage[STAGE_PATCHED], 1);
	assert_int_equal(s->brief.waves[0].gate, GATE_SHUT);
	/* One in two hours, five to go. */
	assert_true(s->brief.waves[0].eta_hours > 9.9 && s->brief.waves[0].eta_hours < 10.1);
	desk_status_free(s);
	must(desk_orders(c, time_of(4, 0), false, &o));
	assert_int_equal(o->brief.n, 5);
	assert_string_equal(o->brief.list[0].machine, TWO);
	assert_string_equal(o->brief.list[0].reason, "still attacking");
	for (size_t i = 1; i < o->brief.n; i++)
		assert_true(o->brief.list[i - 1].harm >= o->brief.list[i].harm);
	desk_orders_free(o);
	desk_campaign_close(c);
}

static void a_kit_tells_the_port_that_a_switch_named(void **state)
{
	struct fact f[] = {
		fact_of(FACT_PLACE, "switch core, Te1/1", "001a2b000001", NULL, time_of(1, 0),
			time_of(1, 0)),
		fact_of(FACT_PLACE, "switch floor, Gi1/0/17", "001a2b000001", NULL, time_of(1, 0),
			time_of(1, 0)),
	};
	char dir[] = "/tmp/quell-kit-XXXXXX", out[64], path[96], err[256] = "", text[4096];
	const struct desk_kit opt = {.channel = "worksheets", .out = out, .results = "", .wave = 1};
	struct desk_campaign *c = opened();
	struct kit_summary summary;
	struct wave *w = NULL;
	FILE *list;

	(void)state;
	f[0].source = f[1].source = FROM_ASK_SWITCH;
	f[0].confidence = 25;
	f[1].confidence = 80;
	(void)keep(at.s, f, 2);
	must(desk_campaign_new_wave(c, 1, "pilot", &w));
	for (size_t i = 0; i < c->n_members; i++)
		c->members[i].wave = 1;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(out, sizeof(out), "%s/kit", dir);
	if (desk_kit(c, knowledge, &opt, &summary, err, sizeof(err)) != RC_OK)
		fail_msg("%s", err);
	assert_int_equal(summary.machines, 6);
	(void)snprintf(path, sizeof(path), "%s/machines.csv", out);
	list = fopen(path, "r");
	assert_non_null(list);
	text[fread(text, 1, sizeof(text) - 1, list)] = '\0';
	(void)fclose(list);
	assert_non_null(strstr(text, "switch floor, Gi1/0/17"));
	assert_null(strstr(text, "Te1/1"));
	assert_int_equal(bench_remove(dir), 0);
	desk_campaign_close(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(assessments_move_machines_and_are_taken_once,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_result_that_the_file_belies_is_a_contradiction,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_old_look_at_the_file_stays_old, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_list_that_the_file_belies_is_a_contradiction,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_attacks_after_the_cleaning_is_infected_again,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(silence_proves_only_while_it_is_alive_and_heard,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_sensors_silence_proves_nothing, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(results_are_used_once_and_by_id_or_name, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_kit_tells_the_port_that_a_switch_named, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_status_counts_and_the_rest_is_ordered_by_harm,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
