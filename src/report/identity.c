#include "report/identity.h"

#include <stdio.h>
#include <string.h>

const char *identity_id(const struct host *h, char *text)
{
	if (h->machine != NULL)
		snprintf(text, MACHINE_ID, "%s", h->machine->id);
	else
		key_of_addr(&h->seen.addr, text);
	return text;
}

bool identity_is_known(const struct host *h)
{
	return h->machine != NULL && (h->machine->flags & MACHINE_BY_ADDRESS) == 0;
}

static bool is_name(const struct fact *f)
{
	return f->kind == FACT_NAME || f->kind == FACT_FQDN;
}

/* Told before by the same source? Facts lie in the order of kind and source. */
static bool was_told(const struct machine *m, size_t i)
{
	const struct fact *f = m->facts[i];

	while (i-- > 0 && m->facts[i]->kind == f->kind && m->facts[i]->source == f->source) {
		if (strcasecmp(m->facts[i]->value, f->value) == 0)
			return true;
	}
	return false;
}

const struct fact *identity_next_name(const struct host *h, size_t *at)
{
	const struct machine *m = h->machine;

	while (m != NULL && *at < m->n_facts) {
		size_t i = (*at)++;

		if (is_name(m->facts[i]) && !was_told(m, i))
			return m->facts[i];
	}
	return NULL;
}

/* "eva" of "CORP\eva" and "eva@CORP.EXAMPLE". */
static const char *account(const char *user, size_t *ret_len)
{
	const char *slash = strrchr(user, '\\'), *name = slash != NULL ? slash + 1 : user;

	*ret_len = strcspn(name, "@");
	return name;
}

unsigned identity_user_source(const struct host *h, const char *user)
{
	const struct machine *m = h->machine;
	size_t len = 0, other_len = 0;
	const char *name = account(user, &len);
	const struct fact *best = NULL;

	for (size_t i = 0; m != NULL && i < m->n_facts; i++) {
		const struct fact *f = m->facts[i];
		const char *other;

		if (f->kind != FACT_USER)
			continue;
		other = account(f->value, &other_len);
		if (other_len == len && strncasecmp(name, other, len) == 0 &&
		    (best == NULL || f->confidence > best->confidence))
			best = f;
	}
	return best != NULL ? best->source : 0;
}

const char *identity_name(const struct host *h)
{
	return h->machine != NULL ? h->machine->name : "";
}

const char *identity_os(const struct host *h)
{
	return h->machine != NULL ? h->machine->os : "";
}

const char *identity_place(const struct host *h)
{
	return h->machine != NULL ? h->machine->place : "";
}

const struct machine_user *identity_user(const struct host *h)
{
	return h->machine != NULL && h->machine->n_users > 0 ? &h->machine->users[0] : NULL;
}

size_t identity_macs(const struct host *h)
{
	if (h->machine != NULL && h->machine->n_macs > 0)
		return h->machine->n_macs;
	return h->seen.n_macs;
}

const struct mac *identity_mac(const struct host *h, size_t i)
{
	if (h->machine != NULL && h->machine->n_macs > 0)
		return &h->machine->macs[i].mac;
	return &h->seen.macs[i];
}

const char *identity_vendor(const struct host *h, size_t i)
{
	if (h->machine != NULL && h->machine->n_macs > 0)
		return h->machine->macs[i].vendor;
	return "";
}

const char *identity_mac_kind(const struct host *h, size_t i)
{
	if (h->machine != NULL && h->machine->n_macs > 0)
		return h->machine->macs[i].kind;
	return "";
}
