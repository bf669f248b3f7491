/*
 * account - one account over many machines: when the next logon may begin, and when none ever.
 *
 * Accounts get locked out when a wrong password is tried too often. So one logon is under way at
 * a time, over all machines; the first refusal ends the account's use for this run. A logon of
 * which nobody knows how it went may have counted as a failed one somewhere: as long as the account
 * was let in nowhere, a second one is not risked. Once it was let in, its password is right; then
 * the next logon may overtake one that takes long, if that is wanted.
 */
#ifndef ASK_ACCOUNT_H
#define ASK_ACCOUNT_H

#include "ask/message.h"

enum { ACCOUNT_AT_ONCE = 8 };

struct account {
	unsigned patience_ms; /* for a logon, once the account was let in; 0: without limit */
	bool is_good, has_failed;
	unsigned under_way, no_outcome;
	uint64_t began_ms; /* the newest of those under way */
};

bool account_may_begin(const struct account *a, uint64_t now_ms);
void account_begin(struct account *a, uint64_t now_ms);

/* How one went (MESSAGE_LOGON); each that began is told once. True: the account failed by it, and
 * `why` (MESSAGE_TEXT) says so, for the operator; `where` is the machine. */
bool account_told(struct account *a, const struct message *m, const char *where, char *why);

#endif
