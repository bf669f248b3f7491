/*
 * who - answering for machines: what `quell who`, `quell hosts show` and the changes share.
 */
#ifndef CLI_WHO_H
#define CLI_WHO_H

#include "app/inquire.h"
#include "console/common.h"
#include "model/machine.h"

struct question {
	char *what;     /* owned by whoever made the list */
	uint64_t at_ns; /* 0: now */
};

struct answering {
	const struct cli_command *command;
	struct store *store;
	enum cli_format format;
	bool has_asked;
};

/* Prints an answer to each on standard output. CLI_FAILED also if one has none, or several. */
int who_answer(const struct answering *a, const struct question *questions, size_t n);

struct ask_request { /* --ask and what goes with it */
	const struct cli_command *command;
	const struct settings *settings;
	struct inquire_account account;
};

/* Goes and asks about each, tells on stderr what was asked, and keeps what came. Not all that was
 * asked must be answered: CLI_FAILED is for when nothing could be asked at all. */
int who_ask(const struct ask_request *rq, struct store *s, const struct question *questions,
	    size_t n);

#endif
