/*
 * asking - a child at work: whom it asks, and how it tells what it learned.
 *
 * A question is a function that puts what came of it in words, and says whether anything did. It
 * tells facts as it learns them. It may fail, hang or be ended at any time: what it told by then is
 * kept.
 */
#ifndef ASK_ASKING_H
#define ASK_ASKING_H

#include "ask/ask.h"
#include "ask/message.h"
#include "ask/reach.h"

struct task;

struct asking {
	const struct ask_options *opt;
	struct reach reach;
	struct addr addr;        /* of the machine, switch or router */
	int to;                  /* the pipe */
	const struct task *task; /* of ask_run(); or NULL */
	void *ctx;               /* of other rooms' questions */
};

struct answer {
	bool is_ok;
	char text[MESSAGE_TEXT];
};

typedef void (*ask_question)(struct asking *a, struct answer *ret_answer);

/* Says what is asked now, asks, and says what came of it and how long it took. */
void asking_do(struct asking *a, const char *what, ask_question question);

/* When the question that begins now must be answered. */
uint64_t asking_until(const struct asking *a);

void asking_tell(const struct asking *a, const struct message *m);
/* The plain kind: about the machine, true now. `value` "" is not told. */
void asking_fact(const struct asking *a, unsigned fact, unsigned source, unsigned confidence,
		 const char *value);

/* Puts text at the end of the answer, after ", " if there is one already; cut where it is full. */
__attribute__((format(printf, 2, 3))) void answer_add(struct answer *to, const char *format, ...);

/* The questions. */
void ask_nbstat(struct asking *a, struct answer *ret_answer);
void ask_dns(struct asking *a, struct answer *ret_answer);
void ask_smb(struct asking *a, struct answer *ret_answer);
void ask_profiles(struct asking *a, struct answer *ret_answer);
void ask_snmp(struct asking *a, struct answer *ret_answer);

#endif
