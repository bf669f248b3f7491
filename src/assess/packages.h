/*
 * packages - which updates Component Based Servicing has (Windows Vista and later).
 *
 * The key "…\Component Based Servicing\Packages\" has thousands of subkeys, as
 * "Package_for_KB958644~31bf3856ad364e35~x86~~6.0.1.0", and a machine gives them in the order of
 * their names. So those of an update are searched for, not listed: some 15 questions for each. The
 * value CurrentState says how far it is: 0x60 install pending, 0x70 installed, 0x80 permanent
 * (Microsoft, "CBS Servicing States Chart", 2015-10-12).
 */
#ifndef ASSESS_PACKAGES_H
#define ASSESS_PACKAGES_H

#include "assess/remote_registry.h"
#include "assess/visit.h"

/* Tells "hotfix:KB958644" of those in opt->updates that are there: "installed",
 * "installed-pending", or unreadable with the state. Of those that are not there nothing is told:
 * later updates bring the same files under other numbers. Adds to the answer how many, or why it
 * could not look. */
void packages_tell(const struct visit *v, struct remote_registry *g, struct answer *ret_answer);

#endif
