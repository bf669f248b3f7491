/*
 * profile - what the name of a profile folder says: whose it is, or that it is nobody's.
 *
 * Windows calls the folder after the user. If there is one already, it puts the domain or the
 * machine's name behind it, and then a number: "maria", "maria.CORP", "maria.CORP.000",
 * "maria.000".
 */
#ifndef ASK_PROFILE_H
#define ASK_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

enum { PROFILE_NAME = 128 };

/* Folders with a person's files in them: "Users", "Documents and Settings", and what other
 * languages and older systems call them. NULL past the last. */
const char *profile_root(size_t i);

/* Does Windows or a service own it, rather than a person? */
bool profile_is_system(const char *folder);

/* `known`: names of domains and machines that may stand behind the dot; "" ones are passed over.
 * False: the name is empty or too long. ret_domain: "" if there is none. */
bool profile_owner(const char *folder, const char *const *known, size_t n_known,
		   char ret_user[PROFILE_NAME], char ret_domain[PROFILE_NAME]);

#endif
