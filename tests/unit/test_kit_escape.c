/* Values as literals of other languages, and where in a template they may stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kit/template.h"

static void says(enum language l, const char *value, const char *want)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(to);
	assert_null(escape_refusal(l, value));
	escape_put(to, l, value);
	assert_int_equal(fclose(to), 0);
	if (strcmp(text, want) != 0)
		fail_msg("%s: «%s» became «%s», not «%s»", language_name(l), value, text, want);
	free(text);
}

static void a_value_is_one_literal_of_each_language(void **unused)
{
	static const struct {
		enum language l;
		const char *value, *want;
	} cases[] = {
		{LANG_TEXT, "Söhne & Co", "Söhne & Co"},
		{LANG_TEXT, "a\r\nb\x1b[2J\xe2\x80\xae", "a��b�[2J�"},
		{LANG_TEXT, "\xff\xfe", "��"},
		{LANG_CMD, "& del * | more > x < y (z) 'q'", "& del * | more > x < y (z) 'q'"},
		{LANG_LIST, "& del *", "& del *"},
		{LANG_POWERSHELL, "'; Remove-Item x; '", "''; Remove-Item x; ''"},
		{LANG_POWERSHELL, "$(x) `n \"", "$(x) `n \""},
		{LANG_CSV, "", "\"\""},
		{LANG_CSV, "a \"b\", c", "\"a \"\"b\"\", c\""},
		{LANG_CSV, "=1+1", "\"'=1+1\""},
		{LANG_CSV, "-x", "\"'-x\""},
		{LANG_CSV, " \t@SUM", "\"' �@SUM\""},
		{LANG_CSV, "＝1", "\"'＝1\""},
		{LANG_CSV, "a\r\nb", "\"a��b\""},
		{LANG_HTML, "<b a=\"1\" c='2'>&amp;",
		 "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;"},
		{LANG_XML, "]]>\x01", "]]&gt;�"},
		{LANG_YAML, "a: \"b\" \\ {{ x }}\n- c", "a: \\\"b\\\" \\\\ {{ x }}\\u000a- c"},
		{LANG_YAML, "ö\xf0\x9f\x90\x9b", "\\u00f6\\U0001f41b"},
		{LANG_JSON, "ö\xf0\x9f\x90\x9b", "\\u00f6\\ud83d\\udc1b"},
		{LANG_ANSIBLE, "{ x }", "{ x }"},
		{LANG_SH, "'; rm -rf /; '", "'\\''; rm -rf /; '\\''"},
		{LANG_SH, "$(x) `y` \\", "$(x) `y` \\"},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		says(cases[i].l, cases[i].value, cases[i].want);
}

static void what_cannot_be_said_safely_is_refused(void **unused)
{
	static const struct {
		enum language l;
		const char *value;
	} cases[] = {
		{LANG_CMD, "%PATH%"},      {LANG_CMD, "!x!"},         {LANG_CMD, "a\" & b"},
		{LANG_CMD, "^"},           {LANG_CMD, "C:\\dir\\"},   {LANG_CMD, "a\nb"},
		{LANG_CMD, "\x7f"},        {LANG_CMD, "ö"},           {LANG_LIST, "a=b"},
		{LANG_LIST, ";a"},         {LANG_LIST, "a\r"},        {LANG_LIST, "a|b"},
		{LANG_POWERSHELL, "’; x"}, {LANG_POWERSHELL, "a\nb"}, {LANG_SH, "a\nb"},
		{LANG_ANSIBLE, "{{ x }}"}, {LANG_ANSIBLE, "a {% x"},  {LANG_ANSIBLE, "{# x"},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (escape_refusal(cases[i].l, cases[i].value) == NULL)
			fail_msg("%s: «%s» passed", language_name(cases[i].l), cases[i].value);
	}
}

static void plain_is_letters_digits_dots_lines_and_begins_so(void **unused)
{
	(void)unused;
	assert_true(escape_is_plain("PC-0042.corp_x"));
	assert_false(escape_is_plain(""));
	assert_false(escape_is_plain("-x"));
	assert_false(escape_is_plain(".x"));
	assert_false(escape_is_plain("a b"));
	assert_false(escape_is_plain("a/b"));
	assert_false(escape_is_plain("ö"));
}

static void every_language_has_its_name(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < LANGUAGES; i++) {
		enum language l = LANGUAGES;

		assert_int_equal(language_parse(language_name((enum language)i), &l), RC_OK);
		assert_int_equal(l, i);
		assert_non_null(strstr(language_names(), language_name(l)));
	}
	assert_int_equal(language_parse("perl", &(enum language){LANG_TEXT}), RC_INVAL);
}

/* --- templates --- */

static enum rc parse(enum language l, const char *text, char *err, size_t err_len)
{
	struct arena *arena = NULL;
	struct template t;
	enum rc rc = RC_OK;

	assert_int_equal(arena_new(1 << 20, &arena), RC_OK);
	rc = template_parse(arena, "t", l, true,
			    (struct bytes){(const uint8_t *)text, strlen(text)}, &t, err, err_len);
	arena_free(arena);
	return rc;
}

static void a_value_may_stand_only_where_its_escape_holds(void **unused)
{
	static const struct {
		enum language l;
		bool is_good;
		const char *text;
	} cases[] = {
		{LANG_CMD, true, "set \"x=<%campaign%>\"\n"},
		{LANG_CMD, false, "set x=<%campaign%>\n"},
		{LANG_CMD, false, "rem <%campaign%>\n"},
		{LANG_CMD, false, "echo \"a\" <%campaign%> \"b\"\n"},
		{LANG_CMD, false, "echo \"a\n<%campaign%>\"\n"},
		{LANG_CMD, false, "echo ^\"<%campaign%>\"\n"},
		{LANG_CMD, false, "echo \"<%if site%>\"x\"<%end%>\"\n"},
		{LANG_CMD, false, "echo \xc3\xb6\n"},
		{LANG_POWERSHELL, true, "$x = 'it''s <%campaign%>'\n"},
		{LANG_POWERSHELL, false, "$x = \"<%campaign%>\"\n"},
		{LANG_POWERSHELL, false, "# <%campaign%>\n"},
		{LANG_POWERSHELL, false, "<# '<%campaign%>' #>\n"},
		{LANG_POWERSHELL, false, "$x = \"`\"'<%campaign%>'\"\n"},
		{LANG_POWERSHELL, false, "$x = @'\n<%campaign%>\n'@\n"},
		{LANG_POWERSHELL, false, "$x = 'a\n<%campaign%>'\n"},
		{LANG_SH, true, "x='<%campaign%>'\n"},
		{LANG_SH, false, "x=\"<%campaign%>\"\n"},
		{LANG_SH, false, "x=\\'<%campaign%>'\n"},
		{LANG_SH, false, "# '<%campaign%>'\n"},
		{LANG_SH, false, "cat <<'X'\n'<%campaign%>'\nX\n"},
		{LANG_CSV, true, "<%campaign%>,<%patch%>\n"},
		{LANG_CSV, false, "x<%campaign%>,y\n"},
		{LANG_CSV, false, "<%campaign%>x\n"},
		{LANG_CSV, false, "\"<%campaign%>\"\n"},
		{LANG_HTML, true, "<p title=\"<%campaign%>\"><%patch%></p>\n"},
		{LANG_HTML, false, "<p title=<%campaign%>>\n"},
		{LANG_HTML, false, "<p title='<%campaign%>'>\n"},
		{LANG_HTML, false, "<<%campaign%>>\n"},
		{LANG_HTML, false, "<script><%campaign%></script>\n"},
		{LANG_HTML, false, "<script>1</script>\n"},
		{LANG_HTML, false, "<style>p { color: <%campaign%> }</style>\n"},
		{LANG_HTML, false, "<p onclick=\"<%campaign%>\">\n"},
		{LANG_HTML, false, "<p style=\"<%campaign%>\">\n"},
		{LANG_HTML, false, "<a href=\"<%campaign%>\">\n"},
		{LANG_HTML, true, "<a href=\"x-<%campaign|plain%>.html\">x</a>\n"},
		{LANG_HTML, false, "<!-- <%campaign%> -->\n"},
		{LANG_HTML, true, "<!-- x --><style>p {}</style><b><%campaign%></b>\n"},
		{LANG_HTML, false, "<a <%each machine%>x<%end%>>\n"},
		{LANG_YAML, true, "a: \"<%campaign%>\"\n"},
		{LANG_YAML, false, "a: <%campaign%>\n"},
		{LANG_YAML, false, "a: '<%campaign%>'\n"},
		{LANG_YAML, false, "# \"<%campaign%>\"\n"},
		{LANG_YAML, false, "a: \"\\\\\" <%campaign%>\n"},
		{LANG_YAML, true, "a: don't \"<%campaign%>\"\n"},
		{LANG_JSON, true, "{\"a\": \"<%campaign%>\"}\n"},
		{LANG_JSON, false, "{\"a\": <%campaign%>}\n"},
		{LANG_JSON, false, "{\"a\": \"\\<%campaign%>\"}\n"},
		{LANG_TEXT, true, "<%campaign%> is what it is\n"},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char err[256] = "";
		enum rc rc = parse(cases[i].l, cases[i].text, err, sizeof(err));

		if ((rc == RC_OK) != cases[i].is_good || (rc != RC_OK && err[0] == '\0'))
			fail_msg("%s: «%s»: %s", language_name(cases[i].l), cases[i].text, err);
	}
}

static void what_is_wrong_with_a_template_is_told_with_its_line(void **unused)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"a\n<%nothing%>\n", "t:2: there is no such value: 'nothing'"},
		{"<%name%>\n", "t:1: this value is known only inside of its section: 'name'"},
		{"a\n\n<%if site%>\nb\n", "a section is not ended"},
		{"<%end%>\n", "t:1: 'end' ends nothing"},
		{"<%else%>\n", "t:1: 'else' without 'if'"},
		{"<%each machine%><%else%><%end%>\n", "'else' without 'if'"},
		{"<%if site%>a<%else%>b<%else%>c<%end%>\n", "'else' without 'if'"},
		{"<%each dog%>\n", "there is nothing to repeat for: 'dog'"},
		{"<%each machine%><%each machine%>", "one of these is repeated already here"},
		{"<%each machine%>x<%end%><%name%>\n", "known only inside of its section"},
		{"<%each file%><%each patch%>", "one of these is repeated already here"},
		{"a <% b\n", "a tag '<%' without its '%>'"},
		{"<%site|raw%>\n", "there is no such filter"},
		{"<%each machine%><%qr%><%end%>\n", "a code may stand only in the text of HTML"},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char err[256] = "";

		assert_int_equal(parse(LANG_TEXT, cases[i].text, err, sizeof(err)), RC_INVAL);
		if (strstr(err, cases[i].want) == NULL)
			fail_msg("«%s»: %s", cases[i].text, err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_one_literal_of_each_language),
		cmocka_unit_test(what_cannot_be_said_safely_is_refused),
		cmocka_unit_test(plain_is_letters_digits_dots_lines_and_begins_so),
		cmocka_unit_test(every_language_has_its_name),
		cmocka_unit_test(a_value_may_stand_only_where_its_escape_holds),
		cmocka_unit_test(what_is_wrong_with_a_template_is_told_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
