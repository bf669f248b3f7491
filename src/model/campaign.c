#include "model/campaign.h"

#include <string.h>

static const char *const stages[STAGES] = {
	[STAGE_UNKNOWN] = "unknown",
	[STAGE_EXPOSED] = "exposed",
	[STAGE_REBOOT_PENDING] = "reboot-pending",
	[STAGE_PATCHED] = "patched",
	[STAGE_CLEANED] = "cleaned",
	[STAGE_PROTECTED] = "protected",
	[STAGE_UPDATED] = "updated",
	[STAGE_QUIET] = "quiet",
};

const char *stage_name(enum stage s)
{
	return (unsigned)s < STAGES ? stages[s] : "unknown";
}

enum rc stage_parse(const char *name, enum stage *ret_s)
{
	for (unsigned i = 0; i < STAGES; i++) {
		if (strcmp(name, stages[i]) == 0) {
			*ret_s = (enum stage)i;
			return RC_OK;
		}
	}
	return RC_INVAL;
}

static const char *const wave_states[WAVE_STATES] = {
	[WAVE_WAITING] = "waiting", [WAVE_OPEN] = "open",       [WAVE_PAUSED] = "paused",
	[WAVE_DONE] = "done",       [WAVE_ABORTED] = "aborted",
};

const char *wave_state_name(enum wave_state s)
{
	return (unsigned)s < WAVE_STATES ? wave_states[s] : "waiting";
}
