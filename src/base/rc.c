#include "base/rc.h"

const char *rc_str(enum rc rc)
{
	switch (rc) {
	case RC_OK:
		return "done";
	case RC_NOMEM:
		return "out of memory, or a table is full";
	case RC_INVAL:
		return "unusable setting or argument";
	case RC_IO:
		return "the system refused";
	case RC_CLOSED:
		return "the other side went away";
	case RC_FORMAT:
		return "not in the expected format";
	case RC_END:
		return "end of data";
	}
	return "unknown result";
}
