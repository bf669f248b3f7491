/*
 * report_sample - outbreaks made by hand, for the tests of the report's writers.
 *
 * Whatever a real sensor cannot be made to say on demand: hostile names, thousands of machines.
 */
#ifndef TESTS_REPORT_SAMPLE_H
#define TESTS_REPORT_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/outbreak.h"
#include "report/report.h"

enum { SAMPLE_TARGETS = 12 };

#define SAMPLE_START UINT64_C(1234495927123456000) /* 2009-02-13T03:32:07.123456Z */
#define SAMPLE_S     UINT64_C(1000000000)

/* Owns nothing but memory from calloc(); sample_done() gives it back. */
struct sample {
	struct outbreak o;
	struct finding *findings; /* o.findings points to them, in this order */
	struct addr *targets;
	struct host_threat *threats;
	const char **why;
};

static inline void sample_text(char *to, size_t cap, const char *text)
{
	snprintf(to, cap, "%s", text);
}

static inline struct finding sample_finding(const char *threat, enum finding_class class,
					    uint32_t source, const char *why)
{
	struct finding f = {.class = class,
			    .source = addr_v4(source),
			    .count = 3,
			    .first_ns = SAMPLE_START,
			    .last_ns = SAMPLE_START + 90 * SAMPLE_S,
			    .packets = {120, 133, 1508},
			    .n_packets = 3,
			    .confidence = 98};

	sample_text(f.threat, sizeof(f.threat), threat);
	sample_text(f.why, sizeof(f.why), why);
	return f;
}

static inline void sample_done(struct sample *s)
{
	free(s->o.hosts);
	free(s->o.findings);
	free(s->findings);
	free(s->targets);
	free(s->threats);
	free(s->why);
}

static inline bool sample_room(struct sample *s, size_t n_hosts, size_t n_findings)
{
	memset(s, 0, sizeof(*s));
	s->o.hosts = calloc(n_hosts + 1, sizeof(*s->o.hosts));
	s->o.findings = calloc(n_findings + 1, sizeof(*s->o.findings));
	s->findings = calloc(n_findings + 1, sizeof(*s->findings));
	s->threats = calloc(n_hosts + 1, sizeof(*s->threats));
	s->why = calloc(n_hosts + 1, sizeof(*s->why));
	s->targets = calloc(SAMPLE_TARGETS, sizeof(*s->targets));
	for (size_t i = 0; s->o.findings != NULL && i < n_findings; i++)
		s->o.findings[i] = &s->findings[i];
	for (uint32_t i = 0; s->targets != NULL && i < SAMPLE_TARGETS; i++)
		s->targets[i] = addr_v4(0xc0a80128 + i); /* 192.168.1.40 and on */
	return s->o.hosts != NULL && s->o.findings != NULL && s->findings != NULL &&
	       s->threats != NULL && s->why != NULL && s->targets != NULL;
}

/* A machine that acted, number i of the room: one threat, one reason. */
static inline struct host *sample_acts(struct sample *s, uint32_t address, enum verdict v,
				       const char *threat)
{
	size_t i = s->o.n_hosts++;
	struct host *h = &s->o.hosts[i];
	struct host_threat *t = &s->threats[i];

	h->seen = (struct sighting){.addr = addr_v4(address),
				    .has_spoken = true,
				    .first_ns = SAMPLE_START - SAMPLE_S,
				    .last_ns = SAMPLE_START + 100 * SAMPLE_S};
	h->addrs = &h->seen.addr;
	h->n_addrs = 1;
	h->verdict = v;
	h->confidence = 0.98;
	h->why = &s->why[i];
	h->n_why = 1;
	h->threats = t;
	h->n_threats = 1;
	sample_text(t->id, sizeof(t->id), threat);
	t->attempts = 3;
	t->targets = s->targets;
	t->n_targets = SAMPLE_TARGETS;
	t->first_ns = SAMPLE_START;
	t->last_ns = SAMPLE_START + 90 * SAMPLE_S;
	s->o.by_verdict[v]++;
	return h;
}

static inline struct host *sample_is(struct sample *s, uint32_t address, enum verdict v)
{
	struct host *h = &s->o.hosts[s->o.n_hosts++];

	h->seen = (struct sighting){.addr = addr_v4(address),
				    .has_spoken = true,
				    .first_ns = SAMPLE_START,
				    .last_ns = SAMPLE_START};
	h->addrs = &h->seen.addr;
	h->n_addrs = 1;
	h->verdict = v;
	s->o.by_verdict[v]++;
	return h;
}

static const char *const sample_office_name[] = {"office.pcap"};

static inline void sample_heard(struct sample *s)
{
	struct source_info *src = &s->o.source;

	src->kind = "file";
	src->names = (const char **)sample_office_name;
	src->n_names = 1;
	src->packets = 1234567;
	src->bytes = 987654321;
	src->first_ns = SAMPLE_START - 60 * SAMPLE_S;
	src->last_ns = SAMPLE_START + 668 * SAMPLE_S;
	src->listened_ns = 728 * SAMPLE_S;
	src->switch_port = "2nd-floor, Gi1/0/24 (LLDP)";
	s->o.coverage.packets = src->packets;
	s->o.coverage.bytes = src->bytes;
	s->o.coverage.flows = 4821;
	s->o.coverage.streams = 700;
	s->o.coverage.encrypted_smb_flows = 4;
	s->o.coverage.midstream_flows = 1;
	s->o.listening = (struct listening){.is_meaningful = true,
					    .minutes = 12.13,
					    .local_addresses = 256,
					    .heard_addresses = 61,
					    .p_local = 0.71,
					    .p_random = 0.0004,
					    .minutes_to_95_local = 13.2,
					    .minutes_to_95_random = -1};
}

/* A laptop that the first of the infected is: with names, a user, a place and two addresses. */
static struct addr sample_laptop_addrs[] = {
	{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 168, 1, 23}},
	{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 168, 1, 99}}};
static const char *const sample_notes[] = {
	"192.168.1.23 changed hands while ms08-067 was seen from there: at first it was LAP-7, at "
	"last PC-12"};

static inline const struct machine *sample_laptop(void)
{
	static const struct fact name = {.kind = FACT_NAME,
					 .source = FROM_DHCP,
					 .confidence = 90,
					 .value = "LAP-7"},
				 full = {.kind = FACT_FQDN,
					 .source = FROM_DHCP,
					 .confidence = 90,
					 .value = "lap-7.corp.example"},
				 again = {.kind = FACT_FQDN,
					  .source = FROM_DHCP,
					  .confidence = 80,
					  .value = "LAP-7.corp.example"},
				 user = {.kind = FACT_USER,
					 .source = FROM_KERBEROS,
					 .confidence = 90,
					 .value = "maria@CORP.EXAMPLE"};
	static const struct fact *facts[] = {&name, &full, &again, &user};
	static struct machine_mac macs[] = {{.mac = {{0, 0x14, 0x22, 0x3a, 0x11, 4}},
					     .vendor = "Dell",
					     .kind = "",
					     .first_ns = SAMPLE_START,
					     .last_ns = SAMPLE_START}};
	static struct machine_user users[] = {{.user = "CORP\\maria",
					       .probability = 0.82,
					       .why = "Kerberos logons on 3 days",
					       .first_ns = SAMPLE_START,
					       .last_ns = SAMPLE_START}};
	static struct machine_addr addrs[] = {{.mac = {{0, 0x14, 0x22, 0x3a, 0x11, 4}},
					       .has_mac = true,
					       .confidence = 95,
					       .source = FROM_DHCP,
					       .first_ns = SAMPLE_START,
					       .last_ns = SAMPLE_START}};
	static const struct machine m = {.id = "mac:0014223a1104",
					 .name = "LAP-7",
					 .fqdn = "lap-7.corp.example",
					 .domain = "CORP",
					 .os = "Windows XP",
					 .vendor = "Dell",
					 .place = "switch 2nd-floor, Gi1/0/17",
					 .owner = "",
					 .flags = MACHINE_ON_WIRE,
					 .addrs = addrs,
					 .n_addrs = 1,
					 .macs = macs,
					 .n_macs = 1,
					 .users = users,
					 .n_users = 1,
					 .facts = facts,
					 .n_facts = 4};

	addrs[0].addr = sample_laptop_addrs[0];
	return &m;
}

/* Two infected, one suspected, a scanner, two targets, one trusted, one without evidence. */
static inline bool sample_office(struct sample *s)
{
	if (!sample_room(s, 8, 4))
		return false;
	sample_heard(s);
	struct host *h = sample_acts(s, 0xc0a80117, VERDICT_INFECTED, "ms08-067");

	h->why[0] = "It called NetPathCanonicalize on 192.168.1.40 with a path that climbs above "
		    "its root, \\AAAA\\..\\..\\BBBB (packet 120).";
	h->machine = sample_laptop();
	h->addrs = sample_laptop_addrs;
	h->n_addrs = 2;
	h->notes = (const char **)(uintptr_t)sample_notes;
	h->n_notes = 1;
	h = sample_acts(s, 0xc0a80119, VERDICT_INFECTED, "ms08-067");
	h->why[0] = "It called NetPathCanonicalize with a hostile path (packet 133).";
	h = sample_acts(s, 0xc0a8011e, VERDICT_SUSPECTED, "port-scan");
	h->confidence = 0.6;
	h->why[0] = "It tried 445/tcp on 30 machines, 28 of which did not answer (packet 900).";
	h = sample_acts(s, 0xc0a80105, VERDICT_SCANNER, "ms08-067");
	h->why[0] = "It only sent the harmless check (packet 77).";
	sample_is(s, 0xc0a80128, VERDICT_TARGETED);
	sample_is(s, 0xc0a80129, VERDICT_TARGETED);
	sample_is(s, 0xc0a80101, VERDICT_NO_EVIDENCE)->trusted = "nessus";
	sample_is(s, 0xc0a80102, VERDICT_NO_EVIDENCE);

	struct finding *f = s->findings;

	f[0] = sample_finding("ms08-067", CLASS_EXPLOIT, 0xc0a80117, s->o.hosts[0].why[0]);
	f[0].target = addr_v4(0xc0a80128);
	f[0].has_target = true;
	finding_detail_number(&f[0], "source_port", 1042);
	finding_detail_number(&f[0], "target_port", 445);
	finding_detail_text(&f[0], "proto", "TCP");
	finding_detail_text(&f[0], "path", "\\AAAA\\..\\..\\BBBB");
	f[1] = sample_finding("ms08-067", CLASS_EXPLOIT, 0xc0a80119, s->o.hosts[1].why[0]);
	f[1].target = addr_v4(0xc0a80129);
	f[1].has_target = true;
	f[2] = sample_finding("ms08-067", CLASS_CHECK, 0xc0a80105, s->o.hosts[3].why[0]);
	f[2].target = addr_v4(0xc0a80128);
	f[2].has_target = true;
	f[3] = sample_finding("port-scan", CLASS_SCAN, 0xc0a8011e, s->o.hosts[2].why[0]);
	f[3].confidence = 60;
	finding_detail_number(&f[3], "share_failed", 0.933);
	s->o.n_findings = 4;
	return true;
}

/* What a writer makes of it. The caller frees the text; NULL: it failed. */
static inline char *sample_write(const struct outbreak *o, const char *format, bool color)
{
	const struct report_writer *w = report_writer_find(format);
	const struct report_style style = {color, 0};
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	enum rc rc = RC_INVAL;

	if (to == NULL)
		return NULL;
	if (w != NULL)
		rc = w->write(o, &style, to);
	fclose(to);
	if (rc == RC_OK)
		return text;
	free(text);
	return NULL;
}

#endif
