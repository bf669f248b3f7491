/* names - what states and marks are called in reports: never changed, other programs read them. */
#include "judge/judge.h"

const char *patch_state_name(enum patch_state s)
{
	switch (s) {
	case PATCH_EFFECTIVE:
		return "effective";
	case PATCH_PENDING:
		return "pending";
	case PATCH_MISSING:
		return "missing";
	case PATCH_NOT_AFFECTED:
		return "not-affected";
	case PATCH_UNKNOWN:
	case PATCH_STATES:
		break;
	}
	return "unknown";
}

const char *mark_name(enum mark m)
{
	switch (m) {
	case MARK_FAIL:
		return "fail";
	case MARK_WARN:
		return "warn";
	case MARK_PASS:
		return "pass";
	case MARK_NOT_APPLICABLE:
		return "not-applicable";
	case MARK_UNKNOWN:
	case MARKS:
		break;
	}
	return "unknown";
}
