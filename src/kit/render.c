#include "kit/render.h"

#include <string.h>

#include "kit/qr.h"

static enum rc walk(struct render *r, FILE *to, size_t from, size_t until);

static enum rc put_value(const struct render *r, FILE *to, const struct node *node)
{
	char room[VALUE_ROOM];

	if (node->field == FIELD_QR)
		return r->values.machine != NULL ? qr_put(to, r->values.machine->id) : RC_OK;
	escape_put(to, r->template->language, value_of(&r->values, node->field, room));
	return RC_OK;
}

static bool is_true(const struct render *r, const struct node *node)
{
	char room[VALUE_ROOM];

	return (value_of(&r->values, node->field, room)[0] != '\0') != node->is_not;
}

/* --- sections --- */

static enum rc each_machine(struct render *r, FILE *to, size_t at, size_t until)
{
	size_t from = r->sheet != NULL ? r->sheet->from : 0;
	size_t n = r->sheet != NULL ? r->sheet->is.n : r->roster->n;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < n; i++) {
		r->values.machine = &r->roster->list[from + i];
		rc = walk(r, to, at, until);
	}
	r->values.machine = NULL;
	return rc;
}

static enum rc each_sheet(struct render *r, FILE *to, size_t at, size_t until)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < r->roster->n_sheets; i++) {
		r->sheet = &r->roster->sheets[i];
		r->values.sheet = &r->sheet->is;
		rc = walk(r, to, at, until);
	}
	r->sheet = NULL;
	r->values.sheet = NULL;
	return rc;
}

static enum rc each_file(struct render *r, FILE *to, enum group group, size_t at, size_t until)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < r->values.n_files; i++) {
		const struct kit_file *f = &r->values.files[i];

		if (group != GROUP_FILE && strcmp(f->of->role, group_name(group)) != 0)
			continue;
		r->values.file = f;
		rc = walk(r, to, at, until);
	}
	r->values.file = NULL;
	return rc;
}

static enum rc each_fixed(struct render *r, FILE *to, size_t at, size_t until)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < r->n_fixed; i++) {
		r->values.fixed = &r->fixed[i];
		rc = walk(r, to, at, until);
	}
	r->values.fixed = NULL;
	return rc;
}

static enum rc each(struct render *r, FILE *to, enum group group, size_t at, size_t until)
{
	switch (group) {
	case GROUP_MACHINE:
		return each_machine(r, to, at, until);
	case GROUP_SHEET:
		return each_sheet(r, to, at, until);
	case GROUP_FIXED:
		return each_fixed(r, to, at, until);
	default:
		return each_file(r, to, group, at, until);
	}
}

/* --- all --- */

static enum rc walk(struct render *r, FILE *to, size_t from, size_t until)
{
	const struct node *nodes = r->template->nodes;
	enum rc rc = RC_OK;

	for (size_t i = from; rc == RC_OK && i < until; i++) {
		const struct node *node = &nodes[i];

		switch (node->kind) {
		case NODE_TEXT:
			(void)fwrite(node->text.at, 1, node->text.len, to);
			break;
		case NODE_VALUE:
			rc = put_value(r, to, node);
			break;
		case NODE_EACH:
			rc = each(r, to, node->group, i + 1, node->jump);
			i = node->jump;
			break;
		case NODE_IF:
			if (!is_true(r, node))
				i = node->jump; /* behind the else, or the end */
			break;
		case NODE_ELSE:
			i = node->jump;
			break;
		case NODE_END:
			break;
		}
	}
	return rc;
}

enum rc render(struct render *r, FILE *to)
{
	if (language_has_bom(r->template->language))
		(void)fputs("\xef\xbb\xbf", to);
	return walk(r, to, 0, r->template->n);
}
