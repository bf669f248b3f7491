#include "kit/qr.h"

#include <string.h>

#include <qrencode.h>

enum { QUIET = 4 }; /* modules of white around it: section 5.3.8 */

/* Black modules that touch are one line: a third of what single squares would take. */
static void put_row(FILE *to, const unsigned char *row, int width, int y)
{
	for (int x = 0; x < width;) {
		int n = 0;

		while (x + n < width && (row[x + n] & 1) != 0)
			n++;
		if (n > 0)
			(void)fprintf(to, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, n, n);
		x += n > 0 ? n : 1;
	}
}

enum rc qr_put(FILE *to, const char *text)
{
	QRcode *code = NULL;

	if (text[0] == '\0')
		return RC_OK;
	code = QRcode_encodeData((int)strlen(text), (const unsigned char *)text, 0, QR_ECLEVEL_M);
	if (code == NULL)
		return RC_NOMEM;
	(void)fprintf(to,
		      "<svg class=\"qr\" viewBox=\"0 0 %d %d\" role=\"img\" "
		      "xmlns=\"http://www.w3.org/2000/svg\"><path d=\"",
		      code->width + 2 * QUIET, code->width + 2 * QUIET);
	for (int y = 0; y < code->width; y++)
		put_row(to, code->data + (size_t)y * (size_t)code->width, code->width, y);
	(void)fputs("\"/></svg>", to);
	QRcode_free(code);
	return RC_OK;
}
