#include "ask/neighbour.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINE = 256, ROWS_MAX = 65536 };

/* The next word of `*at`, in `to`; false: there is none, or it is too long. */
static bool word(const char **at, char *to, size_t cap)
{
	size_t blank = strspn(*at, " \t"), len = strcspn(*at + blank, " \t\n");

	if (len == 0 || len >= cap)
		return false;
	memcpy(to, *at + blank, len);
	to[len] = '\0';
	*at += blank + len;
	return true;
}

/* "10.1.2.3         0x1         0x2         00:1a:2b:3c:4d:5e     *        eth0" */
bool neighbour_parse(const char *line, struct addr *ret_addr, struct mac *ret_mac)
{
	enum { ETHERNET = 1, COMPLETE = 2 }; /* ARPHRD_ETHER, ATF_COM */
	char addr[ADDR_TEXT], type[16], flags[16], mac[MAC_TEXT];
	const char *at = line;
	struct addr a;
	struct mac m;

	if (!word(&at, addr, sizeof(addr)) || !word(&at, type, sizeof(type)) ||
	    !word(&at, flags, sizeof(flags)) || !word(&at, mac, sizeof(mac)) ||
	    strlen(mac) != MAC_TEXT - 1 || addr_parse(addr, &a) != RC_OK ||
	    strtoul(type, NULL, 16) != ETHERNET || (strtoul(flags, NULL, 16) & COMPLETE) == 0)
		return false;
	for (size_t i = 0; i < sizeof(m.b); i++) {
		char *end = NULL;

		m.b[i] = (uint8_t)strtoul(mac + 3 * i, &end, 16);
		if (end != mac + 3 * i + 2)
			return false;
	}
	*ret_addr = a;
	*ret_mac = m;
	return true;
}

bool neighbour_mac(const struct addr *a, struct mac *ret_mac)
{
	FILE *f = addr_is_v4(a) ? fopen("/proc/net/arp", "re") : NULL;
	char line[LINE];
	bool found = false;

	for (size_t i = 0; f != NULL && !found && i < ROWS_MAX && fgets(line, LINE, f) != NULL;
	     i++) {
		struct addr at;
		struct mac m;

		if (!neighbour_parse(line, &at, &m) || !addr_eq(&at, a))
			continue;
		*ret_mac = m;
		found = true;
	}
	if (f != NULL)
		(void)fclose(f);
	return found;
}
