#include "gather/roll.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/text.h"
#include "base/words.h"
#include "gather/derive.h"
#include "import/entry.h"

enum {
	SAYS_EACH = POSTURE_MAX - 16, /* what is derived must have room, too */
	FACTS_EACH = 512,
	WORDS = 2 * ROLL_STATEMENTS,
};

enum what { WHAT_SAY, WHAT_FACT, WHAT_CARD, WHAT_OS };

struct statement {
	uint32_t machine;
	uint8_t what, kind;  /* enum what; enum observed or enum fact_kind */
	uint32_t key, value; /* words */
};

struct one { /* a machine */
	uint32_t name, version;
	uint32_t n, n_says;
	uint64_t at_ns;
};

struct roll {
	unsigned by, source;
	struct words *words;
	struct map *ids; /* word of a folded name: number of the machine */
	struct one *machines;
	size_t n_machines, machines_room;
	struct statement *list;
	size_t n, room;
	struct entry *e;
};

enum rc roll_new(unsigned by, unsigned source, struct roll **ret_r)
{
	struct roll *r = calloc(1, sizeof(*r));
	enum rc rc = RC_NOMEM;

	if (r == NULL)
		return RC_NOMEM;
	r->by = by;
	r->source = source;
	r->e = malloc(sizeof(*r->e));
	if (r->e != NULL)
		rc = words_new(WORDS, ROLL_BYTES, 0, &r->words);
	if (rc == RC_OK)
		rc = map_new(ROLL_MACHINES, sizeof(uint32_t), sizeof(uint32_t), 0, &r->ids);
	if (rc != RC_OK) {
		roll_free(r);
		return rc;
	}
	*ret_r = r;
	return RC_OK;
}

void roll_free(struct roll *r)
{
	if (r == NULL)
		return;
	words_free(r->words);
	map_free(r->ids);
	free(r->machines);
	free(r->list);
	free(r->e);
	free(r);
}

/* Whole, or not at all beyond `most` bytes: then WORDS_NONE. */
static uint32_t keep(struct roll *r, struct bytes text, size_t most, bool is_cut)
{
	char clean[POSTURE_VALUE + POSTURE_KEY];
	size_t cap = most < sizeof(clean) ? most : sizeof(clean), len = 0;

	text = text_trim(text);
	if (!is_cut && text.len >= cap)
		return WORDS_NONE;
	len = text_from_utf8(text, clean, cap);
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)clean[i] < ' ' || clean[i] == 0x7f)
			clean[i] = ' ';
	}
	return words_put(r->words, (struct bytes){(const uint8_t *)clean, len});
}

static struct one *find(const struct roll *r, uint32_t machine)
{
	return machine == 0 || machine > r->n_machines ? NULL : &r->machines[machine - 1];
}

static bool put(struct roll *r, uint32_t machine, enum what what, unsigned kind, uint32_t key,
		uint32_t value)
{
	struct one *m = find(r, machine);

	if (m == NULL || key == WORDS_NONE || value == WORDS_NONE || m->n == ROLL_EACH)
		return false;
	if (r->n == r->room) {
		size_t room = r->room == 0 ? 256 : r->room * 2;
		struct statement *more = NULL;

		if (r->n >= ROLL_STATEMENTS)
			return false;
		more = realloc(r->list, room * sizeof(*more));
		if (more == NULL)
			return false;
		r->list = more;
		r->room = room;
	}
	m->n++;
	r->list[r->n++] = (struct statement){machine, (uint8_t)what, (uint8_t)kind, key, value};
	return true;
}

uint32_t roll_nameless(struct roll *r)
{
	if (r->n_machines == ROLL_MACHINES)
		return 0;
	if (r->n_machines == r->machines_room) {
		size_t room = r->machines_room == 0 ? 16 : r->machines_room * 2;
		struct one *more = realloc(r->machines, room * sizeof(*more));

		if (more == NULL)
			return 0;
		r->machines = more;
		r->machines_room = room;
	}
	r->machines[r->n_machines++] = (struct one){.name = 0};
	return (uint32_t)r->n_machines;
}

/* The domain in a name is a fact of its own. */
static bool name_facts(struct roll *r, uint32_t machine)
{
	bool is_kept = true;

	for (unsigned i = 0; i < r->e->n_texts; i++) {
		const struct entry_text *t = &r->e->texts[i];

		if (t->kind != FACT_NAME)
			is_kept = put(r, machine, WHAT_FACT, t->kind, 0,
				      keep(r, text_of(t->value), ENTRY_VALUE, true)) &&
				  is_kept;
	}
	return is_kept;
}

static bool name_read(struct roll *r, struct bytes name)
{
	entry_begin(r->e);
	return entry_name(r->e, name) && r->e->name[0] != '\0';
}

bool roll_name(struct roll *r, uint32_t machine, struct bytes name)
{
	struct one *m = find(r, machine);
	uint32_t word = 0;

	if (m == NULL || !name_read(r, name))
		return false;
	word = keep(r, text_of(r->e->name), ENTRY_VALUE, false);
	if (word == WORDS_NONE)
		return false;
	m->name = word;
	return name_facts(r, machine);
}

uint32_t roll_machine(struct roll *r, struct bytes name)
{
	char folded[ENTRY_VALUE];
	uint32_t *id = NULL, word = 0;
	bool is_new = false;
	size_t n = 0;

	if (!name_read(r, name))
		return 0;
	for (; r->e->name[n] != '\0' && n + 1 < sizeof(folded); n++) {
		char c = r->e->name[n];

		folded[n] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	word = words_put(r->words, (struct bytes){(const uint8_t *)folded, n});
	if (word == WORDS_NONE)
		return 0;
	id = map_put(r->ids, &word, &is_new);
	if (id == NULL)
		return 0;
	if (is_new) {
		*id = roll_nameless(r);
		if (*id != 0)
			r->machines[*id - 1].name = keep(r, text_of(r->e->name), ENTRY_VALUE, true);
		if (*id == 0 || r->machines[*id - 1].name == WORDS_NONE) {
			(void)map_del(r->ids, &word);
			return 0;
		}
		(void)name_facts(r, *id);
	}
	return *id;
}

bool roll_time(struct roll *r, uint32_t machine, uint64_t at_ns)
{
	struct one *m = find(r, machine);

	if (m == NULL || at_ns == 0)
		return false;
	if (at_ns > m->at_ns)
		m->at_ns = at_ns;
	return true;
}

bool roll_say(struct roll *r, uint32_t machine, enum observed state, struct bytes key,
	      struct bytes value)
{
	struct one *m = find(r, machine);
	uint32_t k = 0;

	if (m == NULL || m->n_says == SAYS_EACH)
		return false;
	k = keep(r, key, POSTURE_KEY, false);
	if (k == 0 || !put(r, machine, WHAT_SAY, state, k, keep(r, value, POSTURE_VALUE, true)))
		return false;
	m->n_says++;
	return true;
}

bool roll_say_of(struct roll *r, uint32_t machine, enum observed state, const char *prefix,
		 struct bytes about, struct bytes value)
{
	char key[POSTURE_KEY + 1];
	int len = 0;

	about = text_trim(about);
	if (about.len == 0 || about.len >= POSTURE_KEY)
		return false;
	len = snprintf(key, sizeof(key), "%s%.*s", prefix, (int)about.len, (const char *)about.at);
	return len > 0 && len < POSTURE_KEY && roll_say(r, machine, state, text_of(key), value);
}

bool roll_version(struct roll *r, uint32_t machine, struct bytes version)
{
	struct one *m = find(r, machine);
	uint32_t word = m != NULL ? keep(r, version, 64, false) : WORDS_NONE;

	if (m == NULL || word == WORDS_NONE || word == 0)
		return false;
	m->version = word;
	return true;
}

bool roll_fact(struct roll *r, uint32_t machine, enum fact_kind kind, struct bytes value)
{
	uint32_t word = keep(r, value, ENTRY_VALUE, true);

	return word != 0 && put(r, machine, WHAT_FACT, kind, 0, word);
}

bool roll_card(struct roll *r, uint32_t machine, struct bytes mac, struct bytes addrs)
{
	entry_begin(r->e);
	if (!entry_macs(r->e, mac) || r->e->n_macs > 1 || !entry_addrs(r->e, addrs))
		return false;
	if (r->e->n_macs == 0 && r->e->n_addrs == 0)
		return true; /* loopback and the like: well, but nothing to tell by */
	return put(r, machine, WHAT_CARD, 0, keep(r, mac, POSTURE_VALUE, false),
		   keep(r, addrs, POSTURE_VALUE, false));
}

bool roll_os(struct roll *r, uint32_t machine, struct bytes name, struct bytes version)
{
	return put(r, machine, WHAT_OS, 0, keep(r, name, POSTURE_VALUE, true),
		   keep(r, version, POSTURE_VALUE, true));
}

bool roll_is_named(const struct roll *r, uint32_t machine)
{
	const struct one *m = find(r, machine);

	return m != NULL && m->name != 0;
}

/* --- telling --- */

struct telling {
	struct roll *r;
	const char *file;
	const struct gather_out *out;
	const struct statement **sorted;
	struct fact *facts; /* FACTS_EACH */
	size_t n_facts;
	struct arena *arena; /* of their texts */
	bool is_lost;
	struct work w;
	struct import_options opt;
	struct import_result ret;
	struct import_out to;
};

static void take_fact(void *ctx, const struct fact *f)
{
	struct telling *t = ctx;
	struct fact *to = &t->facts[t->n_facts];

	if (t->n_facts == FACTS_EACH) {
		t->is_lost = true;
		return;
	}
	*to = *f;
	to->host = arena_strdup(t->arena, f->host);
	to->value = arena_strdup(t->arena, f->value);
	to->origin = t->file;
	to->machine = "";
	if (to->host == NULL || to->value == NULL)
		t->is_lost = true;
	else
		t->n_facts++;
}

static void no_row(void *ctx, uint64_t line, const char *why)
{
	(void)ctx, (void)line, (void)why; /* only work_tell() is called, which has none */
}

static struct bytes word_of(const struct roll *r, uint32_t word)
{
	return text_of(words_text(r->words, word));
}

/* A card: who has its address now. */
static void tell_card(struct telling *t, const struct statement *s)
{
	struct entry *e = t->w.e;

	entry_begin(e);
	(void)entry_macs(e, word_of(t->r, s->key));
	(void)entry_addrs(e, word_of(t->r, s->value));
	if (e->n_macs == 0) /* its name is the subject, and told elsewhere */
		e->name = words_text(t->r->words, t->r->machines[s->machine - 1].name);
	if (e->n_addrs > 0)
		(void)work_tell(&t->w, 0);
}

/* Name and domain as the registry has them, where there was no other word. */
static void registry_names(struct telling *t, const struct posture *p)
{
	const char *domain = posture_value(p, "registry:HKLM\\SYSTEM\\CurrentControlSet\\Services\\"
					      "Tcpip\\Parameters\\Domain"),
		   *host = posture_value(p, "registry:HKLM\\SYSTEM\\CurrentControlSet\\Services\\"
					    "Tcpip\\Parameters\\Hostname");
	char fqdn[2 * POSTURE_VALUE];

	if (domain == NULL || domain[0] == '\0')
		return;
	entry_text(t->w.e, FACT_DOMAIN, text_of(domain));
	if (host == NULL || host[0] == '\0')
		return;
	(void)snprintf(fqdn, sizeof(fqdn), "%s.%s", host, domain);
	entry_text(t->w.e, FACT_FQDN, text_of(fqdn));
}

static void tell_facts(struct telling *t, const struct one *m, const struct posture *p,
		       const struct statement *const *list)
{
	struct entry *e = t->w.e;
	const char *name = posture_value(p, "os.name"), *version = posture_value(p, "os.version");

	t->n_facts = 0;
	t->opt.now_ns = m->at_ns;
	for (uint32_t i = 0; i < m->n; i++) {
		if (list[i]->what == WHAT_CARD)
			tell_card(t, list[i]);
	}
	entry_begin(e);
	(void)entry_name(e, word_of(t->r, m->name));
	registry_names(t, p);
	if (name != NULL)
		entry_os(e, text_of(name), text_of(version != NULL ? version : ""));
	for (uint32_t i = 0; i < m->n; i++) {
		struct bytes key = word_of(t->r, list[i]->key),
			     value = word_of(t->r, list[i]->value);

		if (list[i]->what == WHAT_FACT)
			entry_text(e, (enum fact_kind)list[i]->kind, value);
		else if (list[i]->what == WHAT_OS && name == NULL)
			entry_os(e, key, value);
		else if (list[i]->what == WHAT_CARD)
			(void)entry_macs(e, key);
	}
	(void)work_tell(&t->w, 0);
}

static enum rc tell_one(struct telling *t, uint32_t machine, const struct statement *const *list)
{
	struct roll *r = t->r;
	const struct one *m = &r->machines[machine - 1];
	struct posture *p = NULL;
	enum rc rc = posture_new(&p);

	if (rc != RC_OK)
		return rc;
	rc = posture_name(p, words_text(r->words, m->name));
	for (uint32_t i = 0; rc == RC_OK && i < m->n; i++) {
		const struct statement *s = list[i];
		const struct observation o = {words_text(r->words, s->key),
					      words_text(r->words, s->value), s->kind,
					      (uint8_t)r->by, m->at_ns};

		if (s->what == WHAT_SAY)
			rc = posture_add(p, &o);
	}
	p->at_ns = m->at_ns;
	if (rc == RC_OK)
		rc = derive_posture(p, r->by, words_text(r->words, m->version));
	if (rc == RC_OK) {
		t->is_lost = false;
		rc = arena_new(0, &t->arena);
	}
	if (rc == RC_OK) {
		tell_facts(t, m, p, list);
		t->out->machine(t->out->ctx, t->file, p, t->facts, t->n_facts);
		if (t->is_lost || t->ret.odd > 0)
			t->out->bad(t->out->ctx, t->file, 0,
				    "it tells more names and addresses than are kept");
		t->ret.odd = 0;
	}
	arena_free(t->arena);
	t->arena = NULL;
	posture_free(p);
	return rc;
}

/* By machine, each in the order in which it was said. */
static const struct statement **sort(const struct roll *r, size_t *first)
{
	const struct statement **list = malloc((r->n + 1) * sizeof(*list));
	size_t at = 0;

	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < r->n_machines; i++) {
		first[i] = at;
		at += r->machines[i].n;
	}
	for (size_t i = 0; i < r->n; i++)
		list[first[r->list[i].machine - 1]++] = &r->list[i];
	for (size_t i = 0; i < r->n_machines; i++)
		first[i] -= r->machines[i].n;
	return list;
}

static enum rc tell_all(struct telling *t, uint64_t file_ns, const size_t *first,
			uint64_t *ret_machines)
{
	uint64_t now_ns = t->opt.now_ns; /* each machine's own time goes there */
	struct roll *r = t->r;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < r->n_machines; i++) {
		struct one *m = &r->machines[i];

		if (m->name == 0 || (m->n == 0 && m->version == 0))
			continue;
		if (m->at_ns == 0 || m->at_ns > now_ns)
			m->at_ns = m->at_ns == 0 ? file_ns : now_ns;
		rc = tell_one(t, (uint32_t)i + 1, t->sorted + first[i]);
		*ret_machines += rc == RC_OK;
	}
	return rc;
}

enum rc roll_tell(struct roll *r, const char *file, uint64_t file_ns, uint64_t now_ns,
		  const struct gather_out *out, uint64_t *ret_machines)
{
	struct telling t = {.r = r, .file = file, .out = out};
	size_t *first = calloc(r->n_machines + 1, sizeof(*first));
	enum rc rc = RC_NOMEM;

	t.opt = (struct import_options){.now_ns = now_ns, .origin = file};
	t.to = (struct import_out){take_fact, no_row, NULL, &t};
	t.facts = malloc(FACTS_EACH * sizeof(*t.facts));
	t.sorted = first != NULL ? sort(r, first) : NULL;
	if (t.facts != NULL && t.sorted != NULL)
		rc = work_begin(&t.w, &t.opt, &t.to, &t.ret, r->source);
	if (rc == RC_OK) {
		rc = tell_all(&t, file_ns < now_ns ? file_ns : now_ns, first, ret_machines);
		work_end(&t.w);
	}
	free(t.sorted);
	free(t.facts);
	free(first);
	return rc;
}
