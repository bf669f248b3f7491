#include "picture/ink.h"

#include <stdlib.h>

#include "report/facts.h"

/* A4, black on white; colours are kept in print where they tell something. */
static const char style[] =
	"@page{size:A4;margin:14mm 12mm}"
	"*{box-sizing:border-box}"
	"body{font:13px/1.4 system-ui,'DejaVu Sans',Arial,sans-serif;color:#1a1d21;margin:0 auto;"
	"max-width:1000px;padding:24px;-webkit-print-color-adjust:exact;print-color-adjust:exact}"
	"h1{font-size:24px;margin:0 0 10px}h2{font-size:16px;margin:26px 0 8px;"
	"border-bottom:2px solid #1a1d21;padding-bottom:3px;break-after:avoid}"
	"h3{font-size:13px;margin:0}"
	"p{margin:4px 0}.by{color:#5b626b}"
	".answer{font-size:16px;font-weight:600;padding:12px 14px;border-left:8px solid;"
	"margin:10px 0;background:#f4f5f7}"
	".alarm{border-color:#b3261e;background:#fdecea}.warn{border-color:#b26a00;"
	"background:#fff4e0}.head{border-color:#2e7d32;background:#eaf5eb}"
	"table{border-collapse:collapse;width:100%}thead{display:table-header-group}"
	"th{text-align:left;font-size:.85em;text-transform:uppercase;letter-spacing:.03em;"
	"color:#5b626b;border-bottom:1px solid #1a1d21;padding:4px 6px;vertical-align:bottom}"
	"td{border-bottom:1px solid #d5d9de;padding:5px 6px;vertical-align:top;"
	"overflow-wrap:anywhere}"
	"td.tag,th.tag{overflow-wrap:normal;white-space:nowrap;width:1%}"
	"tr{break-inside:avoid}td.n,th.n{text-align:right;white-space:nowrap;"
	"font-variant-numeric:tabular-nums}"
	"td.n.bad{color:#b3261e;font-weight:700}"
	".loose td{background:#fdecea}.how{color:#5b626b;font-size:.92em}"
	".bar{display:flex;width:130px;margin-top:2px;height:13px;background:#eceef1;border:1px "
	"solid #9aa1a9}"
	".bar i{display:block;height:100%}"
	".b-effective{background:#2e7d32}.b-pending{background:#f0a202}.b-missing{background:#"
	"b3261e}"
	".b-unknown{background:repeating-linear-gradient(45deg,#8b929a 0 3px,#c9cdd2 3px 6px)}"
	".b-not-affected{background:#dfe3e8}"
	".key{display:inline-block;width:11px;height:11px;border:1px solid #9aa1a9;"
	"margin:0 4px 0 12px;vertical-align:-1px}"
	".m{display:inline-block;min-width:62px;text-align:center;font-size:.85em;font-weight:700;"
	"padding:1px 6px;border:1px solid;border-radius:3px;white-space:nowrap}"
	".m-bad{color:#fff;background:#b3261e;border-color:#b3261e}"
	".m-warn{color:#7a4800;background:#fff4e0}.m-unknown{color:#4a5058;background:#eceef1}"
	".m-good{color:#1f5a23;background:#eaf5eb}.m-none{color:#8b929a;background:#fff}"
	".one{border:1px solid #b9bfc6;border-radius:4px;padding:9px 12px;margin:8px 0;"
	"break-inside:avoid}"
	".one table td{border:0;padding:2px 6px 2px 0}.one td.tag{width:78px}"
	".next{font-weight:600}ol{margin:4px 0;padding-left:22px}li{margin:3px 0}"
	"dl{display:grid;grid-template-columns:100px 1fr;gap:3px 10px;margin:4px 0}"
	"dt{color:#5b626b}dd{margin:0}"
	".box{display:inline-block;width:12px;height:12px;border:1.5px solid #1a1d21}"
	"footer{margin-top:26px;color:#5b626b;font-size:11px}"
	"@media "
	"print{body{max-width:none;padding:0;font-size:11px}.answer{font-size:14px}.bar{width:"
	"100px}"
	".list{break-before:page}}";

void ink_raw(struct ink *i, const char *html)
{
	fputs(html, i->to);
}

static void put_escaped(FILE *to, char c)
{
	switch (c) {
	case '&':
		fputs("&amp;", to);
		break;
	case '<':
		fputs("&lt;", to);
		break;
	case '>':
		fputs("&gt;", to);
		break;
	case '"':
		fputs("&quot;", to);
		break;
	case '\'':
		fputs("&#39;", to);
		break;
	default:
		fputc(c, to);
		break;
	}
}

void ink_text(struct ink *i, const char *text)
{
	char cut[INK_MOST];
	char *shown = NULL;

	if (text == NULL || text[0] == '\0')
		return;
	(void)snprintf(cut, sizeof(cut), "%s", text);
	shown = text_shown(cut);
	if (shown == NULL) {
		i->is_bad = true;
		return;
	}
	for (const char *at = shown; *at != '\0'; at++)
		put_escaped(i->to, *at);
	free(shown);
}

static void open_tag(struct ink *i, const char *tag, const char *class)
{
	if (class == NULL)
		fprintf(i->to, "<%s>", tag);
	else
		fprintf(i->to, "<%s class=\"%s\">", tag, class);
}

void ink_element(struct ink *i, const char *tag, const char *class, const char *text)
{
	open_tag(i, tag, class);
	ink_text(i, text);
	fprintf(i->to, "</%s>", tag);
}

void ink_count(struct ink *i, const char *tag, const char *class, uint64_t n)
{
	char count[COUNT_TEXT];

	ink_element(i, tag, class, count_format(n, count));
}

void ink_begin(struct ink *i, const char *title)
{
	ink_raw(i, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		   "style-src 'unsafe-inline'\">\n"
		   "<meta name=\"viewport\" content=\"width=device-width\">\n");
	ink_element(i, "title", NULL, title);
	ink_raw(i, "\n<style>");
	ink_raw(i, style);
	ink_raw(i, "</style></head>\n<body>\n");
}

void ink_end(struct ink *i)
{
	ink_raw(i, "<footer>Made by quell"
		   ". What is not known is never counted as patched.</footer>\n"
		   "</body></html>\n");
}
