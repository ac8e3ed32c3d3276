"""A reader of the pages without a browser: Streamlit's own protocol over its WebSocket, as a tab speaks it.

What a tab would draw is not drawn; what the server sends is read, each message at the instant it comes.
Ten of these cost the machine next to nothing, so that what is measured is the server.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

LOCALE = "en-US"


@dataclass(slots=True)
class Seen:
    """What one run of the script has sent."""

    elements: list[Element] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    query: str | None = None  # of the page's address, once the script has set it
    is_finished: bool = False


class Session:
    """One tab. `run` begins a run of the script and yields after each message, until it is at rest."""

    def __init__(self, address: str, *, page: str = "", query: str = "") -> None:
        self._address, self._page, self._query = address, page, query
        self._connection: ClientConnection | None = None

    def __enter__(self) -> Self:
        socket = self._address.replace("http://", "ws://") + "/_stcore/stream"
        self._connection = connect(socket, subprotocols=["streamlit"], max_size=None, proxy=None)  # type: ignore[list-item]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def run(self, *states: WidgetState, seconds: float = 60.0) -> Iterator[Seen]:
        """Draws the page with these widgets set; a page that reruns itself is followed to its last run."""
        self.send(*states)
        return self.follow(seconds=seconds)

    def send(self, *states: WidgetState) -> None:
        """Sets these widgets, as a click does, whether or not the script is running."""
        assert self._connection is not None
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name = self._query, self._page
        state.widget_states.widgets.extend(states)
        state.context_info.timezone, state.context_info.locale = "UTC", LOCALE
        state.context_info.url = f"{self._address}/{self._page}"
        self._connection.send(message.SerializeToString())

    def follow(self, *, seconds: float) -> Iterator[Seen]:
        """What comes, after each message, until the script is at rest. Raises TimeoutError."""
        assert self._connection is not None
        seen, until = Seen(), time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                raw = self._connection.recv(timeout=left)
            except ConnectionClosed as error:
                seen.exceptions.append(f"the server hung up: {error}")
                yield seen
                return
            assert isinstance(raw, bytes)
            self._take(ForwardMsg.FromString(raw), seen)
            yield seen
            if seen.is_finished:
                return
        raise TimeoutError(f"the page did not come to rest within {seconds:.0f} s")

    def draw(self, *states: WidgetState, seconds: float = 60.0) -> Seen:
        """The page at rest."""
        *_, seen = self.run(*states, seconds=seconds)
        return seen

    def _take(self, message: ForwardMsg, seen: Seen) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            seen.elements.clear()
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            seen.elements.append(element)
            if element.WhichOneof("type") == "exception":
                seen.exceptions.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "page_info_changed":
            self._query = seen.query = message.page_info_changed.query_string
        elif kind == "script_finished":
            # FINISHED_EARLY_FOR_RERUN: the script begins again by itself.
            seen.is_finished = message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


def find(seen: Seen, kind: str, wanted: Callable[[Element], bool] = lambda _: True) -> Element:
    """The element of this kind that is wanted. Raises LookupError with what there is."""
    for element in seen.elements:
        if element.WhichOneof("type") == kind and wanted(element):
            return element
    raise LookupError(f"no {kind} among {[element.WhichOneof('type') for element in seen.elements]}")


def words(element: Element) -> str:
    """What a heading, a text or an alert says."""
    kind = element.WhichOneof("type")
    return str(getattr(getattr(element, kind or ""), "body", "")) if kind else ""
