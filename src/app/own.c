#include "app/own.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdio.h>

static unsigned ones(const uint8_t *mask, size_t len)
{
	unsigned n = 0;

	while (n < len * 8 && (mask[n / 8] & (0x80u >> n % 8)) != 0)
		n++;
	return n;
}

static bool address_of(const struct ifaddrs *i, struct own_address *ret_own)
{
	if (i->ifa_addr == NULL || i->ifa_netmask == NULL)
		return false;
	if (i->ifa_addr->sa_family == AF_INET) {
		struct sockaddr_in addr, mask;

		memcpy(&addr, i->ifa_addr, sizeof(addr));
		memcpy(&mask, i->ifa_netmask, sizeof(mask));
		ret_own->addr = addr_from_v4((const uint8_t *)&addr.sin_addr);
		ret_own->bits = 96 + ones((const uint8_t *)&mask.sin_addr, sizeof(mask.sin_addr));
		return true;
	}
	if (i->ifa_addr->sa_family == AF_INET6) {
		struct sockaddr_in6 addr, mask;

		memcpy(&addr, i->ifa_addr, sizeof(addr));
		memcpy(&mask, i->ifa_netmask, sizeof(mask));
		memcpy(ret_own->addr.b, &addr.sin6_addr, sizeof(ret_own->addr.b));
		ret_own->bits = ones((const uint8_t *)&mask.sin6_addr, sizeof(mask.sin6_addr));
		return true;
	}
	return false;
}

static void take_mac(const struct ifaddrs *i, struct own *own)
{
	struct sockaddr_ll link;

	if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_PACKET || own->n_macs == OWN_MAX)
		return;
	memcpy(&link, i->ifa_addr, sizeof(link));
	if (link.sll_halen == sizeof(own->macs[0].b))
		memcpy(own->macs[own->n_macs++].b, link.sll_addr, sizeof(own->macs[0].b));
}

void own_look(const char *interface, struct own *ret_own)
{
	struct ifaddrs *all = NULL;
	struct own_address a;

	ret_own->n = ret_own->n_macs = 0;
	if (getifaddrs(&all) != 0)
		return;
	for (const struct ifaddrs *i = all; i != NULL && ret_own->n < OWN_MAX; i = i->ifa_next) {
		if (strcmp(interface, "any") != 0 && strcmp(interface, i->ifa_name) != 0)
			continue;
		take_mac(i, ret_own);
		if (address_of(i, &a) && !addr_is_loopback(&a.addr) && !addr_is_link_local(&a.addr))
			ret_own->list[ret_own->n++] = a;
	}
	freeifaddrs(all);
}

bool own_has(const struct own *own, const struct addr *a)
{
	for (size_t i = 0; own != NULL && i < own->n; i++) {
		if (addr_eq(&own->list[i].addr, a))
			return true;
	}
	return false;
}

bool own_has_mac(const struct own *own, const struct mac *m)
{
	for (size_t i = 0; own != NULL && i < own->n_macs; i++) {
		if (memcmp(own->macs[i].b, m->b, sizeof(m->b)) == 0)
			return true;
	}
	return false;
}

bool own_exists(const char *interface)
{
	return strcmp(interface, "any") == 0 || if_nametoindex(interface) != 0;
}

void own_interfaces(char *to, size_t cap)
{
	struct if_nameindex *all = if_nameindex();
	size_t len = 0;

	to[0] = '\0';
	for (const struct if_nameindex *i = all; i != NULL && i->if_index != 0; i++) {
		int n = snprintf(to + len, cap - len, "%s%s", len > 0 ? ", " : "", i->if_name);

		if (n < 0 || (size_t)n >= cap - len) {
			to[len] = '\0';
			break;
		}
		len += (size_t)n;
	}
	if_freenameindex(all);
}
