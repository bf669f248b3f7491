/* The list of switches: who they are, and the files in which their secrets are. */
#include "settings/settings.h"

#include <stdlib.h>

#include "settings/source.h"

enum { SWITCH_NAME_MAX = 64, SNMP_USER_MAX = 32, SNMP_PORT = 161 };

/* RFC 3414, 3826, 7860. */
static const char *const auths[] = {"SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512", NULL};
static const char *const privs[] = {"AES", "none", NULL};

static bool is_among(const char *text, const char *const *list)
{
	while (*list != NULL && strcmp(*list, text) != 0)
		list++;
	return *list != NULL;
}

static enum rc set_port(struct source *src, struct ask_switch *w, const yaml_node_t *at,
			const char *text)
{
	char *end = NULL;
	long port = strtol(text, &end, 10);

	if (*end != '\0' || text[0] < '0' || text[0] > '9' || port < 1 || port > 65535)
		return source_fail(src, at, "switches: %s is no port, 1 to 65535", text);
	w->port = (uint16_t)port;
	return RC_OK;
}

static enum rc set_router(struct source *src, struct ask_switch *w, const yaml_node_t *at,
			  const char *text)
{
	static const char *const yes[] = {"yes", "true", NULL}, *const no[] = {"no", "false", NULL};

	if (!is_among(text, yes) && !is_among(text, no))
		return source_fail(src, at, "switches: router is yes or no");
	w->is_router = is_among(text, yes);
	return RC_OK;
}

/* A key whose value is a text that is kept; `ret_to` is where. NULL: it is none of those. */
static const char **text_of(struct ask_switch *w, const char *name)
{
	if (strcmp(name, "name") == 0)
		return &w->name;
	if (strcmp(name, "community_file") == 0)
		return &w->community_file;
	if (strcmp(name, "user") == 0)
		return &w->user;
	if (strcmp(name, "auth") == 0)
		return &w->auth;
	if (strcmp(name, "priv") == 0)
		return &w->priv;
	return strcmp(name, "secrets_file") == 0 ? &w->secrets_file : NULL;
}

static enum rc check_text(struct source *src, const yaml_node_t *at, const char *name,
			  const char *text)
{
	size_t max = strcmp(name, "user") == 0 ? SNMP_USER_MAX : SWITCH_NAME_MAX;

	if (strstr(name, "_file") != NULL)
		return text[0] == '/'
			       ? RC_OK
			       : source_fail(src, at,
					     "switches: %s is the path of a file, from / on", name);
	if (strcmp(name, "auth") == 0 && !is_among(text, auths))
		return source_fail(src, at,
				   "switches: auth is SHA, SHA-224, SHA-256, SHA-384 or SHA-512");
	if (strcmp(name, "priv") == 0 && !is_among(text, privs))
		return source_fail(src, at, "switches: priv is AES or none");
	if (text[0] == '\0' || strlen(text) > max)
		return source_fail(src, at, "switches: %s has 1 to %zu bytes", name, max);
	return RC_OK;
}

static enum rc set_part(struct source *src, struct ask_switch *w, const yaml_node_t *key,
			const yaml_node_t *value)
{
	const char *name = source_scalar(key), *text = source_scalar(value);
	const char **to = name != NULL ? text_of(w, name) : NULL;
	bool is_address = name != NULL && strcmp(name, "address") == 0;
	bool is_port = name != NULL && strcmp(name, "port") == 0;
	bool is_router = name != NULL && strcmp(name, "router") == 0;
	enum rc rc = RC_OK;

	if (to == NULL && !is_address && !is_port && !is_router)
		return source_fail(
			src, key,
			"switches: unknown key '%s'; there are name, address, port, router, "
			"community_file, user, auth, priv, secrets_file",
			name != NULL ? name : "?");
	if (text == NULL)
		return source_fail(src, value, "switches: '%s' needs a plain text", name);
	if (is_port)
		return set_port(src, w, value, text);
	if (is_router)
		return set_router(src, w, value, text);
	if (is_address)
		return addr_parse(text, &w->addr) == RC_OK
			       ? RC_OK
			       : source_fail(src, value, "switches: %s is not an address", text);
	rc = check_text(src, value, name, text);
	if (rc != RC_OK || to == NULL)
		return rc;
	*to = arena_strdup(src->s->arena, text);
	return *to != NULL ? RC_OK : RC_NOMEM;
}

static enum rc add_switch(struct source *src, struct setting *to, const yaml_node_t *node)
{
	struct ask_switch w = {.port = SNMP_PORT};

	if (to->n == SETTINGS_LIST_MAX)
		return source_fail(src, node, "switches: more than %d", SETTINGS_LIST_MAX);
	if (node->type != YAML_MAPPING_NODE)
		return source_fail(
			src, node,
			"switches: an entry is {name: …, address: …, community_file: …}");
	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
	     p < node->data.mapping.pairs.top; p++) {
		enum rc rc = set_part(src, &w, yaml_document_get_node(&src->doc, p->key),
				      yaml_document_get_node(&src->doc, p->value));

		if (rc != RC_OK)
			return rc;
	}
	if (w.name == NULL || addr_is_zero(&w.addr))
		return source_fail(src, node, "switches: an entry needs a name and an address");
	if ((w.community_file != NULL) == (w.user != NULL))
		return source_fail(src, node,
				   "switches: %s needs either community_file (v2c) or user and "
				   "secrets_file (v3)",
				   w.name);
	if ((w.user != NULL) != (w.secrets_file != NULL))
		return source_fail(src, node, "switches: %s: user and secrets_file go together",
				   w.name);
	if (w.user == NULL && (w.auth != NULL || w.priv != NULL))
		return source_fail(src, node, "switches: %s: auth and priv need a user", w.name);
	if (w.user != NULL && w.auth == NULL)
		w.auth = "SHA";
	if (w.user != NULL)
		w.priv = w.priv == NULL || strcmp(w.priv, "AES") == 0 ? "AES" : "";
	to->switches[to->n++] = w;
	return RC_OK;
}

enum rc source_set_switches(struct source *src, struct setting *to, const yaml_node_t *node)
{
	enum rc rc = RC_OK;

	if (node->type != YAML_SEQUENCE_NODE)
		return source_fail(
			src, node,
			"switches is a list of {name: …, address: …, community_file: …}");
	to->n = 0;
	to->switches = arena_alloc(src->s->arena, SETTINGS_LIST_MAX * sizeof(*to->switches));
	if (to->switches == NULL)
		return RC_NOMEM;
	for (const yaml_node_item_t *i = node->data.sequence.items.start;
	     rc == RC_OK && i < node->data.sequence.items.top; i++)
		rc = add_switch(src, to, yaml_document_get_node(&src->doc, *i));
	return rc;
}
