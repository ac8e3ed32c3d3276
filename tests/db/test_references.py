"""Which story the words of a notice mean: one line a case, from the notices agencies send."""

from __future__ import annotations

import pytest

from db.references import Match, Named, best, match

STORY = Named(
    story_id=1,
    guid="urn:newsml:dpa.com:20010903:010903-99-00157",
    slugline="BC-BAHIA-COCOA-REVIEW",
    headline="Storm kills ten in Lisbon",
)


GUID = Match.GUID | Match.NUMBER


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        ("item dpa 157", Match.NUMBER),
        ("dpa 0157", Match.NUMBER),
        ("157 killed by a storm in Porto", Match.NONE),  # a fact, not an address
        ("item 157, Storm kills ten in Lisbon", Match.NUMBER | Match.HEADLINE),
        ("dpa 57", Match.NONE),
        ("dpa 15", Match.NONE),
        ("urn:newsml:dpa.com:20010903:010903-99-00157", GUID),
        ("the item URN:NEWSML:dpa.com:20010903:010903-99-00157, sent", GUID),
        ("item URN:NEWSML:dpa.com:20010903:010903-99-00157 sent at noon", GUID),
        ("Storm kills ten in Lisbon", Match.HEADLINE),
        ("  “STORM KILLS TEN\n IN LISBON”. ", Match.HEADLINE),
        ("the story Storm kills ten in Lisbon moved at noon", Match.HEADLINE),
        ("Storm kills", Match.NONE),
        ("firestorm kills ten in Lisbon", Match.NONE),
        ("BC-BAHIA-COCOA-REVIEW", Match.SLUGLINE),
        ("bc-bahia-cocoa", Match.NONE),
        ("", Match.NONE),
        (" . ", Match.NONE),
    ],
)
def test_words_name_the_story(reference: str, kind: Match) -> None:
    assert match(reference, STORY) == kind


def test_short_titles_match_only_as_a_whole() -> None:
    short = Named(story_id=1, guid="x", slugline=None, headline="Rain")
    assert match("rain", short) == Match.HEADLINE
    assert match("stop rain now", short) is Match.NONE


def test_the_surest_match_silences_the_others() -> None:
    other = Named(story_id=2, guid="g-9", slugline="Storm kills ten in Lisbon", headline=None)
    twin = Named(story_id=3, guid="g-8", slugline=None, headline="Storm kills ten in Lisbon")
    assert best("Storm kills ten in Lisbon", [other, STORY, twin]) == {1, 3}
    assert best("Storm kills ten in Lisbon (item 8)", [other, STORY, twin]) == {3}
    assert best("item 157", [other, STORY, twin]) == {1}
    assert best("nothing of the kind", [other, STORY, twin]) == set()
