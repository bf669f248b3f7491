#include "model/outbreak.h"

#include "base/arena.h"
#include "model/tree.h"

const char *verdict_name(enum verdict v)
{
	switch (v) {
	case VERDICT_NO_EVIDENCE:
		return "no-evidence";
	case VERDICT_TARGETED:
		return "targeted";
	case VERDICT_SCANNER:
		return "scanner";
	case VERDICT_SUSPECTED:
		return "suspected";
	case VERDICT_INFECTED:
		return "infected";
	case VERDICTS:
		break;
	}
	return "unknown";
}

void outbreak_free(struct outbreak *o)
{
	if (o == NULL)
		return;
	tree_free(o->tree);
	arena_free(o->arena); /* `o` lives in it, too */
}

uint64_t source_frame(const struct source_info *s, uint64_t seq, const char **ret_name)
{
	size_t file = 0;

	*ret_name = s->n_names > 0 ? s->names[0] : NULL;
	if (s->first_seq == NULL || s->n_names == 0)
		return seq;
	/* An empty file begins where the next one does: the last that fits is the right one. */
	for (size_t i = 1; i < s->n_names; i++) {
		if (s->first_seq[i] != 0 && s->first_seq[i] <= seq)
			file = i;
	}
	*ret_name = s->names[file];
	return s->first_seq[file] == 0 || seq < s->first_seq[file] ? seq
								   : seq - s->first_seq[file] + 1;
}
