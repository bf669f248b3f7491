#include "ask/bridge.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

enum { /* as in the largest switches that are one box */
       LEARNED_MAX = 131072,
       PORTS_MAX = 8192,
       INTERFACES_MAX = 8192,
       NEIGHBOURS_MAX = 4096,
       VLANS_MAX = 4096,
       NAME = 128,
};

enum { /* LldpSystemCapabilitiesMap, first octet, from the high bit on */
       CAP_BRIDGE = 0x20,
       CAP_RADIO = 0x10,
       CAP_ROUTER = 0x08,
       CAP_TELEPHONE = 0x04,
};

struct learned {
	struct mac mac;
	uint16_t context;
	uint32_t port, fdb;
};

struct port {
	uint16_t context;
	uint32_t number, if_index, pvid;
};

struct interface {
	uint32_t index;
	char name[NAME], descr[NAME], alias[NAME];
};

struct local { /* LLDP's idea of a port */
	uint32_t number, subtype;
	char id[NAME];
};

struct neighbour {
	uint32_t port, number;
	char name[NAME];
	uint8_t chassis[6], port_id[6]; /* if they look like a MAC */
	bool has_chassis, has_port_id, has_caps;
	uint8_t caps;
};

struct vlan {
	uint32_t vlan, fdb;
};

/* A table that grows to a limit. */
struct table {
	void *rows;
	size_t n, cap, max, size;
};

struct bridge {
	struct table learned, ports, interfaces, locals, neighbours, vlans;
	bool is_full, is_sorted;
};

enum rc bridge_new(struct bridge **ret_b)
{
	struct bridge *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return RC_NOMEM;
	b->learned = (struct table){.max = LEARNED_MAX, .size = sizeof(struct learned)};
	b->ports = (struct table){.max = PORTS_MAX, .size = sizeof(struct port)};
	b->interfaces = (struct table){.max = INTERFACES_MAX, .size = sizeof(struct interface)};
	b->locals = (struct table){.max = PORTS_MAX, .size = sizeof(struct local)};
	b->neighbours = (struct table){.max = NEIGHBOURS_MAX, .size = sizeof(struct neighbour)};
	b->vlans = (struct table){.max = VLANS_MAX, .size = sizeof(struct vlan)};
	*ret_b = b;
	return RC_OK;
}

void bridge_free(struct bridge *b)
{
	if (b == NULL)
		return;
	free(b->learned.rows);
	free(b->ports.rows);
	free(b->interfaces.rows);
	free(b->locals.rows);
	free(b->neighbours.rows);
	free(b->vlans.rows);
	free(b);
}

/* A new zeroed row, or NULL: full. */
static void *add_row(struct bridge *b, struct table *t)
{
	if (t->n == t->cap) {
		size_t cap = t->cap == 0 ? 64 : 2 * t->cap;
		void *rows = t->n < t->max ? realloc(t->rows, cap * t->size) : NULL;

		if (rows == NULL) {
			b->is_full = true;
			return NULL;
		}
		t->rows = rows;
		t->cap = cap;
	}
	void *row = (char *)t->rows + t->n++ * t->size;

	memset(row, 0, t->size);
	return row;
}

/* Tables are small enough to be looked through; the one that is not, of MACs, is sorted. */
static struct port *find_port(const struct bridge *b, unsigned context, uint32_t number)
{
	struct port *x = b->ports.rows;

	for (size_t i = 0; i < b->ports.n; i++, x++) {
		if (x->number == number && x->context == context)
			return x;
	}
	return NULL;
}

static struct local *find_local(const struct bridge *b, uint32_t number)
{
	struct local *x = b->locals.rows;

	for (size_t i = 0; i < b->locals.n; i++, x++) {
		if (x->number == number)
			return x;
	}
	return NULL;
}

static struct neighbour *find_neighbour(const struct bridge *b, uint32_t port, uint32_t number)
{
	struct neighbour *x = b->neighbours.rows;

	for (size_t i = 0; i < b->neighbours.n; i++, x++) {
		if (x->port == port && x->number == number)
			return x;
	}
	return NULL;
}

static struct interface *find_interface(const struct bridge *b, uint32_t index)
{
	struct interface *x = b->interfaces.rows;

	for (size_t i = 0; i < b->interfaces.n; i++, x++) {
		if (x->index == index)
			return x;
	}
	return NULL;
}

/* By its name or description; with `is_alias`, by what the operator calls it. */
static struct interface *find_named(const struct bridge *b, const char *name, bool is_alias)
{
	struct interface *x = b->interfaces.rows;

	for (size_t i = 0; name[0] != '\0' && i < b->interfaces.n; i++, x++) {
		if (is_alias ? strcmp(x->alias, name) == 0
			     : strcmp(x->name, name) == 0 || strcmp(x->descr, name) == 0)
			return x;
	}
	return NULL;
}

static void take_name(const struct bridge_value *v, char *to)
{
	struct bytes b = bytes_slice(v->octets, 0, NAME - 1);
	size_t len = b.len > 0 ? strnlen((const char *)b.at, b.len) : 0;

	(void)text_from_utf8(bytes_slice(b, 0, len), to, NAME);
}

static bool take_mac(const uint32_t *index, struct mac *ret_mac)
{
	for (size_t i = 0; i < sizeof(ret_mac->b); i++) {
		if (index[i] > 255)
			return false;
		ret_mac->b[i] = (uint8_t)index[i];
	}
	return true;
}

static void add_learned(struct bridge *b, unsigned context, uint32_t fdb, const uint32_t *index,
			const struct bridge_value *v)
{
	struct mac mac;
	struct learned *l = NULL;

	if (!v->is_number || v->number == 0 || !take_mac(index, &mac))
		return; /* port 0: the switch does not know any more */
	l = add_row(b, &b->learned);
	if (l != NULL)
		*l = (struct learned){mac, (uint16_t)context, v->number, fdb};
	b->is_sorted = false;
}

static void port_row(struct bridge *b, unsigned context, enum bridge_column c, uint32_t number,
		     const struct bridge_value *v)
{
	struct port *p = v->is_number ? find_port(b, context, number) : NULL;

	if (!v->is_number || (p == NULL && (p = add_row(b, &b->ports)) == NULL))
		return;
	p->context = (uint16_t)context;
	p->number = number;
	if (c == BRIDGE_PVID)
		p->pvid = v->number;
	else
		p->if_index = v->number;
}

static void interface_row(struct bridge *b, enum bridge_column c, uint32_t index,
			  const struct bridge_value *v)
{
	struct interface *x = find_interface(b, index);

	if (v->is_number || (x == NULL && (x = add_row(b, &b->interfaces)) == NULL))
		return;
	x->index = index;
	take_name(v, c == BRIDGE_IF_NAME ? x->name : c == BRIDGE_IF_DESCR ? x->descr : x->alias);
}

static void local_row(struct bridge *b, enum bridge_column c, uint32_t number,
		      const struct bridge_value *v)
{
	struct local *l = find_local(b, number);

	if (v->is_number != (c == BRIDGE_LOC_SUBTYPE) ||
	    (l == NULL && (l = add_row(b, &b->locals)) == NULL))
		return;
	l->number = number;
	if (c == BRIDGE_LOC_SUBTYPE)
		l->subtype = v->number;
	else
		take_name(v, l->id);
}

static void neighbour_row(struct bridge *b, enum bridge_column c, const uint32_t *index,
			  const struct bridge_value *v)
{
	struct neighbour *x = find_neighbour(b, index[1], index[2]);

	if (v->is_number || (x == NULL && (x = add_row(b, &b->neighbours)) == NULL))
		return;
	x->port = index[1];
	x->number = index[2];
	if (c == BRIDGE_REM_NAME) {
		take_name(v, x->name);
	} else if (c == BRIDGE_REM_CAPS) {
		x->has_caps = v->octets.len > 0;
		x->caps = x->has_caps ? v->octets.at[0] : 0;
	} else if (v->octets.len == sizeof(x->chassis)) {
		memcpy(c == BRIDGE_REM_CHASSIS ? x->chassis : x->port_id, v->octets.at,
		       sizeof(x->chassis));
		if (c == BRIDGE_REM_CHASSIS)
			x->has_chassis = true;
		else
			x->has_port_id = true;
	}
}

void bridge_row(struct bridge *b, unsigned context, enum bridge_column c, const uint32_t *index,
		size_t n_index, const struct bridge_value *v)
{
	static const uint8_t lengths[BRIDGE_COLUMNS] = {
		[BRIDGE_IF_INDEX] = 1, [BRIDGE_FDB] = 6,         [BRIDGE_VLAN_FDB] = 2,
		[BRIDGE_QFDB] = 7,     [BRIDGE_PVID] = 1,        [BRIDGE_IF_NAME] = 1,
		[BRIDGE_IF_DESCR] = 1, [BRIDGE_IF_ALIAS] = 1,    [BRIDGE_LOC_SUBTYPE] = 1,
		[BRIDGE_LOC_ID] = 1,   [BRIDGE_REM_CHASSIS] = 3, [BRIDGE_REM_PORT] = 3,
		[BRIDGE_REM_NAME] = 3, [BRIDGE_REM_CAPS] = 3,
	};
	struct vlan *vlan = NULL;

	if (c >= BRIDGE_COLUMNS || n_index != lengths[c] || context > UINT16_MAX)
		return;
	switch (c) {
	case BRIDGE_IF_INDEX:
	case BRIDGE_PVID:
		port_row(b, context, c, index[0], v);
		break;
	case BRIDGE_FDB:
		add_learned(b, context, 0, index, v);
		break;
	case BRIDGE_QFDB:
		add_learned(b, context, index[0], index + 1, v);
		break;
	case BRIDGE_VLAN_FDB:
		vlan = v->is_number ? add_row(b, &b->vlans) : NULL;
		if (vlan != NULL)
			*vlan = (struct vlan){index[1], v->number};
		break;
	case BRIDGE_IF_NAME:
	case BRIDGE_IF_DESCR:
	case BRIDGE_IF_ALIAS:
		interface_row(b, c, index[0], v);
		break;
	case BRIDGE_LOC_SUBTYPE:
	case BRIDGE_LOC_ID:
		local_row(b, c, index[0], v);
		break;
	default:
		neighbour_row(b, c, index, v);
	}
}

size_t bridge_macs(const struct bridge *b)
{
	return b->learned.n;
}

bool bridge_is_full(const struct bridge *b)
{
	return b->is_full;
}

static int by_port_and_mac(const void *a, const void *b)
{
	const struct learned *x = a, *y = b;

	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return memcmp(x->mac.b, y->mac.b, sizeof(x->mac.b));
}

/* Different MACs on the bridge port; the rows are sorted by it. */
static uint32_t count_macs(const struct bridge *b, uint32_t port)
{
	const struct learned *l = b->learned.rows;
	uint32_t n = 0;

	for (size_t i = 0; i < b->learned.n; i++) {
		if (l[i].port == port &&
		    (i == 0 || l[i - 1].port != port || !mac_eq(&l[i - 1].mac, &l[i].mac)))
			n++;
	}
	return n;
}

/* Of a bridge port; a switch without that table numbers its ports as its interfaces. */
static uint32_t if_index_of(const struct bridge *b, unsigned context, uint32_t number)
{
	const struct port *p = find_port(b, context, number);

	if (p == NULL && context != 0)
		p = find_port(b, 0, number);
	return p != NULL && p->if_index != 0 ? p->if_index : number;
}

/* LLDP's port numbers are those of the bridge (802.1AB 9.5.1), or of the interfaces, or its own;
 * the port's id tells which interface it is. */
static uint32_t if_index_of_local(const struct bridge *b, uint32_t number)
{
	enum { BY_ALIAS = 1, BY_NAME = 5, BY_LOCAL = 7 };
	const struct local *l = find_local(b, number);
	const struct interface *x = NULL;

	if (l != NULL && l->subtype == BY_ALIAS)
		x = find_named(b, l->id, true);
	if (x == NULL && l != NULL && (l->subtype == BY_NAME || l->subtype == BY_LOCAL))
		x = find_named(b, l->id, false);
	return x != NULL ? x->index : if_index_of(b, 0, number);
}

static bool is_mac(bool has, const uint8_t *b, const struct mac *mac)
{
	return has && memcmp(b, mac->b, sizeof(mac->b)) == 0;
}

/* Who answers on that port? The machine itself, a telephone (with the machine behind it), an access
 * point, or another switch. One that does not say what it is counts as a switch. */
static void look_behind(const struct bridge *b, uint32_t if_index, const struct mac *mac,
			struct message *to)
{
	const struct neighbour *x = b->neighbours.rows;

	for (size_t i = 0; i < b->neighbours.n; i++, x++) {
		bool is_switch = !x->has_caps || (x->caps & (CAP_BRIDGE | CAP_ROUTER)) != 0;

		if (if_index_of_local(b, x->port) != if_index)
			continue;
		if (is_mac(x->has_chassis, x->chassis, mac) ||
		    is_mac(x->has_port_id, x->port_id, mac)) {
			to->flags = MESSAGE_ITSELF;
			memcpy(to->text[2], x->name, sizeof(x->name));
			return;
		}
		if (x->has_caps && (x->caps & CAP_RADIO) != 0)
			to->flags |= MESSAGE_RADIO;
		else if (is_switch && (!x->has_caps || (x->caps & CAP_TELEPHONE) == 0))
			to->flags |= MESSAGE_UPLINK;
		else
			continue;
		memcpy(to->text[2], x->name, sizeof(x->name));
	}
}

static uint32_t vlan_of(const struct bridge *b, const struct learned *l)
{
	const struct vlan *v = b->vlans.rows;
	const struct port *p = NULL;

	if (l->context != 0)
		return l->context;
	for (size_t i = 0; l->fdb != 0 && i < b->vlans.n; i++) {
		if (v[i].fdb == l->fdb)
			return v[i].vlan;
	}
	p = find_port(b, 0, l->port);
	return l->fdb != 0 ? l->fdb : p != NULL ? p->pvid : 0;
}

size_t bridge_find(struct bridge *b, const struct mac *mac, struct message *ports, size_t max)
{
	const struct learned *l = b->learned.rows;
	size_t n = 0;

	if (!b->is_sorted && b->learned.n > 0)
		qsort(b->learned.rows, b->learned.n, b->learned.size, by_port_and_mac);
	b->is_sorted = true;
	for (size_t i = 0; i < b->learned.n && n < max; i++) {
		uint32_t if_index = 0;
		const struct interface *x = NULL;
		struct message *to = &ports[n];

		if (!mac_eq(&l[i].mac, mac) ||
		    (i > 0 && l[i - 1].port == l[i].port && mac_eq(&l[i - 1].mac, mac)))
			continue;
		if_index = if_index_of(b, l[i].context, l[i].port);
		x = find_interface(b, if_index);
		memset(to, 0, sizeof(*to));
		to->kind = MESSAGE_PORT;
		to->has_mac = true;
		to->mac = *mac;
		to->number = count_macs(b, l[i].port);
		to->vlan = vlan_of(b, &l[i]);
		if (x != NULL && (x->name[0] != '\0' || x->descr[0] != '\0'))
			(void)snprintf(to->text[0], sizeof(to->text[0]), "%s",
				       x->name[0] != '\0' ? x->name : x->descr);
		else
			(void)snprintf(to->text[0], sizeof(to->text[0]), "port %u", l[i].port);
		if (x != NULL)
			memcpy(to->text[1], x->alias, sizeof(x->alias));
		look_behind(b, if_index, mac, to);
		n++;
	}
	return n;
}

bool bridge_arp_row(bool is_old, const uint32_t *index, size_t n_index,
		    const struct bridge_value *v, struct addr *ret_addr, struct mac *ret_mac)
{
	enum { IPV4 = 1, IPV6 = 2, IPV4Z = 3, IPV6Z = 4 }; /* InetAddressType, RFC 4001 */
	size_t at = is_old ? 1 : 3, len = 0;
	uint8_t b[16];

	if (v->is_number || v->octets.len != sizeof(ret_mac->b) || n_index < at)
		return false;
	len = n_index - at;
	if (is_old ? len != 4 : index[2] != len)
		return false;
	if (!is_old && (index[1] == IPV4Z || index[1] == IPV6Z) && len > 4)
		len -= 4; /* the zone */
	if ((len != 4 && len != sizeof(b)) ||
	    (!is_old && len == 4 && index[1] != IPV4 && index[1] != IPV4Z) ||
	    (!is_old && len == sizeof(b) && index[1] != IPV6 && index[1] != IPV6Z))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (index[at + i] > 255)
			return false;
		b[i] = (uint8_t)index[at + i];
	}
	if (len == 4)
		*ret_addr = addr_from_v4(b);
	else
		memcpy(ret_addr->b, b, sizeof(b));
	memcpy(ret_mac->b, v->octets.at, sizeof(ret_mac->b));
	return true;
}
