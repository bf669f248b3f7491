/*
 * derive - what follows from registry values: system, version, pending restarts.
 *
 * The collection script and hives tell raw values, so that one place knows what they mean.
 */
#ifndef GATHER_DERIVE_H
#define GATHER_DERIVE_H

#include "base/bytes.h"
#include "model/posture.h"

/* "HKLM\...\Name" and "HKLM\...\Key\", ended by NULL: what derive_posture() looks at. */
extern const char *const derive_registry[];

/* Subkeys of these are named for updates: "KB958644". Ended by NULL. */
extern const char *const derive_update_keys[];

/* Adds os.*, reboot-pending to what `by` told. `version`: where the registry does not tell it; may
 * be "". RC_NOMEM. */
MUST_CHECK enum rc derive_posture(struct posture *p, unsigned by, const char *version);

/* "KB958644" from "KB958644-v2", "kb958644", "Security Update for Windows XP (KB958644)", "958644"
 * if `is_bare`. `to` holds DERIVE_UPDATE. False: there is none in it. */
enum { DERIVE_UPDATE = 16 };
bool derive_update(struct bytes text, bool is_bare, char *to);

#endif
