/*
 * quell-kit - makes a kit from a list of words: what tests/golden/test-kits and the benchmark use.
 *
 * usage: quell-kit CHANNEL OUT LIST    LIST has lines of fields, parted by tabs:
 *        set KEY VALUE                 campaign weakness patch site results fixed-file fixed
 *        file ROLE PATH SHA256 SIGNER ARGS OS
 *        machine ID NAME FQDN ADDR USER PHONE OWNER PLACE PORT WHY NEXT
 *        infected …                    a machine that is
 *        quell-kit CHANNEL OUT many N  N machines that nobody has
 *        quell-kit channels
 * \t, \n, \r and \\ in a field are what they are in C.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/monotime.h"
#include "kit/kit.h"

enum { LINE = 8192, FIELDS_MAX = 16, FILES_MAX = 16 };

#define MADE_NS (1764378000 * NS_PER_S) /* 2025-11-29T01:00:00Z: the same bytes at every run */

struct making {
	struct kit_options opt;
	struct campaign campaign;
	struct campaign_file files[FILES_MAX];
	struct kit *kit;
	struct arena *arena; /* of the words */
};

static void unescape(char *text)
{
	char *to = text;

	for (const char *at = text; *at != '\0'; at++) {
		char c = *at;

		if (c == '\\' && at[1] != '\0') {
			at++;
			c = *at == 't' ? '\t' : *at == 'n' ? '\n' : *at == 'r' ? '\r' : *at;
		}
		*to++ = c;
	}
	*to = '\0';
}

static size_t split(char *line, const char **fields)
{
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < FIELDS_MAX; i++)
		fields[i] = "";
	for (char *rest = line, *one = strsep(&rest, "\t"); one != NULL && n < FIELDS_MAX;
	     one = strsep(&rest, "\t")) {
		unescape(one);
		fields[n++] = one;
	}
	return n;
}

static const char *keep(const struct making *m, const char *text)
{
	const char *copy = arena_strdup(m->arena, text);

	return copy != NULL ? copy : "";
}

static void set(struct making *m, const char *key, const char *value)
{
	const struct {
		const char *key, **to;
	} keys[] = {{"campaign", &m->campaign.id},    {"weakness", &m->campaign.weakness},
		    {"patch", &m->campaign.patch},    {"site", &m->opt.site},
		    {"results", &m->opt.results},     {"fixed-file", &m->opt.fixed_file},
		    {"fixed", &m->opt.fixed_versions}};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].key, key) == 0)
			*keys[i].to = keep(m, value);
	}
}

static void add_file(struct making *m, const char *const *f)
{
	if (m->campaign.n_files < FILES_MAX)
		m->files[m->campaign.n_files++] = (struct campaign_file){.role = keep(m, f[1]),
									 .path = keep(m, f[2]),
									 .sha256 = keep(m, f[3]),
									 .signer = keep(m, f[4]),
									 .args = keep(m, f[5]),
									 .os = keep(m, f[6])};
}

static enum rc open_kit(struct making *m)
{
	char err[512] = "";
	enum rc rc = RC_OK;

	if (m->kit != NULL)
		return RC_OK;
	rc = kit_new(&m->opt, &m->kit, err, sizeof(err));
	if (rc != RC_OK)
		(void)fprintf(stderr, "quell-kit: %s\n", err[0] != '\0' ? err : rc_str(rc));
	return rc;
}

static enum rc add_machine(struct making *m, const char *const *f)
{
	struct kit_machine machine = {.id = f[1],
				      .name = f[2],
				      .fqdn = f[3],
				      .domain = "corp",
				      .os = "Windows XP",
				      .arch = "x86",
				      .user = f[5],
				      .phone = f[6],
				      .owner = f[7],
				      .place = f[8],
				      .switch_port = f[9],
				      .why = f[10],
				      .next = f[11],
				      .is_infected = strcmp(f[0], "infected") == 0,
				      .stage = STAGE_EXPOSED,
				      .wave = 1};
	enum rc rc = open_kit(m);

	if (rc == RC_OK && f[4][0] != '\0' && addr_parse(f[4], &machine.addr) != RC_OK)
		rc = RC_INVAL;
	return rc == RC_OK ? kit_add(m->kit, &machine) : rc;
}

static enum rc read_list(struct making *m, const char *path)
{
	FILE *from = fopen(path, "r");
	const char *fields[FIELDS_MAX];
	char line[LINE];
	enum rc rc = RC_OK;

	if (from == NULL)
		return RC_IO;
	while (rc == RC_OK && fgets(line, sizeof(line), from) != NULL) {
		size_t n = split(line, fields);

		if (n >= 3 && strcmp(fields[0], "set") == 0)
			set(m, fields[1], fields[2]);
		else if (n >= 4 && strcmp(fields[0], "file") == 0)
			add_file(m, fields);
		else if (n >= 3)
			rc = add_machine(m, fields);
	}
	(void)fclose(from);
	return rc;
}

/* A site of many buildings: 12 rooms on a floor, 8 floors. */
static enum rc add_many(struct making *m, unsigned long n)
{
	char id[32], name[32], fqdn[64], addr[ADDR_TEXT], user[32], place[96], port[64];
	enum rc rc = RC_OK;

	for (unsigned long i = 0; rc == RC_OK && i < n; i++) {
		const char *const fields[FIELDS_MAX] = {
			"machine", id,   name,       fqdn,
			addr,      user, "4711",     "Field service",
			place,     port, "no patch", "install KB958644"};

		(void)snprintf(id, sizeof(id), "mac:001a2b%06lx", i);
		(void)snprintf(name, sizeof(name), "PC-%06lu", i);
		(void)snprintf(fqdn, sizeof(fqdn), "pc-%06lu.corp.example", i);
		(void)snprintf(addr, sizeof(addr), "10.%lu.%lu.%lu", i >> 16 & 255, i >> 8 & 255,
			       i & 255);
		(void)snprintf(user, sizeof(user), "CORP\\user%06lu", i);
		(void)snprintf(place, sizeof(place), "Building %lu, floor %lu, room %lu", i / 2000,
			       i / 100 % 8, i % 12);
		(void)snprintf(port, sizeof(port), "switch-%lu, Gi1/0/%lu", i / 48, i % 48 + 1);
		rc = add_machine(m, fields);
	}
	return rc;
}

static int list_channels(void)
{
	size_t n = 0;
	const struct kit_channel *c = kit_channels(&n);

	for (size_t i = 0; i < n; i++)
		printf("%s\n", c[i].name);
	return 0;
}

int main(int argc, char **argv)
{
	struct making m = {.opt = {.fixed_file = "system32\\netapi32.dll",
				   .fixed_versions = "",
				   .results = "",
				   .site = "",
				   .at_ns = MADE_NS},
			   .campaign = {.id = "try", .weakness = "ms08-067", .patch = "KB958644"}};
	struct kit_summary s = {.machines = 0};
	char err[512] = "";
	enum rc rc = RC_OK;

	if (argc == 2 && strcmp(argv[1], "channels") == 0)
		return list_channels();
	if (argc < 4) {
		fputs("usage: quell-kit CHANNEL OUT LIST|many N\n", stderr);
		return 2;
	}
	m.opt.channel = argv[1];
	m.opt.out = argv[2];
	m.opt.campaign = &m.campaign;
	m.campaign.files = m.files;
	rc = arena_new(0, &m.arena);
	if (rc == RC_OK)
		rc = argc == 5 ? add_many(&m, strtoul(argv[4], NULL, 10)) : read_list(&m, argv[3]);
	if (rc == RC_OK)
		rc = open_kit(&m);
	if (rc == RC_OK)
		rc = kit_end(m.kit, &s, err, sizeof(err));
	if (rc == RC_OK)
		printf("%zu machines, %zu refused, %zu files\n", s.machines, s.refused, s.files);
	if (rc == RC_OK && s.refused > 0)
		printf("refused: %s: %s\n", s.first_refused, s.why_refused);
	if (rc != RC_OK && err[0] != '\0')
		(void)fprintf(stderr, "quell-kit: %s\n", err);
	kit_free(m.kit);
	arena_free(m.arena);
	return rc == RC_OK ? 0 : 1;
}
