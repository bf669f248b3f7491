#include "naming/netbios.h"

enum { ENCODED = 2 * (NETBIOS_NAME + 1) };

bool netbios_from_labels(const struct dns_name *labels, struct netbios_name *ret_name)
{
	struct bytes first = dns_name_label(labels, 0);
	struct netbios_name n = {.suffix = 0};
	bool good = first.len == ENCODED;

	for (unsigned i = 0; good && i <= NETBIOS_NAME; i++) {
		unsigned hi = first.at[2 * i] - (unsigned)'A';
		unsigned lo = first.at[2 * i + 1] - (unsigned)'A';
		uint8_t c = (uint8_t)(hi << 4 | (lo & 15));

		good = hi < 16 && lo < 16;
		if (i < NETBIOS_NAME)
			n.name[i] = c;
		else
			n.suffix = c;
	}
	if (!good)
		return false;
	n.scope.len = (uint8_t)(labels->len - (1 + ENCODED));
	memcpy(n.scope.at, labels->at + 1 + ENCODED, n.scope.len);
	*ret_name = n;
	return true;
}

void netbios_to_labels(const struct netbios_name *n, struct dns_name *ret_labels)
{
	struct writer w = {.at = ret_labels->at, .cap = sizeof(ret_labels->at)};

	wr_be(&w, 1, ENCODED);
	for (unsigned i = 0; i <= NETBIOS_NAME; i++) {
		uint8_t c = i < NETBIOS_NAME ? n->name[i] : n->suffix;

		wr_be(&w, 1, 'A' + (unsigned)(c >> 4));
		wr_be(&w, 1, 'A' + (c & 15u));
	}
	wr_bytes(&w, (struct bytes){n->scope.at, n->scope.len}); /* all of it, or nothing */
	ret_labels->len = (uint8_t)w.len;
}

bool netbios_read(struct reader *r, struct bytes msg, struct netbios_name *ret_name)
{
	struct dns_name labels;

	return dns_name_read(r, msg, &labels) && netbios_from_labels(&labels, ret_name);
}

void netbios_write(struct writer *w, const struct netbios_name *n)
{
	struct dns_name labels = {0};

	netbios_to_labels(n, &labels);
	dns_name_write(w, &labels);
}

struct netbios_name netbios_make(const char *ascii, uint8_t suffix)
{
	struct netbios_name n = {.suffix = suffix};

	memset(n.name, ' ', sizeof(n.name));
	for (size_t i = 0; i < sizeof(n.name) && ascii[i] != '\0'; i++) {
		char c = ascii[i];

		n.name[i] = (uint8_t)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
	}
	return n;
}

struct bytes netbios_text(const uint8_t name[NETBIOS_NAME])
{
	size_t len = 0;

	while (len < NETBIOS_NAME && name[len] != '\0')
		len++;
	while (len > 0 && name[len - 1] == ' ')
		len--;
	return (struct bytes){name, len};
}
