/*
 * os - names of operating systems from what machines let slip.
 *
 * Each source sees something else: version numbers (exact), a native OS string, the order of DHCP
 * options, a User-Agent, the shape of a SYN (weak). All answers use the same words, so that they
 * can be compared: "Windows 2000", "Windows XP", "Windows Server 2003", "Windows Vista", "Windows
 * 7", "Windows Server 2008 R2", "Windows 10", "Linux", "macOS", "iOS", "Android", "printer", …;
 * where a source cannot tell two apart: "Windows 7 or Server 2008 R2".
 *
 * Shape of a SYN, for IDENT_SYN's note: "ttl:window:mss:wscale:options:df", as "128:8192:1460:2:
 * M,N,W,N,N,S:1" without blanks; ttl is rounded up to 32, 64, 128 or 255.
 */
#ifndef HOST_OS_H
#define HOST_OS_H

#include "base/bytes.h"

struct os_guess {
	const char *name;    /* a literal, or "" */
	unsigned confidence; /* 0..100 */
};

struct os_guess os_from_version(unsigned major, unsigned minor, unsigned build, bool is_server);
struct os_guess
os_from_native(struct bytes native_os); /* SMB1: "Windows 5.1", "Windows 2000 2195" */
struct os_guess os_from_dhcp(struct bytes vendor_class, struct bytes options);
struct os_guess os_from_user_agent(struct bytes agent);
struct os_guess os_from_syn(struct bytes shape);

/* Could both be said of one machine? "Windows 7" and "Windows 7 or Server 2008 R2": yes. */
bool os_agrees(const char *a, const char *b);

#endif
