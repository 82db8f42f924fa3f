"""English verbs that report, with all their forms."""

from __future__ import annotations

from dateline_quotes.words.tables import QUOTING, SPEECH, STANCE, Verb, listed

_SPEECH = """say tell add note announce report claim argue explain acknowledge state declare write tweet suggest insist warn
concede admit recall reply respond conclude predict reiterate contend assert allege stress emphasize emphasise caution
complain confirm deny disclose estimate imply indicate joke lament mention observe opine point proclaim promise reveal
remark speculate swear testify tout vow pledge believe think agree affirm attest assure remind inform advise ask
wonder counter quip boast blog post message retort assess fear hope guess recount read demand propose recommend
forecast rule dispute learn figure repeat elaborate clarify hint echo"""
_QUOTING = """continue begin shout yell ask cry whisper mutter exclaim chant sing laugh joke scream murmur answer sigh interject
inquire comment muse gush fume declare go"""
_STANCE = """criticize criticise praise condemn denounce accuse blame urge call describe defend dismiss reject question slam blast
attack cite reference refer refuse decline seek want express wish hail applaud mock ridicule deride decry tout order
request commend label dub portray depict characterize characterise consider regard see view show find discuss doubt
apologize apologise concur disagree challenge quote"""
#: Their other forms are nouns more often: the state, his message.
_PAST_ALONE = listed(
    "state message figure object issue order post charge rule view back blast label name question estimate forecast "
    "attack reference champion vote favor favour show offer plan repeat challenge finish open request"
)
_FORMS = {
    "say": "said says saying", "tell": "told tells telling", "write": "wrote writes writing",
    "think": "thought thinks thinking", "swear": "swore swears swearing", "read": "read reads reading",
    "forecast": "forecast forecasts forecasting", "begin": "began begins beginning",
    "sing": "sang sings singing", "seek": "sought seeks seeking", "see": "saw sees seeing",
    "show": "showed shows showing", "find": "found finds finding", "know": "knew knows knowing",
    "go": "went goes going", "admit": "admitted admits admitting", "refer": "referred refers referring",
    "label": "labeled labels labeling", "plan": "planned plans planning",
    "slam": "slammed slams slamming", "blog": "blogged blogs blogging", "dub": "dubbed dubs dubbing",
    "quip": "quipped quips quipping", "quote": "quoted quotes quoting", "cite": "cited cites citing", "offer": "offered offers offering", "open": "opened opens opening",
}  # fmt: skip


def _regular(base: str) -> str:
    if base.endswith("e"):
        return f"{base}d {base}s {base[:-1]}ing"
    if base.endswith("y") and base[-2] not in "aeou":
        return f"{base[:-1]}ied {base[:-1]}ies {base}ing"
    return f"{base}ed {base}{'es' if base.endswith(('s', 'sh', 'ch', 'x')) else 's'} {base}ing"


def _verbs() -> dict[str, Verb]:
    found: dict[str, Verb] = {}
    for takes, bases in ((STANCE, _STANCE), (QUOTING, _QUOTING), (SPEECH, _SPEECH)):
        for base in bases.split():
            past, present, ing = _FORMS.get(base, _regular(base)).split()
            if base not in _PAST_ALONE:
                found[base] = Verb(base, takes, "base")
                found[present] = Verb(base, takes, "present")
            found[ing] = Verb(base, takes, "ing")
            found[past] = Verb(base, takes, "past")
    return found


#: Every form of each verb, and the past of each base.
VERBS = _verbs()
PAST = {verb.base: form for form, verb in VERBS.items() if verb.form == "past"}
