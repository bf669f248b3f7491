/*
 * Rows of a switch in any order and with any content: what is found of a MAC is a port on which it
 * was learned, with at least that one MAC, and texts that end; and looking twice finds the same.
 *
 * A row: column, number of index parts, each part as 1 or 2 bytes, kind of value, value.
 */
#include <stdlib.h>
#include <string.h>

#include "ask/bridge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INDEX = 24, ROWS = 512, FOUND = 8 };

static struct mac first;
static bool has_first;

static void row(struct bridge *b, struct reader *r)
{
	uint8_t column = rd_u8(r), shape = rd_u8(r);
	uint32_t index[INDEX] = {0};
	size_t n = shape % (INDEX + 1);
	struct bridge_value v = {.is_number = (shape & 0x80) != 0};
	struct addr a;
	struct mac m;

	for (size_t i = 0; i < n; i++)
		index[i] = (shape & 0x40) != 0 ? rd_be16(r) : rd_u8(r);
	if (v.is_number)
		v.number = rd_be16(r);
	else
		v.octets = rd_take_upto(r, rd_u8(r));
	if (column % BRIDGE_COLUMNS == BRIDGE_FDB && n == 6 && !has_first) {
		for (size_t i = 0; i < n; i++)
			first.b[i] = (uint8_t)index[i];
		has_first = true;
	}
	bridge_row(b, column / 128, (enum bridge_column)(column % BRIDGE_COLUMNS), index, n, &v);
	if (bridge_arp_row((shape & 0x40) != 0, index, n, &v, &a, &m) && v.octets.len != 6)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message found[FOUND], again[FOUND];
	struct reader r = {.rest = {data, size}};
	struct bridge *b = NULL;
	size_t n = 0;

	if (bridge_new(&b) != RC_OK)
		abort();
	has_first = false;
	for (size_t i = 0; i < ROWS && r.rest.len > 0; i++)
		row(b, &r);
	n = bridge_find(b, &first, found, FOUND);
	if (n > FOUND || (bridge_macs(b) == 0 && n > 0))
		abort();
	for (size_t i = 0; i < n; i++) {
		if (found[i].number == 0 || found[i].number > bridge_macs(b) ||
		    !mac_eq(&found[i].mac, &first) || found[i].text[0][0] == '\0')
			abort();
		for (size_t t = 0; t < MESSAGE_TEXTS; t++) {
			if (memchr(found[i].text[t], '\0', MESSAGE_TEXT) == NULL)
				abort();
		}
	}
	if (bridge_find(b, &first, again, FOUND) != n ||
	    memcmp(found, again, n * sizeof(found[0])) != 0)
		abort();
	bridge_free(b);
	return 0;
}
