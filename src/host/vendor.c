/* The longest prefix wins: a block of MA-L may be handed on in pieces. */
#include "host/vendor.h"

#include "host/vendor_table.h"

enum { LOCAL_BIT = 2, GROUP_BIT = 1 };

/* Where `want` stands among `n` ascending numbers, or n. */
static size_t find_32(const uint32_t *list, size_t n, uint32_t want)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (list[mid] < want)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && list[low] == want ? low : n;
}

static size_t find_64(const uint64_t *list, size_t n, uint64_t want)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (list[mid] < want)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && list[low] == want ? low : n;
}

const char *vendor_of(const struct mac *m)
{
	uint64_t whole = 0;
	size_t at;

	if ((m->b[0] & (LOCAL_BIT | GROUP_BIT)) != 0)
		return ""; /* made up, or many machines': IEEE gave it to nobody */
	for (unsigned i = 0; i < sizeof(m->b); i++)
		whole = whole << 8 | m->b[i];
	at = find_64(vendor_prefixes_36, n_vendors_36, whole >> 12);
	if (at < n_vendors_36)
		return vendor_texts + vendor_names_36[at];
	at = find_32(vendor_prefixes_28, n_vendors_28, (uint32_t)(whole >> 20));
	if (at < n_vendors_28)
		return vendor_texts + vendor_names_28[at];
	at = find_32(vendor_prefixes_24, n_vendors_24, (uint32_t)(whole >> 24));
	return at < n_vendors_24 ? vendor_texts + vendor_names_24[at] : "";
}

/* Prefixes that say what an address is for. */
static const struct kind_row {
	uint8_t bits;
	uint8_t prefix[5];
	enum mac_kind kind;
} kinds[] = {
	{40, {0x00, 0x00, 0x5e, 0x00, 0x01}, MAC_VIRTUAL}, /* VRRP, RFC 5798 7.3; CARP too */
	{40, {0x00, 0x00, 0x5e, 0x00, 0x02}, MAC_VIRTUAL}, /* VRRP of IPv6 */
	{40, {0x00, 0x00, 0x0c, 0x07, 0xac}, MAC_VIRTUAL}, /* HSRP, RFC 2281 5 */
	{36, {0x00, 0x00, 0x0c, 0x9f, 0xf0}, MAC_VIRTUAL}, /* HSRP version 2 */
	{36, {0x00, 0x05, 0x73, 0xa0, 0x00}, MAC_VIRTUAL}, /* HSRP of IPv6 */
	{24, {0x00, 0x07, 0xb4}, MAC_VIRTUAL},             /* GLBP */
	{16, {0x02, 0xbf}, MAC_VIRTUAL},                   /* Windows' load balancing, unicast */
	{16, {0x03, 0xbf}, MAC_VIRTUAL},                   /* the same, multicast */
	{24, {0x00, 0x50, 0x56}, MAC_GUEST},               /* VMware */
	{24, {0x00, 0x0c, 0x29}, MAC_GUEST},
	{24, {0x00, 0x05, 0x69}, MAC_GUEST},
	{24, {0x00, 0x1c, 0x14}, MAC_GUEST},
	{24, {0x00, 0x15, 0x5d}, MAC_GUEST}, /* Hyper-V */
	{24, {0x52, 0x54, 0x00}, MAC_GUEST}, /* QEMU, KVM */
	{24, {0x08, 0x00, 0x27}, MAC_GUEST}, /* VirtualBox */
	{24, {0x0a, 0x00, 0x27}, MAC_GUEST},
	{24, {0x00, 0x16, 0x3e}, MAC_GUEST}, /* Xen */
	{24, {0x00, 0x1c, 0x42}, MAC_GUEST}, /* Parallels */
	{16, {0x02, 0x42}, MAC_GUEST},       /* Docker */
};

static bool has_prefix(const struct mac *m, const struct kind_row *row)
{
	unsigned whole = row->bits / 8, rest = row->bits % 8;
	unsigned shift = 8 - rest;

	if (memcmp(m->b, row->prefix, whole) != 0)
		return false;
	return rest == 0 || m->b[whole] >> shift == row->prefix[whole] >> shift;
}

enum mac_kind mac_kind(const struct mac *m)
{
	static const struct mac zero = {{0}};

	if (mac_eq(m, &zero))
		return MAC_GROUP;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (has_prefix(m, &kinds[i]))
			return kinds[i].kind;
	}
	if ((m->b[0] & GROUP_BIT) != 0)
		return MAC_GROUP;
	return (m->b[0] & LOCAL_BIT) != 0 ? MAC_RANDOM : MAC_ORDINARY;
}

const char *mac_kind_name(enum mac_kind k)
{
	switch (k) {
	case MAC_ORDINARY:
		return "";
	case MAC_RANDOM:
		return "random";
	case MAC_VIRTUAL:
		return "virtual";
	case MAC_GUEST:
		return "guest";
	case MAC_GROUP:
		return "group";
	}
	return "";
}
