#include "table.h"

#include <math.h>
#include <stdio.h>

enum { NAME_WIDTH = 40, CELL_WIDTH = 13 };

void table_head(const char *title, const struct column *columns, size_t n)
{
	printf("\n-- %s\n%-*s", title, NAME_WIDTH, "");
	for (size_t i = 0; i < n; i++)
		printf(" %*s", CELL_WIDTH, columns[i].name);
	putchar('\n');
}

void table_row(const char *name, const struct column *columns, size_t n, const double *cells)
{
	printf("%-*s", NAME_WIDTH, name);
	for (size_t i = 0; i < n; i++) {
		if (isnan(cells[i]))
			printf(" %*s", CELL_WIDTH, "-");
		else
			printf(" %*.*f", CELL_WIDTH, (int)columns[i].decimals, cells[i]);
	}
	putchar('\n');
	fflush(stdout);
}

bool table_goal(const char *what, double is, double least, double most)
{
	bool ok = is >= least && is <= most;

	printf("%-7s %s: %.4g, ", ok ? "ok" : "MISSED", what, is);
	if (isinf(least))
		printf("at most %g\n", most);
	else if (isinf(most))
		printf("at least %g\n", least);
	else
		printf("from %g to %g\n", least, most);
	return ok;
}
