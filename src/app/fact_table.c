#include "app/fact_table.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/words.h"

struct fact_id {
	uint8_t kind, source;
	bool has_mac;
	uint8_t zero;
	struct mac mac;
	uint8_t zero_2[2];
	uint32_t value;
	struct addr addr;
	uint64_t first_ns;
};

struct fact_table {
	struct map *facts;   /* struct fact_id -> struct fact; its value is in `words` */
	struct words *words; /* as first told: the sensor tells each in one way */
	struct fact *list;
	size_t max;
};

enum { VALUE_BYTES = 64 /* of a fact on average */ };

enum rc fact_table_new(size_t max, struct fact_table **ret_t)
{
	struct fact_table *t = calloc(1, sizeof(*t));
	enum rc rc = t == NULL ? RC_NOMEM : RC_OK;

	if (rc == RC_OK)
		rc = map_new(max, sizeof(struct fact_id), sizeof(struct fact), 0, &t->facts);
	if (rc == RC_OK)
		rc = words_new(max, max * VALUE_BYTES, 0, &t->words);
	if (rc != RC_OK) {
		fact_table_free(t);
		return rc;
	}
	t->max = max;
	*ret_t = t;
	return RC_OK;
}

void fact_table_free(struct fact_table *t)
{
	if (t == NULL)
		return;
	map_free(t->facts);
	words_free(t->words);
	free(t->list);
	free(t);
}

bool fact_table_put(struct fact_table *t, const struct fact *f)
{
	struct fact_id id;
	struct fact *place = NULL;
	bool is_new = false;

	memset(&id, 0, sizeof(id)); /* padding is compared too */
	id.kind = f->kind;
	id.source = f->source;
	id.has_mac = f->has_mac;
	if (f->has_mac)
		id.mac = f->mac;
	id.addr = f->addr;
	id.first_ns = f->first_ns;
	id.value = words_put(t->words, (struct bytes){(const uint8_t *)f->value, strlen(f->value)});
	if (id.value != WORDS_NONE)
		place = map_put(t->facts, &id, &is_new);
	if (place == NULL)
		return false;
	*place = *f;
	place->value = words_text(t->words, id.value);
	place->host = place->origin = place->machine = ""; /* not a sensor's to say */
	return true;
}

enum rc fact_table_list(struct fact_table *t, const struct source_info *source,
			const struct fact **ret_facts, size_t *ret_n)
{
	size_t n = map_len(t->facts);
	struct fact *list = calloc(n + 1, sizeof(*list)); /* never 0 */

	if (list == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const char *name = NULL;

		list[i] = *(const struct fact *)map_at(t->facts, i, NULL);
		list[i].packet = source_frame(source, list[i].packet, &name);
		list[i].origin = name != NULL ? name : "";
	}
	free(t->list);
	t->list = list;
	*ret_facts = list;
	*ret_n = facts_tidy(list, n);
	return RC_OK;
}
