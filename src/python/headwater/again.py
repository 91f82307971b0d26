"""What a fresh result can still be asked, because its panel and its configuration are kept: another covariance, a test,
decompositions, predictions, effects. Each takes the fit again on the very same rows; a result read from a file has no data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import HeadwaterError
from .tree import Tree

if TYPE_CHECKING:
    from .result import Result

Terms = str | Sequence[str]


def driver_list(drivers: Mapping[str, Terms] | None) -> list[tuple[str, str]]:
    return [(name, terms if isinstance(terms, str) else " + ".join(terms)) for name, terms in (drivers or {}).items()]


@dataclass(frozen=True)
class Source:
    """The resolved configuration and the panel, both compiled."""

    config: Any
    panel: Any

    def run(self) -> Result:
        from .result import Result

        native = self.config.run(self.panel)
        return Result(Tree(native), native=lambda: native, source=self)

    def asked(self, model: str = "", *, covariance: str = "", profile: str = "", tests: Sequence[str] = (), use: Sequence[str] = (),
              drivers: Mapping[str, Terms] | None = None) -> Result:
        config = self.config.again(model, covariance, profile, list(tests), list(use), driver_list(drivers))
        return Source(config, self.panel).run()

    def fitted(self, fit: str) -> Tree:
        return Tree(self.config.fitted(self.panel, fit))

    def predicted(self, fit: str, panel: Any) -> Tree:
        return Tree(self.config.predicted(self.panel, fit, panel))


def no_data(wanted: str) -> HeadwaterError:
    return HeadwaterError(f"this result was read from a file, which holds no data; {wanted}", kind="usage", code="python.no_data")
