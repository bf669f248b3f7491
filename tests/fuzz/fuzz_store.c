/*
 * A store that somebody damaged on purpose: whatever its bytes, reading it gives rows or an error
 * with words, and the file stays as it was. Input: patches of four bytes, an offset (the lower 23
 * bits of three bytes, times anything) and a value, to a small store that is made at the first
 * call.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/keep.h"
#include "base/bytes.h"
#include "base/monotime.h"
#include "store/campaigns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STORE_MAX = 1 << 20 };

static uint8_t made[STORE_MAX];
static size_t made_len;
static char path[64];

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void say(struct store *s)
{
	const struct audit_by by = {"maria", 1};
	struct store_ids ids = {0};
	const char *id;

	must(store_find(s, "001a2b000001", 0, 1, &ids) == RC_OK && ids.n == 1);
	id = ids.list[0];
	must(store_set(s, id, "place", "room 7", &by) == RC_OK);
	must(store_tag(s, id, "lab", true, &by) == RC_OK);
	store_ids_done(&ids);
}

static void assess(struct store *s)
{
	static const char *const ips[] = {"10.0.0.1", "10.0.0.3", "10.9.9.9"};
	const struct store_assessment a = {
		.id = "one", .how = "asked", .who = "maria", .targets = "10.0.0.0/24", .asked = 3};

	must(store_put_assessment(s, &a) == RC_OK);
	for (unsigned i = 0; i < 3; i++) {
		const struct observation o = {.key = "file:system32/netapi32.dll",
					      .value = "5.1.2600.5694",
					      .state = OBSERVED_VALUE,
					      .by = BY_FILE,
					      .at_ns = (i + 1) * NS_PER_S};
		struct posture *p = NULL;

		must(posture_new(&p) == RC_OK && posture_add(p, &o) == RC_OK);
		must(addr_parse(ips[i], &p->addr) == RC_OK);
		must(store_put_posture(s, "one", p, "", NULL) == RC_OK);
		posture_free(p);
	}
}

static void seal(struct journal_line *l)
{
	l->hash[0] = (uint8_t)(l->prev[0] + 1);
}

static void plan(struct store *s)
{
	const struct outbreak o = {.source = {.kind = "file"}};
	const struct presence heard[] = {{addr_v4(0x0a000001), 0, 3, 1},
					 {addr_v4(0x0a000003), 0, 7, 0}};
	const struct store_run run = {.id = "monday",
				      .sensor = "here",
				      .outbreak = &o,
				      .presence = heard,
				      .n_presence = 2};
	const struct campaign_file file = {"patch", "/srv/kb.exe", "00ff", "", "/quiet", "5.1"};
	const struct campaign c = {.id = "first",
				   .weakness = "ms08-067",
				   .patch = "KB958644",
				   .strategy = "generic",
				   .state = "open",
				   .files = &file,
				   .n_files = 1};
	const struct wave w = {.num = 1, .name = "pilot", .state = WAVE_OPEN};
	struct member m = {.wave = 1, .stage = STAGE_CLEANED, .why = "as it is"};
	struct journal_line l = {.campaign = "first",
				 .who = "maria",
				 .act = "new",
				 .machine = "",
				 .text = "a campaign"};
	struct store_ids ids = {0};

	must(store_put_run(s, &run, NULL) == RC_OK);
	must(store_find(s, "001a2b000001", 0, 1, &ids) == RC_OK && ids.n == 1);
	memcpy(m.machine, ids.list[0], sizeof(m.machine));
	store_ids_done(&ids);
	must(store_put_campaign(s, &c) == RC_OK && store_put_wave(s, "first", &w) == RC_OK);
	must(store_put_members(s, "first", &m, 1, NULL) == RC_OK);
	must(store_journal_add(s, &l, seal) == RC_OK);
}

static void make(void)
{
	struct fact f[40];
	struct keep_result sum = {0};
	struct store *s = NULL;
	char err[512];
	FILE *file;

	for (unsigned i = 0; i < 40; i++)
		f[i] = (struct fact){.kind = (uint8_t)(1 + i % (FACT_KINDS - 1)),
				     .source = FROM_DHCP,
				     .confidence = 90,
				     .has_mac = true,
				     .mac = {{0, 0x1a, 0x2b, 0, 0, (uint8_t)(i % 5)}},
				     .addr = addr_v4(0x0a000000 + i % 7),
				     .host = "",
				     .value = i % (FACT_KINDS - 1) == 0 ? "" : "lap-7",
				     .origin = "list.csv",
				     .machine = "",
				     .first_ns = i * NS_PER_S,
				     .last_ns = (i + 60) * NS_PER_S,
				     .count = 1};
	snprintf(path, sizeof(path), "/dev/shm/quell-fuzz-%d.db", (int)getpid());
	must(store_open(path, STORE_WRITE, &s, err, sizeof(err)) == RC_OK);
	must(keep_facts(s, f, 40, false, &sum) == RC_OK);
	say(s);
	assess(s);
	plan(s);
	store_close(s);
	file = fopen(path, "rb");
	must(file != NULL);
	made_len = fread(made, 1, sizeof(made), file);
	fclose(file);
	must(made_len > 4096 && made_len < STORE_MAX);
	unlink(path);
}

static bool take_row(void *ctx, const struct store_row *r)
{
	must(r->verdict < VERDICTS && r->id != NULL && r->why != NULL && r->tags != NULL);
	return ++*(unsigned *)ctx < 1000;
}

static bool take_finding(void *ctx, const struct store_finding *f)
{
	must(f->finding->class < CLASSES);
	return ++*(unsigned *)ctx < 1000;
}

static bool take_run(void *ctx, const struct store_run_row *r)
{
	must(r->id != NULL && r->coverage != NULL);
	return ++*(unsigned *)ctx < 1000;
}

static bool take_audit(void *ctx, const struct store_audit *a)
{
	must(a->who != NULL && a->text != NULL);
	return ++*(unsigned *)ctx < 1000;
}

static bool take_posture(void *ctx, const struct store_posture *p)
{
	must(p->machine != NULL && p->assessment != NULL && p->how != NULL);
	must(p->posture->n <= POSTURE_MAX);
	return ++*(unsigned *)ctx < 1000;
}

static bool take_assessment(void *ctx, const struct store_assessment *a)
{
	must(a->id != NULL && a->targets != NULL);
	return ++*(unsigned *)ctx < 1000;
}

static bool take_presence(void *ctx, const struct store_presence *p)
{
	must(p->run != NULL && p->sensor != NULL && p->machine != NULL);
	must(p->presence->alive >> PRESENCE_MINUTES == 0 &&
	     (p->presence->hostile & ~p->presence->alive) == 0);
	return ++*(unsigned *)ctx < 1000;
}

static bool take_campaign(void *ctx, const struct campaign *c)
{
	must(c->id != NULL && c->state != NULL && c->stop_failed >= 0 && c->stop_failed <= 1);
	for (size_t i = 0; i < c->n_files; i++)
		must(c->files[i].role != NULL && c->files[i].os != NULL);
	return ++*(unsigned *)ctx < 1000;
}

static bool take_wave(void *ctx, const struct wave *w)
{
	must(w->num > 0 && w->name != NULL && w->state < WAVE_STATES && w->gate_failed >= 0);
	return ++*(unsigned *)ctx < 1000;
}

static bool take_member(void *ctx, const struct member *m)
{
	must(strlen(m->machine) < MACHINE_ID && m->why != NULL);
	must(m->stage < STAGES && m->marks < MEMBER_MARKS && m->p_quiet >= 0 && m->p_quiet <= 1);
	return ++*(unsigned *)ctx < 1000;
}

static bool take_line(void *ctx, const struct journal_line *l)
{
	must(l->campaign != NULL && l->who != NULL && l->text != NULL && l->machine != NULL);
	return ++*(unsigned *)ctx < 1000;
}

static void fine(const struct store *s, enum rc rc)
{
	must(rc == RC_OK || store_error(s)[0] != '\0');
}

static void read_all(struct store *s)
{
	struct store_facts *f = NULL;
	struct store_ids ids = {0};
	struct query q = {0};
	unsigned n = 0;
	enum rc rc;

	fine(s, store_list(s, &q, take_row, &n, NULL));
	fine(s, store_findings(s, NULL, take_finding, &n));
	fine(s, store_runs(s, take_run, &n));
	fine(s, store_audit(s, NULL, 100, take_audit, &n));
	fine(s, store_assessments(s, take_assessment, &n));
	fine(s, store_postures(s, NULL, NULL, take_posture, &n));
	fine(s, store_postures(s, NULL, "one", take_posture, &n));
	fine(s, store_presence(s, NULL, 0, false, take_presence, &n));
	fine(s, store_presence(s, NULL, 0, true, take_presence, &n));
	fine(s, store_campaigns(s, NULL, take_campaign, &n));
	fine(s, store_waves(s, "first", take_wave, &n));
	fine(s, store_members(s, "first", take_member, &n));
	fine(s, store_journal(s, NULL, take_line, &n));
	rc = store_find(s, "10.0.0.3", 0, 10, &ids);
	fine(s, rc);
	if (rc == RC_OK)
		store_ids_done(&ids);
	rc = store_facts_of(s, NULL, 0, &f);
	fine(s, rc);
	for (size_t i = 0; rc == RC_OK && i < f->n_facts; i++)
		must(f->facts[i].kind > 0 && f->facts[i].kind < FACT_KINDS &&
		     f->facts[i].first_ns <= f->facts[i].last_ns &&
		     strlen(f->facts[i].machine) < MACHINE_ID);
	if (rc == RC_OK)
		store_facts_free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t bytes[STORE_MAX], after[STORE_MAX];
	struct reader r = {.rest = {data, size}};
	struct store *s = NULL;
	char err[1024] = "";
	int fd;

	if (made_len == 0)
		make();
	memcpy(bytes, made, made_len);
	while (r.rest.len >= 4) {
		size_t at = (size_t)rd_be(&r, 3) % made_len;

		bytes[at] = rd_u8(&r);
	}
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	must(fd != -1 && write(fd, bytes, made_len) == (ssize_t)made_len);
	if (store_open(path, STORE_READ, &s, err, sizeof(err)) == RC_OK)
		read_all(s);
	else
		must(err[0] != '\0');
	store_close(s);
	must(pread(fd, after, made_len, 0) == (ssize_t)made_len);
	must(memcmp(bytes, after, made_len) == 0);
	close(fd);
	unlink(path);
	return 0;
}
