/* quell.campaign/1: doc/campaign.schema.json. */
#include "brief/brief.h"
#include "report/pen.h"

static void file_of(struct pen *p, const struct campaign_file *f)
{
	pen_line(p);
	pen_open(p, '{');
	pen_put_text(p, "role", f->role);
	pen_put_text(p, "path", f->path);
	pen_put_text(p, "sha256", f->sha256);
	pen_put_text(p, "signer", f->signer);
	pen_put_text(p, "args", f->args);
	pen_put_text(p, "os", f->os);
	pen_close(p, '}');
}

static void campaign(struct pen *p, const struct campaign *c)
{
	pen_key(p, "campaign");
	pen_open(p, '{');
	pen_put_text(p, "id", c->id);
	pen_put_text(p, "weakness", c->weakness);
	pen_put_text(p, "patch", c->patch);
	pen_put_text(p, "strategy", c->strategy);
	pen_put_text(p, "state", c->state);
	pen_key(p, "made");
	pen_time(p, c->made_ns);
	pen_put_real(p, "stop_failed", c->stop_failed);
	pen_key(p, "files");
	pen_open(p, '[');
	for (size_t i = 0; i < c->n_files; i++)
		file_of(p, &c->files[i]);
	pen_close(p, ']');
	pen_close(p, '}');
}

static void count(struct pen *p, const struct wave_count *c)
{
	char code[CAMPAIGN_CODE];

	pen_put_number(p, "machines", c->n);
	pen_key(p, "stages");
	pen_open(p, '{');
	for (unsigned i = 0; i < STAGES; i++)
		pen_put_number(p, stage_name((enum stage)i), c->by_stage[i]);
	pen_close(p, '}');
	pen_put_number(p, "infected", c->infected);
	pen_put_number(p, "failed", c->failed);
	pen_put_number(p, "quarantined", c->quarantined);
	pen_put_number(p, "reported", c->reported);
	pen_key(p, "codes");
	pen_open(p, '[');
	for (size_t i = 0; i < c->n_codes; i++) {
		pen_open(p, '{');
		pen_put_text(p, "code", campaign_code(c->codes[i].code, code));
		pen_put_number(p, "machines", c->codes[i].n);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void wave(struct pen *p, const struct brief_wave *w)
{
	static const char *const gates[] = {"open", "shut", "stop"};

	pen_line(p);
	pen_open(p, '{');
	pen_put_number(p, "num", w->wave->num);
	pen_put_text(p, "name", w->wave->name);
	pen_put_text(p, "state", wave_state_name(w->wave->state));
	pen_key(p, "opened");
	pen_time(p, w->wave->opened_ns);
	pen_key(p, "gate");
	pen_open(p, '{');
	pen_put_text(p, "is", gates[(unsigned)w->gate < 3 ? w->gate : GATE_SHUT]);
	pen_put_text(p, "why", w->gate_why);
	pen_put_real(p, "patched", w->wave->gate_patched);
	pen_put_real(p, "failed", w->wave->gate_failed);
	pen_close(p, '}');
	pen_key(p, "eta_hours");
	if (w->eta_hours < 0)
		pen_null(p);
	else
		pen_real(p, w->eta_hours);
	count(p, &w->count);
	pen_close(p, '}');
}

static void end(struct pen *p, const struct brief_status *s)
{
	pen_key(p, "end");
	if (!s->has_end) {
		pen_null(p);
		return;
	}
	pen_open(p, '{');
	pen_put_real(p, "p_none", s->end.p_none);
	pen_put_real(p, "low", s->end.p_none_low);
	pen_put_real(p, "high", s->end.p_none_high);
	pen_put_text(p, "hidden_unknown", s->hidden_why);
	pen_put_real(p, "if_off_were_clean", s->end.by_off);
	pen_put_real(p, "if_none_is_hidden", s->end.by_listening);
	pen_put_text(p, "why", s->end.why);
	pen_put_text(p, "raise", s->end.raise);
	pen_close(p, '}');
}

static void contradictions(struct pen *p, const struct brief_status *s)
{
	pen_put_number(p, "contradicted", s->contradicted_in_all);
	pen_key(p, "contradictions");
	pen_open(p, '[');
	for (size_t i = 0; i < s->n_contradicted; i++) {
		pen_line(p);
		pen_open(p, '{');
		pen_put_text(p, "machine", s->contradicted[i].machine);
		pen_put_text(p, "why", s->contradicted[i].why);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

enum rc brief_status_json(const struct brief_status *s, FILE *to)
{
	struct pen p = {.to = to};

	pen_open(&p, '{');
	pen_line(&p);
	pen_put_text(&p, "schema", "quell.campaign/1");
	pen_key(&p, "at");
	pen_time(&p, s->at_ns);
	pen_line(&p);
	campaign(&p, s->campaign);
	pen_line(&p);
	pen_key(&p, "waves");
	pen_open(&p, '[');
	for (size_t i = 0; i < s->n_waves; i++)
		wave(&p, &s->waves[i]);
	pen_close(&p, ']');
	pen_line(&p);
	pen_key(&p, "all");
	pen_open(&p, '{');
	count(&p, &s->all);
	pen_close(&p, '}');
	pen_line(&p);
	contradictions(&p, s);
	pen_line(&p);
	end(&p, s);
	pen_close(&p, '}');
	return pen_done(&p) == RC_OK && fputc('\n', to) != EOF ? RC_OK : RC_IO;
}
