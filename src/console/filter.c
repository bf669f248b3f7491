#include "console/filter.h"

#include <string.h>

#include "console/common.h"

/* A shell has taken the quotes off owner:"Jane Doe": a word with blanks whose first part is a
 * field and whose others are none is one term. Anything else is a filter, as it is. */
int cli_filter_word(const struct cli_command *c, const char *word, uint64_t now_ns, struct query *q)
{
	char err[CLI_ERROR] = "", quoted[CLI_ERROR];
	const char *colon = strchr(word, ':');
	bool is_one = colon != NULL && strpbrk(word, " \t") > colon &&
		      strchr(colon + 1, ':') == NULL && strpbrk(word, "\"\\") == NULL &&
		      strstr(word, " -") == NULL;
	int n = 0;

	if (is_one)
		n = snprintf(quoted, sizeof(quoted), "%.*s\"%s\"", (int)(colon + 1 - word), word,
			     colon + 1);
	if (query_parse(n > 0 && n < CLI_ERROR ? quoted : word, now_ns, q, err, sizeof(err)) !=
	    RC_OK)
		return cli_usage(c, "%s", err);
	return CLI_DONE;
}

static bool takes_value(const struct cli_command *c, const char *word)
{
	for (const struct cli_option *o = c->options; o->id != 0; o++) {
		if (o->arg == NULL)
			continue;
		if (word[0] == '-' && word[1] == o->id && word[2] == '\0')
			return true;
		if (o->name != NULL && strncmp(word, "--", 2) == 0 &&
		    strcmp(word + 2, o->name) == 0)
			return true;
	}
	return false;
}

int cli_filter_part(const struct cli_command *c, int argc, char **argv, char **front, char **back,
		    int *ret_n_back)
{
	int n = 0, n_back = 0;
	bool is_value = false, is_over = false;

	for (int i = 0; i < argc; i++) {
		const char *w = argv[i];
		bool is_term = is_over || (!is_value && query_is_negated_term(w));

		if (is_term)
			back[n_back++] = argv[i];
		else if (strcmp(w, "--") == 0 && !is_value)
			is_over = true;
		else
			front[n++] = argv[i];
		is_value = !is_value && !is_over && takes_value(c, w);
	}
	*ret_n_back = n_back;
	return n;
}
