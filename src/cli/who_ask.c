#include <stdlib.h>

#include "app/dossier.h"
#include "app/inquire.h"
#include "cli/who.h"

/* A machine that is known is asked at its latest address; an address that nobody is known to have
 * is asked all the same. */
static enum rc add_target(const struct ask_request *rq, struct store *s, const struct question *q,
			  struct ask_target *targets, size_t *n)
{
	struct dossier *d = NULL;
	enum rc rc = dossier_find(s, q->what, q->at_ns, &d);

	if (rc != RC_OK)
		return rc;
	if (d->answer.found == WHO_ONE)
		*n += inquire_targets_of(d->answer.machine, rq->settings, &targets[*n], 1);
	else if (!addr_is_zero(&d->answer.addr))
		targets[(*n)++] = (struct ask_target){.addr = d->answer.addr};
	dossier_free(d);
	return RC_OK;
}

int who_ask(const struct ask_request *rq, struct store *s, const struct question *questions,
	    size_t n)
{
	struct inquire_options opt = {
		.settings = rq->settings,
		.store = s,
		.to = stderr,
		.account = rq->account,
	};
	struct inquire_result result = {.questions = 0};
	struct ask_target *targets = calloc(n, sizeof(*targets));
	size_t n_targets = 0;
	int status = CLI_DONE;

	if (targets == NULL) {
		(void)cli_usage(rq->command, "%s", rc_str(RC_NOMEM));
		return CLI_FAILED;
	}
	for (size_t i = 0; i < n && status == CLI_DONE; i++) {
		if (add_target(rq, s, &questions[i], targets, &n_targets) != RC_OK)
			status = cli_store_failed(rq->command, s);
	}
	if (status == CLI_DONE && n_targets == 0)
		(void)cli_usage(rq->command, "nobody to ask: neither a known machine nor an "
					     "address is among the questions");
	/* What was wrong has been said. */
	else if (status == CLI_DONE && inquire(&opt, targets, n_targets, &result) != RC_OK)
		status = CLI_FAILED;
	free(targets);
	return status;
}
