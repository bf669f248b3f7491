/*
 * posture - what was seen of one machine's patches, policy and protection.
 *
 * A posture is a list of observations: plain statements with where each is from, such as "this file
 * has that version". What they mean is not kept: judge/ decides it from the observations, the
 * catalogue and a baseline, so that better knowledge judges old observations anew.
 *
 * Keys are a contract (stored, exported, named by data/baselines): lower-case words, then perhaps
 * ":" and what it is about. Files are below the Windows folder, with "/" and in lower case;
 * registry paths as Windows writes them. What comes after the first ":" is compared without regard
 * to the case of letters, as Windows does with files, registry, services, accounts and shares.
 *
 *   os.version            "5.1.2600", "10.0.18362"      os.ubr          "720"
 *   os.service-pack       "3", "0"                      os.name         "Windows XP Professional"
 *   os.product-type       "workstation" "server" "dc"   os.arch         "x86" "x64" "arm64"
 *   os.boot               RFC 3339: when it was started
 *   file:system32/x.dll           VS_FIXEDFILEINFO dwFileVersion: "5.1.2600.5694"
 *   file.checksum:system32/x.dll  PE CheckSum: "0x0005c7a1"
 *   file.timestamp:system32/x.dll PE TimeDateStamp, RFC 3339
 *   file.changed:system32/x.dll   last write, RFC 3339
 *   registry:HKLM\...\Name        a value: decimal number, text, or texts joined by "; "
 *   registry:HKLM\...\Key\        a key, "present" or OBSERVED_ABSENT
 *   hotfix:KB958644       "installed" "installed-pending" "claimed" (a list says so)
 *   reboot-pending        "no", or what wants it: "Component Based Servicing"
 *   smb.dialects          "NT1 2.02 2.1 3.0 3.0.2 3.1.1": what it accepts
 *   smb.smb1              "on" "off"                    smb.signing     "required" "enabled" "off"
 *   smb.compression       "offered" "none" (3.1.1)      smb.build       "6.1.7601": NTLM challenge
 *   smb.null-session      "yes" "no"                    smb.anonymous-users  "yes" "no"
 *   smb.ms17-010          "answers as unpatched" "answers as patched"
 *   policy.min-password-length  "8"                     policy.password-complexity  "yes" "no"
 *   policy.password-history     "24"                    policy.max-password-age  days, or "never"
 *   policy.min-password-age     days                    policy.lockout-threshold "0": never
 *   policy.lockout-duration     minutes, or "until-reset"   policy.lockout-window  minutes
 *   account:NAME          "rid=500 enabled never-expires no-password-required": words
 *   admin:DOMAIN\name     member of the local group Administrators: "user" "group" "unknown"
 *   service:wuauserv      "running automatic" "stopped disabled" "stopped manual": state, start
 *   share:C$              "disk" "printer" "ipc", then "hidden"
 *   share.writers:NAME    who may write to it: "Everyone; BUILTIN\Users", "nobody"
 *   anti-malware:NAME     "running" "stopped", then "signatures=2008-11-21" "engine=1.1.4104.0"
 *   audit:logon           "success failure", "none"; also audit:system object-access privilege-use
 *                         process-tracking policy-change account-management directory-access
 *                         account-logon
 *
 * An asked machine that has no such thing says OBSERVED_ABSENT; what could not be learned is
 * OBSERVED_UNREADABLE, and its value says why. What was not asked has no observation. A list that
 * was read whole (account: admin: service: share: anti-malware: audit:) says how many it has with
 * nothing after the colon, "account:" "3", so that an empty one is known to be empty and what is
 * not in it to be absent; one that could not be read whole is OBSERVED_UNREADABLE there, and says
 * why.
 */
#ifndef MODEL_POSTURE_H
#define MODEL_POSTURE_H

#include "base/addr.h"
#include "base/arena.h"
#include "base/rc.h"

enum observed { /* numbers are stored: never renumbered */
		OBSERVED_VALUE = 1,
		OBSERVED_ABSENT = 2,
		OBSERVED_UNREADABLE = 3,
};

enum observed_by { /* numbers are stored: never renumbered; a lower one is nearer to the truth */
		   BY_FILE = 1,     /* the file itself, over SMB */
		   BY_REGISTRY = 2, /* winreg */
		   BY_SAMR = 3,
		   BY_LSA = 4,
		   BY_SERVICES = 5, /* svcctl */
		   BY_SHARES = 6,   /* srvsvc */
		   BY_SMB = 7,     /* what it says to anybody: negotiate, challenge, status codes */
		   BY_SCRIPT = 16, /* quell's collection script, run there */
		   BY_HIVE = 17,   /* a saved copy of its registry: as old as the copy */
		   BY_LIST = 18,   /* an export of another tool */
};

enum { POSTURE_KEY = 384, POSTURE_VALUE = 512 }; /* with the NUL; longer ones are cut */

struct observation { /* texts are UTF-8, never NULL */
	const char *key, *value;
	uint8_t state; /* enum observed */
	uint8_t by;    /* enum observed_by */
	uint64_t at_ns;
};

struct posture {
	struct addr addr;         /* where it was asked; zero: a script or a list told */
	const char *name;         /* what it calls itself, or "" */
	uint64_t at_ns;           /* of the newest observation, or later */
	struct observation *list; /* posture_cmp order */
	size_t n, cap;
	struct arena *arena; /* owns the texts */
};

MUST_CHECK enum rc posture_new(struct posture **ret_p);
void posture_free(struct posture *p);  /* NULL is fine */
void posture_clear(struct posture *p); /* as new, for the next: what it had is gone */

/* Copies; what is no UTF-8 becomes U+FFFD. The same key from the same source: the later one stays,
 * at the same time the first. Works in any order. RC_NOMEM: no memory, or more than POSTURE_MAX.
 * RC_INVAL: no key, or no such state or source. */
enum { POSTURE_MAX = 4096 };
MUST_CHECK enum rc posture_add(struct posture *p, const struct observation *o);

/* The same of what posture_add() would keep as it is and would put last. RC_INVAL: it is no such.
 */
MUST_CHECK enum rc posture_append(struct posture *p, const struct observation *o);

MUST_CHECK enum rc posture_name(struct posture *p, const char *name);

/* The caller frees it. RC_NOMEM. */
MUST_CHECK enum rc posture_copy(const struct posture *p, struct posture **ret_copy);

/* Puts what a later look saw over what was known: the same key from the same source is replaced,
 * but not by "unreadable"; and of a list that was read whole (its bare prefix, "account:"), what is
 * not in it any more is gone. Name, address and time are the later look's. RC_NOMEM. */
MUST_CHECK enum rc posture_learn(struct posture *p, const struct posture *later);

/* In one word, as exports have it: "file" "registry" "samr" "lsa" "services" "shares" "smb"
 * "script" "hive" "list"; "" where there is no such source. */
const char *observed_by_name(unsigned by);

/* By key (without regard to case after the first ":"), then source. */
int posture_cmp(const struct observation *a, const struct observation *b);

/* Two keys as posture_cmp() compares them; ret_same: how many bytes they begin alike with. */
int posture_key_cmp(const char *a, const char *b, size_t *ret_same);

/* The best observation of a key: a value or its absence before unreadable, then the lowest source.
 * NULL: none. */
const struct observation *posture_find(const struct posture *p, const char *key);
/* The same, from one source alone. */
const struct observation *posture_from(const struct posture *p, const char *key, unsigned by);

/* The value where there is one, NULL otherwise. */
const char *posture_value(const struct posture *p, const char *key);

/* All that begin with `prefix` ("account:"): index of the first, and how many. */
size_t posture_all(const struct posture *p, const char *prefix, size_t *ret_n);

#endif
