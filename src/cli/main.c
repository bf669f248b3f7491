#include <stdio.h>

int main(void)
{
	fputs("quell: no commands yet\n", stderr);
	return 2;
}
