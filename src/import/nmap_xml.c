/*
 * nmap-xml - what `nmap -oX` writes: addresses, names, the operating system, and what the scripts
 * nbstat and smb-os-discovery heard. Source: nmap.dtd.
 *
 * Expat reads it. nmap declares no entities, so a file that does is not nmap's, and reading stops
 * there: nothing can be expanded. One token may be TOKEN_MAX long, an unclosed one ends the file.
 */
#include <errno.h>
#include <expat.h>
#include <stdlib.h>

#include "base/monotime.h"
#include "import/entry.h"
#include "import/formats.h"

enum { PIECE = 1 << 14, TOKEN_MAX = 1 << 20, TEXT_MAX = 256 };

struct state {
	struct work w;
	XML_Parser parser;
	bool is_nmap, in_host, is_down, has_entity, in_nbstat, in_smb_os, in_elem;
	uint64_t host_line, end_s;
	unsigned os_accuracy;
	char os[TEXT_MAX], elem_key[32], elem[TEXT_MAX];
	size_t elem_len;
	char user[TEXT_MAX];
};

static const char *attribute(const char **list, const char *name)
{
	for (; list[0] != NULL; list += 2) {
		if (strcmp(list[0], name) == 0)
			return list[1];
	}
	return "";
}

static void keep(char *to, size_t cap, const char *text)
{
	(void)snprintf(to, cap, "%s", text);
}

static uint64_t line_of(const struct state *s)
{
	return XML_GetCurrentLineNumber(s->parser);
}

static void begin_host(struct state *s, const char **list)
{
	s->in_host = true;
	s->is_down = false;
	s->host_line = line_of(s);
	s->os_accuracy = 0;
	s->os[0] = s->user[0] = '\0';
	s->w.ret->rows++;
	entry_begin(s->w.e);
	if (number_parse(text_of(attribute(list, "endtime")), &s->end_s) && s->end_s <= UINT32_MAX)
		s->w.e->last_ns = s->end_s * NS_PER_S;
}

static void take_address(struct state *s, const char **list)
{
	struct bytes addr = text_of(attribute(list, "addr"));
	const char *type = attribute(list, "addrtype");

	if (strcmp(type, "mac") == 0) {
		if (!entry_macs(s->w.e, addr))
			work_odd(&s->w, line_of(s), "a MAC address that cannot be read");
		entry_text(s->w.e, FACT_VENDOR, text_of(attribute(list, "vendor")));
	} else if (!entry_addrs(s->w.e, addr)) {
		work_odd(&s->w, line_of(s), "an address that cannot be read");
	}
}

static void take_os(struct state *s, const char **list)
{
	uint64_t accuracy = 0;

	if (number_parse(text_of(attribute(list, "accuracy")), &accuracy) && accuracy <= 100 &&
	    accuracy > s->os_accuracy) {
		s->os_accuracy = (unsigned)accuracy;
		keep(s->os, sizeof(s->os), attribute(list, "name"));
	}
}

/* "NetBIOS name: LAP-7, NetBIOS user: MARIA, NetBIOS MAC: 00:1a:2b:3c:4d:5e (Dell)" */
static void take_nbstat(struct state *s, const char *output)
{
	static const char name[] = "NetBIOS name: ", user[] = "NetBIOS user: ",
			  mac[] = "NetBIOS MAC: ";
	const char *at = strstr(output, name);
	struct mac m;

	if (at != NULL)
		(void)entry_name(s->w.e, (struct bytes){(const uint8_t *)at + sizeof(name) - 1,
							strcspn(at + sizeof(name) - 1, ",\n")});
	at = strstr(output, user);
	if (at != NULL)
		entry_text(s->w.e, FACT_USER,
			   (struct bytes){(const uint8_t *)at + sizeof(user) - 1,
					  strcspn(at + sizeof(user) - 1, ",\n")});
	at = strstr(output, mac);
	if (at != NULL && mac_parse((struct bytes){(const uint8_t *)at + sizeof(mac) - 1,
						   strcspn(at + sizeof(mac) - 1, " ,\n")},
				    &m) == RC_OK)
		entry_mac(s->w.e, &m);
}

static void take_script(struct state *s, const char **list)
{
	const char *id = attribute(list, "id");

	s->in_smb_os = strcmp(id, "smb-os-discovery") == 0;
	if (strcmp(id, "nbstat") == 0)
		take_nbstat(s, attribute(list, "output"));
}

static void XMLCALL on_start(void *ctx, const char *name, const char **list)
{
	struct state *s = ctx;

	if (strcmp(name, "nmaprun") == 0) {
		s->is_nmap = true;
	} else if (strcmp(name, "host") == 0 && !s->in_host) {
		begin_host(s, list);
	} else if (!s->in_host) {
		return;
	} else if (strcmp(name, "status") == 0) {
		s->is_down = strcmp(attribute(list, "state"), "down") == 0;
	} else if (strcmp(name, "address") == 0) {
		take_address(s, list);
	} else if (strcmp(name, "hostname") == 0) {
		if (!entry_name(s->w.e, text_of(attribute(list, "name"))))
			work_odd(&s->w, line_of(s), "its name is none that can be used");
	} else if (strcmp(name, "osmatch") == 0) {
		take_os(s, list);
	} else if (strcmp(name, "script") == 0) {
		take_script(s, list);
	} else if (strcmp(name, "elem") == 0 && s->in_smb_os) {
		s->in_elem = true;
		s->elem_len = 0;
		keep(s->elem_key, sizeof(s->elem_key), attribute(list, "key"));
	}
}

static void end_elem(struct state *s)
{
	struct bytes text = text_of(s->elem);

	if (text.len > 4 && strcmp(s->elem + text.len - 4, "\\x00") == 0)
		text.len -= 4; /* nmap writes the NUL of the name so */
	if (strcmp(s->elem_key, "os") == 0)
		keep(s->os, sizeof(s->os), s->elem);
	else if (strcmp(s->elem_key, "server") == 0 || strcmp(s->elem_key, "fqdn") == 0)
		(void)entry_name(s->w.e, text);
	else if (strcmp(s->elem_key, "domain") == 0 || strcmp(s->elem_key, "workgroup") == 0)
		entry_text(s->w.e, FACT_DOMAIN, text);
	s->in_elem = false;
}

static void end_host(struct state *s)
{
	s->in_host = false;
	entry_os(s->w.e, text_of(s->os), (struct bytes){NULL, 0});
	if (s->is_down || (s->w.e->n_addrs == 0 && s->w.e->n_macs == 0))
		work_skip(&s->w);
	else
		work_use(&s->w, s->host_line);
}

static void XMLCALL on_end(void *ctx, const char *name)
{
	struct state *s = ctx;

	if (!s->in_host)
		return;
	if (strcmp(name, "elem") == 0 && s->in_elem)
		end_elem(s);
	else if (strcmp(name, "script") == 0)
		s->in_smb_os = false;
	else if (strcmp(name, "host") == 0)
		end_host(s);
}

static void XMLCALL on_text(void *ctx, const char *text, int len)
{
	struct state *s = ctx;

	for (int i = 0; s->in_elem && i < len && s->elem_len + 1 < sizeof(s->elem); i++)
		s->elem[s->elem_len++] = text[i];
	s->elem[s->elem_len] = '\0';
}

static void XMLCALL on_entity(void *ctx, const char *name, int is_parameter, const char *value,
			      int value_len, const char *base, const char *system_id,
			      const char *public_id, const char *notation)
{
	struct state *s = ctx;

	(void)name, (void)is_parameter, (void)value, (void)value_len, (void)base, (void)system_id;
	(void)public_id, (void)notation;
	s->has_entity = true;
	(void)XML_StopParser(s->parser, XML_FALSE);
}

/* What came before it counts; where it broke is told. */
static void tell_broken(struct state *s, const char *why)
{
	s->w.ret->rows += s->in_host ? 0 : 1; /* a host that has begun is counted already */
	work_bad(&s->w, s->in_host ? s->host_line : line_of(s),
		 "%s (line %llu): what follows is not read", why, (unsigned long long)line_of(s));
}

static enum rc feed(struct state *s, FILE *from)
{
	uint64_t fed = 0;
	bool is_last = false;

	errno = 0;
	while (!is_last) {
		void *piece = XML_GetBuffer(s->parser, PIECE);
		size_t n = piece != NULL ? fread(piece, 1, PIECE, from) : 0;

		if (piece == NULL)
			return RC_NOMEM;
		if (ferror(from) != 0)
			return RC_IO;
		is_last = n < PIECE;
		fed += n;
		if (XML_ParseBuffer(s->parser, (int)n, is_last) != XML_STATUS_OK) {
			tell_broken(s, s->has_entity
					       ? "it declares entities, as nmap never does"
					       : XML_ErrorString(XML_GetErrorCode(s->parser)));
			return RC_OK;
		}

		XML_Index at = XML_GetCurrentByteIndex(s->parser);

		if (at >= 0 && fed > (uint64_t)at + TOKEN_MAX) {
			tell_broken(s, "one tag or text longer than a megabyte");
			return RC_OK;
		}
	}
	return RC_OK;
}

static enum rc read_nmap(FILE *from, const struct import_options *opt, const struct import_out *out,
			 struct import_result *ret, char *err, size_t err_len)
{
	struct state *s = calloc(1, sizeof(*s));
	enum rc rc = s != NULL ? work_begin(&s->w, opt, out, ret, FROM_LIST_NMAP) : RC_NOMEM;

	if (rc != RC_OK)
		goto out;
	s->parser = XML_ParserCreate(NULL);
	if (s->parser == NULL) {
		rc = RC_NOMEM;
		goto out;
	}
	XML_SetUserData(s->parser, s);
	XML_SetElementHandler(s->parser, on_start, on_end);
	XML_SetCharacterDataHandler(s->parser, on_text);
	XML_SetEntityDeclHandler(s->parser, on_entity);
	rc = feed(s, from);
	if (rc == RC_OK && !s->is_nmap && !s->has_entity) {
		(void)snprintf(err, err_len, "no nmaprun element: not what nmap -oX writes");
		rc = RC_FORMAT;
	}
out:;
	int why = errno; /* RC_IO promises it */

	if (s != NULL) {
		XML_ParserFree(s->parser);
		work_end(&s->w);
	}
	free(s);
	errno = why;
	return rc;
}

static unsigned match(struct bytes head)
{
	return text_has(head, "<nmaprun") ? 98 : 0;
}

const struct import_format import_nmap_xml = {
	.name = "nmap-xml",
	.summary = "nmap -oX",
	.match = match,
	.read = read_nmap,
};
