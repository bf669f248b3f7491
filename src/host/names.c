#include "host/resolver.h"

#include <string.h>

/* Whether its first bytes, or all of it, must be so. */
struct generic {
	const char *text;
	bool is_start;
};

/* What vendors, installers and phones choose when nobody cares. */
static const struct generic generics[] = {
	{"localhost", true},    {"android", true},    {"iphone", true},       {"ipad", true},
	{"ipod", true},         {"galaxy-", true},    {"sm-", true},          {"redmi", true},
	{"huawei", true},       {"pixel-", true},     {"oneplus", true},      {"macbook", true},
	{"mbp", false},         {"imac", false},      {"mac", false},         {"user-pc", false},
	{"user", false},        {"admin-pc", false},  {"admin", false},       {"owner-pc", false},
	{"home-pc", false},     {"home", false},      {"pc", false},          {"my-pc", false},
	{"computer", false},    {"desktop", false},   {"laptop", false},      {"notebook", false},
	{"workstation", false}, {"server", false},    {"windows", false},     {"win-pc", false},
	{"unknown", false},     {"none", false},      {"null", false},        {"host", false},
	{"hostname", false},    {"default", false},   {"ubuntu", false},      {"debian", false},
	{"fedora", false},      {"kali", false},      {"raspberrypi", false}, {"linux", false},
	{"test", false},        {"esp-", true},       {"espressif", false},   {"openwrt", false},
	{"router", false},      {"switch", false},    {"printer", false},     {"dell", false},
	{"hp", false},          {"lenovo", false},    {"asus", false},        {"acer", false},
	{"minint-", true},      {"workgroup", false}, {"(none)", false},      {"wpad", false},
	{"isatap", false},      {"dhcp", false},
};

bool name_is_generic(const char *folded)
{
	for (size_t i = 0; i < sizeof(generics) / sizeof(generics[0]); i++) {
		size_t len = strlen(generics[i].text);

		if (strncmp(folded, generics[i].text, len) == 0 &&
		    (generics[i].is_start || folded[len] == '\0'))
			return true;
	}
	return folded[0] == '\0' || folded[1] == '\0';
}

const char *name_fold(struct arena *arena, const char *name)
{
	size_t len;
	char *folded;

	while (*name == ' ' || *name == '\\')
		name++;
	len = strcspn(name, ".");
	while (len > 0 && (name[len - 1] == ' ' || name[len - 1] == '$'))
		len--;
	if (len == 0)
		return NULL;
	folded = arena_alloc(arena, len + 1);
	if (folded == NULL)
		return NULL;
	for (size_t i = 0; i < len; i++)
		folded[i] =
			(char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 'a' - 'A' : name[i]);
	folded[len] = '\0';
	return folded;
}

unsigned weight_address(unsigned source)
{
	static const uint8_t weights[] = {
		[FROM_ARP] = 90,        [FROM_ND] = 90,         [FROM_LINK] = 60,
		[FROM_DHCP] = 95,       [FROM_DHCP6] = 95,      [FROM_ASK_NBSTAT] = 85,
		[FROM_ASK_ROUTER] = 90, [FROM_ASK_SWITCH] = 80, [FROM_LIST_CSV] = 40,
		[FROM_LIST_DHCP] = 95,  [FROM_LIST_ARP] = 85,   [FROM_LIST_NMAP] = 80,
		[FROM_LIST_AD] = 40,    [FROM_LIST_WSUS] = 50,  [FROM_LIST_ZEEK] = 80,
		[FROM_LIST_EVE] = 80,   [FROM_SCRIPT] = 80,     [FROM_HIVE] = 40,
		[FROM_OPERATOR] = 100,
	};

	return source < sizeof(weights) && weights[source] != 0 ? weights[source] : 55;
}

/* Its own word in a protocol that needs the right one weighs most; what name servers say of an
 * address may be an alias, or years old. */
unsigned weight_name(unsigned source)
{
	static const uint8_t weights[] = {
		[FROM_DHCP] = 85,     [FROM_DHCP6] = 85,        [FROM_NBNS] = 90,
		[FROM_BROWSER] = 90,  [FROM_LLMNR] = 75,        [FROM_MDNS] = 70,
		[FROM_DNS] = 50,      [FROM_NTLM] = 75,         [FROM_KERBEROS] = 75,
		[FROM_SMB1] = 75,     [FROM_SMB2] = 75,         [FROM_LLDP] = 70,
		[FROM_CDP] = 70,      [FROM_ASK_NBSTAT] = 95,   [FROM_ASK_DNS] = 45,
		[FROM_ASK_SMB] = 95,  [FROM_ASK_PROFILES] = 90, [FROM_ASK_SWITCH] = 60,
		[FROM_LIST_CSV] = 65, [FROM_LIST_DHCP] = 80,    [FROM_LIST_NMAP] = 50,
		[FROM_LIST_AD] = 80,  [FROM_LIST_WSUS] = 80,    [FROM_LIST_ZEEK] = 70,
		[FROM_LIST_EVE] = 70, [FROM_LIST_ARP] = 50,     [FROM_SCRIPT] = 95,
		[FROM_HIVE] = 90,     [FROM_OPERATOR] = 100,
	};

	return source < sizeof(weights) ? weights[source] : 0;
}
