#include "ask/account.h"

#include <stdio.h>

bool account_may_begin(const struct account *a, uint64_t now_ms)
{
	if (a->has_failed)
		return false;
	if (a->under_way == 0)
		return true;
	return a->is_good && a->patience_ms != 0 && a->under_way < ACCOUNT_AT_ONCE &&
	       now_ms >= a->began_ms + a->patience_ms;
}

void account_begin(struct account *a, uint64_t now_ms)
{
	a->under_way++;
	a->began_ms = now_ms;
}

bool account_told(struct account *a, const struct message *m, const char *where, char *why)
{
	bool had_failed = a->has_failed;

	if (a->under_way > 0)
		a->under_way--;
	switch (m->number) {
	case MESSAGE_LET_IN:
		a->is_good = true;
		return false;
	case MESSAGE_NO_PROOF:
		return false;
	case MESSAGE_NO_OUTCOME:
		if (a->is_good || ++a->no_outcome < 2)
			return false;
		(void)snprintf(why, MESSAGE_TEXT,
			       "NO OUTCOME of two logons, the last at %s: they may count as failed "
			       "ones, so the account is not used on other machines in this run",
			       where);
		break;
	default:
		(void)snprintf(why, MESSAGE_TEXT,
			       "THE ACCOUNT WAS REFUSED by %s: %.200s. One logon was tried; the "
			       "account is not used on other machines in this run, since it could "
			       "be locked out",
			       where, m->text[0]);
		break;
	}
	a->has_failed = true;
	return !had_failed;
}
