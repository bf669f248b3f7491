#include "model/tree.h"

const char *tree_sign_name(enum tree_sign s)
{
	switch (s) {
	case TREE_PULLED:
		return "pulled";
	case TREE_PUSHED:
		return "pushed";
	case TREE_IMPLANT:
		return "implant";
	case TREE_ACTED:
		return "acted";
	case TREE_SIGNS:
		break;
	}
	return "unknown";
}

void tree_free(struct tree *t)
{
	if (t != NULL)
		arena_free(t->arena); /* `t` lives in it, too */
}
