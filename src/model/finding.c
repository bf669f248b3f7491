#include "model/finding.h"

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

static void text_copy(char *to, size_t cap, const char *from)
{
	text_from_utf8((struct bytes){(const uint8_t *)from, strlen(from)}, to, cap);
}

static struct detail *detail_find(struct finding *f, const char *key)
{
	for (unsigned i = 0; i < f->n_details; i++) {
		if (strcmp(f->details[i].key, key) == 0)
			return &f->details[i];
	}
	return NULL;
}

/* The entry for `key`, emptied; NULL: the list is full. */
static struct detail *detail_put(struct finding *f, const char *key)
{
	char cut[sizeof(f->details[0].key)];
	struct detail *d = NULL;

	text_copy(cut, sizeof(cut), key);
	d = detail_find(f, cut);
	if (d == NULL && f->n_details < FINDING_DETAILS)
		d = &f->details[f->n_details++];
	if (d != NULL) {
		memset(d, 0, sizeof(*d));
		memcpy(d->key, cut, sizeof(cut));
	}
	return d;
}

void finding_detail_text(struct finding *f, const char *key, const char *text)
{
	struct detail *d = detail_put(f, key);

	if (d != NULL)
		text_copy(d->text, sizeof(d->text), text);
}

void finding_detail_number(struct finding *f, const char *key, double number)
{
	struct detail *d = detail_put(f, key);

	if (d != NULL) {
		d->is_number = true;
		d->number = number;
	}
}

/* Both ascending; keeps the first ones, each once. */
static void packets_add(struct finding *a, const struct finding *b)
{
	uint64_t all[FINDING_PACKETS];
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
 * thing the longer one. The same whichever is asked about which. */
static bool leads(const struct finding *a, const struct finding *b)
{
	if (a->confidence != b->confidence)
		return a->confidence > b->confidence;
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns;
	if (a->last_ns != b->last_ns)
		return a->last_ns > b->last_ns;
	return strcmp(a->why, b->why) <= 0;
}

static void details_add(struct finding *a, const struct finding *b, bool over)
{
	for (unsigned i = 0; i < b->n_details; i++) {
		struct detail *d = detail_find(a, b->details[i].key);

		if (d == NULL && a->n_details < FINDING_DETAILS)
			a->details[a->n_details++] = b->details[i];
		else if (d != NULL && over)
			*d = b->details[i];
	}
}

void finding_add(struct finding *a, const struct finding *b)
{
	bool stays = leads(a, b);

	details_add(a, b, !stays);
	if (!stays) {
		memcpy(a->why, b->why, sizeof(a->why));
		a->confidence = b->confidence;
	}
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
