#include <string.h>

#include "app/dossier.h"
#include "base/text.h"
#include "console/common.h"

enum { SHOWN = 256 };

/* Several: each on a line, so that one can be picked. */
static void tell_candidates(const struct who_answer *a)
{
	for (size_t i = 0; i < a->n_others; i++) {
		const struct who_candidate *c = &a->others[i];
		char addr[ADDR_TEXT], name[SHOWN], user[SHOWN];

		(void)text_printable(c->name, name, sizeof(name));
		(void)text_printable(c->user, user, sizeof(user));
		fprintf(stderr, "  %s  %s  %s  %s\n", c->id, name,
			addr_is_zero(&c->addr) ? "" : addr_format(&c->addr, addr), user);
	}
}

int cli_find(const struct cli_command *c, struct store *s, const char *what, char *id)
{
	struct dossier *d = NULL;
	int status = CLI_FAILED;

	if (dossier_find(s, what, 0, &d) != RC_OK)
		return cli_store_failed(c, s);
	switch (d->answer.found) {
	case WHO_ONE:
		memcpy(id, d->answer.machine->id, MACHINE_ID);
		status = CLI_DONE;
		break;
	case WHO_SEVERAL:
		(void)cli_usage(c, "'%s' could be any of these; say the id of one:", what);
		tell_candidates(&d->answer);
		break;
	case WHO_NONE:
		(void)cli_usage(c, "no machine is known as '%s'; 'quell hosts %s' looks for parts",
				what, what);
		break;
	}
	dossier_free(d);
	return status;
}
