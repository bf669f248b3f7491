#include "import/csv_read.h"

#include <stdlib.h>

struct csv {
	struct lines *lines;
	uint8_t separator;
	bool is_end;
	uint64_t line;    /* number of the first line in `raw` */
	unsigned n_lines; /* in `raw`, each ended by LF */
	bool is_cut;      /* its last line was too long */
	size_t raw_len, text_len;
	uint8_t raw[CSV_RECORD];
	uint8_t text[CSV_RECORD]; /* of the fields, without quotes */
};

enum scan { SCAN_ROW, SCAN_MORE, SCAN_FIELDS };

enum rc csv_new(FILE *from, uint8_t separator, struct csv **ret_csv)
{
	struct csv *c = malloc(sizeof(*c));
	enum rc rc = RC_NOMEM;

	if (c == NULL)
		return RC_NOMEM;
	c->separator = separator;
	c->is_end = c->is_cut = false;
	c->line = 1;
	c->n_lines = 0;
	c->raw_len = c->text_len = 0;
	rc = lines_new(from, &c->lines);
	if (rc != RC_OK) {
		free(c);
		return rc;
	}
	*ret_csv = c;
	return RC_OK;
}

void csv_free(struct csv *c)
{
	if (c == NULL)
		return;
	lines_free(c->lines);
	free(c);
}

static enum rc add_line(struct csv *c)
{
	struct line line;
	enum rc rc = lines_next(c->lines, &line);

	if (rc != RC_OK)
		return rc;
	if (c->n_lines == 0)
		c->line = line.number;
	memcpy(c->raw + c->raw_len, line.text.at, line.text.len);
	c->raw_len += line.text.len;
	c->raw[c->raw_len++] = '\n';
	c->n_lines++;
	c->is_cut = line.is_cut;
	return RC_OK;
}

static void drop_line(struct csv *c)
{
	const uint8_t *end = memchr(c->raw, '\n', c->raw_len);
	size_t n = end != NULL ? (size_t)(end - c->raw) + 1 : c->raw_len;

	memmove(c->raw, c->raw + n, c->raw_len - n);
	c->raw_len -= n;
	c->n_lines--;
	c->line++;
}

/* A quoted field from behind its quote on; returns where it ends, 0: not in what there is. */
static size_t quoted(struct csv *c, size_t i)
{
	for (; i < c->raw_len; i++) {
		if (c->raw[i] != '"') {
			c->text[c->text_len++] = c->raw[i];
		} else if (i + 1 < c->raw_len && c->raw[i + 1] == '"') {
			c->text[c->text_len++] = '"';
			i++;
		} else {
			return i + 1;
		}
	}
	return 0;
}

/* The first record in `raw`; *ret_used is its length. */
static enum scan scan(struct csv *c, struct csv_row *row, size_t *ret_used)
{
	size_t i = 0;

	c->text_len = 0;
	row->n = 0;
	for (;;) {
		size_t from = c->text_len;

		if (c->raw[i] == '"') {
			i = quoted(c, i + 1);
			if (i == 0)
				return SCAN_MORE;
		}
		while (c->raw[i] != c->separator && c->raw[i] != '\n')
			c->text[c->text_len++] = c->raw[i++];
		if (row->n == CSV_FIELDS)
			return SCAN_FIELDS;
		row->fields[row->n++] = (struct bytes){c->text + from, c->text_len - from};
		if (c->raw[i] == '\n')
			break;
		i++;
	}
	if (row->n == 1 && row->fields[0].len == 0)
		row->n = 0;
	*ret_used = i + 1;
	return SCAN_ROW;
}

static void drop_record(struct csv *c, size_t used)
{
	unsigned n = 0;

	for (size_t i = 0; i < used; i++)
		n += c->raw[i] == '\n';
	memmove(c->raw, c->raw + used, c->raw_len - used);
	c->raw_len -= used;
	c->n_lines -= n;
	c->line += n;
}

static enum rc bad_line(struct csv *c, const char *why, struct csv_row *row)
{
	row->n = 0;
	row->line = c->line;
	row->bad = why;
	drop_line(c);
	return RC_OK;
}

enum rc csv_next(struct csv *c, struct csv_row *row)
{
	if (c->n_lines == 0) {
		enum rc rc = add_line(c);

		if (rc != RC_OK)
			return rc;
	}
	for (;;) {
		size_t used = 0;
		enum rc rc = RC_OK;

		if (c->is_cut && c->n_lines == 1)
			return bad_line(c, "longer than 65536 bytes", row);
		switch (scan(c, row, &used)) {
		case SCAN_ROW:
			if (c->is_cut && used == c->raw_len)
				return bad_line(c, "goes on in a line longer than 65536 bytes",
						row);
			row->line = c->line;
			row->bad = NULL;
			drop_record(c, used);
			return RC_OK;
		case SCAN_FIELDS:
			return bad_line(c, "more than 512 fields", row);
		case SCAN_MORE:
			break;
		}
		if (c->is_end || c->is_cut || c->n_lines == CSV_RECORD_LINES ||
		    CSV_RECORD - c->raw_len < LINE_MAX_LEN + 1)
			return bad_line(c, "a quote that is opened here is never closed", row);
		rc = add_line(c);
		if (rc == RC_IO)
			return rc;
		c->is_end = rc == RC_END;
	}
}
