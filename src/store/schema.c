/*
 * The schema, as the steps that lead to it. A step is never changed once it is released; what is
 * new is a step more. Each runs in one transaction with the note that it was made.
 *
 * Times are nanoseconds since 1970, addresses 4 or 16 bytes, MACs 6. {I}, {T}, {B}, {K}: the words
 * of the backend for an integer key, text in the order of its bytes, bytes, and rows in the order
 * of the key; {N}: the table that only grows. Tables and columns are explained in doc/store.md.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/inside.h"

static const char step_1[] =
	"CREATE TABLE machine (num {I}, id {T} NOT NULL UNIQUE,"
	" name {T} NOT NULL, fqdn {T} NOT NULL, domain {T} NOT NULL, username {T} NOT NULL,"
	" os {T} NOT NULL, vendor {T} NOT NULL, listed_place {T} NOT NULL,"
	" listed_owner {T} NOT NULL, listed_phone {T} NOT NULL, listed_note {T} NOT NULL,"
	" addr {B}, mac {B}, n_addrs BIGINT NOT NULL, n_macs BIGINT NOT NULL,"
	" flags BIGINT NOT NULL, first_ns BIGINT NOT NULL, last_ns BIGINT NOT NULL,"
	" user_probability DOUBLE PRECISION NOT NULL, confidence DOUBLE PRECISION NOT NULL,"
	" os_confidence DOUBLE PRECISION NOT NULL,"
	" place {T} NOT NULL DEFAULT '', owner {T} NOT NULL DEFAULT '',"
	" phone {T} NOT NULL DEFAULT '', note {T} NOT NULL DEFAULT '',"
	" tags {T} NOT NULL DEFAULT '', importance BIGINT NOT NULL DEFAULT 0);"

	"CREATE TABLE fact (machine BIGINT NOT NULL REFERENCES machine (num) ON DELETE CASCADE,"
	" seq BIGINT NOT NULL, kind BIGINT NOT NULL, source BIGINT NOT NULL,"
	" confidence BIGINT NOT NULL, is_ended BIGINT NOT NULL, mac {B}, addr {B},"
	" host {T} NOT NULL, value {T} NOT NULL, origin {T} NOT NULL, first_ns BIGINT NOT NULL,"
	" last_ns BIGINT NOT NULL, until_ns BIGINT NOT NULL, count BIGINT NOT NULL,"
	" packet BIGINT NOT NULL, PRIMARY KEY (machine, seq)) {K};"

	"CREATE TABLE handle (kind BIGINT NOT NULL, value {T} NOT NULL,"
	" machine BIGINT NOT NULL REFERENCES machine (num) ON DELETE CASCADE,"
	" first_ns BIGINT NOT NULL, last_ns BIGINT NOT NULL, from_ns BIGINT NOT NULL,"
	" until_ns BIGINT NOT NULL, sure BIGINT NOT NULL,"
	" PRIMARY KEY (kind, value, machine, first_ns)) {K};"
	"CREATE INDEX handle_machine ON handle (machine);"

	"CREATE TABLE attribute (machine BIGINT NOT NULL REFERENCES machine (num) ON DELETE "
	"CASCADE,"
	" key {T} NOT NULL, value {T} NOT NULL, who {T} NOT NULL, at_ns BIGINT NOT NULL,"
	" PRIMARY KEY (machine, key)) {K};"

	"CREATE TABLE decision (a {T} NOT NULL, b {T} NOT NULL, is_same BIGINT NOT NULL,"
	" at_ns BIGINT NOT NULL, who {T} NOT NULL, PRIMARY KEY (a, b)) {K};"

	"CREATE TABLE run (num {I}, id {T} NOT NULL UNIQUE, sensor {T} NOT NULL, kind {T} NOT NULL,"
	" names {T} NOT NULL, note {T} NOT NULL, first_ns BIGINT NOT NULL, last_ns BIGINT NOT NULL,"
	" listened_ns BIGINT NOT NULL, packets BIGINT NOT NULL, bytes BIGINT NOT NULL,"
	" is_interrupted BIGINT NOT NULL, coverage {B} NOT NULL);"

	"CREATE TABLE finding (run BIGINT NOT NULL REFERENCES run (num) ON DELETE CASCADE,"
	" threat {T} NOT NULL, class BIGINT NOT NULL, source {B} NOT NULL, target {B} NOT NULL,"
	" source_machine BIGINT REFERENCES machine (num) ON DELETE SET NULL,"
	" target_machine BIGINT REFERENCES machine (num) ON DELETE SET NULL,"
	" first_ns BIGINT NOT NULL, last_ns BIGINT NOT NULL, count BIGINT NOT NULL,"
	" confidence BIGINT NOT NULL, why {T} NOT NULL, body {B} NOT NULL,"
	" PRIMARY KEY (run, threat, class, source, target)) {K};"
	"CREATE INDEX finding_source ON finding (source);"
	"CREATE INDEX finding_target ON finding (target);"
	"CREATE INDEX finding_source_machine ON finding (source_machine);"
	"CREATE INDEX finding_target_machine ON finding (target_machine);";

static const char step_2[] =
	"CREATE TABLE audit (num {I}, at_ns BIGINT NOT NULL, who {T} NOT NULL, act {T} NOT NULL,"
	" machine {T} NOT NULL, text {T} NOT NULL);"
	"CREATE INDEX audit_machine ON audit (machine);"

	"CREATE TABLE judgement (run BIGINT NOT NULL REFERENCES run (num) ON DELETE CASCADE,"
	" addr {B} NOT NULL, machine BIGINT REFERENCES machine (num) ON DELETE SET NULL,"
	" verdict BIGINT NOT NULL, confidence DOUBLE PRECISION NOT NULL, why {T} NOT NULL,"
	" first_ns BIGINT NOT NULL, last_ns BIGINT NOT NULL, PRIMARY KEY (run, addr)) {K};"
	"CREATE INDEX judgement_addr ON judgement (addr);"
	"CREATE INDEX judgement_machine ON judgement (machine);"

	"ALTER TABLE machine ADD COLUMN verdict BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE machine ADD COLUMN verdict_confidence DOUBLE PRECISION NOT NULL DEFAULT 0;"
	"ALTER TABLE machine ADD COLUMN why {T} NOT NULL DEFAULT '';"
	"ALTER TABLE machine ADD COLUMN threats {T} NOT NULL DEFAULT '';"
	"CREATE INDEX machine_verdict ON machine (verdict, last_ns);"
	"CREATE INDEX machine_seen ON machine (last_ns);";

/* A posture's body is long, so its table is not in the order of a key, and what chooses among the
 * postures is in an index. */
static const char step_3[] =
	"CREATE TABLE assessment (num {I}, id {T} NOT NULL UNIQUE, how {T} NOT NULL,"
	" who {T} NOT NULL, targets {T} NOT NULL, first_ns BIGINT NOT NULL,"
	" last_ns BIGINT NOT NULL, asked BIGINT NOT NULL, done BIGINT NOT NULL);"

	"CREATE TABLE posture (num {I},"
	" assessment BIGINT NOT NULL REFERENCES assessment (num) ON DELETE CASCADE,"
	" addr {B} NOT NULL, name {T} NOT NULL,"
	" machine BIGINT REFERENCES machine (num) ON DELETE SET NULL,"
	" at_ns BIGINT NOT NULL, n_values BIGINT NOT NULL, how {T} NOT NULL, body {B} NOT NULL,"
	" UNIQUE (assessment, addr, name));"
	"CREATE INDEX posture_latest ON posture (machine, addr, name, at_ns, n_values);"
	"CREATE INDEX posture_addr ON posture (addr);"
	"CREATE INDEX posture_name ON posture (name);";

/* An hour of an address has more than one part if the address changed hands in it. There are many
 * rows, and few of them are hostile: those have an index of their own. */
static const char step_4[] =
	"CREATE TABLE presence (run BIGINT NOT NULL REFERENCES run (num) ON DELETE CASCADE,"
	" addr {B} NOT NULL, hour BIGINT NOT NULL, part BIGINT NOT NULL,"
	" machine BIGINT REFERENCES machine (num) ON DELETE SET NULL,"
	" alive BIGINT NOT NULL, hostile BIGINT NOT NULL,"
	" PRIMARY KEY (run, addr, hour, part)) {K};"
	"CREATE INDEX presence_addr ON presence (addr);"
	"CREATE INDEX presence_machine ON presence (machine, hour, run, addr, part);"
	"CREATE INDEX presence_hostile ON presence (machine, hour, run, addr, part)"
	" WHERE hostile <> 0;"

	"CREATE TABLE campaign (num {I}, id {T} NOT NULL UNIQUE, weakness {T} NOT NULL,"
	" patch {T} NOT NULL, strategy {T} NOT NULL, state {T} NOT NULL,"
	" made_ns BIGINT NOT NULL, stop_failed DOUBLE PRECISION NOT NULL);"

	"CREATE TABLE campaign_file ("
	"campaign BIGINT NOT NULL REFERENCES campaign (num) ON DELETE CASCADE,"
	" num BIGINT NOT NULL, role {T} NOT NULL, path {T} NOT NULL, sha256 {T} NOT NULL,"
	" signer {T} NOT NULL, args {T} NOT NULL, os {T} NOT NULL,"
	" PRIMARY KEY (campaign, num)) {K};"

	"CREATE TABLE wave (campaign BIGINT NOT NULL REFERENCES campaign (num) ON DELETE CASCADE,"
	" num BIGINT NOT NULL, name {T} NOT NULL, state BIGINT NOT NULL,"
	" gate_patched DOUBLE PRECISION NOT NULL, gate_failed DOUBLE PRECISION NOT NULL,"
	" opened_ns BIGINT NOT NULL, PRIMARY KEY (campaign, num)) {K};"

	"CREATE TABLE member ("
	"campaign BIGINT NOT NULL REFERENCES campaign (num) ON DELETE CASCADE,"
	" machine BIGINT NOT NULL REFERENCES machine (num) ON DELETE CASCADE,"
	" wave BIGINT NOT NULL, stage BIGINT NOT NULL, marks BIGINT NOT NULL,"
	" stage_ns BIGINT NOT NULL, patch_ns BIGINT NOT NULL, cleaned_ns BIGINT NOT NULL,"
	" tried_ns BIGINT NOT NULL, code BIGINT NOT NULL, p_quiet DOUBLE PRECISION NOT NULL,"
	" why {T} NOT NULL, PRIMARY KEY (campaign, machine)) {K};"
	"CREATE INDEX member_machine ON member (machine);"

	"CREATE TABLE journal (num {I}, at_ns BIGINT NOT NULL, campaign {T} NOT NULL,"
	" who {T} NOT NULL, act {T} NOT NULL, machine {T} NOT NULL, text {T} NOT NULL,"
	" prev {B} NOT NULL, hash {B} NOT NULL);"
	"CREATE INDEX journal_campaign ON journal (campaign, num);";

static const struct {
	const char *text;
	const char *only_grows; /* the table that does, or NULL */
} steps[STORE_SCHEMA] = {{step_1, NULL}, {step_2, NULL}, {step_3, NULL}, {step_4, "journal"}};

static const char *word_of(const struct sql_backend *b, char token, const char *table)
{
	switch (token) {
	case 'N':
		return table;
	case 'I':
		return b->type_id;
	case 'T':
		return b->type_text;
	case 'B':
		return b->type_blob;
	default:
		return b->by_key;
	}
}

/* In the backend's words. NULL: no memory. */
static char *in_words(const struct sql_backend *b, const char *text, const char *table)
{
	char *made = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&made, &len);

	if (to == NULL)
		return NULL;
	while (*text != '\0') {
		if (text[0] == '{') {
			(void)fputs(word_of(b, text[1], table), to);
			text += 3;
		} else {
			(void)fputc(*text++, to);
		}
	}
	if (fclose(to) != 0) {
		free(made);
		return NULL;
	}
	return made;
}

enum rc schema_read(struct store *s, int *ret_version)
{
	const char *version = "SELECT value FROM quell_meta WHERE name = 'schema'";
	struct sql_stmt *st = NULL;
	bool has = false, row = false;
	char *end = NULL;
	long n = 0;

	if (s->sql->backend == &sql_null) {
		*ret_version = STORE_SCHEMA;
		return RC_OK;
	}
	store_try(s, "read its schema");
	enum rc rc = s->sql->backend->has_table(s->sql, "quell_meta", &has);

	if (rc != RC_OK)
		return store_failed(s, rc);
	*ret_version = 0;
	if (!has)
		return RC_OK;
	rc = db_query(s, version, NULL, 0, &st);
	if (rc == RC_OK)
		rc = db_next(s, st, &row);
	if (rc != RC_OK)
		return rc;
	if (row) {
		const char *text = db_text(s, st, 0);

		n = strtol(text, &end, 10);
		row = *text != '\0' && *end == '\0';
	}
	db_end(s, st);
	if (!row || n < 1 || n > INT32_MAX)
		return store_says(s, RC_FORMAT, "does not tell the version of its schema");
	*ret_version = (int)n;
	return RC_OK;
}

static enum rc run_words(struct store *s, const char *text, const char *table)
{
	char *words = in_words(s->sql->backend, text, table);
	enum rc rc = words == NULL ? RC_NOMEM : s->sql->backend->run(s->sql, words);

	free(words);
	return rc;
}

static enum rc step(struct store *s, int to)
{
	assert(to >= 1 && to <= STORE_SCHEMA);
	const char *grows = steps[to - 1].only_grows;
	char note[128];
	enum rc rc = run_words(s, steps[to - 1].text, "");

	(void)snprintf(note, sizeof(note),
		       "UPDATE quell_meta SET value = '%d' WHERE name = 'schema'", to);
	if (rc == RC_OK && grows != NULL)
		rc = run_words(s, s->sql->backend->only_grows, grows);
	if (rc == RC_OK)
		rc = s->sql->backend->run(s->sql, note);
	return rc == RC_OK ? RC_OK : store_failed(s, rc);
}

enum rc schema_migrate(struct store *s, int from, int to)
{
	store_try(s, from == 0 ? "make its tables" : "migrate it");
	if (from == 0 && s->sql->backend->before != NULL) {
		enum rc rc = s->sql->backend->run(s->sql, s->sql->backend->before);

		if (rc != RC_OK)
			return store_failed(s, rc);
	}
	if (from == 0) {
		enum rc rc = run_words(
			s,
			"CREATE TABLE quell_meta (name {T} PRIMARY KEY, value {T} NOT NULL);"
			"INSERT INTO quell_meta VALUES ('schema', '0');",
			"");

		if (rc != RC_OK)
			return store_failed(s, rc);
	}
	for (int v = from + 1; v <= to; v++) {
		enum rc rc = step(s, v);

		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}
