/* NetBIOS node status: RFC 1002 4.2.17 and 4.2.18. */
#include <errno.h>
#include <unistd.h>

#include "ask/asking.h"
#include "base/text.h"
#include "naming/nbns.h"

enum { NAME_TEXT = 64, DATAGRAM = 4096 };
enum { /* NAME_FLAGS of a node status: such a name is not, or no longer, the machine's */
       FLAG_DEREGISTERED = 0x1000,
       FLAG_CONFLICT = 0x0800,
};

struct node { /* what the names come to */
	char name[NAME_TEXT], domain[NAME_TEXT], user[NAME_TEXT];
	bool is_dc, is_master;
};

static void take_name(const struct nbns_node_name *n, struct node *to)
{
	bool is_group = (n->flags & NBNS_GROUP) != 0;
	char text[NAME_TEXT];

	if ((n->flags & (FLAG_DEREGISTERED | FLAG_CONFLICT)) != 0)
		return;
	(void)text_from_latin1(netbios_text(n->name), text, sizeof(text));
	switch (n->suffix) {
	case NETBIOS_WORKSTATION:
		if (is_group && to->domain[0] == '\0')
			memcpy(to->domain, text, sizeof(text));
		else if (!is_group && to->name[0] == '\0')
			memcpy(to->name, text, sizeof(text));
		break;
	case NETBIOS_MASTER_BROWSER:
		to->is_master = to->is_master || !is_group;
		break;
	case NETBIOS_DOMAIN_MASTER:
		to->is_dc = to->is_dc || !is_group;
		break;
	case NETBIOS_DCS:
		to->is_dc = to->is_dc || is_group;
		break;
	default:
		break;
	}
}

/* Of the messenger names, the one that is not the machine's own is who is logged on. Services have
 * names with a $ at the end. */
static void take_user(const struct nbns_node_name *n, struct node *to)
{
	char text[NAME_TEXT];
	size_t len = 0;

	if (n->suffix != NETBIOS_MESSENGER || to->user[0] != '\0' ||
	    (n->flags & (NBNS_GROUP | FLAG_DEREGISTERED | FLAG_CONFLICT)) != 0)
		return;
	len = text_from_latin1(netbios_text(n->name), text, sizeof(text));
	if (len == 0 || text[len - 1] == '$' || strcmp(text, to->name) == 0)
		return;
	memcpy(to->user, text, sizeof(text));
}

static void tell(struct asking *a, const struct nbns *x, struct answer *ret_answer)
{
	static const struct mac none; /* Samba's */
	struct node node = {0};
	char mac[MAC_TEXT];

	for (unsigned i = 0; i < x->n_names; i++)
		take_name(&x->names[i], &node);
	for (unsigned i = 0; i < x->n_names; i++)
		take_user(&x->names[i], &node);
	ret_answer->is_ok = true;
	answer_add(ret_answer, "%s", node.name[0] != '\0' ? node.name : "no name");
	asking_fact(a, FACT_NAME, FROM_ASK_NBSTAT, 95, node.name);
	if (node.domain[0] != '\0')
		answer_add(ret_answer, "%s", node.domain);
	asking_fact(a, FACT_DOMAIN, FROM_ASK_NBSTAT, 85, node.domain);
	if (node.user[0] != '\0')
		answer_add(ret_answer, "user %s", node.user);
	asking_fact(a, FACT_USER, FROM_ASK_NBSTAT, 80, node.user);
	if (node.is_dc) {
		answer_add(ret_answer, "domain controller");
		asking_fact(a, FACT_ROLE, FROM_ASK_NBSTAT, 85, "dc");
	}
	if (node.is_master)
		asking_fact(a, FACT_ROLE, FROM_ASK_NBSTAT, 80, "master-browser");
	if (!mac_eq(&x->unit_id, &none)) {
		struct message m = {
			.kind = MESSAGE_FACT,
			.fact = FACT_LINK,
			.source = FROM_ASK_NBSTAT,
			.confidence = 90,
			.has_mac = true,
			.mac = x->unit_id,
			.first_ns = a->opt->now_ns,
			.last_ns = a->opt->now_ns,
		};

		asking_tell(a, &m);
		answer_add(ret_answer, "%s", mac_format(&x->unit_id, mac));
	}
}

static bool send_query(int fd, uint16_t id)
{
	struct nbns q = {.id = id, .has_question = true, .type = NBNS_TYPE_NBSTAT};
	uint8_t room[128];
	struct writer w = {.at = room, .cap = sizeof(room)};

	q.name.name[0] = '*'; /* any name; padded with zeros, 4.2.17 */
	nbns_write(&w, &q);
	return !w.bad && write(fd, room, w.len) == (ssize_t)w.len;
}

/* Waits for the answer to `id`; what is something else is passed over. */
static bool await(int fd, uint16_t id, uint64_t until_ms, struct nbns *ret_x)
{
	static uint8_t room[DATAGRAM];

	for (;;) {
		ssize_t n = reach_recv(fd, room, sizeof(room), until_ms);

		if (n < 0)
			return false;
		if (nbns_read((struct bytes){room, (size_t)n}, ret_x) && ret_x->is_response &&
		    ret_x->id == id && ret_x->has_record && ret_x->type == NBNS_TYPE_NBSTAT &&
		    ret_x->rcode == 0)
			return true;
	}
}

void ask_nbstat(struct asking *a, struct answer *ret_answer)
{
	uint64_t until = asking_until(a), half = until - a->opt->timeout_ms / 2;
	uint16_t id = (uint16_t)(getpid() ^ (int)until);
	int fd = reach_udp(&a->reach, &a->addr, a->opt->nbns_port);
	static struct nbns x;
	bool is_there = false;

	if (fd == -1) {
		answer_add(ret_answer, "%s", reach_words(errno));
		return;
	}
	is_there = send_query(fd, id) && await(fd, id, half, &x);
	if (!is_there && errno == ETIMEDOUT)
		is_there = send_query(fd, id) && await(fd, id, until, &x);
	if (is_there)
		tell(a, &x, ret_answer);
	else
		answer_add(ret_answer, "%s", reach_words(errno));
	close(fd);
}
