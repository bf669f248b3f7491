#include "model/finding.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

static const char *const class_names[CLASSES] = {
	[CLASS_EXPLOIT] = "exploit",   [CLASS_CHECK] = "check",
	[CLASS_IMPLANT] = "implant",   [CLASS_RENDEZVOUS] = "rendezvous",
	[CLASS_TRANSFER] = "transfer", [CLASS_CREDENTIAL] = "credential",
	[CLASS_LATERAL] = "lateral",   [CLASS_SCAN] = "scan",
};

const char *finding_class_name(enum finding_class c)
{
	return (unsigned)c < CLASSES ? class_names[c] : "unknown";
}

enum rc finding_class_parse(const char *name, enum finding_class *ret_class)
{
	for (unsigned c = 0; c < CLASSES; c++) {
		if (strcmp(name, class_names[c]) == 0) {
			*ret_class = (enum finding_class)c;
			return RC_OK;
		}
	}
	return RC_INVAL;
}

/*
 * A detail lies in `details` as: one byte with the length of its key, one with that of its text
 * (each with the NUL; no text: a number), the key, and then the text or the number as it is in
 * memory.
 */
enum { HEAD = 2, NUMBER = sizeof(double) };

static_assert(DETAIL_KEY <= UINT8_MAX && DETAIL_TEXT <= UINT8_MAX, "lengths are one byte");

static unsigned entry_len(const uint8_t *e)
{
	return HEAD + e[0] + (e[1] == 0 ? (unsigned)NUMBER : e[1]);
}

bool finding_detail_next(const struct finding *f, unsigned *at, struct detail *ret_d)
{
	const uint8_t *e = f->details + *at;

	if (*at >= f->details_len)
		return false;
	*ret_d = (struct detail){.key = (const char *)e + HEAD, .text = ""};
	ret_d->is_number = e[1] == 0;
	if (ret_d->is_number)
		memcpy(&ret_d->number, e + HEAD + e[0], NUMBER);
	else
		ret_d->text = (const char *)e + HEAD + e[0];
	*at += entry_len(e);
	return true;
}

/* Where the entry of `key` begins, or details_len. */
static unsigned detail_find(const struct finding *f, const char *key, size_t key_len)
{
	unsigned at = 0;

	while (at < f->details_len &&
	       (f->details[at] != key_len || memcmp(f->details + at + HEAD, key, key_len) != 0))
		at += entry_len(f->details + at);
	return at;
}

bool finding_detail_get(const struct finding *f, const char *key, struct detail *ret_d)
{
	unsigned at = detail_find(f, key, strlen(key) + 1);

	return finding_detail_next(f, &at, ret_d);
}

/* Puts a whole entry where the one of its key is, or at the end. */
static void entry_put(struct finding *f, const uint8_t *e, bool over)
{
	unsigned at = detail_find(f, (const char *)e + HEAD, e[0]), len = entry_len(e);
	unsigned old = at < f->details_len ? entry_len(f->details + at) : 0;

	if ((old > 0 && !over) || (old == 0 && f->n_details == FINDING_DETAILS) ||
	    f->details_len - old + len > FINDING_DETAIL_BYTES)
		return;
	memmove(f->details + at + len, f->details + at + old, f->details_len - at - old);
	memcpy(f->details + at, e, len);
	f->details_len = f->details_len - old + len;
	f->n_details += old == 0;
}

static unsigned text_copy(uint8_t *to, size_t cap, const char *from)
{
	struct bytes utf8 = {(const uint8_t *)from, strlen(from)};

	return (unsigned)text_from_utf8(utf8, (char *)to, cap) + 1;
}

void finding_detail_text(struct finding *f, const char *key, const char *text)
{
	uint8_t e[HEAD + DETAIL_KEY + DETAIL_TEXT];

	e[0] = (uint8_t)text_copy(e + HEAD, DETAIL_KEY, key);
	e[1] = (uint8_t)text_copy(e + HEAD + e[0], DETAIL_TEXT, text);
	entry_put(f, e, true);
}

void finding_detail_number(struct finding *f, const char *key, double number)
{
	uint8_t e[HEAD + DETAIL_KEY + NUMBER];

	e[0] = (uint8_t)text_copy(e + HEAD, DETAIL_KEY, key);
	e[1] = 0;
	memcpy(e + HEAD + e[0], &number, NUMBER);
	entry_put(f, e, true);
}

/* Both ascending; keeps the first ones, each once. */
static void packets_add(struct finding *a, const struct finding *b)
{
	uint64_t all[FINDING_PACKETS] = {0};
	unsigned n = 0, i = 0, j = 0;

	while (n < FINDING_PACKETS && (i < a->n_packets || j < b->n_packets)) {
		bool from_a =
			j >= b->n_packets || (i < a->n_packets && a->packets[i] <= b->packets[j]);
		uint64_t next = from_a ? a->packets[i++] : b->packets[j++];

		if (n == 0 || all[n - 1] != next)
			all[n++] = next;
	}
	memcpy(a->packets, all, n * sizeof(all[0]));
	a->n_packets = n;
}

/* Whose words are kept: the surer one's; then the earlier one's; of two accounts of the same
 * thing the longer one. */
static bool leads(const struct finding *a, const struct finding *b)
{
	if (finding_sureness(a) != finding_sureness(b))
		return finding_sureness(a) > finding_sureness(b);
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns;
	if (a->last_ns != b->last_ns)
		return a->last_ns > b->last_ns;
	return strcmp(a->why, b->why) <= 0;
}

static void details_add(struct finding *a, const struct finding *b, bool over)
{
	for (unsigned at = 0; at < b->details_len; at += entry_len(b->details + at))
		entry_put(a, b->details + at, over);
}

void finding_add(struct finding *a, const struct finding *b)
{
	bool stays = leads(a, b);

	details_add(a, b, !stays);
	if (!stays)
		memcpy(a->why, b->why, sizeof(a->why));
	if (b->confidence > a->confidence)
		a->confidence = b->confidence;
	packets_add(a, b);
	if (b->first_ns < a->first_ns)
		a->first_ns = b->first_ns;
	if (b->last_ns > a->last_ns)
		a->last_ns = b->last_ns;
	a->count = b->count > UINT64_MAX - a->count ? UINT64_MAX : a->count + b->count;
}

int finding_cmp(const struct finding *a, const struct finding *b)
{
	int c = strcmp(a->threat, b->threat);

	if (c != 0)
		return c;
	if (a->class != b->class)
		return a->class < b->class ? -1 : 1;
	c = addr_cmp(&a->source, &b->source);
	if (c != 0)
		return c;
	if (a->has_target != b->has_target)
		return a->has_target ? 1 : -1;
	c = a->has_target ? addr_cmp(&a->target, &b->target) : 0;
	if (c != 0)
		return c;
	return (a->first_ns > b->first_ns) - (a->first_ns < b->first_ns);
}
