#include "filter/filter.h"

#include <stdlib.h>

#include "filter/parse.h"

enum { ARENA_MAX = 16 << 20 }; /* FILTER_TEXT_MAX bytes of expression cannot need more */

enum rc filter_compile(const char *text, struct filter **ret_filter, char *err, size_t err_len)
{
	struct filter *f = calloc(1, sizeof(*f));
	enum rc rc = RC_NOMEM;

	if (err_len > 0)
		err[0] = '\0';
	if (f == NULL)
		goto out;
	rc = arena_new(ARENA_MAX, &f->arena);
	if (rc != RC_OK)
		goto out;
	/* Every frame is looked at: `not smb` is about what is not there. */
	f->wants = EV_BIT(EV_FRAME);
	rc = parse_filter(text, f, err, err_len);
	if (rc != RC_OK)
		goto out;
	*ret_filter = f;
	f = NULL;
out:
	filter_free(f);
	return rc;
}

void filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	for (struct regex *re = f->regexes; re != NULL; re = re->next) {
		pcre2_code_free(re->code);
		pcre2_match_data_free(re->data);
		pcre2_match_context_free(re->context);
	}
	arena_free(f->arena);
	free(f);
}

unsigned filter_wants(const struct filter *f)
{
	return f->wants;
}
