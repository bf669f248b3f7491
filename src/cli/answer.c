#include <errno.h>
#include <string.h>

#include "app/dossier.h"
#include "cli/who.h"
#include "inventory/who.h"

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
