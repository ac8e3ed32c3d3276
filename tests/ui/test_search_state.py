"""The address of a search says all of it; any address is accepted."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.query import Filters, Mode, Order
from domain.story import Kind
from ui.search_state import SearchState

# On a machine that has other work, time says nothing about the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

WORDS = st.text(alphabet="ab é:&=?#%", min_size=1, max_size=8).map(str.strip).filter(bool)
LISTS = st.lists(WORDS, max_size=3, unique=True).map(tuple)
DAYS = st.none() | st.dates(date(1, 1, 1), date(9999, 12, 30))
STATES = st.builds(
    SearchState,
    text=WORDS,
    start=DAYS,
    end=DAYS,
    as_of=DAYS,
    languages=LISTS,
    providers=LISTS,
    subjects=LISTS,
    places=LISTS,
    has_advisories=st.booleans(),
    mode=st.sampled_from(Mode),
    order=st.sampled_from(Order),
    ignored=LISTS,
    page=st.integers(1, 100),
)


@PATIENT
@given(STATES)
def test_an_address_gives_the_search_it_was_made_of(state: SearchState) -> None:
    params = {k: [v] if isinstance(v, str) else v for k, v in state.to_params().items()}
    assert SearchState.from_params(params) == state
    assert isinstance(state.filters, Filters)


@PATIENT
@given(
    st.dictionaries(
        st.sampled_from(["q", "from", "to", "as_of", "page", "mode", "sort", "language"]),
        st.lists(st.text(max_size=8), max_size=3),
    )
)
def test_any_address_is_accepted(params: dict[str, list[str]]) -> None:
    state = SearchState.from_params(params)
    assert 1 <= state.page <= 100
    assert isinstance(state.query.filters, Filters)


def test_an_empty_page_has_no_address() -> None:
    assert SearchState.from_params({}) == SearchState()
    assert SearchState().to_params() == {}


def test_periods_are_whole() -> None:
    state = SearchState.from_params({"q": ["wheat"], "from": ["1987"], "to": ["1987-03"], "lang": ["fr"]})
    assert (state.start, state.end) == (date(1987, 1, 1), date(1987, 3, 31))
    assert state.filters.start == datetime(1987, 1, 1, tzinfo=UTC)
    assert state.filters.end == datetime(1987, 4, 1, tzinfo=UTC)
    assert state.languages == ()


def test_a_facet_is_added_and_taken_off_again_at_the_first_page() -> None:
    state = SearchState(text="wheat", page=3)
    narrowed = state.narrowed("subjects", "medtop:04000000").narrowed("subjects", "medtop:04000000")
    assert narrowed.to_params() == {"q": "wheat", "subject": ["medtop:04000000"]}
    assert narrowed.filters.subjects == {"medtop:04000000"}
    assert narrowed.widened("subjects", "medtop:04000000") == SearchState(text="wheat")


def test_a_saved_question_is_a_page() -> None:
    filters = SearchState(
        text="x", start=date(1987, 1, 1), end=date(1987, 12, 31), languages=("fr",), has_advisories=True
    ).filters
    assert SearchState.of("x", filters).filters == filters
    assert Kind.ADVISORY in filters.kinds
