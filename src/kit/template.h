/*
 * template - a file of a kit, with places for values.
 *
 *   <%name%>           a value (value.h), escaped for the file's language
 *   <%name|plain%>     refused unless it is of letters, digits, '.', '_' and '-'
 *   <%each machine%> … <%end%>    also: sheet file patch cleaner protection update fixed
 *   <%if user%> … <%else%> … <%end%>   is there any? <%if not user%>
 *   <%# a comment %>
 *
 * A section's tag that stands alone on its line takes the line with it. There is nothing else: no
 * arithmetic, no inclusion, no code. Where values stand is checked (spot.h) when it is read.
 */
#ifndef KIT_TEMPLATE_H
#define KIT_TEMPLATE_H

#include "base/arena.h"
#include "kit/spot.h"
#include "kit/value.h"

enum { TEMPLATE_BYTES = 256 * 1024, TEMPLATE_NODES = 4096, TEMPLATE_DEPTH = 8 };

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_EACH, NODE_IF, NODE_ELSE, NODE_END };

enum group {
	GROUP_MACHINE,
	GROUP_SHEET,
	GROUP_FILE,
	GROUP_PATCH,
	GROUP_CLEANER,
	GROUP_PROTECTION,
	GROUP_UPDATE,
	GROUP_FIXED,
	GROUPS
};

const char *group_name(enum group g); /* "patch": of files, also the role */

struct node {
	enum node_kind kind;
	struct bytes text; /* as it is written: line ends are the language's */
	enum field field;
	enum group group;
	bool is_plain, is_not;
	size_t jump; /* EACH and ELSE: its END; IF: its ELSE or END */
};

struct template
{
	const char *name;
	enum language language;
	const struct node *nodes;
	size_t n;
	bool has_sheets; /* <%each sheet%> stands in it */
};

/* `is_sheet`: it is written once for each sheet. All memory is the arena's, `text` is not kept.
 * RC_INVAL: `err` names the line and what is wrong. RC_NOMEM. */
MUST_CHECK enum rc template_parse(struct arena *a, const char *name, enum language l, bool is_sheet,
				  struct bytes text, struct template *ret_t, char *err,
				  size_t err_len);

#endif
