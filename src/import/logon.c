#include "import/logon.h"

static void begin(struct work *w, struct bytes addr, uint64_t at_ns)
{
	entry_begin(w->e);
	(void)entry_addrs(w->e, addr);
	w->e->last_ns = at_ns;
}

static void take_user(struct work *w, struct bytes domain, char between, struct bytes user)
{
	char text[ENTRY_VALUE];
	int domain_len = (int)(domain.len < 200 ? domain.len : 200),
	    user_len = (int)(user.len < 200 ? user.len : 200);

	if (user.len == 0)
		return;
	if (domain.len == 0)
		(void)snprintf(text, sizeof(text), "%.*s", user_len, (const char *)user.at);
	else if (between == '\\')
		(void)snprintf(text, sizeof(text), "%.*s\\%.*s", domain_len,
			       (const char *)domain.at, user_len, (const char *)user.at);
	else
		(void)snprintf(text, sizeof(text), "%.*s@%.*s", user_len, (const char *)user.at,
			       domain_len, (const char *)domain.at);
	entry_text(w->e, FACT_USER, text_of(text));
}

/* "maria/CORP.EXAMPLE" as Zeek writes it, "maria@CORP.EXAMPLE" as others do. */
static void take_principal(struct work *w, const struct logon *l)
{
	struct bytes name = l->principal, realm = {NULL, 0};

	for (size_t i = name.len; i > 0; i--) {
		if (name.at[i - 1] == '/' || name.at[i - 1] == '@') {
			realm = bytes_slice(name, i, name.len);
			name.len = i - 1;
			break;
		}
	}
	if (name.len > 1 && name.at[name.len - 1] == '$') {
		(void)entry_name(w->e, name); /* the machine's own account */
		entry_text(w->e, FACT_DOMAIN, realm);
	} else if (!l->is_failed) {
		take_user(w, realm, '@', name);
	}
}

void logon_use(struct work *w, const struct logon *l, uint64_t line)
{
	bool is_told = false;

	begin(w, l->client, l->at_ns);
	(void)entry_name(w->e, l->host);
	if (l->user.len > 0 && !l->is_failed)
		take_user(w, l->domain, '\\', l->user);
	take_principal(w, l);
	if (w->e->n_texts > 0 && w->e->n_addrs > 0)
		is_told = work_tell(w, line);
	begin(w, l->server, l->at_ns);
	(void)entry_name(w->e, l->server_name);
	entry_text(w->e, FACT_DOMAIN, l->server_domain);
	if (l->is_kdc)
		entry_text(w->e, FACT_ROLE, BYTES("dc"));
	if (w->e->n_texts > 0 && w->e->n_addrs > 0)
		is_told = work_tell(w, line) || is_told;
	if (is_told)
		w->ret->used++;
	else
		work_skip(w);
}
