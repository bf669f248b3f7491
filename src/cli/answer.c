#include <errno.h>
#include <string.h>

#include "app/dossier.h"
#include "base/text.h"
#include "cli/who.h"
#include "report/who.h"

enum { SHOWN = 256 };

static int out_failed(const struct answering *a, enum rc rc)
{
	(void)cli_usage(a->command, "standard output: %s",
			rc == RC_IO ? strerror(errno) : rc_str(rc));
	return CLI_FAILED;
}

int who_answer(const struct answering *a, const struct question *questions, size_t n)
{
	static const struct who_writer *const writers[] = {&who_human, &who_json, &who_csv};
	const struct who_writer *w = writers[a->format];
	struct who_head head = {stdout, cli_style(), cli_now(), "quell who", a->has_asked};
	void *state = NULL;
	int status = CLI_DONE;
	enum rc rc = w->begin(&head, &state);

	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		struct dossier *d = NULL;

		if (dossier_find(a->store, questions[i].what, questions[i].at_ns, &d) != RC_OK) {
			status = cli_store_failed(a->command, a->store);
			break;
		}
		rc = w->answer(state, &d->answer);
		if (d->answer.found != WHO_ONE)
			status = CLI_FAILED;
		dossier_free(d);
	}
	if (rc == RC_OK)
		rc = w->end(state);
	if (rc != RC_OK)
		status = out_failed(a, rc);
	w->free(state);
	return status;
}

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

int who_find(const struct cli_command *c, struct store *s, const char *what, char *id)
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
