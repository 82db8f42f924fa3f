"""English."""

from __future__ import annotations

from dateline_quotes.words.en import patterns
from dateline_quotes.words.en.dates import DATES
from dateline_quotes.words.en.figures import FIGURES
from dateline_quotes.words.en.verbs import PAST, VERBS
from dateline_quotes.words.tables import Words, listed

WORDS = Words(
    code="en",
    common=frozenset(["the", "of", "and", "to", "in", "that", "said"]),
    past=PAST,
    say="said",
    verbs=VERBS,
    days=listed(
"monday tuesday wednesday thursday friday saturday sunday today yesterday january february march april may june "
        "july august september october november december earlier later morning afternoon evening night week weekend month year"
),
    auxiliaries=listed(
"isn't wasn't aren't weren't hasn't haven't hadn't didn't doesn't don't won't wouldn't can't couldn't shouldn't "
        "isn’t wasn’t aren’t weren’t hasn’t haven’t hadn’t didn’t doesn’t don’t won’t wouldn’t can’t couldn’t shouldn’t cannot "
        "has have had did does do will would could can may might should must also never not always often just "
        "has haven hasn hadn didn doesn don won wouldn couldn t been be is are was were being to"
),
    modals=listed(
"will would can could may might should must do does did don doesn didn don't doesn't didn't don’t doesn’t didn’t"
),
    adverb_ending="ly",
    irregular=listed("left took went came made gave held met won lost ran saw kept became brought led stood sat spoke fell rose grew drew"),
    verb_endings=("ed", "s", "ly"),
    not_verb_endings=("ss",),
    participle_endings=("ed", "ing"),
    plural_ending="s",
    indefinite=frozenset(["a", "an"]),
    article=frozenset(["the"]),
    of_body=frozenset(["for", "on", "of"]),
    negations=("not", "never", "n't", "n’t", "cannot", "nobody", "no one"),
    interposed=listed("however though meanwhile nevertheless instead too therefore"),
    leading=listed("even then now again once still also instead initially"),
    owners=("'s", "’s"),
    joining=frozenset(["and"]),
    infinitive=frozenset(["to"]),
    agent=frozenset(["by"]),
    as_=frozenset(["as"]),
    as_what=("as its ", "as his ", "as her ", "as their ", "as a ", "as an "),
    reasons=("as ", "for "),
    plurals=listed(
"they people who police some many others men women"
),
    be=listed(
"is are was were be been being isn aren wasn weren get got"
),
    adverbs=listed(
"also later then even still now just again once often always never twice reportedly recently repeatedly publicly "
        "previously initially already further instead ever since long so too first"
),
    boundaries=listed(
"and but or that when while because as if after before since where which although though so yet whether than "
        "until whereas once how why what like unless except"
),
    determiners=listed(
"the a an his her their its our my this these those some many several most all one two three four five six another "
        "both each every no any other more few"
),
    prepositions=listed(
"in on at by for from with about during after before under over through via among between into against "
        "despite without to of amid upon within like near outside inside"
),
    after_subject=listed(
"on in at during after when who as before while to during last this earlier later late early by from for about "
        "that if and but which with via because through since adding noting saying calling citing referring"
),
    pronouns={"he": "m", "she": "f", "they": "", "it": ""},
    not_speakers=listed(
"i you we there what this that these those to let"
),
    relatives=listed(
"who that which"
),
    media=listed(
"agency news newspaper television tv radio times post journal herald tribune guardian telegraph magazine daily "
        "reuters afp ap tass cnn bbc nbc cbs abc msnbc fox interfax itar-tass xinhua upi bloomberg axios politico npr "
        "associated press gazette chronicle dispatch observer independent breitbart broadcaster channel website "
        "newswire wire outlet ria novosti ukrinform unian dpa anadolu aljazeera jazeera kyodo yonhap pti"
),
    kinds_of_media=listed("agency news newspaper television radio broadcaster channel website newswire wire state-run state private magazine"),
    bodies=listed(
"department university agency inc corp company committee commission council party court senate house congress "
        "ministry office bureau bank union group association institute foundation campaign administration government "
        "police army force forces assembly parliament board federation league center centre school college hospital "
        "church county state states city region province district republic street avenue river north south east west "
        "act beach team tower white united new national international federal american russian ukrainian british european"
),
    roles=listed(
"president governor minister mayor spokesman spokeswoman spokesperson chairman chairwoman chief director secretary "
        "senator congressman congresswoman representative general colonel commander officer lawyer attorney judge professor "
        "leader coach ambassador envoy deputy head analyst economist doctor manager founder author candidate nominee "
        "strategist adviser advisor commissioner prosecutor sheriff premier chancellor king queen prince princess pope bishop "
        "justice official executive captain lieutenant sergeant"
),
    persons=listed(
"man woman boy girl person watchman watchwoman witness resident source voter neighbour neighbor teacher student worker driver farmer "
        "fisherman nurse pilot mother father wife husband son daughter brother sister friend aide staffer supporter critic expert "
        "scientist researcher survivor victim passenger relative historian journalist reporter writer correspondent activist "
        "organizer volunteer veteran retiree shopper tourist user colleague insider donor pollster lobbyist consultant member"
),
    not_names=listed(
"the a an in on at but and or if when while as for after before since however meanwhile although though still "
        "it he she they we i you his her their this that these those there what who so yet then also now monday tuesday "
        "wednesday thursday friday saturday sunday january february march april may june july august september october "
        "november december according asked both even now again once instead initially following including speaking citing another rival absent some many most much several such"
),
    offices=listed(
"dr sen sens gov rep gen lt col sgt capt maj prof rev vice former prime deputy acting first republican democratic "
        "democrat russian ukrainian american british french german chinese u.s. us presidential gop"
),
    definite=listed(
"the its his her their our"
),
    titles={"mr": "m", "mrs": "f", "ms": "f", "miss": "f", "sir": "m", "lord": "m", "lady": "f", "dame": "f"},
    quoting=frozenset(["quote", "cite"]),
    not_inverted=listed("tell remind assure inform"),
    with_clause=listed("add write find remark read learn advise think point consider pledge"),
    that=frozenset(["that"]),
    with_hearer=listed(
"tell ask remind assure inform warn advise urge thank"
),
    adjunct=patterns.ADJUNCT, according=patterns.ACCORDING, leads=patterns.LEADS, comma=patterns.COMMA,
    adds=patterns.ADDS, joins=patterns.JOINS, clause=patterns.CLAUSE, participle=patterns.PARTICIPLE,
    hearer=patterns.HEARER, quoted_by=patterns.QUOTED_BY, citing=patterns.CITING,
    run=patterns.RUN, two=patterns.TWO, relative=patterns.RELATIVE,
    abbreviations=patterns.ABBREVIATIONS,
    place=patterns.PLACE,
    dates=DATES, figures=FIGURES,
)  # fmt: skip
