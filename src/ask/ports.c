#include "ask/ports.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS_MAX = 65536 };

struct row {
	size_t at;
	struct message port;
};

struct ports {
	struct row *rows;
	size_t n, cap;
};

enum rc ports_new(struct ports **ret_p)
{
	struct ports *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return RC_NOMEM;
	*ret_p = p;
	return RC_OK;
}

void ports_free(struct ports *p)
{
	if (p == NULL)
		return;
	free(p->rows);
	free(p);
}

enum rc ports_add(struct ports *p, size_t at, const struct message *port)
{
	if (p->n == ROWS_MAX)
		return RC_NOMEM;
	if (p->n == p->cap) {
		size_t cap = p->cap == 0 ? 16 : 2 * p->cap;
		struct row *rows = realloc(p->rows, cap * sizeof(*rows));

		if (rows == NULL)
			return RC_NOMEM;
		p->rows = rows;
		p->cap = cap;
	}
	p->rows[p->n++] = (struct row){at, *port};
	return RC_OK;
}

/* Less is nearer. The neighbour on the port is the machine itself; no switch is behind it; one is.
 */
static unsigned distance(const struct message *port)
{
	if ((port->flags & MESSAGE_ITSELF) != 0)
		return 0;
	return (port->flags & MESSAGE_UPLINK) != 0 ? 2 : 1;
}

static bool is_nearer(const struct row *a, const struct row *b)
{
	unsigned da = distance(&a->port), db = distance(&b->port);

	if (da != db)
		return da < db;
	if (a->port.number != b->port.number)
		return a->port.number < b->port.number;
	return a->at < b->at;
}

static unsigned confidence(const struct message *port)
{
	enum { SOME = 4 }; /* a telephone with a PC behind it, a few virtual machines */

	switch (distance(port)) {
	case 0:
		return 95;
	case 1:
		return port->number <= 1 ? 90 : port->number <= SOME ? 80 : 50;
	default:
		return 25;
	}
}

__attribute__((format(printf, 2, 3))) static void add(struct port_found *to, const char *format,
						      ...)
{
	size_t len = strlen(to->text);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(to->text + len, sizeof(to->text) - len, format, args);
	va_end(args);
}

bool ports_find(const struct ports *p, const struct ask_options *opt, const struct mac *mac,
		struct port_found *ret_place)
{
	const struct row *best = NULL;
	const struct message *port = NULL;

	for (size_t i = 0; i < p->n; i++) {
		if (mac_eq(&p->rows[i].port.mac, mac) &&
		    (best == NULL || is_nearer(&p->rows[i], best)))
			best = &p->rows[i];
	}
	if (best == NULL || best->at >= opt->n_switches)
		return false;
	port = &best->port;
	ret_place->confidence = confidence(port);
	ret_place->text[0] = '\0';
	add(ret_place, "switch %.64s, %.100s", opt->switches[best->at].name, port->text[0]);
	if (port->text[1][0] != '\0')
		add(ret_place, ", '%.100s'", port->text[1]);
	if ((port->flags & MESSAGE_UPLINK) != 0)
		add(ret_place, ", or beyond: that port leads to %.64s",
		    port->text[2][0] != '\0' ? port->text[2] : "another switch");
	else if ((port->flags & MESSAGE_RADIO) != 0)
		add(ret_place, ", by radio through %.64s",
		    port->text[2][0] != '\0' ? port->text[2] : "an access point");
	if (port->number > 1)
		add(ret_place, " (one of %u MAC addresses there)", port->number);
	return true;
}
