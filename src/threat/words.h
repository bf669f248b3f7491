/* words - what the catalogue and baselines say, as people say it. */
#ifndef THREAT_WORDS_H
#define THREAT_WORDS_H

#include "threat/weakness.h"

enum { VERSION_TEXT = 24, WORDS_TEXT = 512 };

/* "5.1.2600.5694"; zeros at the end are left out but for the minor version: "6.0". */
const char *version_format(const struct version *v, char *to);

/* "Windows XP" for 5.1.2600; "Windows 10.0.99999" for what has no name here. WORDS_TEXT bytes. */
const char *version_windows(const struct version *v, char *to);

/* What a check wants: "at least 8", "off or enabled", "none that is rid=501 and enabled".
 * WORDS_TEXT bytes. */
const char *check_wanted(const struct check *c, char *to);

/* "Windows XP and later", "before Windows Vista"; "" for every Windows. WORDS_TEXT bytes. */
const char *check_applies(const struct check *c, char *to);

#endif
